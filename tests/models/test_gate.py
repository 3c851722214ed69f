"""What counts as no change: noise and light do not, people do, and nothing stands for long."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from camera_ingest.frame import brightness
from camera_ingest.sample import Picture
from models.detection import Detection
from models.gate import FORCED, Analysed, Shades, near, unchanged
from models.gate import shades as coarsely
from models.regions import Anchor, Region, RegionKind

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
SEAT = Region("w001", "c1", RegionKind.STAFF, "w001", ((0.2, 0.3), (0.4, 0.3), (0.4, 0.6), (0.2, 0.6)), Anchor.CENTRE)
MASK = Region("m", "c1", RegionKind.MASK, "", ((0.6, 0), (1, 0), (1, 1), (0.6, 1)), Anchor.FOOT)
CELLS = near([SEAT, MASK])
CLERK = Detection(0.25, 0.3, 0.35, 0.6, 0.9)


def scene(seed: int = 0, noise: float = 8.0) -> Picture:
    """A hall with a gradient and a camera's noise."""
    rows = np.linspace(60, 180, 360)[:, np.newaxis, np.newaxis]
    grain = np.random.default_rng(seed).normal(0, noise, (360, 640, 3))
    return np.clip(rows + grain, 0, 255).astype(np.uint8)


def shades(picture: Picture) -> Shades:
    return coarsely(brightness(picture))


def with_clerk(picture: Picture, left: float = 0.25) -> Picture:
    drawn = picture.copy()
    drawn[108:216, int(left * 640) : int((left + 0.1) * 640)] //= 3
    return drawn


def seen(picture: Picture) -> Analysed:
    return Analysed(AT, shades(picture), (CLERK,))


def soon(seconds: float = 10) -> datetime:
    return AT + timedelta(seconds=seconds)


def test_noise_and_light_are_no_change() -> None:
    before = seen(with_clerk(scene(1)))
    assert unchanged(before, shades(with_clerk(scene(2))), soon(), CELLS)
    brighter = np.clip(with_clerk(scene(3)).astype(int) + 15, 0, 255).astype(np.uint8)
    assert unchanged(before, shades(brighter), soon(), CELLS)


@pytest.mark.parametrize("after", [scene(2), with_clerk(scene(2), 0.28)], ids=["leaves", "moves by 20 pixels"])
def test_somebody_who_leaves_or_moves_is_a_change(after: Picture) -> None:
    assert not unchanged(seen(with_clerk(scene(1))), shades(after), soon(), CELLS)


def test_somebody_who_comes_is_a_change() -> None:
    assert not unchanged(seen(scene(1)), shades(with_clerk(scene(2))), soon(), CELLS)


def test_what_happens_far_from_every_region_does_not_matter() -> None:
    far = scene(2)
    far[:, 450:600] //= 3  # in the mask
    assert unchanged(seen(scene(1)), shades(far), soon(), CELLS)


def test_nothing_stands_for_longer_than_half_a_minute_or_backwards() -> None:
    before, now = seen(scene(1)), shades(scene(2))
    assert unchanged(before, now, AT + FORCED - timedelta(seconds=1), CELLS)
    assert not unchanged(before, now, AT + FORCED, CELLS)
    assert not unchanged(before, now, AT - timedelta(seconds=1), CELLS)
    assert not unchanged(None, now, AT, CELLS)


def test_slow_change_adds_up() -> None:
    """Compared with the last analysed picture: eight small steps are one large one."""
    darker = [scene(n) for n in range(9)]
    for step, picture in enumerate(darker):
        picture[108:216, 140:220] -= np.uint8(2 * step)
    same = [unchanged(seen(darker[0]), shades(picture), soon(), CELLS) for picture in darker[1:]]
    assert same[0] is True and same[-1] is False
