"""Drawing: the cameras of a site, live or recorded, looked at for a while for the pictures worth labelling."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
from tqdm import tqdm

from camera_ingest import clip
from camera_ingest.camera import Camera
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.sample import Sample
from models.choosing import Chosen, Drawing, Find
from models.regions import Region

Stopping = Callable[[Callable[[], None]], AbstractContextManager[None]]
"""Calls what it is given when the program is told to stop."""


class CameraRefused(Exception):
    """A camera that may not be drawn from: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What to draw."""

    frames: int
    """Pictures in all; each camera gives its share."""
    lasts: timedelta
    """How long live cameras are looked at."""
    at: datetime
    """The time of the first frame of recorded files."""
    seed: int = 1


def draw(
    cameras: Mapping[Camera, Path | None],
    regions: Sequence[Region],
    find: Find,
    threshold: float,
    wish: Wish,
    timing: Timing | None,
    stopping: Stopping,
) -> tuple[tuple[Chosen, ...], str]:
    """The pictures chosen, and why the last look that saw nothing did not; recorded files first, then live cameras.

    `cameras`: each with its recorded file, or None = live. When told to stop, what was drawn by then is what is given.
    Raises `CameraRefused` for a camera that may not be analysed.
    """
    for camera in cameras:
        if not camera.legal_basis:
            raise CameraRefused(f"camera {camera.id}: expected a legal_basis to draw its pictures, found none")
    files = {camera: path for camera, path in cameras.items() if path}
    drawings = {}
    for number, (camera, path) in enumerate(cameras.items()):
        lasts, share = _length(path) if path else wish.lasts, (wish.frames + number) // len(cameras)
        drawings[camera.id] = Drawing(camera, regions, find, threshold, lasts, share, wish.seed)
    why = ""
    for sample in tqdm(_samples(cameras, files, wish, timing, stopping), "looks", disable=None, leave=False):
        drawings[sample.camera].take(sample)
        why = why if sample.blind is None else sample.detail or str(sample.blind)
    return tuple(one for drawing in drawings.values() for one in drawing.chosen()), why


def _samples(
    cameras: Mapping[Camera, Path | None],
    files: Mapping[Camera, Path],
    wish: Wish,
    timing: Timing | None,
    stopping: Stopping,
) -> Iterator[Sample]:
    stopped: list[bool] = []
    with stopping(lambda: stopped.append(True)):
        for camera, path in files.items():
            for sample in clip.samples(camera, path, wish.at):
                yield sample
                if stopped:
                    return
    live = [camera for camera in cameras if camera not in files]
    if not live:
        return
    fleet, until = Fleet(live, timing), datetime.now(UTC) + wish.lasts
    with stopping(fleet.stop), fleet:
        for sample in fleet.samples():
            yield sample
            if sample.at >= until:
                return


def _length(path: Path) -> timedelta:
    """How long a recorded file lasts; nothing where that is not known."""
    with suppress(OSError, av.FFmpegError), av.open(str(path)) as container:
        return timedelta(microseconds=container.duration or 0)
    return timedelta(0)
