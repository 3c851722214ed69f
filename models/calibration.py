"""Calibration: frames of the user's own cameras, by which a network is quantised; kept only for that.

Every fourth frame is kept aside to compare the quantised network with its original on.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import yaml
from tqdm import tqdm

from camera_ingest import clip
from camera_ingest.camera import Camera
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.sample import Picture, Sample
from models.regions import Region, RegionKind

COUNT = 128
"""Frames drawn in all, unless asked otherwise."""
LEAST = 8
ASIDE = 4
"""Every so many frames one is kept aside."""
CADENCE = timedelta(seconds=2)
"""How often a camera is looked at while frames are drawn."""
PATIENCE = 15
"""Looks without a picture after which a camera is given up."""
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".webp"})
GREY = (114, 114, 114)


class FramesRefused(Exception):
    """There are no frames to calibrate with, or not enough: where, expected, found."""


def of_directory(directory: Path, work: Path, count: int = COUNT) -> str:
    """Copies up to `count` pictures, evenly over a directory and those below it; says what they are.

    Raises `FramesRefused`.
    """
    paths = sorted(path for path in directory.rglob("*") if path.suffix.lower() in PICTURES)
    kept = Kept(work, count)
    for path in paths[:: max(1, len(paths) // count)][:count]:
        read = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if read is not None:
            kept.keep(read.astype(np.uint8, copy=False))
    return kept.enough(f"{kept.number} pictures of a directory", str(directory))


def of_cameras(
    cameras: Sequence[Camera],
    regions: Sequence[Region],
    work: Path,
    count: int = COUNT,
    timing: Timing | None = None,
    cadence: timedelta = CADENCE,
) -> str:
    """Draws frames from cameras, each its share; says what they are. What a mask covers is grey in them.

    Recorded files are read at once, streams and snapshots as the product receives them. Raises `FramesRefused`, also
    for a camera that may not be analysed.
    """
    for camera in cameras:
        if not camera.legal_basis:
            raise FramesRefused(f"camera {camera.id}: expected a legal_basis to use its pictures, found none")
    share = max(1, -(-count // max(1, len(cameras))))
    masks = {one.id: [region for region in regions if region.camera == one.id and region.kind is RegionKind.MASK]
             for one in cameras}  # fmt: skip
    kept, why = Kept(work, count), ""
    with tqdm(total=count, desc="frames", disable=None, leave=False) as bar:
        for sample in _samples([replace(camera, cadence=cadence) for camera in cameras], share, timing):
            if sample.picture is None:
                why = sample.detail or str(sample.blind)
                continue
            kept.keep(_masked(sample.picture, masks[sample.camera]))
            bar.update()
    names = ", ".join(camera.id for camera in cameras)
    return kept.enough(f"{kept.number} frames of {names}", f"cameras {names or 'without any'}", why)


@dataclass(slots=True)
class Kept:
    """The frames of one run in a working directory, laid out as ultralytics reads a data set."""

    work: Path
    most: int
    number: int = 0
    aside: list[Path] = field(default_factory=list)

    def keep(self, picture: Picture) -> None:
        """Writes a frame, every fourth of them to those kept aside."""
        if self.number >= self.most:
            return
        self.number += 1
        aside = self.number % ASIDE == 0
        directory = self.work / ("aside" if aside else "images/val")
        directory.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(directory / f"{self.number:05}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 95])

    def enough(self, what: str, where: str, why: str = "") -> str:
        """`what`, or `FramesRefused` if there are too few; describes the data set for ultralytics."""
        if self.number < LEAST:
            reason = f" ({why})" if why else ""
            raise FramesRefused(
                f"{where}: expected at least {LEAST} frames to calibrate with, found {self.number}{reason}"
            )
        about = {"path": str(self.work), "train": "images/val", "val": "images/val", "names": {0: "person"}}
        described(self.work).write_text(yaml.safe_dump(about), encoding="utf-8")
        return what


def described(work: Path) -> Path:
    """The description of the frames for ultralytics."""
    return work / "data.yaml"


def aside(work: Path) -> Iterator[Picture]:
    """The frames that were kept aside."""
    for path in sorted((work / "aside").glob("*.jpg")):
        picture = cv2.imread(str(path))
        assert picture is not None, path
        yield picture.astype(np.uint8, copy=False)


def _samples(cameras: Sequence[Camera], share: int, timing: Timing | None) -> Iterator[Sample]:
    """So many pictures of each camera; of a recorded file evenly over its length."""
    live = [camera for camera in cameras if "://" in camera.url]
    for camera in cameras:
        if "://" not in camera.url:
            yield from _recorded(camera, share)
    if not live:
        return
    wanted = {camera.id: share for camera in live}
    patience = dict.fromkeys(wanted, PATIENCE)
    with Fleet(live, timing) as fleet:
        for sample in fleet.samples():
            left = wanted if sample.picture is not None else patience
            if sample.camera in wanted:
                yield sample
                left[sample.camera] -= 1
                if not left[sample.camera]:
                    del wanted[sample.camera]
            if not wanted:
                return


def _recorded(camera: Camera, share: int) -> Iterator[Sample]:
    """So many samples of a recorded file, evenly over its length where that is known."""
    path = Path(camera.url)
    with suppress(OSError, av.FFmpegError), av.open(str(path)) as container:
        lasts = timedelta(microseconds=container.duration or 0)
        camera = replace(camera, cadence=lasts / share) if lasts else camera
    return islice(clip.samples(camera, path, datetime.now(UTC)), share)


def _masked(picture: Picture, masks: Iterable[Region]) -> Picture:
    height, width = picture.shape[:2]
    masked = picture.copy()
    for mask in masks:
        corners = np.array([(x * width, y * height) for x, y in mask.polygon])
        cv2.fillPoly(masked, [np.rint(corners).astype(np.int32)], GREY)
    return masked
