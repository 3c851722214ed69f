"""Drawing: recorded files and live cameras give their share, and a camera without a legal basis gives nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import numpy as np
import pytest

from camera_ingest.camera import Camera, Role
from camera_ingest.link import Timing
from camera_ingest.sample import Picture
from models.choosing import Part
from models.detection import Detection
from models.drawing import CameraRefused, Wish, draw
from models.regions import Region

ZERO = datetime(2026, 11, 25, 9, tzinfo=UTC)
CAMERA = Camera("c1", "hc01", "rtsp://127.0.0.1:1/none", Role.WINDOW, timedelta(seconds=0.5), "现场管理")
WISH = Wish(10, timedelta(seconds=1.5), ZERO)


def nobody(picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
    return ()


@contextmanager
def unstopped(stop: Callable[[], None]) -> Iterator[None]:
    yield


@contextmanager
def stopped(stop: Callable[[], None]) -> Iterator[None]:
    stop()
    yield


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """Ten seconds of noise."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=5)
        stream.width, stream.height = 64, 48
        for number in range(50):
            shot = np.random.default_rng(number).integers(0, 256, (48, 64, 3), dtype=np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(shot, format="bgr24")))
        container.mux(stream.encode())
    return path


def test_a_recorded_file_is_drawn_from_over_its_length(clip: Path) -> None:
    chosen, why = draw({CAMERA: clip}, [], nobody, 0.35, WISH, None, unstopped)
    assert len(chosen) == 10 and why == ""
    assert {one.part for one in chosen} == {Part.TRAIN, Part.VAL}
    assert max(one.at for one in chosen) - min(one.at for one in chosen) > timedelta(seconds=5)


def test_a_live_camera_is_looked_at_for_so_long_and_says_why_it_gave_nothing() -> None:
    timing = Timing()
    chosen, why = draw({CAMERA: None}, [], nobody, 0.35, WISH, timing, unstopped)
    assert chosen == () and "c1" in why


def test_when_told_to_stop_what_was_drawn_is_given(clip: Path) -> None:
    chosen, _ = draw({CAMERA: clip}, [], nobody, 0.35, WISH, None, stopped)
    assert len(chosen) == 1


def test_a_camera_without_a_legal_basis_is_refused(clip: Path) -> None:
    with pytest.raises(CameraRefused, match="camera c1: expected a legal_basis"):
        draw({replace(CAMERA, legal_basis=""): clip}, [], nobody, 0.35, WISH, None, unstopped)
