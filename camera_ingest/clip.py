"""A clip: a recorded file as a camera, in media time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import VideoReformatter

from camera_ingest.camera import Camera
from camera_ingest.lost import StreamLost
from camera_ingest.sample import Blind, Sample


def samples(camera: Camera, path: Path, at: datetime) -> Iterator[Sample]:
    """One sample per cadence of the camera, the first frame at `at`; ends with the file.

    A sample's time is its frame's time in the file (frame number / frame rate), whenever it is read. A file that
    cannot be read, or not to its end, gives one blind sample with the reason.
    """
    due = shown = timedelta(0)
    reformatter = VideoReformatter()
    try:
        for shown, frame in _frames(path):
            if shown < due:
                continue
            due += camera.cadence * ((shown - due) // camera.cadence + 1)
            if frame is None:
                yield _blind(camera, at + shown, "read", "a frame that decodes", "damage", Blind.UNDECODABLE)
            else:
                picture = reformatter.reformat(frame, format="bgr24").to_ndarray().astype(np.uint8, copy=False)
                yield Sample(camera.id, at + shown, picture)
    except FileNotFoundError:
        yield _blind(camera, at, "open", "a file", "none", Blind.NOT_FOUND)
    except (av.FFmpegError, OSError) as error:
        yield _blind(camera, at + shown, "read", "a video file", type(error).__name__, Blind.UNDECODABLE)


def _frames(path: Path) -> Iterator[tuple[timedelta, av.VideoFrame | None]]:
    """Each frame with its time since the first; None for what does not decode."""
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise av.InvalidDataError(0, "no video stream")
        stream = container.streams.video[0]
        stream.thread_type = "AUTO"
        rate = float(stream.average_rate or 25)
        number, begin = 0, None
        for packet in container.demux(stream):
            try:
                frames = packet.decode()
            except av.InvalidDataError:
                yield timedelta(seconds=number / rate), None
                number += 1
                continue
            for frame in frames:
                time = frame.time if frame.time is not None else number / rate
                begin = time if begin is None else begin
                yield timedelta(seconds=time - begin), frame
                number += 1


def _blind(camera: Camera, at: datetime, when: str, expected: str, found: str, blind: Blind) -> Sample:
    lost = StreamLost(camera.id, when, expected, found, blind)
    return Sample(camera.id, at, None, lost.blind, str(lost))
