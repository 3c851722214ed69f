"""Faults of the picture: what a lens out of focus, a cloth, a knock or a dead sensor makes of any picture."""

from collections.abc import Callable
from enum import StrEnum

import cv2
import numpy as np

from simulation.sprites import Pixels

BLUR_SHARE = (0.006, 0.014)
"""Standard deviation of the defocus, as a share of the picture's width."""
MOVE_SHARE = (0.08, 0.25)
"""How far a camera is turned, as a share of the width and of the height."""
CLOTH_GREY = (45.0, 170.0)
"""Mean grey level of what covers the lens: light comes through a hand or a cloth."""
BLACK_GREY = 4.0
"""Mean grey level of a dead sensor's picture."""


class PictureFault(StrEnum):
    """What a picture that still arrives can suffer."""

    BLACK = "black"
    BLURRED = "blurred"
    COVERED = "covered"
    MOVED = "moved"


def damage(kind: PictureFault, rng: np.random.Generator, noise: float = 1.5) -> Callable[[Pixels], Pixels]:
    """One lasting fault, its extent drawn once: how much blur, which cloth, which way the camera was turned.

    The answer takes pictures (height × width × 3, BGR, 0..255) and gives new ones of the same shape. `noise` is the
    standard deviation, in grey levels, of the sensor's noise, which no lens and no cloth takes away; it is drawn anew
    from `rng` for every picture. A picture that was moved shows its own mirror image where nothing is known.
    """
    sigma = rng.uniform(*BLUR_SHARE)
    cloth, slope = _cloth(rng), rng.uniform(-0.25, 0.25, 2)
    aside, down = _turn(rng)

    def changed(picture: Pixels) -> Pixels:
        height, width = picture.shape[:2]
        match kind:
            case PictureFault.BLURRED:
                made = cv2.GaussianBlur(picture, (0, 0), sigma * width, borderType=cv2.BORDER_REFLECT_101)
            case PictureFault.MOVED:
                by = np.array([[1, 0, round(aside * width)], [0, 1, round(down * height)]], np.float32)
                made = cv2.warpAffine(picture, by, (width, height), flags=cv2.INTER_NEAREST,
                                      borderMode=cv2.BORDER_REFLECT_101)  # fmt: skip
            case PictureFault.COVERED:
                across = 1 + slope[0] * np.linspace(-1, 1, width)[None, :, None]
                light = across * (1 + slope[1] * np.linspace(-1, 1, height)[:, None, None])
                made = cv2.convertScaleAbs(light * cloth)
            case PictureFault.BLACK:
                made = np.full_like(picture, BLACK_GREY)
        return _noisy(np.asarray(made, np.uint8), noise, rng)

    return changed


def degrade(picture: Pixels, kind: PictureFault, rng: np.random.Generator, noise: float = 1.5) -> Pixels:
    """A single picture with a fault of drawn extent, see `damage`; the picture given is left as it is."""
    return damage(kind, rng, noise)(picture)


def _cloth(rng: np.random.Generator) -> np.ndarray:
    """The colour of what covers the lens, BGR: skin, cloth, paper."""
    grey = rng.uniform(*CLOTH_GREY)
    return np.clip(grey * rng.uniform(0.8, 1.2, 3), 20, 235)


def _turn(rng: np.random.Generator) -> tuple[float, float]:
    """How far the picture moves to the right and down, as shares: one of both at least by the least of `MOVE_SHARE`."""
    shares = rng.uniform(*MOVE_SHARE, 2) * rng.choice([-1, 1], 2)
    only = int(rng.integers(3))  # aside, down, or both
    return float(shares[0] * (only != 1)), float(shares[1] * (only != 0))


def _noisy(picture: Pixels, noise: float, rng: np.random.Generator) -> Pixels:
    if not noise:
        return picture
    grain = rng.standard_normal(picture.shape, np.float32) * np.float32(noise)
    return np.asarray(cv2.add(picture, grain, dtype=cv2.CV_8U), np.uint8)
