"""Edges: a shifted view is found where it is, in any light."""

import cv2
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.health_edges import COLUMNS, ROWS, Grey, correlation, displaced, edges


def larger(seed: int) -> Grey:
    """A scene of 135 × 240, out of which views are cut."""
    rng = np.random.default_rng(seed)
    scene = np.full((3 * ROWS, 3 * COLUMNS), 128, np.uint8)
    for _ in range(250):
        left, top = int(rng.integers(0, 3 * COLUMNS)), int(rng.integers(0, 3 * ROWS))
        width, height = (int(size) for size in rng.integers(3, 24, 2))
        cv2.rectangle(scene, (left, top), (left + width, top + height), int(rng.integers(20, 235)), -1)
    return np.asarray(cv2.GaussianBlur(scene, (3, 3), 0.8), np.uint8)


def view(scene: Grey, right: int = 0, down: int = 0) -> Grey:
    """What is seen when everything lies so many pixels further right and down."""
    return scene[ROWS - down : 2 * ROWS - down, COLUMNS - right : 2 * COLUMNS - right]


@given(st.integers(0, 1000), st.integers(-24, 24), st.integers(-14, 14))
@settings(deadline=None)
def test_a_shift_is_found(seed: int, right: int, down: int) -> None:
    scene = larger(seed)
    shift, still = displaced(edges(view(scene, right, down)), edges(view(scene)))
    assert (shift.right, shift.down) == (right / COLUMNS, down / ROWS)
    assert shift.likeness > 0.8  # what comes in at the border has other edges
    assert shift.likeness >= still
    assert shift.size == max(abs(right) / COLUMNS, abs(down) / ROWS)


@given(st.integers(0, 1000), st.floats(0.4, 1.0))
@settings(deadline=None)
def test_neither_light_nor_its_sign_counts(seed: int, gain: float) -> None:
    seen = view(larger(seed))
    usual = edges(seen)
    dimmed, negative = edges(seen.astype(np.float32) * np.float32(gain)), edges(255 - seen)
    for other in (dimmed, negative):
        assert np.median(correlation(other, usual)) > 0.9


def test_another_place_is_not_found() -> None:
    shift, _ = displaced(edges(view(larger(1))), edges(view(larger(2))))
    assert shift.likeness < 0.2
