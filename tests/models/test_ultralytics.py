"""The ultralytics adapter: one network in several formats, and sentences for what a machine lacks."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from camera_ingest.sample import Picture
from models.detection import Detection
from models.metadata import WeightsError
from models.runtimes import DeviceMissing
from models.ultralytics import UltralyticsDetector
from models.weights import SHIPPED

pytestmark = pytest.mark.torch
LOW = 0.02
"""So low a score that unsure boxes are compared too."""


def rows(people: Sequence[Detection]) -> np.ndarray:
    return np.array([(one.x1, one.y1, one.x2, one.y2, one.score) for one in people])


def test_onnx_and_the_checkpoint_it_was_made_from_answer_the_same(
    shipped_pt: Path, shipped_onnx: Path, hall: Picture
) -> None:
    """On a picture of the input's size, so that both are given the same pixels."""
    picture = hall[52:308, 112:528]
    checkpoint, onnx = (rows(UltralyticsDetector(path, LOW).detect(picture)) for path in (shipped_pt, shipped_onnx))
    assert len(checkpoint) == len(onnx) >= 5
    assert np.allclose(checkpoint, onnx, atol=2e-3)


def test_a_device_that_is_there(shipped_onnx: Path, hall: Picture) -> None:
    assert UltralyticsDetector(shipped_onnx, device="cpu").detect(hall)


@pytest.mark.parametrize("device", ["99", "cuda:99", "cuda:x"])
def test_a_device_that_is_not_there_is_one_sentence(device: str) -> None:
    with pytest.raises(
        DeviceMissing, match=rf"^detector\.device: expected one of cpu.* on this machine, found '{device}'"
    ):
        UltralyticsDetector(SHIPPED, device=device)


@pytest.mark.parametrize("device", [None, "cpu"])
def test_an_engine_that_cannot_run_is_one_sentence(tmp_path: Path, device: str | None) -> None:
    """Without TensorRT, without a GPU or, where there are both, because it is no engine."""
    engine = tmp_path / "net.engine"
    engine.write_bytes(b"\0" * 100)
    lacking = r"the Python package tensorrt|expected one of cpu|a CUDA device|weights that ultralytics loads"
    with pytest.raises((WeightsError, DeviceMissing), match=lacking):
        UltralyticsDetector(engine, device=device)


@pytest.mark.parametrize("name", ["net.pt", "net.onnx"])
def test_a_file_that_is_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"<html>not found</html>")
    with pytest.raises(WeightsError, match=r"expected weights that ultralytics loads, found "):
        UltralyticsDetector(tmp_path / name)
