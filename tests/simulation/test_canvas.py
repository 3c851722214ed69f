"""Pasting remembers who is visible where."""

import numpy as np
import pytest

from simulation.canvas import Box, Canvas
from simulation.sprites import Cutout, cutout


def block(width: int, height: int, alpha: int = 255) -> Cutout:
    pixels = np.full((height, width, 4), 200, np.uint8)
    pixels[..., 3] = alpha
    return cutout(pixels)


def canvas() -> Canvas:
    return Canvas(np.zeros((100, 200, 3), np.uint8))


def test_a_person_is_where_it_was_laid() -> None:
    on = canvas()
    name = on.person(block(20, 40), 50, 30)
    assert on.box(name) == Box(0.25, 0.3, 0.35, 0.7)
    assert on.picture[30, 50].tolist() == [200, 200, 200]
    assert on.picture[29, 50].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (-10, 30, Box(0.0, 0.3, 0.05, 0.7)),
        (190, 30, Box(0.95, 0.3, 1.0, 0.7)),
        (50, 80, Box(0.25, 0.8, 0.35, 1.0)),
        (50, -20, Box(0.25, 0.0, 0.35, 0.2)),
        (250, 30, None),
    ],
)
def test_at_the_edge_only_the_visible_part_counts(x: int, y: int, expected: Box | None) -> None:
    on = canvas()
    assert on.box(on.person(block(20, 40), x, y)) == expected


def test_furniture_hides_and_glass_does_not() -> None:
    on = canvas()
    name = on.person(block(20, 40), 50, 30)
    on.furnish(block(200, 10, alpha=40), 0, 30)
    assert on.box(name) == Box(0.25, 0.3, 0.35, 0.7)
    on.furnish(block(200, 50), 0, 50)
    assert on.box(name) == Box(0.25, 0.3, 0.35, 0.5)


def test_whom_another_person_hides_is_nowhere() -> None:
    on = canvas()
    behind = on.person(block(20, 40), 50, 30)
    before = on.person(block(20, 40), 51, 31)
    assert on.box(behind) is None
    assert on.box(before) is not None


def test_a_shadow_darkens_the_ground_and_nobody() -> None:
    on = Canvas(np.full((100, 200, 3), 100, np.uint8))
    on.shade(100, 50, 60)
    assert on.picture[50, 100, 0] < 70
    assert on.picture[20, 100, 0] == 100
