"""Matching: which box found whom, and average precision on answers known by hand and by COCO's definition."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.detection import Detection
from models.matching import average_precision, match, matched

LEFT, RIGHT = Detection(0.1, 0.1, 0.3, 0.9, 1.0), Detection(0.6, 0.1, 0.8, 0.9, 1.0)
NEAR_LEFT = Detection(0.12, 0.1, 0.32, 0.9, 0.9)
PLACE = st.sampled_from([LEFT, RIGHT, NEAR_LEFT, Detection(0.4, 0.4, 0.5, 0.5, 0.5)])
MARKED = st.lists(st.tuples(st.sampled_from([0.1, 0.2, 0.5, 0.9]), st.booleans()), max_size=30)


def precision(marked: list[tuple[float, bool]], people: int) -> float | None:
    return average_precision(
        np.array([score for score, _ in marked], float), np.array([hit for _, hit in marked], bool), people
    )


@given(st.lists(PLACE, max_size=5), st.lists(PLACE, max_size=5))
def test_a_person_is_found_once_at_most(people: list[Detection], truth: list[Detection]) -> None:
    found = [who for who in match(people, truth) if who is not None]
    assert len(found) == len(set(found)) == matched(people, truth) <= min(len(people), len(truth))
    assert matched(truth, truth) == len(truth)


def test_a_second_box_on_one_person_is_false() -> None:
    assert match([LEFT, LEFT], [LEFT, RIGHT]) == (0, None)


def test_a_box_takes_the_person_it_overlaps_most() -> None:
    assert match([NEAR_LEFT, LEFT], [LEFT, NEAR_LEFT]) == (1, 0)
    assert match([RIGHT], [LEFT]) == (None,)
    assert match([RIGHT], []) == (None,)
    assert match([], [LEFT]) == ()


def test_half_the_union_is_enough() -> None:
    assert matched([Detection(0.0, 0.0, 0.5, 0.5, 1.0)], [Detection(0.0, 0.0, 0.5, 1.0, 1.0)]) == 1
    assert matched([Detection(0.0, 0.0, 0.5, 0.49, 1.0)], [Detection(0.0, 0.0, 0.5, 1.0, 1.0)]) == 0


@pytest.mark.parametrize(
    ("marked", "people", "expected"),
    [
        ([(0.9, True), (0.8, True)], 2, 1.0),
        ([(0.9, True)], 2, 51 / 101),  # recalls 0, 0.01 … 0.5 are reached
        ([(0.9, False), (0.8, True)], 1, 0.5),
        ([(0.9, True), (0.8, False), (0.7, True)], 2, (51 + 50 * 2 / 3) / 101),
        ([(0.9, False)], 1, 0.0),
        ([], 3, 0.0),
        ([(0.9, False)], 0, None),
    ],
)
def test_average_precision_by_hand(marked: list[tuple[float, bool]], people: int, expected: float | None) -> None:
    assert precision(marked, people) == pytest.approx(expected)


@given(MARKED, st.integers(0, 5))
def test_average_precision_is_what_coco_defines(marked: list[tuple[float, bool]], missed: int) -> None:
    """At each recall the best precision that is reached there or beyond, written down naively."""
    people = sum(hit for _, hit in marked) + missed
    if not people:
        return
    ranked = sorted(marked, key=lambda one: -one[0])
    points, found = [], 0
    for place, (_, hit) in enumerate(ranked, start=1):
        found += hit
        points.append((found / people, found / place))
    naive = [max((p for r, p in points if r >= recall), default=0.0) for recall in np.linspace(0, 1, 101)]
    assert precision(marked, people) == pytest.approx(sum(naive) / 101)


@given(MARKED, st.integers(0, 5))
def test_a_false_box_below_all_others_costs_nothing(marked: list[tuple[float, bool]], missed: int) -> None:
    people = sum(hit for _, hit in marked) + missed
    assert precision(marked, people) == precision([*marked, (0.01, False)], people)
