"""Subjects: which cameras of a configuration can be scored, with their footage and its ground truth."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from camera_ingest.camera import Camera
from models.clips import Clip, frames, open_clip
from models.regions import Region
from models.tally import Find, Tally, tally
from models.truth import Truth, beside, read_truth


@dataclass(frozen=True, slots=True)
class Subject:
    """A camera, what it recorded, and who was there."""

    camera: Camera
    regions: tuple[Region, ...]
    clip: Clip
    truth: Truth

    def tally(self, find: Find, find_all: Find | None = None, every: int = 1) -> Tally:
        """What is counted in every n-th frame (see `tally`); raises `BadClip` where it does not decode."""
        total = -(-self.clip.frames // every)
        looks = tqdm(frames(self.clip.path, every), desc=self.camera.id, total=total, unit="frame", disable=None)
        return tally(self.camera.id, self.camera.role, looks, self.regions, self.truth, find, find_all)


class NotScored(Exception):
    """A camera that cannot be scored: which, what was expected, what was found."""

    def __init__(self, camera: str, expected: str, found: str) -> None:
        super().__init__(f"camera {camera}: expected {expected}, found {found}; it is not scored")


def subjects(
    cameras: Sequence[Camera], regions: Sequence[Region], clips: Mapping[str, Path], truths: Mapping[str, Path]
) -> Iterator[Subject | NotScored]:
    """Each camera that is asked for, in the order of the configuration.

    `clips` and `truths` name files by the id of a camera. Without `clips` every camera is asked for whose address is a
    file. Truth that is not named is looked for beside the clip. Raises `BadClip` and `BadTruth`.
    """
    for camera in cameras:
        path = clips.get(camera.id) if clips else _file(camera)
        if path is None:
            continue
        try:
            yield _subject(camera, regions, path, truths.get(camera.id))
        except NotScored as reason:
            yield reason


def _subject(camera: Camera, regions: Sequence[Region], path: Path, truth: Path | None) -> Subject:
    if not camera.legal_basis:
        raise NotScored(camera.id, "a legal_basis, without which nothing is analysed", "none")
    if not path.is_file():
        raise NotScored(camera.id, f"a file {path}", "none")
    truth = truth or beside(path)
    if truth is None:
        raise NotScored(
            camera.id, f"ground truth beside {path} ({path.stem}.txt, {path.stem}/ or {path.stem}_labels/)", "none"
        )
    clip = open_clip(path)
    return Subject(camera, tuple(one for one in regions if one.camera == camera.id), clip, read_truth(truth, clip))


def _file(camera: Camera) -> Path | None:
    """The file that the camera's address names, if it is none of the network."""
    return None if ":" in camera.url else Path(camera.url)
