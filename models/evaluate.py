"""Evaluate: how well a detector counts heads in regions, against MOT ground truth."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

from camera_ingest.sample import Picture
from models.detection import Detection
from models.regions import Region, RegionKind

Frame = tuple[int, Picture]
"""The number of a clip's frame, counted from 1 as MOT does, and its picture."""


@dataclass(frozen=True, slots=True)
class Box:
    """One person of the truth in one frame, in pixels of the picture."""

    left: float
    top: float
    width: float
    height: float


Truth = Mapping[int, tuple[Box, ...]]
"""The persons of each frame that has any."""


class BadTruth(Exception):
    """A line of a MOT file that cannot be read: which, what was expected, what was found."""

    def __init__(self, line: int, expected: str, found: str) -> None:
        super().__init__(f"line {line}: expected {expected}, found {found!r}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Score:
    """How well the heads of one region were counted."""

    camera: str
    zone: str
    samples: int
    head_count_mae: float
    """Mean absolute difference between the people counted and the people there, per sample."""


def read_truth(lines: Iterable[str]) -> Truth:
    """MOT ground truth: `frame, id, left, top, width, height, …` per line; raises `BadTruth`.

    Blank lines are skipped, columns after the sixth ignored (their meaning differs between MOT releases).
    """
    truth: dict[int, tuple[Box, ...]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        frame, box = _entry(number, line.strip())
        truth[frame] = (*truth.get(frame, ()), box)
    return truth


def _entry(number: int, line: str) -> tuple[int, Box]:
    fields = line.split(",")
    if len(fields) < 6:
        raise BadTruth(number, "frame, id, left, top, width, height", line)
    try:
        frame, _, left, top, width, height = (float(field) for field in fields[:6])
    except ValueError:
        raise BadTruth(number, "six numbers", line) from None
    if not (frame >= 1 and frame.is_integer()):
        raise BadTruth(number, "a frame number from 1", fields[0])
    if not (width >= 0 and height >= 0 and abs(left) + abs(top) + width + height < float("inf")):
        raise BadTruth(number, "finite left, top and sides of at least 0", line)
    return int(frame), Box(left, top, width, height)


def frames(clip: Path, every: int = 1) -> Iterator[Frame]:
    """Every n-th frame of a recorded clip."""
    with av.open(str(clip)) as container:
        for index, frame in enumerate(container.decode(video=0)):
            if index % every == 0:
                yield index + 1, frame.to_ndarray(format="bgr24").astype(np.uint8, copy=False)


def score(
    detect: Callable[[Picture], Sequence[Detection]], samples: Iterable[Frame], regions: Sequence[Region], truth: Truth
) -> tuple[Score, ...]:
    """The head-count error of each counting region over the samples of its camera; none without samples.

    A person of the truth is counted where the anchor of the region falls inside it, exactly as a detected one, and
    whoever stands in a mask is not counted on either side. A frame without entries is a frame without people.
    """
    counting = [region for region in regions if region.kind is not RegionKind.MASK]
    masks = [region for region in regions if region.kind is RegionKind.MASK]
    errors: list[list[int]] = [[] for _ in counting]
    for number, picture in samples:
        seen = _unmasked(detect(picture), masks)
        there = _unmasked([_person(box, picture) for box in truth.get(number, ())], masks)
        for region, found in zip(counting, errors, strict=True):
            found.append(abs(sum(map(region.holds, seen)) - sum(map(region.holds, there))))
    return tuple(
        Score(region.camera, region.id, len(found), sum(found) / len(found))
        for region, found in zip(counting, errors, strict=True)
        if found
    )


def _unmasked(people: Iterable[Detection], masks: Sequence[Region]) -> list[Detection]:
    return [person for person in people if not any(mask.holds(person) for mask in masks)]


def _person(box: Box, picture: Picture) -> Detection:
    height, width = picture.shape[:2]
    right, bottom = box.left + box.width, box.top + box.height
    return Detection(box.left / width, box.top / height, right / width, bottom / height, 1.0)
