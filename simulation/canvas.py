"""A canvas: a picture being composed that remembers whom each of its pixels shows."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from simulation.sprites import Cutout, Pixels

NOBODY = 0
LEAST_SHARE = 0.15
"""A person of whom less than this share is visible is not one anybody could point at."""
LEAST_PX = 12
"""Nor is one whose visible part is lower than this."""


@dataclass(frozen=True, slots=True)
class Box:
    """The visible extent of one person, normalised to the picture (0..1, y downwards)."""

    x1: float
    y1: float
    x2: float
    y2: float


@lru_cache(maxsize=512)
def _shadow(width: int, height: int, strength: float) -> Pixels:
    """What a soft round shadow leaves of the light under it, 0..255, three channels."""
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    depth = np.clip(1 - x * x - y * y, 0, 1) ** 1.5
    light = (255 * (1 - strength * depth)).astype(np.uint8)
    return np.asarray(cv2.cvtColor(light, cv2.COLOR_GRAY2BGR), np.uint8)


class Canvas:
    """Paste from the back to the front, then ask for the boxes."""

    def __init__(self, background: Pixels) -> None:
        self.picture = background.copy()
        self._whose: NDArray[np.uint8] = np.zeros(background.shape[:2], np.uint8)
        self._people: list[tuple[slice, slice, int]] = []

    def _clip(self, x: int, y: int, width: int, height: int) -> tuple[slice, slice, slice, slice] | None:
        """Rows and columns of the canvas, then those of what is laid on it."""
        rows, columns = self._whose.shape
        top, bottom = max(0, y), min(rows, y + height)
        left, right = max(0, x), min(columns, x + width)
        if top >= bottom or left >= right:
            return None
        return slice(top, bottom), slice(left, right), slice(top - y, bottom - y), slice(left - x, right - x)

    def shade(self, x: float, y: float, width: float, strength: float = 0.45) -> None:
        """A soft shadow on the ground around a foot, `width` pixels wide."""
        wide, high = 2 * round(width / 2), 2 * round(width * 0.14)
        place = self._clip(round(x) - wide // 2, round(y) - high // 2, wide, high)
        if place is not None and wide > 2 and high > 2:
            rows, columns, from_rows, from_columns = place
            ground = self.picture[rows, columns]
            cv2.multiply(ground, _shadow(wide, high, strength)[from_rows, from_columns], ground, 1 / 255)

    def _lay(self, piece: Cutout, x: float, y: float, whose: int | None) -> tuple[slice, slice] | None:
        height, width = piece.solid.shape
        place = self._clip(round(x), round(y), width, height)
        if place is None:
            return None
        rows, columns, from_rows, from_columns = place
        under = self.picture[rows, columns]
        cv2.multiply(under, piece.through[from_rows, from_columns], under, 1 / 255)
        cv2.add(under, piece.colour[from_rows, from_columns], under)
        if whose is not None:
            self._whose[rows, columns][piece.solid[from_rows, from_columns]] = whose
        return rows, columns

    def furnish(self, piece: Cutout, x: float, y: float) -> None:
        """Lay a thing with its top left corner at x, y; where it is solid it hides the people behind it."""
        self._lay(piece, x, y, NOBODY)

    def person(self, piece: Cutout, x: float, y: float) -> int:
        """Lay a person with the top left corner at x, y; the answer names them in `box`."""
        name = len(self._people) + 1
        place = self._lay(piece, x, y, name) or (slice(0, 0), slice(0, 0))
        self._people.append((*place, int(np.count_nonzero(piece.solid))))
        return name

    def box(self, name: int) -> Box | None:
        """The visible extent of a person now, or None when too little of them is to be seen."""
        rows, columns, area = self._people[name - 1]
        mine = self._whose[rows, columns] == name
        if np.count_nonzero(mine) < max(1, LEAST_SHARE * area):
            return None
        lines, posts = np.flatnonzero(mine.any(axis=1)), np.flatnonzero(mine.any(axis=0))
        if lines[-1] - lines[0] + 1 < LEAST_PX:
            return None
        height, width = self._whose.shape
        return Box(
            (columns.start + int(posts[0])) / width,
            (rows.start + int(lines[0])) / height,
            (columns.start + int(posts[-1]) + 1) / width,
            (rows.start + int(lines[-1]) + 1) / height,
        )
