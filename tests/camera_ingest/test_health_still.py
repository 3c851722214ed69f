"""Stillness: repeated pixels, seen through a running clock and not in noise."""

import numpy as np
import pytest

from camera_ingest.health_edges import Grey
from camera_ingest.health_still import repeated

RNG = np.random.default_rng(4)
TEXTURE: Grey = RNG.integers(40, 200, (45, 160), np.uint8)


def shown(change: int = 0, rows: slice = slice(0)) -> Grey:
    """The texture, some rows of it brighter by so much."""
    lattice = TEXTURE.copy()
    lattice[rows] += change
    return lattice


@pytest.mark.parametrize(
    ("seen", "share"),
    [
        (shown(), 1.0),
        (shown(1, slice(45)), 1.0),  # rounding
        (shown(9, slice(0, 6)), 1.0),  # a clock at the upper edge
        (shown(9, slice(39, 45)), 1.0),  # and at the lower
        (shown(9, slice(6, 9)), 10 / 11),  # a row of eleven cells' rows
        (shown(2, slice(45)), 0.0),
    ],
)
def test_share_of_what_is_as_before(seen: Grey, share: float) -> None:
    assert repeated(TEXTURE.tobytes(), seen) == pytest.approx(share)


def test_noise_repeats_nothing() -> None:
    noisy = np.clip(TEXTURE + RNG.normal(0, 1.5, TEXTURE.shape), 0, 255).astype(np.uint8)
    share = repeated(TEXTURE.tobytes(), noisy)
    assert share is not None
    assert share < 0.05


def test_of_a_plain_wall_nothing_is_said() -> None:
    wall = np.full((45, 160), 90, np.uint8)
    assert repeated(wall.tobytes(), wall) is None
