"""Anywhere: no hall at all, but shapes and textures, so that a detector learns people instead of our furniture."""

import cv2
import numpy as np

from simulation.furniture import Layer, layer, sheet
from simulation.looks import Look
from simulation.sprites import Pixels
from simulation.stages import HEIGHT, WIDTH, Stage


def anywhere(seed: int, style: Look) -> Stage:
    """A backdrop without meaning in which people of any size stand, walk and wait."""
    rng = np.random.default_rng([seed, 5])
    horizon = float(rng.uniform(-260, 60))
    tall = float(rng.uniform(0.25, 1.0))  # scale of somebody whose feet are at the lower edge
    growth = tall / (HEIGHT - horizon)
    things = tuple(_thing(rng, horizon, growth) for _ in range(rng.integers(0, 7)))
    first = max(horizon + 0.14 / growth, 60.0)  # where somebody would be 34 px high
    spots = tuple((float(rng.uniform(10, WIDTH - 10)), float(rng.uniform(first, HEIGHT))) for _ in range(14))
    return Stage(
        background=_backdrop(rng),
        layers=tuple(sorted(things, key=lambda one: one.depth)),
        style=style,
        horizon=horizon,
        growth=growth,
        aisles=tuple(float(y) for y in np.linspace(first, HEIGHT + 20, 6)),
        regions={"queue": ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))},
        lane=tuple(sorted(spots, key=lambda spot: spot[1])),
        facing=int(rng.choice([90, 270])),
        made_of=style.made_of,
    )


def _colour(rng: np.random.Generator) -> tuple[int, int, int]:
    blue, green, red = (int(value) for value in rng.integers(10, 246, 3))
    return blue, green, red


def _backdrop(rng: np.random.Generator) -> Pixels:
    """Two fields, shapes of any colour, lines and clouds of any grain."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    edge = int(rng.uniform(0.1, 0.7) * HEIGHT)
    picture[:edge], picture[edge:] = _colour(rng), _colour(rng)
    for _ in range(rng.integers(5, 40)):
        centre, side = rng.uniform(0, (WIDTH, HEIGHT)), rng.uniform(6, 160, 2)
        corners = (centre + rng.uniform(-0.5, 0.5, (int(rng.integers(3, 7)), 2)) * side).astype(np.int32)
        cv2.fillConvexPoly(picture, cv2.convexHull(corners), _colour(rng), cv2.LINE_AA)
    for _ in range(rng.integers(0, 25)):
        ends = rng.uniform(0, (WIDTH, HEIGHT), (2, 2)).astype(int).tolist()
        cv2.line(picture, ends[0], ends[1], _colour(rng), int(rng.integers(1, 6)), cv2.LINE_AA)
    clouds = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    for grain in rng.choice([3, 8, 20, 60, 160], 2, replace=False):
        rough = rng.normal(0, rng.uniform(2, 26), (int(grain) * 9 // 16 + 1, int(grain), 3)).astype(np.float32)
        clouds += cv2.resize(rough, (WIDTH, HEIGHT), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(picture + clouds, 0, 255), np.uint8)


def _thing(rng: np.random.Generator, horizon: float, growth: float) -> Layer:
    """A block that hides what is behind it."""
    foot = float(rng.uniform(90, HEIGHT + 60))
    scale = max(0.1, (foot - horizon) * growth)
    drawn = sheet(round(rng.uniform(20, 220) * scale), round(rng.uniform(30, 170) * scale))
    drawn[..., :3] = _colour(rng)
    drawn[..., 3] = 255
    rough = rng.normal(0, rng.uniform(0, 22), (6, 6, 3)).astype(np.float32)
    texture = cv2.resize(rough, drawn.shape[1::-1], interpolation=cv2.INTER_CUBIC).reshape(*drawn.shape[:2], 3)
    drawn[..., :3] = np.clip(drawn[..., :3] + texture, 0, 255)
    return layer(foot, float(rng.uniform(-40, WIDTH)), foot - drawn.shape[0], drawn)
