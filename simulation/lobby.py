"""The stages of queue and entrance cameras: open floors with a lane, or a door."""

from collections.abc import Sequence

import cv2
import numpy as np

from simulation.furniture import barrier, bench, desk, door, poster
from simulation.looks import Look, tinted
from simulation.sprites import Sprite
from simulation.stages import FLOOR_GROWTH, FLOOR_HORIZON, HEIGHT, Stage, flipped, polygon, shell


def queue_stage(seed: int, style: Look, posters: Sequence[Sprite] = ()) -> Stage:
    """A waiting zone: a lane along a barrier before a desk, benches at the wall; `posters` show these people."""
    rng = np.random.default_rng([seed, 2])
    wall = int(rng.integers(100, 118))
    picture = shell(style, wall, rng)
    mirrored = bool(rng.random() < 0.5)
    double = bool(rng.random() < 0.4)
    for number, person in enumerate(posters[:2]):
        poster(picture, 330 + 90 * number, wall - 92, 52, 86, rng, person)
    door(picture, int(rng.integers(60, 240)), wall - 78, 62, 78, style)
    poster(picture, 20, wall - 70, 34, 44, rng)
    head, tail = (556.0, 196.0 + rng.uniform(-4, 8)), (84.0, 286.0 + rng.uniform(-6, 8))
    lane = _lane(head, tail, double)
    low = 30 if double else 22
    left, seats = int(rng.integers(380, 430)), int(rng.integers(4, 7))
    layers = [
        bench(style, wall + 22, left, 0.7, seats),
        desk(style, head[1] + 4, head[0] + 26, 0.62),
        *barrier((head[0], head[1] + low + 4), (tail[0], tail[1] + low + 6), FLOOR_GROWTH, FLOOR_HORIZON),
    ]
    margin = 30.0
    corners = [
        (head[0] + margin, head[1] - 24), (head[0] + margin, head[1] + low),
        (tail[0] - margin, tail[1] + low + 4), (tail[0] - margin, tail[1] - 26),
    ]  # fmt: skip
    stage = Stage(
        background=picture,
        layers=tuple(sorted(layers, key=lambda one: one.depth)),
        style=style,
        horizon=FLOOR_HORIZON,
        growth=FLOOR_GROWTH,
        aisles=(wall + 32.0, wall + 40.0, HEIGHT - 6.0),
        regions={"queue": polygon(*corners)},
        lane=lane,
        seats=tuple((left + 28.0 * (place + 0.5), wall + 27.0) for place in range(seats)),
        wall=(8.0, wall - 12.0),
        stands=_along(wall + 16.0, (40.0, 300.0, 350.0, 600.0)),
        made_of=style.made_of,
    )
    return flipped(stage) if mirrored else stage


def _along(foot: float, places: Sequence[float]) -> tuple[tuple[float, float, float, float], ...]:
    """Where things may stand along the wall."""
    return tuple((x, foot, foot, (foot - FLOOR_HORIZON) * FLOOR_GROWTH) for x in places)


def _lane(head: tuple[float, float], tail: tuple[float, float], double: bool) -> tuple[tuple[float, float], ...]:
    """Fourteen places from the head of the queue backwards, in one row or in two."""
    count = 7 if double else 14
    rows = ((-10.0, 0.0), (14.0, -34.0)) if double else ((0.0, 0.0),)
    places = []
    for step in range(count):
        part = step / (count - 1) if not double else (step + 0.2) / count
        for down, along in rows:
            places.append((head[0] + (tail[0] - head[0]) * part + along, head[1] + (tail[1] - head[1]) * part + down))
    return tuple(places)


def entrance_stage(seed: int, style: Look, posters: Sequence[Sprite] = ()) -> Stage:
    """The doors of a hall: nobody is judged here, people pass."""
    rng = np.random.default_rng([seed, 3])
    wall = int(rng.integers(120, 150))
    picture = shell(style, wall, rng)
    left = int(rng.integers(150, 330))
    cv2.rectangle(picture, (left, wall - 108), (left + 190, wall), tinted(style.wall, 0.55), -1)
    for leaf in range(2):
        corner = left + 6 + leaf * 92
        cv2.rectangle(picture, (corner, wall - 102), (corner + 86, wall), (206, 204, 188), -1)
        cv2.line(picture, (corner + 12, wall - 90), (corner + 50, wall - 20), (226, 226, 216), 6, cv2.LINE_AA)
    mat = np.array([[left, wall + 4], [left + 190, wall + 4], [left + 230, wall + 46], [left - 40, wall + 46]])
    cv2.fillPoly(picture, [mat.astype(np.int32)], tinted(style.floor, 0.6))
    for number, person in enumerate(posters[:1]):
        poster(picture, 40 + 500 * number, wall - 104, 54, 92, rng, person)
    poster(picture, 560, wall - 90, 44, 60, rng)
    return Stage(
        background=picture,
        layers=(bench(style, wall + 30, 470, 0.8, 3), desk(style, 300, -30, 1.1)),
        style=style,
        horizon=FLOOR_HORIZON,
        growth=FLOOR_GROWTH,
        aisles=tuple(float(y) for y in np.linspace(wall + 50, HEIGHT - 10, 5)),
        regions={},
        seats=tuple((470 + 32.0 * (place + 0.5), wall + 36.0) for place in range(3)),
        wall=(8.0, wall - 12.0),
        stands=_along(wall + 18.0, (110.0, 420.0, 600.0)),
        made_of=style.made_of,
    )
