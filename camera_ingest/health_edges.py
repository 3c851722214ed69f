"""Edges of a small picture, by which a scene is recognised whatever its light, and found again where it has moved."""

from dataclasses import dataclass
from itertools import product
from math import sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
"""height × width, 0..255."""
Values = NDArray[np.float32]
"""rows × columns."""

SMALL_SIZE = COLUMNS, ROWS = 80, 45
"""Width and height at which the scene is compared: people are small things there, walls and counters large ones."""
BLOCKS = 10, 9
"""Columns and rows of blocks that are judged one by one: people cover some of them, hardly ever all."""
FAINT = np.float32(8.0)
"""Gradient (Sobel, grey levels at 80 × 45) below which an edge is more noise than edge."""
LEAST_OVERLAP = 0.4
"""Share of the picture that two shifted views must have in common to be compared."""
PEAKS = 3
"""Shifts that are tried, the most promising first."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Strength and direction of edges, the direction doubled: from light to dark and from dark to light are one.

    Infrared turns many of them round. Faint ones fade.
    """

    along: Values
    """45 × 80: strength times the cosine of the doubled direction."""
    across: Values
    """45 × 80: strength times its sine."""
    strength: Values
    """45 × 80: grey levels."""
    squares: Values
    """9 × 10: mean square of the strength in each block."""
    coarse: Values
    """9 × 10: mean square of the gradient itself, of faint edges too."""


@dataclass(frozen=True, slots=True)
class Shift:
    """By how much what is seen lies elsewhere than learned."""

    right: float
    """Share of the width, negative to the left."""
    down: float
    """Share of the height, negative upwards."""
    likeness: float
    """Correlation of the edges' directions at this shift, at most 1."""

    @property
    def size(self) -> float:
        """The larger of both shares."""
        return max(abs(self.right), abs(self.down))


def edges(small: Grey | Values) -> Edges:
    """The edges of a picture of 45 × 80."""
    x, y = cv2.Sobel(small, cv2.CV_32F, 1, 0), cv2.Sobel(small, cv2.CV_32F, 0, 1)
    xx, yy = x * x, y * y
    square = xx + yy
    fading = 1 / (np.sqrt(square) + FAINT)
    strength = np.asarray(square * fading, np.float32)
    return Edges(
        along=np.asarray((xx - yy) * fading, np.float32),
        across=np.asarray(2 * x * y * fading, np.float32),
        strength=strength,
        squares=blocks(np.square(strength)),
        coarse=blocks(square),
    )


def blocks(values: Values) -> Values:
    """The mean of each block, 9 × 10."""
    return np.asarray(cv2.resize(values, BLOCKS, interpolation=cv2.INTER_AREA), np.float32)


def correlation(one: Edges, other: Edges) -> Values:
    """How like two pictures are in each block (9 × 10), from −1 to 1; neither light nor contrast counts."""
    product = blocks(one.along * other.along + one.across * other.across)
    return np.asarray(product / np.sqrt(one.squares * other.squares + 1), np.float32)


def displaced(seen: Edges, learned: Edges) -> tuple[Shift, float]:
    """The shift at which a picture is most like another, and how like it is without one.

    Correlation of directions, in which a strong edge counts no more than others, by Fourier transform (C. D. Kuglin and
    D. C. Hines, The phase correlation image alignment method, 1975); the best peaks are then checked on what both views
    have in common.
    """
    now, usual = _directions(seen), _directions(learned)
    spectrum = cv2.mulSpectrums(cv2.dft(now), cv2.dft(usual), 0, conjB=True)
    size = cv2.magnitude(spectrum[..., 0], spectrum[..., 1])
    whitened = spectrum / (size + cv2.mean(size)[0])[..., None]
    peaks = np.ascontiguousarray(cv2.idft(whitened)[..., 0])
    still = _common(now, usual, 0, 0)
    best = Shift(0.0, 0.0, still)
    for _ in range(PEAKS):
        _, _, _, (x, y) = cv2.minMaxLoc(peaks)
        peaks[y, x] = -np.inf
        for right, down in product((x, x - COLUMNS), (y, y - ROWS)):
            if (COLUMNS - abs(right)) * (ROWS - abs(down)) < LEAST_OVERLAP * COLUMNS * ROWS:
                continue
            if (found := _common(now, usual, right, down)) > best.likeness:
                best = Shift(right / COLUMNS, down / ROWS, found)
    return best, still


def _directions(field: Edges) -> Values:
    """45 × 80 × 2: each edge counts as much as any other, unless it is faint."""
    fading = 1 / (field.strength + FAINT)
    return np.asarray(cv2.merge([field.along * fading, field.across * fading]), np.float32)


def _common(now: Values, usual: Values, right: int, down: int) -> float:
    """Correlation on what two views have in common if the newer is shifted."""
    seen = now[max(0, down) : ROWS + min(0, down), max(0, right) : COLUMNS + min(0, right)]
    there = usual[max(0, -down) : ROWS + min(0, -down), max(0, -right) : COLUMNS + min(0, -right)]
    both = sqrt(float((seen * seen).sum()) * float((there * there).sum()))
    return float((seen * there).sum()) / (both + 1e-6)
