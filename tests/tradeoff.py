"""`python -m tests.tradeoff CONFIG`: what whole pictures, crops and tiles cost and see, one JSON line per mode.

The footage is that of `hallwatch models evaluate`: cameras whose address is a file (or `--camera c1=FILE`), with ground
truth beside it (or `--truth c1=FILE`). `--height` shrinks the pictures to so many pixels first, and `--canvas` lays
them into the middle of a larger grey one, as a camera far away would show them.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from camera_ingest.sample import Picture
from config.schema import load
from models.clips import frames
from models.detection import Detection
from models.detector import Detector
from models.evaluate import OVER, role_scores
from models.finder import find
from models.inputs import inputs
from models.looks import SEEN_PX, Look, Size, person_px, plan
from models.metadata import read
from models.occupancy import Smoothing
from models.openvino import OpenVinoDetector
from models.regions import Region, RegionKind
from models.subjects import NotScored, Subject, subjects
from models.tally import tally
from models.weights import resolve

WHOLE = 10_000
"""Pixels of a picture so high that a person's height in them is a share."""


@dataclass(frozen=True, slots=True)
class Framing:
    """How a picture is shown: shrunk to a height, in the middle of a canvas; None = as it is."""

    height: int | None
    canvas: Size | None

    def picture(self, shown: Picture) -> Picture:
        """The picture as it is looked at."""
        if self.height is not None:
            size = round(shown.shape[1] * self.height / shown.shape[0]), self.height
            shown = np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_AREA), np.uint8)
        if self.canvas is None:
            return shown
        laid = np.full((*self.canvas, 3), 114, np.uint8)
        top, left = ((whole - part) // 2 for whole, part in zip(self.canvas, shown.shape, strict=False))
        laid[top : top + shown.shape[0], left : left + shown.shape[1]] = shown
        return laid

    def place(self, size: Size) -> tuple[float, float, float, float]:
        """Where a picture of this size lies in what is looked at: left, top, width and height, as shares."""
        height = self.height or size[0]
        width = round(size[1] * height / size[0])
        rows, columns = self.canvas or (height, width)
        return (columns - width) // 2 / columns, (rows - height) // 2 / rows, width / columns, height / rows


@dataclass(slots=True)
class Meter:
    """A way of looking, and the CPU it takes."""

    networks: Mapping[Size, Detector]
    looks: Sequence[Look]
    spent_s: list[float] = field(default_factory=list)

    def find(self, picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
        """The people of a picture."""
        began = time.process_time()
        people = find(picture, self.looks, lambda part, size: self.networks[size].detect(part))
        self.spent_s.append(time.process_time() - began)
        return people


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.tradeoff", description=__doc__)
    parser.add_argument("config", type=Path)
    parser.add_argument("--weights", help="a network or family; all input sizes of its family are compared")
    parser.add_argument("--camera", type=_named, action="append", default=[], metavar="ID=FILE")
    parser.add_argument("--truth", type=_named, action="append", default=[], metavar="ID=FILE")
    parser.add_argument("--every", type=int, default=10, metavar="N", help="only every n-th frame")
    parser.add_argument("--threshold", type=float, default=0.35)
    parser.add_argument("--height", type=int, help="pixels to which pictures are shrunk first")
    parser.add_argument("--canvas", type=_size, metavar="WxH", help="size of the grey picture into which they are laid")
    asked = parser.parse_args(arguments)
    settings = load(asked.config)
    weights = resolve(asked.weights, os.environ)
    networks: dict[Size, Detector] = {
        size: OpenVinoDetector(path, asked.threshold, size=size) for size, path in inputs(weights).items()
    }
    needs = {RegionKind(kind): px for kind, px in read(weights.path).seen_px.items()} if weights.path.is_dir() else {}
    asked.seen = SEEN_PX | needs
    chosen = [
        one
        for one in subjects(settings.cameras, settings.regions, dict(asked.camera), dict(asked.truth))
        if not isinstance(one, NotScored)
    ]
    for mode, sizes, closer in modes(sorted(networks)):
        line = compare(chosen, Framing(asked.height, asked.canvas), networks, sizes, closer, asked)
        print(json.dumps({"mode": mode, **line}), flush=True)


def modes(sizes: Sequence[Size]) -> Iterator[tuple[str, Sequence[Size], bool]]:
    """Name, inputs, and whether crops and tiles are allowed."""
    for size in sizes:
        yield f"whole {size[1]}×{size[0]}", [size], False
    for size in sizes:
        yield f"crops {size[1]}×{size[0]}", [size], True
    yield "chosen", sizes, True


def compare(
    chosen: Sequence[Subject],
    shown: Framing,
    networks: Mapping[Size, Detector],
    sizes: Sequence[Size],
    closer: bool,
    asked: argparse.Namespace,
) -> dict[str, object]:
    """The scores of one way of looking at all cameras, and its CPU."""
    tallies, spent, looks = [], [], []
    for one in chosen:
        size = one.clip.height, one.clip.width
        place = shown.place(size)
        regions = [_moved(region, place) for region in one.regions]
        picture = shown.picture(np.zeros((*size, 3), np.uint8)).shape[:2]
        plain = (Look(0, 0, picture[1], picture[0], sizes[0]),)
        meter = Meter(networks, plan(regions, picture, sizes, asked.seen).looks if closer else plain)
        samples = ((number, shown.picture(frame)) for number, frame in frames(one.clip.path, asked.every))
        truth = {number: tuple(_shifted(person, place) for person in there) for number, there in one.truth.items()}
        role = str(one.camera.role)
        tallies.append(tally(one.camera.id, role, samples, regions, truth, meter.find))
        spent += meter.spent_s
        looks.append(len(meter.looks))
    scores = role_scores(tallies, Smoothing(over=OVER, present_from=0.5, empty_below=0.2), "real")
    return {
        "looks": sum(looks) / max(1, len(looks)),
        "cpu_ms": round(1000 * float(np.mean(spent)), 2),
        "roles": [
            {
                name: getattr(score, name)
                for name in ("role", "part", "head_count_mae", "occupancy_f1", "precision", "recall")
            }
            for score in scores
        ],
    }


def _moved(region: Region, place: tuple[float, float, float, float]) -> Region:
    left, top, width, height = place
    corners = tuple((left + x * width, top + y * height) for x, y in region.polygon)
    return replace(region, polygon=corners, person=person_px(region, WHOLE) / WHOLE * height)


def _shifted(person: Detection, place: tuple[float, float, float, float]) -> Detection:
    left, top, width, height = place
    x1, x2 = (left + x * width for x in (person.x1, person.x2))
    y1, y2 = (top + y * height for y in (person.y1, person.y2))
    return Detection(x1, y1, x2, y2, person.score)


def _named(text: str) -> tuple[str, Path]:
    id, _, path = text.partition("=")
    if not path:
        raise argparse.ArgumentTypeError(f"expected ID=FILE, found {text!r}")
    return id, Path(path)


def _size(text: str) -> Size:
    width, _, height = text.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise argparse.ArgumentTypeError(f"expected WxH in pixels, found {text!r}")
    return int(height), int(width)


if __name__ == "__main__":
    main()
