"""A gate: whether a camera shows the same as when it was last analysed, so that the network need not look again.

Pictures are compared with the last *analysed* one, never with the previous one, so slow change adds up until it is
seen; and however little changes, a look is analysed anew after `FORCED`. Shades are means over 10×10 pixels of a
640×360 picture: sensor noise and compression vanish in them, somebody who arrives, leaves or shifts does not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Grey
from models.detection import Detection
from models.regions import Region, RegionKind

ROWS, COLUMNS = 36, 64
FORCED = timedelta(seconds=30)
"""After so long a look is analysed whatever it shows."""
STEP = 8.0
"""Grey levels by which a cell must change to count."""
CELLS = 2
"""Cells that must change near the regions."""

Shades = NDArray[np.float32]
"""ROWS × COLUMNS mean grey levels."""
Cells = NDArray[np.bool_]
"""ROWS × COLUMNS: where change matters."""


@dataclass(frozen=True, slots=True, eq=False)
class Analysed:
    """What a camera showed when it was last analysed, and who was found."""

    at: datetime
    shades: Shades
    people: tuple[Detection, ...]


def shades(grey: Grey) -> Shades:
    """The brightness of a picture, coarsely."""
    return np.asarray(cv2.resize(grey, (COLUMNS, ROWS), interpolation=cv2.INTER_AREA), np.float32)


def near(regions: Sequence[Region]) -> Cells:
    """The cells of the regions that count people, one more on each side, and those above whom stands in them."""
    cells = np.zeros((ROWS, COLUMNS), np.uint8)
    for region in regions:
        if region.kind is not RegionKind.MASK:
            corners = np.array([(x * COLUMNS, y * ROWS) for x, y in region.polygon])
            cv2.fillPoly(cells, [np.floor(corners).astype(np.int32)], 1)
    return np.asarray(cv2.dilate(cells, np.ones((3, 3), np.uint8)), np.bool_)


def unchanged(before: Analysed | None, now: Shades, at: datetime, cells: Cells) -> bool:
    """Whether what was found then may stand for a look at `at`: soon enough, and nothing near the regions has changed.

    Light that changes everywhere alike is no change.
    """
    if before is None or not timedelta(0) <= at - before.at < FORCED:
        return False
    difference = now - before.shades
    difference -= np.median(difference)
    return int(np.count_nonzero(np.abs(difference[cells]) > STEP)) < CELLS
