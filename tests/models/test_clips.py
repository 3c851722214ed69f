"""Clips: frames counted from 1, what a header says, and files that are no video."""

from pathlib import Path

import numpy as np
import pytest

from models.clips import BadClip, Clip, frames, open_clip
from tests.models.footage import write_clip


def test_frames_are_counted_from_one(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "clip.avi", range(0, 250, 50))
    assert open_clip(clip) == Clip(clip, 64, 48, 5)
    read = list(frames(clip, every=2))
    assert [number for number, _ in read] == [1, 3, 5]
    assert [round(float(shown.mean()), -1) for _, shown in read] == [0, 100, 200]
    assert read[0][1].shape == (48, 64, 3) and read[0][1].dtype == np.uint8


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("clip.avi", b"not a video", "Invalid data"),
        ("clip.txt", b"1,1,0,0,9,9\n" * 500, "no pictures in it"),  # FFmpeg plays text files
        ("clip.avi", b"", "Invalid data"),
        ("none.avi", None, "No such file"),
    ],
)
def test_what_is_no_video_is_named(tmp_path: Path, name: str, content: bytes | None, found: str) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadClip, match=f"{name}: expected a video file, found {found}"):
        open_clip(path)


def test_a_clip_without_its_end_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadClip, match=r"expected a video that decodes to its end, found after frame 0: "):
        list(frames(tmp_path / "none.avi"))
