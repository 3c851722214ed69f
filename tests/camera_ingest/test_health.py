"""Black pictures."""

import numpy as np
import pytest

from camera_ingest.health import DARK_SAMPLES, darkness, is_dark
from camera_ingest.sample import Picture
from tests.camera_ingest.synthetic import picture


def flat(level: int) -> Picture:
    return np.full((96, 160, 3), level, np.uint8)


@pytest.mark.parametrize(("level", "dark"), [(0, True), (16, True), (18, True), (19, False), (128, False)])
def test_by_level(level: int, dark: bool) -> None:
    assert is_dark(flat(level)) is dark


def test_a_lit_screen_in_a_dark_hall_is_not_black() -> None:
    night = flat(2)
    night[20:40, 20:60] = 250  # 5 % of the picture
    assert not is_dark(night)


def test_noise_of_a_covered_lens_is_black() -> None:
    noise = np.random.default_rng(1).integers(0, 20, (96, 160, 3), np.uint8)
    assert is_dark(noise)


def test_three_in_a_row_make_black_and_one_picture_ends_it() -> None:
    run, runs = 0, []
    for seen in (flat(0), flat(0), picture(0), flat(0), flat(0), flat(0)):
        run = darkness(run, seen)
        runs.append(run >= DARK_SAMPLES)
    assert runs == [False, False, False, False, False, True]
