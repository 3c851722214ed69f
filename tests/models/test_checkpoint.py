"""A checkpoint: what is opened, and a reason for everything that is not."""

import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest

from models import runtimes
from models.checkpoint import opened
from models.metadata import WeightsError
from tests.models.converted import random

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def ultralytics() -> Any:
    return runtimes.ultralytics()


@pytest.mark.parametrize("network", ["yolo11n.yaml", "yolo26n.yaml"])
def test_a_detector_is_opened(ultralytics: Any, tmp_path: Path, network: str) -> None:
    assert opened(random(tmp_path / "own.pt", network), ultralytics).task == "detect"


@pytest.mark.parametrize(
    ("network", "first", "said"),
    [
        ("yolo11n-seg.yaml", "person", "expected a network for detection, found one for the task segment"),
        ("yolo11n-pose.yaml", "person", "expected a network for detection, found one for the task pose"),
        ("yolo11n.yaml", "helmet", "expected names with 0: person, found 'helmet'"),
    ],
)
def test_another_kind_of_network(ultralytics: Any, tmp_path: Path, network: str, first: str, said: str) -> None:
    with pytest.raises(WeightsError, match=rf"own\.pt: {said}"):
        opened(random(tmp_path / "own.pt", network, first), ultralytics)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("own.onnx", b"", r"own\.onnx: expected a file \*\.pt, found another kind of file"),
        ("own.pt", b"", r"expected a checkpoint as torch writes it, a zip archive, found an empty file"),
        ("own.pt", b"<!DOCTYPE html><html>", r"a zip archive, found a file beginning with b'<!DOCTYPE html><'"),
        ("own.pt", pickle.dumps({"model": 1}), r"a zip archive, found a file beginning with b'"),
    ],
)
def test_another_kind_of_file(ultralytics: Any, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=said):
        opened(tmp_path / name, ultralytics)


def test_nothing_there(ultralytics: Any, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"expected a file \*\.pt, found nothing"):
        opened(tmp_path / "own.pt", ultralytics)


def test_a_zip_of_something_else(ultralytics: Any, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "own.pt", "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(WeightsError, match="expected a checkpoint of ultralytics, found "):
        opened(tmp_path / "own.pt", ultralytics)


def test_a_cut_checkpoint(ultralytics: Any, shipped_pt: Path, tmp_path: Path) -> None:
    (tmp_path / "own.pt").write_bytes(shipped_pt.read_bytes()[:-1000])
    with pytest.raises(WeightsError, match="expected a checkpoint as torch writes it, a zip archive, found a file"):
        opened(tmp_path / "own.pt", ultralytics)


class Attack:
    """Would make a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)


def test_code_in_a_checkpoint_is_not_run(ultralytics: Any, tmp_path: Path) -> None:
    import torch

    torch.save({"model": Attack(tmp_path / "harm")}, tmp_path / "own.pt")
    with pytest.raises(WeightsError, match="neither torch's nor ultralytics', which are not run"):
        opened(tmp_path / "own.pt", ultralytics)
    assert not (tmp_path / "harm").exists()
    torch.load(tmp_path / "own.pt", weights_only=False)
    assert (tmp_path / "harm").exists()  # so the file was an attack
