"""Suppression against the definition written out by brute force."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.suppression import overlap, suppress

GRID = st.integers(0, 12)
BOX = st.tuples(GRID, GRID, st.integers(0, 8), st.integers(0, 8))
SIDE = st.integers(1, 8)
PEOPLE = st.lists(st.tuples(st.tuples(GRID, GRID, SIDE, SIDE), st.integers(1, 20)), max_size=12)
LIMIT = st.sampled_from([0.0, 0.3, 0.5, 0.7, 1.0])


def arrays(people: list[tuple[tuple[int, int, int, int], int]]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    boxes = [(x, y, x + width, y + height) for (x, y, width, height), _ in people]
    return np.array(boxes, np.float32).reshape(-1, 4), np.array([score for _, score in people], np.float32)


def covered(first: tuple[float, ...], second: tuple[float, ...]) -> float:
    """Intersection over union, counted cell by cell of the grid."""
    cells = [
        {(x, y) for x in range(int(x1), int(x2)) for y in range(int(y1), int(y2))} for x1, y1, x2, y2 in (first, second)
    ]
    union = cells[0] | cells[1]
    return len(cells[0] & cells[1]) / len(union) if union else 0.0


def brute_force(boxes: list[tuple[float, ...]], scores: list[float], limit: float) -> list[int]:
    kept: list[int] = []
    for index in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(covered(boxes[index], boxes[other]) <= limit for other in kept):
            kept.append(index)
    return kept


@given(BOX, BOX)
def test_overlap_is_the_shared_area(first: tuple[int, int, int, int], second: tuple[int, int, int, int]) -> None:
    boxes, _ = arrays([(first, 1), (second, 1)])
    assert np.isclose(overlap(boxes[0], boxes[1:])[0], covered(tuple(boxes[0]), tuple(boxes[1])))


@given(PEOPLE, LIMIT)
def test_the_same_as_brute_force(people: list[tuple[tuple[int, int, int, int], int]], limit: float) -> None:
    boxes, scores = arrays(people)
    expected = brute_force([tuple(box) for box in boxes.tolist()], scores.tolist(), limit)
    assert suppress(boxes, scores, limit).tolist() == expected


def test_the_answer_is_bounded() -> None:
    boxes = np.array([[10 * i, 0, 10 * i + 5, 5] for i in range(9)], np.float32)
    assert suppress(boxes, np.arange(9, dtype=np.float32), 0.5, most=3).tolist() == [8, 7, 6]


def test_nobody() -> None:
    assert suppress(np.empty((0, 4), np.float32), np.empty(0, np.float32), 0.7).tolist() == []
