"""A stage: one place a camera looks at, drawn without people, with its regions and where people may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from simulation.furniture import Layer
from simulation.looks import Look, tinted
from simulation.sprites import Cutout, Pixels

WIDTH, HEIGHT = 640, 360
FLOOR_HORIZON, FLOOR_GROWTH = -25.0, 0.0021
"""Perspective of the open floors: where people would shrink to nothing, and their growth per pixel below it."""
Polygon = tuple[tuple[float, float], ...]
"""Corners, normalised to the picture."""


@dataclass(frozen=True, slots=True)
class Post:
    """One window in view: where its clerk sits and its citizen stands, in pixels; `scale` at the citizen's feet."""

    number: int
    seat: tuple[float, float]
    stand: tuple[float, float]
    scale: float
    seated: bool
    """Whether the citizen has a chair here."""


@dataclass(frozen=True, slots=True, eq=False)
class Stage:
    """A drawn place."""

    background: Pixels
    layers: tuple[Layer, ...]
    """Furniture, from the back to the front."""
    style: Look
    horizon: float
    """The line in the picture at which people on the floor would shrink to nothing."""
    growth: float
    """Scale of a person per pixel of foot below the horizon."""
    aisles: tuple[float, ...]
    """Heights in the picture along which people may walk past without entering a region."""
    regions: Mapping[str, Polygon]
    """`staff-1`, `citizen-1`, `staff-2`, … for windows, `queue` for a waiting zone."""
    posts: tuple[Post, ...] = ()
    lane: tuple[tuple[float, float], ...] = field(default=())
    """Places in the queue, first come first, in pixels."""
    facing: int = 90
    """Which way the queue looks (a sprite's heading)."""
    seats: tuple[tuple[float, float], ...] = ()
    """Seats of the benches, in pixels: where the feet of somebody sitting there are."""
    wall: tuple[float, float] = (0, 0)
    """Heights in the picture between which things hang on the wall."""
    stands: tuple[tuple[float, float, float, float], ...] = ()
    """Where things may stand that are no persons: foot (x, y), depth and scale."""
    made_of: tuple[str, ...] = ()
    """Names of the colours, the light and the things in it."""

    def scale(self, y: float) -> float:
        """How large a person whose feet are at this height appears."""
        return max(0.1, (y - self.horizon) * self.growth)


def shell(style: Look, ground: int, rng: np.random.Generator) -> Pixels:
    """Wall and tiled floor, the floor beginning at height `ground`."""
    picture = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    fade = np.linspace(1.04, 0.93, ground)[:, None, None]
    picture[:ground] = np.clip(np.array(style.wall) * fade, 0, 255)
    fade = np.linspace(0.86, 1.08, HEIGHT - ground)[:, None, None]
    picture[ground:] = np.clip(np.array(style.floor) * fade, 0, 255)
    seam = tinted(style.floor, 0.88)
    middle = rng.uniform(0.3, 0.7) * WIDTH
    for x in np.arange(-1600, 2300, 90):
        cv2.line(picture, (int(middle + (x - middle) * 0.45), ground), (int(x), HEIGHT), seam, 1, cv2.LINE_AA)
    y, step = float(ground), 9.0
    while (y := y + step) < HEIGHT:
        cv2.line(picture, (0, int(y)), (WIDTH, int(y)), seam, 1)
        step *= 1.4
    cv2.line(picture, (0, ground), (WIDTH, ground), tinted(style.wall, 0.7), 3)
    clouds = cv2.resize(rng.normal(0, 3.5, (12, 20, 1)).astype(np.float32), (WIDTH, HEIGHT))[..., None]
    return np.asarray(np.clip(picture + clouds, 0, 255), np.uint8)


def polygon(*corners: tuple[float, float]) -> Polygon:
    """Corners given in pixels, kept within the picture."""
    return tuple(
        (round(min(1.0, max(0.0, x / WIDTH)), 4), round(min(1.0, max(0.0, y / HEIGHT)), 4)) for x, y in corners
    )


def rectangle(x1: float, y1: float, x2: float, y2: float) -> Polygon:
    """An upright rectangle given in pixels."""
    return polygon((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def flipped(stage: Stage) -> Stage:
    """The same place seen the other way round."""
    return replace(
        stage,
        background=np.ascontiguousarray(stage.background[:, ::-1]),
        layers=tuple(
            Layer(one.depth, WIDTH - one.x - one.piece.solid.shape[1], one.y, _turned(one.piece))
            for one in stage.layers
        ),
        regions={name: tuple((round(1 - x, 4), y) for x, y in corners) for name, corners in stage.regions.items()},
        lane=tuple((WIDTH - x, y) for x, y in stage.lane),
        seats=tuple((WIDTH - x, y) for x, y in stage.seats),
        stands=tuple((WIDTH - x, foot, depth, scale) for x, foot, depth, scale in stage.stands),
        facing=360 - stage.facing,
    )


def _turned(piece: Cutout) -> Cutout:
    return Cutout(
        np.ascontiguousarray(piece.colour[:, ::-1]),
        np.ascontiguousarray(piece.through[:, ::-1]),
        np.ascontiguousarray(piece.solid[:, ::-1]),
    )
