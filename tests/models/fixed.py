"""Detectors that are told what to see, and networks that are only metadata."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import yaml

from camera_ingest.sample import Picture
from models.detection import Detection


class Told:
    """A detector that answers what a function says."""

    name = "told"
    demo = False

    def __init__(self, answer: Callable[[Picture], tuple[Detection, ...]]) -> None:
        self._answer = answer

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        return self._answer(picture)


def put(directory: Path, name: str, side: int = 640, int8: bool = False, demo: bool = False) -> Path:
    """A network's directory with its metadata alone."""
    path = directory / f"{name}_openvino_model"
    path.mkdir(parents=True)
    content = {"imgsz": [side, side], "names": {0: "person"}, "args": {"int8": int8}, "hallwatch": {"demo": demo}}
    (path / "metadata.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def data_set(directory: Path, pictures: dict[str, tuple[Picture, str]]) -> Path:
    """A YOLO data set of held-out pictures with their label text."""
    for kind in ("images", "labels"):
        (directory / kind / "val").mkdir(parents=True)
    for name, (picture, labels) in pictures.items():
        cv2.imwrite(str(directory / "images" / "val" / f"{name}.png"), picture)
        (directory / "labels" / "val" / f"{name}.txt").write_text(labels, encoding="utf-8")
    return directory


def views(hall: Picture, count: int) -> list[Picture]:
    """Different pictures of the rendered hall: brighter and darker, and mirrored."""
    shown = [
        np.clip(hall.astype(np.int16) + 6 * (number - count // 2), 0, 255).astype(np.uint8) for number in range(count)
    ]
    return [picture[:, ::-1].copy() if number % 2 else picture for number, picture in enumerate(shown)]
