"""Letterbox: what is laid into an input comes back where it was."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.letterbox import GREY, Letterbox

SIDES = st.tuples(st.integers(1, 1200), st.integers(1, 1200))
INPUTS = st.sampled_from([(640, 640), (416, 416), (256, 416), (192, 320), (320, 192)])


@given(SIDES, INPUTS)
def test_picture_fits_and_is_as_large_as_can_be(picture: tuple[int, int], given: tuple[int, int]) -> None:
    letterbox = Letterbox(picture, given)
    (height, width), (top, left) = letterbox.inner, letterbox.corner
    assert top >= 0 and left >= 0 and top + height <= given[0] and left + width <= given[1]
    assert height == given[0] or width == given[1]
    assert 0 <= given[0] - height - 2 * top <= 1 and 0 <= given[1] - width - 2 * left <= 1


@given(SIDES, INPUTS, st.tuples(*[st.floats(0, 1)] * 4))
def test_boxes_come_back(picture: tuple[int, int], given: tuple[int, int], corners: tuple[float, ...]) -> None:
    letterbox = Letterbox(picture, given)
    (height, width), (top, left) = letterbox.inner, letterbox.corner
    x1, x2, y1, y2 = (*sorted(corners[:2]), *sorted(corners[2:]))
    laid = np.array([[left + x1 * width, top + y1 * height, left + x2 * width, top + y2 * height]], np.float32)
    assert np.allclose(letterbox.lift(laid), [[x1, y1, x2, y2]], atol=0.5 / min(height, width))


@given(st.tuples(st.integers(2, 90), st.integers(2, 160)), INPUTS)
def test_laid_picture_has_the_inputs_size_and_grey_bars(picture: tuple[int, int], given: tuple[int, int]) -> None:
    letterbox = Letterbox(picture, given)
    laid = letterbox.lay(np.full((*picture, 3), 7, dtype=np.uint8))
    (height, width), (top, left) = letterbox.inner, letterbox.corner
    assert laid.shape == (*given, 3) and laid.dtype == np.uint8
    assert (laid[top : top + height, left : left + width] == 7).all()
    laid[top : top + height, left : left + width] = GREY
    assert (laid == GREY[0]).all()


def test_a_picture_of_the_inputs_shape_is_not_copied() -> None:
    picture = np.zeros((256, 416, 3), dtype=np.uint8)
    assert Letterbox((256, 416), (256, 416)).lay(picture) is picture


def test_what_hangs_over_the_picture_is_cut() -> None:
    assert Letterbox((360, 640), (256, 416)).lift(np.array([[-9, -9, 999, 999]], np.float32)).tolist() == [[0, 0, 1, 1]]
