"""Stillness: whether a picture repeats the one before, which a living sensor never does.

A sensor's noise, even after a camera's own denoising and compression, changes some pixels of almost every textured
place of a still scene; a frozen source gives the same ones again. The running clock that the camera burns in is left
out: it stands at the upper or lower edge.
"""

import cv2
import numpy as np

from camera_ingest.health_edges import Grey, Values
from camera_ingest.health_measures import LATTICE_SIZE

CELLS = 20, 15
"""Columns and rows of cells, each 8 × 3 pixels of the lattice."""
EDGE_ROWS = 2
"""Rows of cells at the upper and at the lower edge that are left out: 13 % of the height each."""
TEXTURED = 9.0
"""Variance of a cell's grey levels from which it would show noise after compression."""
SAME = 1
"""Grey levels by which a repeated pixel may differ: encoding it again rounds anew."""
LEAST_CELLS = 20
"""Textured cells below which nothing can be said."""


def repeated(before: bytes, seen: Grey) -> float | None:
    """Share of the textured cells in which every pixel is as in the lattice before (its bytes); None = too few."""
    columns, rows = LATTICE_SIZE
    earlier = np.frombuffer(before, np.uint8).reshape(rows, columns)
    levels = earlier.astype(np.float32)
    mean = _cells(levels)
    textured = _cells(levels * levels) - mean * mean > TEXTURED
    textured[:EDGE_ROWS] = textured[-EDGE_ROWS:] = False
    count = int(np.count_nonzero(textured))
    if count < LEAST_CELLS:
        return None
    differing = _cells(np.asarray(cv2.absdiff(earlier, seen) > SAME, np.float32))
    return int(np.count_nonzero(textured & (differing == 0))) / count


def _cells(values: Values) -> Values:
    """The mean of each cell."""
    return np.asarray(cv2.resize(values, CELLS, interpolation=cv2.INTER_AREA), np.float32)
