"""Evaluate: reading MOT text, frames of a clip, and head counts against the truth."""

from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.detection import Detection
from models.evaluate import BadTruth, Box, Score, frames, read_truth, score
from models.regions import Anchor, Region, RegionKind

PIXELS = st.floats(-1e4, 1e4)
SIDES = st.floats(0, 1e4)
ENTRY = st.tuples(st.integers(1, 5), st.integers(1, 99), PIXELS, PIXELS, SIDES, SIDES)
BLANK = np.zeros((100, 200, 3), dtype=np.uint8)


def region(name: str, kind: RegionKind, left: float, right: float, anchor: Anchor = Anchor.FOOT) -> Region:
    return Region(name, "c1", kind, name, ((left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0)), anchor)


def person(x: float) -> Detection:
    return Detection(x - 0.05, 0.1, x + 0.05, 0.9, 0.8)


@given(st.lists(ENTRY, max_size=8))
def test_what_was_written_is_read(entries: list[tuple[int, int, float, float, float, float]]) -> None:
    truth = read_truth(",".join(map(str, entry)) + ",1,-1,-1\n" for entry in entries)
    assert sum(map(len, truth.values())) == len(entries)
    for frame, _, *sides in entries:
        assert Box(*sides) in truth[frame]


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_truth_or_an_error_naming_its_line(lines: list[str]) -> None:
    try:
        read_truth(lines)
    except BadTruth as error:
        assert 1 <= error.line <= len(lines)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,2,3,4,5", "frame, id, left, top, width, height"),
        ("1;2;3;4;5;6", "frame, id, left, top, width, height"),
        ("1,2,three,4,5,6", "six numbers"),
        ("0,2,3,4,5,6", "a frame number from 1"),
        ("1.5,2,3,4,5,6", "a frame number from 1"),
        ("1,2,3,4,-5,6", "finite left, top and sides of at least 0"),
        ("1,2,nan,4,5,6", "finite left, top and sides of at least 0"),
        ("1,2,inf,4,5,6", "finite left, top and sides of at least 0"),
    ],
)
def test_mistakes_are_named(line: str, expected: str) -> None:
    with pytest.raises(BadTruth, match=f"line 3: expected {expected}, found "):
        read_truth(["1,1,0,0,9,9", "", line])


def test_the_error_is_the_mean_of_absolute_differences() -> None:
    """Two frames: one person too few on the left, then one too many; the right is always right."""
    truth = read_truth(["1,1,10,0,20,90", "1,2,30,0,20,90", "1,3,150,0,20,90"])
    seen = {1: (person(0.1), person(0.8)), 2: (person(0.1),)}
    pictures = [(1, BLANK), (2, BLANK)]
    found = iter(seen.values())
    regions = [region("left", RegionKind.QUEUE, 0, 0.5), region("right", RegionKind.QUEUE, 0.5, 1)]
    assert score(lambda _: next(found), pictures, regions, truth) == (
        Score("c1", "left", 2, 1.0),
        Score("c1", "right", 2, 0.0),
    )


def test_who_stands_in_a_mask_is_not_counted_on_either_side() -> None:
    truth = read_truth(["1,1,10,0,20,90"])
    regions = [region("left", RegionKind.QUEUE, 0, 0.5), region("mask-1", RegionKind.MASK, 0, 0.2)]
    assert score(lambda _: (person(0.15),), [(1, BLANK)], regions, truth) == (Score("c1", "left", 1, 0.0),)


def test_the_anchor_of_the_region_decides() -> None:
    truth = read_truth(["1,1,10,0,20,90"])
    upper = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.6), (0.0, 0.6))
    regions = [
        Region("seat", "c1", RegionKind.STAFF, "w1", upper, Anchor.CENTRE),
        Region("floor", "c1", RegionKind.QUEUE, "za", upper, Anchor.FOOT),
    ]
    scores = score(lambda _: (), [(1, BLANK)], regions, truth)
    assert [one.head_count_mae for one in scores] == [1.0, 0.0]


def test_no_samples_no_score() -> None:
    assert score(lambda _: (), [], [region("left", RegionKind.QUEUE, 0, 1)], {}) == ()


def test_frames_are_counted_from_one(tmp_path: Path) -> None:
    clip = tmp_path / "clip.avi"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("mjpeg", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuvj420p"
        for level in range(0, 250, 50):
            shown = av.VideoFrame.from_ndarray(np.full((48, 64, 3), level, np.uint8), format="bgr24")
            container.mux(stream.encode(shown))
        container.mux(stream.encode(None))
    read = list(frames(clip, every=2))
    assert [number for number, _ in read] == [1, 3, 5]
    assert [round(float(shown.mean()), -1) for _, shown in read] == [0, 100, 200]
    assert read[0][1].shape == (48, 64, 3) and read[0][1].dtype == np.uint8
