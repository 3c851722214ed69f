"""Evidence: masked stills of alerts, kept in memory until an alert asks for them, and on disk until they expire.

No face leaves this file. Everything outside the staff regions is pixelated, whatever was detected there; inside them,
what a mask covers and the head part of every detected person. Where no staff region is given (queues), everything is.
What cannot be masked, or does not read as masked once it is encoded, is refused: `MaskedJpeg` is the only thing that
can be written.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from models.detection import Detection
from models.pixelate import BLOCKS_PER_HEAD, HEAD, corners, head, in_blocks, means, side
from models.regions import Region, RegionKind
from monitor.alerts import Alert, Moment, Still

BLOCKS_ACROSS = 48
"""At most so many blocks side by side in a picture: a body can be counted, a face is a block or two."""
QUALITY = 90
"""JPEG quality, with full colour resolution so that blocks keep their edges."""
TOLERANCE = 8.0
"""Mean difference per block (0..255) that the encoding may make."""

ALERTS, DRAWN = "alerts", "drawn"
"""Below the evidence directory: alerts/<day in UTC>/<hall>/<still>.jpg."""


class MaskRefused(Exception):
    """A picture could not be masked, or does not read as masked; nothing of it may be kept."""


class StillLost(Exception):
    """A masked still could not be written: which, where and why."""


@dataclass(frozen=True, slots=True, eq=False)
class Masked:
    """A picture without faces."""

    picture: Picture
    hidden: NDArray[np.bool_]
    """height × width: what is pixelated."""
    block: int
    """Side of a block, in pixels; the grid begins at the upper left corner."""


@dataclass(frozen=True, slots=True)
class MaskedJpeg:
    """A still that was encoded, decoded again and found masked. Made by `encode` alone."""

    data: bytes


def masked(picture: Picture, regions: Sequence[Region], people: Sequence[Detection] | None) -> Masked:
    """Pixelate everything outside the staff regions, and inside them the masks and the head part of every person.

    `regions`: those of the place the still is about, and the masks of the camera. Raises MaskRefused if there are none,
    or if the detector failed (`people` None): then nobody knows where the heads are.
    """
    if not regions:
        raise MaskRefused("expected the regions of the place, found none")
    if people is None:
        raise MaskRefused("expected the people in the picture, found that the detector could not look")
    height, width = picture.shape[:2]
    hidden = np.ones((height, width), np.uint8)
    for region in regions:
        if region.kind is RegionKind.STAFF:
            cv2.fillPoly(hidden, [corners(region.polygon, width, height)], 0)
    for region in regions:
        if region.kind is RegionKind.MASK:
            cv2.fillPoly(hidden, [corners(region.polygon, width, height)], 1)
    for person in people:
        hidden[head(person, width, height)] = 1
    block = _block(width, height, people)
    shown = cv2.copyTo(in_blocks(picture, block), hidden, picture.copy())
    return Masked(np.asarray(shown, np.uint8), hidden.astype(np.bool_), block)


def _block(width: int, height: int, people: Iterable[Detection]) -> int:
    """Side of a block: coarse for the picture, coarser for a head close to the camera; a multiple of JPEG's own 8."""
    tallest = max((HEAD * (person.y2 - person.y1) * height for person in people), default=0.0)
    return side(max(width / BLOCKS_ACROSS, tallest / BLOCKS_PER_HEAD))


def encode(still: Masked) -> MaskedJpeg:
    """As JPEG. Raises MaskRefused if what was encoded does not read as masked."""
    settings = [
        cv2.IMWRITE_JPEG_QUALITY,
        QUALITY,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR,
        cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444,
    ]
    _, data = cv2.imencode(".jpg", still.picture, settings)
    jpeg = MaskedJpeg(data.tobytes())
    if not reads_as_masked(jpeg.data, still):
        raise MaskRefused("expected a still that reads as masked once it is encoded, found one that does not")
    return jpeg


def reads_as_masked(data: bytes, still: Masked) -> bool:
    """Whether an encoded picture is that still, and really consists of blocks wherever something is hidden."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) if data else None
    if picture is None or picture.shape != still.picture.shape:
        return False
    read = np.asarray(picture, np.uint8)
    hidden = still.hidden.astype(np.uint8) * 255
    there = np.asarray(cv2.copyTo(_difference(read, still.picture), hidden), np.uint8)
    changed = means(there, still.block)
    within = means(_difference(read, in_blocks(read, still.block)), still.block)
    whole = means(hidden, still.block) == 255
    return bool(changed.max() <= TOLERANCE) and bool(within[whole].max(initial=0) <= TOLERANCE)


def _difference(one: Picture, two: Picture) -> Picture:
    return np.asarray(cv2.absdiff(one, two), np.uint8)


def write(directory: Path, alert: Alert, moment: Moment, at: datetime, jpeg: MaskedJpeg) -> Still:
    """Write a still of an alert below the evidence directory, whole or not at all, and read it back.

    Raises StillLost: no room, no permission, or the file does not read as what was written.
    """
    since = alert.since.astimezone(UTC)
    name = f"{alert.rule}-{alert.place}-{since:%H%M%S%f}-{moment}.jpg"
    file = Path(ALERTS, f"{since:%Y-%m-%d}", alert.hall, name)
    try:
        _put(directory / file, jpeg.data)
    except OSError as error:
        raise StillLost(f"still {file} of {alert.key} not written to {directory}: {error.strerror or error}") from error
    return Still(moment, at, file.as_posix(), hashlib.sha256(jpeg.data).hexdigest())


def write_drawn(directory: Path, hall: str, window: str, at: datetime, jpeg: MaskedJpeg) -> tuple[str, str]:
    """Write a picture of the blind draw below the evidence directory; its file and its SHA-256. Raises StillLost.

    Nobody waits for the disk: at the opening every first look is drawn, and one that a power cut takes is left out.
    """
    local = at.astimezone(UTC)
    file = Path(DRAWN, f"{local:%Y-%m-%d}", hall, f"{window}-{local:%H%M%S%f}.jpg")
    try:
        (directory / file).parent.mkdir(parents=True, exist_ok=True)
        (directory / file).write_bytes(jpeg.data)
    except OSError as error:
        raise StillLost(f"drawn picture {file} not written to {directory}: {error.strerror or error}") from error
    return file.as_posix(), hashlib.sha256(jpeg.data).hexdigest()


def drawn_reads(directory: Path, file: str, sha256: str) -> bool:
    """Whether a picture of the blind draw is still there, and the one that was written."""
    try:
        return hashlib.sha256((directory / file).read_bytes()).hexdigest() == sha256
    except OSError:
        return False


def _put(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    _replace(path, data)


def _replace(path: Path, data: bytes) -> None:
    """Put a file in its place in one go, on disk and read back, or leave what was there."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if Path(temporary).read_bytes() != data:
            raise OSError(f"what was written does not read back, {len(data)} bytes expected")
        Path(temporary).replace(path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    parent = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


def expire(directory: Path, before: date, keep: Collection[str] = ()) -> int:
    """Delete the stills and drawn pictures of before a day (UTC), except the files to keep; how many were deleted."""
    deleted = 0
    for day in (*(directory / ALERTS).glob("????-??-??"), *(directory / DRAWN).glob("????-??-??")):
        if day.name >= before.isoformat():
            continue
        for still in sorted(day.rglob("*.jpg")):
            if still.relative_to(directory).as_posix() not in keep:
                still.unlink()
                deleted += 1
        if not any(path.is_file() for path in day.rglob("*.jpg")):
            shutil.rmtree(day)
    return deleted
