"""Pixelating: what is hidden, and that nothing else is touched."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.sample import Picture
from models.detection import Detection
from models.pixelate import BLOCKS_PER_HEAD, hidden, side
from models.regions import Anchor, Region, RegionKind


def noise(height: int = 240, width: int = 320) -> Picture:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def square(kind: RegionKind) -> Region:
    return Region("r", "c1", kind, "", ((0.5, 0.5), (1.0, 0.5), (1.0, 1.0), (0.5, 1.0)), Anchor.FOOT)


def test_the_head_part_of_a_person_is_blocks_and_the_rest_stays() -> None:
    shot = noise()
    masked = hidden(shot, [Detection(0.25, 0.25, 0.5, 0.75, 0.1)], [])
    top, bottom, left, right = 60, 96, 80, 160
    part = masked[top:bottom, left:right]
    block = side((bottom - top) / BLOCKS_PER_HEAD)
    assert block >= 8
    assert all(
        (cell == cell[0, 0]).all()
        for y in range(0, part.shape[0] - block + 1, block)
        for x in range(0, part.shape[1] - block + 1, block)
        for cell in [part[y : y + block, x : x + block]]
    )
    masked[top:bottom, left:right] = shot[top:bottom, left:right]
    assert (masked == shot).all()


def test_a_mask_is_hidden_whole_and_other_regions_are_not() -> None:
    shot = noise()
    masked = hidden(shot, [], [square(RegionKind.MASK)])
    assert len(np.unique(masked[124:, 164:].reshape(-1, 3), axis=0)) < 150
    assert (masked[:119] == shot[:119]).all()
    assert (hidden(shot, [], [square(RegionKind.STAFF)]) == shot).all()


EDGE = st.floats(-0.2, 1.2)


@given(EDGE, EDGE, EDGE, EDGE)
def test_any_box_is_taken_and_the_original_is_left_alone(x1: float, y1: float, x2: float, y2: float) -> None:
    shot = noise(48, 64)
    before = shot.copy()
    masked = hidden(shot, [Detection(x1, y1, x2, y2, 0.5)], [])
    assert masked.shape == shot.shape and (shot == before).all()
