"""The OpenVINO adapter against ultralytics on the same weights: boxes within a pixel, scores within 0.01.

Over real frames, for the shipped weights and for every other found in the directory HALLWATCH_MODELS.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from camera_ingest.sample import Picture
from models.detection import Detection
from models.openvino import OpenVinoDetector
from models.suppression import LIMIT
from models.ultralytics import UltralyticsDetector
from models.weights import SHIPPED

OTHERS = sorted(Path(os.environ.get("HALLWATCH_MODELS") or SHIPPED / "none").glob("*_openvino_model"))
pytestmark = [
    pytest.mark.torch,
    pytest.mark.footage,
    pytest.mark.parametrize("overlap", [LIMIT, 0.7], ids=["ours", "theirs"]),
    pytest.mark.parametrize("weights", [SHIPPED, *OTHERS], ids=lambda path: path.name),
]


def rows(people: Sequence[Detection], picture: Picture) -> np.ndarray:
    """Boxes in pixels and the score, in an order that near-equal scores cannot change."""
    height, width = picture.shape[:2]
    return np.array(
        sorted((one.x1 * width, one.y1 * height, one.x2 * width, one.y2 * height, one.score) for one in people)
    ).reshape(-1, 5)


def test_same_people(weights: Path, overlap: float, street: Sequence[Picture], hall: Picture) -> None:
    ours, theirs = OpenVinoDetector(weights, 0.25, overlap), UltralyticsDetector(weights, 0.25, overlap)
    upright = [picture[:, 200:500] for picture in street[::4]]
    seen = 0
    for picture in (*street, *upright, hall):
        found, expected = rows(ours.detect(picture), picture), rows(theirs.detect(picture), picture)
        assert len(found) == len(expected)
        assert np.abs(found - expected).max(axis=0, initial=0) == pytest.approx(0, abs=1)
        assert np.abs(found[:, 4] - expected[:, 4]).max(initial=0) <= 0.01
        seen += len(found)
    assert seen >= 7
