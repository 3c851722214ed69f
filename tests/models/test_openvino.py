"""The OpenVINO adapter: reading a network's answer, and broken files."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from models.metadata import WeightsError
from models.openvino import OpenVinoDetector, people
from models.weights import SHIPPED


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / SHIPPED.name))


def test_only_boxes_whose_best_class_is_a_person() -> None:
    output = np.array([[50, 50, 50, 50], [20, 20, 20, 20], [10, 10, 10, 10], [4, 4, 4, 4]], np.float32).T
    scores = np.array([[0.9, 0.4, 0.34, 0.5], [0.1, 0.6, 0.0, 0.5]], np.float32)
    boxes, found = people(np.vstack((output.T, scores)), threshold=0.35)
    assert boxes.tolist() == [[45, 18, 55, 22], [45, 18, 55, 22]]
    assert np.allclose(found, [0.9, 0.5])


def test_a_network_of_one_class() -> None:
    boxes, found = people(np.array([[8], [8], [4], [4], [0.5]], np.float32), threshold=0.5)
    assert boxes.tolist() == [[6, 6, 10, 10]] and found.tolist() == [0.5]


def test_nobody() -> None:
    boxes, found = people(np.zeros((6, 9), np.float32), threshold=0.35)
    assert boxes.shape == (0, 4) and found.shape == (0,)


def test_a_missing_half(copied: Path) -> None:
    next(copied.glob("*.bin")).unlink()
    with pytest.raises(WeightsError, match=r"\.bin: expected a file, found nothing"):
        OpenVinoDetector(copied)


def test_two_networks(copied: Path) -> None:
    (copied / "other.xml").touch()
    with pytest.raises(WeightsError, match=r"expected one \.xml file, found 2"):
        OpenVinoDetector(copied)


@pytest.mark.parametrize("length", [0, 1000, 100_000])
def test_a_cut_network(copied: Path, length: int) -> None:
    network = next(copied.glob("*.xml"))
    network.write_bytes(network.read_bytes()[:length])
    with pytest.raises(WeightsError, match="expected an OpenVINO IR"):
        OpenVinoDetector(copied)


def test_cut_numbers(copied: Path) -> None:
    numbers = next(copied.glob("*.bin"))
    numbers.write_bytes(numbers.read_bytes()[:1000])
    with pytest.raises(WeightsError, match="expected an OpenVINO IR"):
        OpenVinoDetector(copied)


def test_metadata_of_another_network(copied: Path) -> None:
    about = copied / "metadata.yaml"
    about.write_text(about.read_text(encoding="utf-8").replace("- 416", "- 640"), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"expected one input \[1,3,256,640\] and one output, found \[1,3,256,416\]"):
        OpenVinoDetector(copied)
