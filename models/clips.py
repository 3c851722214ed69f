"""Clips: recorded video whose frames are numbered from 1, as ground truth numbers them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from camera_ingest.sample import Picture

Frame = tuple[int, Picture]
"""The number of a clip's frame, counted from 1, and its picture."""

TEXT = "tty"
"""FFmpeg would take a text file for a film of letters."""


class BadClip(Exception):
    """A file that is no video, or not to its end: which, what was expected, what was found."""

    def __init__(self, path: Path, expected: str, found: str) -> None:
        super().__init__(f"{path}: expected {expected}, found {found}")


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file and what its header says."""

    path: Path
    width: int
    """Pixels of a picture, as `height`."""
    height: int
    frames: int
    """How many there are."""


def open_clip(path: Path) -> Clip:
    """What a file holds, without decoding it; raises `BadClip` for anything but a video."""
    try:
        with av.open(str(path)) as container:
            if not container.streams.video or container.format.name == TEXT:
                raise BadClip(path, "a video file", "no pictures in it")
            stream = container.streams.video[0]
            count = sum(packet.size > 0 for packet in container.demux(stream))
            if not (count and stream.width and stream.height):
                raise BadClip(path, "a video file", "no pictures in it")
            return Clip(path, stream.width, stream.height, count)
    except (av.FFmpegError, OSError) as error:
        raise BadClip(path, "a video file", _reason(error)) from error


def frames(path: Path, every: int = 1) -> Iterator[Frame]:
    """Every n-th frame of a clip, the first included; raises `BadClip` where it does not decode."""
    number = 0
    try:
        with av.open(str(path)) as container:
            for number, frame in enumerate(container.decode(video=0), start=1):
                if (number - 1) % every == 0:
                    yield number, frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)
    except (av.FFmpegError, OSError) as error:
        raise BadClip(path, "a video that decodes to its end", f"after frame {number}: {_reason(error)}") from error


def _reason(error: OSError | av.FFmpegError) -> str:
    return str(getattr(error, "strerror", None) or type(error).__name__)
