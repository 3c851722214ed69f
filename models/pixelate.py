"""Pixelating: parts of a picture as blocks of one colour, so that a body can be counted and no face be seen."""

from collections.abc import Iterable, Sequence
from math import ceil

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from models.detection import Detection
from models.regions import Point, Region, RegionKind

HEAD = 0.3
"""The upper part of a person's box that is pixelated."""
BLOCKS_PER_HEAD = 4
"""At most so many blocks from top to bottom of a head part, however near the camera."""
BLOCKS_PER_MASK = 8
"""At most so many blocks along the longer side of what a mask covers."""


def hidden(picture: Picture, people: Iterable[Detection], regions: Sequence[Region]) -> Picture:
    """A copy whose head parts and masks are pixelated; everything else is as it was.

    `regions`: those of the camera, of which the masks count. A person who is not among `people` is not hidden.
    """
    height, width = picture.shape[:2]
    shown = picture.copy()
    for person in people:
        rows, columns = head(person, width, height)
        part = shown[rows, columns]
        if part.size:
            shown[rows, columns] = in_blocks(part, side(part.shape[0] / BLOCKS_PER_HEAD))
    for region in regions:
        if region.kind is RegionKind.MASK:
            inside = np.zeros((height, width), np.uint8)
            cv2.fillPoly(inside, [corners(region.polygon, width, height)], 1)
            longer = max(np.ptp(edge) for edge in np.nonzero(inside)) if inside.any() else 0
            blocks = in_blocks(shown, side(longer / BLOCKS_PER_MASK))
            shown = np.where(inside[..., np.newaxis].astype(np.bool_), blocks, shown)
    return shown


def head(person: Detection, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns of a person's head part in a picture of this size, in pixels, rounded outwards."""
    end = person.y1 + HEAD * (person.y2 - person.y1)
    rows = slice(max(0, int(person.y1 * height)), max(0, ceil(end * height)))
    return rows, slice(max(0, int(person.x1 * width)), max(0, ceil(person.x2 * width)))


def corners(polygon: Sequence[Point], width: int, height: int) -> NDArray[np.int32]:
    """A normalised polygon in pixels."""
    return np.rint(np.array(polygon) * (width, height)).astype(np.int32)


def side(least: float) -> int:
    """Side of a block of at least so many pixels: a multiple of JPEG's own 8, never less than 8."""
    return 8 * max(1, ceil(least / 8))


def in_blocks(picture: Picture, block: int) -> Picture:
    """Every block of the picture in its mean colour; the grid begins at the upper left corner."""
    height, width = picture.shape[:2]
    small = means(picture, block)
    large = cv2.resize(small, (small.shape[1] * block, small.shape[0] * block), interpolation=cv2.INTER_NEAREST)
    return np.asarray(large[:height, :width], np.uint8)


def means(values: NDArray[np.uint8], block: int) -> NDArray[np.uint8]:
    """The mean of each block; the last ones of a row or column go on beyond the edge with its values."""
    height, width = values.shape[:2]
    whole = cv2.copyMakeBorder(values, 0, -height % block, 0, -width % block, cv2.BORDER_REPLICATE)
    size = (whole.shape[1] // block, whole.shape[0] // block)
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_AREA), np.uint8)
