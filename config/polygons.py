"""Polygons: whether one that was drawn by hand encloses what its author meant."""

from collections.abc import Iterator, Sequence
from itertools import combinations

from config.mistakes import Flaw
from models.regions import Point

SMALLEST = 1e-5
"""Area, as a share of the picture: about three pixels of 640 × 360."""


def flaws(polygon: Sequence[Point]) -> Iterator[Flaw]:
    """What is wrong with a normalised polygon: one thing at most."""
    outside = [point for point in polygon if not all(0 <= number <= 1 for number in point)]
    if outside:
        yield (), "points [x, y] within the picture, 0 to 1", f"{list(outside[0])}"
    elif len(set(polygon)) < max(3, len(polygon)):
        yield (), "at least 3 points, all different", f"{len(set(polygon))} different of {len(polygon)}"
    elif _crosses_itself(polygon):
        yield (), "the points in the order of a walk around the area", "edges that cross each other"
    elif abs(_area(polygon)) < SMALLEST:
        yield (), "points around an area", "points on a line"


def _area(polygon: Sequence[Point]) -> float:
    """The signed area (shoelace formula)."""
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in _edges(polygon)) / 2


def _crosses_itself(polygon: Sequence[Point]) -> bool:
    return any(_cross(first, second) for first, second in combinations(_edges(polygon), 2))


def _edges(polygon: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(zip(polygon, (*polygon[1:], polygon[0]), strict=True))


def _cross(first: tuple[Point, Point], second: tuple[Point, Point]) -> bool:
    """Whether two edges cross in a point that is an end of neither."""
    return (
        _side(first, second[0]) * _side(first, second[1]) < 0 and _side(second, first[0]) * _side(second, first[1]) < 0
    )


def _side(edge: tuple[Point, Point], point: Point) -> float:
    """Positive on one side of the edge's line, negative on the other, 0 on it."""
    (ax, ay), (bx, by) = edge
    return (bx - ax) * (point[1] - ay) - (by - ay) * (point[0] - ax)
