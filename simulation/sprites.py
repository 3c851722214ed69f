"""A sprite: one rendered person in one pose, cut out of its identity's atlas."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

PEOPLE = Path(__file__).parent / "people"
STEP = 1.03
"""Scales are rounded to powers of this, so that a resized sprite is met again in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """Something to lay over a picture: colours already multiplied by their opacity, and what shows through."""

    colour: Pixels
    """height × width × 3, BGR, premultiplied."""
    through: Pixels
    """height × width × 3: 255 − opacity, three times the same."""
    solid: NDArray[np.bool_]
    """height × width: where it hides what is behind it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """One person in one pose; `pixels` is BGRA with straight alpha."""

    identity: str
    role: str
    """`staff` (in uniform) or `public`."""
    age: str
    pose: str
    heading: int
    """Degrees: 0 faces the camera, 90 the picture's right, 180 seen from behind, 270 left."""
    foot: tuple[float, float]
    """The point that touches the ground (seated: bottom centre of the upper body), in the sprite's pixels."""
    pixels: Pixels


@lru_cache(maxsize=4)
def people(directory: Path = PEOPLE) -> tuple[Sprite, ...]:
    """Every sprite of a directory with `index.json` and one atlas per identity; in a stable order."""
    index = json.loads((directory / "index.json").read_text(encoding="utf-8"))
    found: list[Sprite] = []
    for identity, entry in sorted(index["identities"].items()):
        atlas = cv2.imread(str(directory / entry["file"]), cv2.IMREAD_UNCHANGED)
        if atlas is None or atlas.ndim != 3 or atlas.shape[2] != 4:
            raise ValueError(f"{directory / entry['file']}: expected a picture with an alpha channel")
        for row in entry["sprites"]:
            x, y, width, height = row["rect"]
            found.append(
                Sprite(
                    identity=identity,
                    role=entry["role"],
                    age=entry["age"],
                    pose=row["pose"],
                    heading=row["heading"] % 360,
                    foot=(row["foot"][0], row["foot"][1]),
                    pixels=np.ascontiguousarray(atlas[y : y + height, x : x + width], dtype=np.uint8),
                )
            )
    return tuple(found)


def cutout(pixels: Pixels) -> Cutout:
    """Premultiply a BGRA picture."""
    alpha = cv2.cvtColor(pixels[..., 3], cv2.COLOR_GRAY2BGR)
    colour = cv2.multiply(pixels[..., :3], alpha, scale=1 / 255)
    return Cutout(np.asarray(colour, np.uint8), np.asarray(255 - alpha, np.uint8), pixels[..., 3] > 127)


@lru_cache(maxsize=6000)
def _resized(sprite: Sprite, step: int, upper: float) -> tuple[Cutout, tuple[float, float]]:
    scale = STEP**step
    pixels = sprite.pixels[: max(2, round(sprite.pixels.shape[0] * upper))]
    height, width = pixels.shape[:2]
    size = max(2, round(width * scale)), max(2, round(height * scale))
    whole = cutout(pixels)
    colour = cv2.resize(whole.colour, size, interpolation=cv2.INTER_AREA)
    through = cv2.resize(whole.through, size, interpolation=cv2.INTER_AREA)
    foot = sprite.foot[0] * scale, (sprite.foot[1] if upper == 1 else height) * scale
    return Cutout(np.asarray(colour, np.uint8), np.asarray(through, np.uint8), through[..., 0] < 128), foot


def resized(sprite: Sprite, scale: float, upper: float = 1.0) -> tuple[Cutout, tuple[float, float]]:
    """The sprite at about this scale and its foot in the new pixels; `upper` keeps that share from the head down."""
    return _resized(sprite, round(float(np.log(scale) / np.log(STEP))), upper)


def leaning(piece: Cutout, by: float) -> Cutout:
    """A copy whose upper edge is shifted by so many pixels to the right and whose lower edge stays."""
    height, width = piece.solid.shape
    shear = np.array([[1, -by / height, by], [0, 1, 0]], np.float32)
    colour = cv2.warpAffine(piece.colour, shear, (width, height))
    through = cv2.warpAffine(piece.through, shear, (width, height), borderValue=(255, 255, 255))
    return Cutout(np.asarray(colour, np.uint8), np.asarray(through, np.uint8), through[..., 0] < 128)
