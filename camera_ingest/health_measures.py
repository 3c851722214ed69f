"""Measures: a few numbers and small grey pictures that say whether a picture shows anything."""

from dataclasses import dataclass

import cv2
import numpy as np

from camera_ingest.frame import green
from camera_ingest.health_edges import SMALL_SIZE, Edges, Grey, Values, blocks, edges
from camera_ingest.sample import Picture

GREY_SIZE = 320, 180
"""Width and height at which brightness is measured."""
HALF_SIZE = 160, 90
"""Width and height at which fine detail is measured: there averaging has taken most of the sensor's noise."""
LATTICE_SIZE = 160, 45
"""Columns and rows of single pixels, not averaged, that are compared with those of the next look."""
NEAR_BLACK = 32
"""Grey level below which a pixel counts as near-black."""


@dataclass(frozen=True, slots=True, eq=False)
class Measures:
    """What is measured of one picture."""

    mean: float
    """Grey levels, 0..255."""
    std: float
    """Standard deviation, grey levels."""
    near_black: float
    """Share of near-black pixels, 0..1; not counted (0) where the mean is not near black."""
    fine: Values
    """9 × 10: mean square of the Laplacian in each block of the picture; what a blurred one lacks."""
    small: Grey
    """45 × 80: the averaged picture."""
    edges: Edges
    """Its edges."""
    lattice: Grey
    """45 × 160: single pixels, with their noise."""

    @property
    def sharpness(self) -> float:
        """Fine detail divided by the variance of the grey levels: survives dimming. 0 where all is one grey."""
        return float((self.fine - noise(self.fine)).mean()) / self.std**2 if self.std else 0.0


def noise(fine: Values) -> float:
    """What fine detail there is where there is none: that of the flattest tenth of the blocks."""
    return float(np.sort(fine, axis=None)[fine.size // 10])


def measure(picture: Picture | Grey) -> Measures:
    """Everything that health is judged by, of one picture (height × width × 3, BGR) or its brightness alone.

    Fine detail: J. L. Pech-Pacheco et al., Diatom autofocusing in brightfield microscopy, ICPR 2000.
    """
    grey = green(picture) if picture.ndim == 3 else picture
    if grey.shape != GREY_SIZE[::-1]:
        grey = np.asarray(cv2.resize(grey, GREY_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    mean, std = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    half = cv2.resize(grey, HALF_SIZE, interpolation=cv2.INTER_AREA)
    laplacian = cv2.Laplacian(half, cv2.CV_16S)
    small = np.asarray(cv2.resize(half, SMALL_SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    return Measures(
        mean=mean,
        std=std,
        near_black=int(np.count_nonzero(grey < NEAR_BLACK)) / grey.size if mean < NEAR_BLACK else 0.0,
        fine=blocks(np.asarray(cv2.multiply(laplacian, laplacian, dtype=cv2.CV_32F), np.float32)),
        small=small,
        edges=edges(small),
        lattice=np.asarray(cv2.resize(grey, LATTICE_SIZE, interpolation=cv2.INTER_NEAREST), np.uint8),
    )
