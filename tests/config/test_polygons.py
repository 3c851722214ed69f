"""Which hand-drawn polygons are refused."""

from math import cos, pi, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.polygons import flaws
from models.regions import Point


def ring(corners: int, radius: float, turn: float) -> tuple[Point, ...]:
    angles = [turn + 2 * pi * n / corners for n in range(corners)]
    return tuple((0.5 + radius * cos(angle), 0.5 + radius * sin(angle)) for angle in angles)


rings = st.builds(ring, st.integers(4, 12), st.floats(0.01, 0.49), st.floats(0, 2 * pi))


@given(rings)
def test_a_walk_around_an_area_is_right_in_both_directions(polygon: tuple[Point, ...]) -> None:
    assert not list(flaws(polygon))
    assert not list(flaws(polygon[::-1]))


@given(rings)
def test_two_corners_swapped_cross(polygon: tuple[Point, ...]) -> None:
    ((_, _, found),) = flaws((polygon[1], polygon[0], *polygon[2:]))
    assert found == "edges that cross each other"


@pytest.mark.parametrize(
    ("polygon", "found"),
    [
        ((), "0 different of 0"),
        (((0, 0), (1, 1)), "2 different of 2"),
        (((0, 0), (1, 0), (1, 1), (0, 0)), "3 different of 4"),
        (((0, 0), (1, 0), (1, 1.01)), "[1, 1.01]"),
        (((-0.1, 0), (1, 0), (1, 1)), "[-0.1, 0]"),
        (((0, 0), (0.5, 0.5), (1, 1)), "points on a line"),
        (((0, 0), (0.001, 0), (0.001, 0.001)), "points on a line"),
    ],
)
def test_refused(polygon: tuple[Point, ...], found: str) -> None:
    assert [flaw[2] for flaw in flaws(polygon)] == [found]


def test_a_notch_is_no_crossing() -> None:
    assert not list(flaws(((0, 0), (1, 0), (1, 1), (0.5, 0.2), (0, 1))))
