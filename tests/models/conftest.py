"""What the tests of detectors share: a rendered hall, a real clip, and the people drawn into the hall."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_ingest.sample import Picture
from models.clips import frames
from models.detection import Detection
from tests.models import converted

HERE = Path(__file__).parent
CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
"""Debian package opencv-doc: 795 real frames of 768×576, people walking."""


def picture(path: Path) -> Picture:
    read = cv2.imread(str(path))
    assert read is not None, path
    return read.astype(np.uint8)


@pytest.fixture(scope="session")
def hall() -> Picture:
    """A rendered hall (640×360) with the people of `drawn` in it."""
    return picture(HERE / "hall.jpg")


@pytest.fixture(scope="session")
def drawn() -> tuple[Detection, ...]:
    """The people in the hall, as its script says."""
    rows = (line.split() for line in (HERE / "hall.txt").read_text(encoding="utf-8").splitlines())
    boxes = (tuple(map(float, row[1:])) for row in rows)
    return tuple(Detection(x - w / 2, y - h / 2, x + w / 2, y + h / 2, 1.0) for x, y, w, h in boxes)


@pytest.fixture(scope="session")
def street() -> tuple[Picture, ...]:
    """Twelve frames of the real clip, five seconds apart."""
    assert CLIP.is_file(), f"{CLIP} is missing: install the Debian package opencv-doc"
    return tuple(shown for _, shown in frames(CLIP, every=67))


@pytest.fixture(scope="session")
def shipped_pt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped network as a checkpoint of ultralytics."""
    return converted.checkpoint(tmp_path_factory.mktemp("checkpoint") / "hallwatch-demo.pt")


@pytest.fixture(scope="session")
def shipped_onnx(shipped_pt: Path) -> Path:
    """The shipped network as an ONNX file with the input of the IR."""
    return converted.onnx(shipped_pt, (256, 416))
