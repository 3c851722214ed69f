"""Recorded files in media time."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from camera_ingest import clip
from camera_ingest.camera import Camera, Role
from camera_ingest.sample import Blind
from tests.camera_ingest.synthetic import picture

AT = datetime(1970, 1, 1, tzinfo=UTC)


def camera(cadence_s: float) -> Camera:
    return Camera("c1", "h", "clip.avi", Role.WINDOW, timedelta(seconds=cadence_s), "x")


def record(path: Path, frames: int, rate: int) -> Path:
    """A clip whose frame n is of grey level 20 + 8 n."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        stream.time_base = Fraction(1, rate)
        for number in range(frames):
            level = np.full_like(picture(0), 20 + 8 * number)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(level, format="bgr24")))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("cadence_s", "numbers"),
    [(1.0, [0, 7, 14, 21]), (0.5, [0, 4, 7, 11, 14, 18, 21, 25]), (60.0, [0]), (1 / 7, list(range(28)))],
)
def test_the_time_of_a_sample_is_that_of_its_frame(tmp_path: Path, cadence_s: float, numbers: list[int]) -> None:
    path = record(tmp_path / "clip.avi", frames=28, rate=7)
    taken = list(clip.samples(camera(cadence_s), path, AT))
    assert [round((sample.at - AT).total_seconds() * 7) for sample in taken] == numbers
    for sample, number in zip(taken, numbers, strict=True):
        assert sample.picture is not None
        assert abs(float(sample.picture.mean()) - (20 + 8 * number)) < 5
        assert abs((sample.at - AT).total_seconds() - number / 7) < 1e-3


@pytest.mark.parametrize(("content", "blind"), [(None, Blind.NOT_FOUND), (b"no video", Blind.UNDECODABLE)])
def test_a_file_that_cannot_be_read_is_one_blind_sample(tmp_path: Path, content: bytes | None, blind: Blind) -> None:
    path = tmp_path / "clip.avi"
    if content is not None:
        path.write_bytes(content)
    (sample,) = clip.samples(camera(1), path, AT)
    assert (sample.picture, sample.blind, sample.at) == (None, blind, AT)
    assert sample.detail.startswith("c1 · ")


def test_a_folder_is_no_clip(tmp_path: Path) -> None:
    (sample,) = clip.samples(camera(1), tmp_path, AT)
    assert sample.blind is Blind.UNDECODABLE


def test_damage_in_the_middle_does_not_end_the_clip(tmp_path: Path) -> None:
    path = record(tmp_path / "clip.avi", frames=28, rate=7)
    data = bytearray(path.read_bytes())
    middle = data.index(b"00dc", len(data) // 3)
    data[middle + 8 : middle + 40] = b"\xff" * 32
    path.write_bytes(data)
    taken = list(clip.samples(camera(1 / 7), path, AT))
    assert len(taken) >= 26
    assert taken[-1].picture is not None


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        container.add_stream("pcm_s16le", rate=8000)
        container.start_encoding()
    (sample,) = clip.samples(camera(1), path, AT)
    assert sample.blind is Blind.UNDECODABLE
