"""Train: scoring boxes against the truth, the metadata, and the whole chain on a handful of pictures."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_ingest.sample import Picture
from models import metadata
from models.detection import Detection
from models.labels import BadLabels
from models.openvino import OpenVinoDetector
from models.train import found_and_false, train, write_metadata

LEFT, RIGHT = Detection(0.1, 0.1, 0.3, 0.9, 1.0), Detection(0.6, 0.1, 0.8, 0.9, 1.0)


class Fixed:
    """A detector that always answers the same."""

    name = "fixed"
    demo = False

    def __init__(self, people: tuple[Detection, ...]) -> None:
        self._people = people

    def detect(self, picture: Picture) -> tuple[Detection, ...]:
        return self._people


def data_set(directory: Path, labels: dict[str, list[str]]) -> Path:
    """Grey pictures with a dark rectangle per label, and their label files."""
    for part, rows in labels.items():
        for kind in ("images", "labels"):
            (directory / kind / part).mkdir(parents=True)
        for number, row in enumerate(rows):
            picture = np.full((72, 128, 3), 180, np.uint8)
            for line in row.splitlines():
                x, y, width, height = (float(field) for field in line.split()[1:])
                corner = (round((x - width / 2) * 128), round((y - height / 2) * 72))
                cv2.rectangle(
                    picture, corner, (round((x + width / 2) * 128), round((y + height / 2) * 72)), (40,) * 3, -1
                )
            cv2.imwrite(str(directory / "images" / part / f"{number}.png"), picture)
            (directory / "labels" / part / f"{number}.txt").write_text(row, encoding="ascii")
    return directory


def test_recall_precision_and_false_boxes(tmp_path: Path) -> None:
    row = "0 0.2 0.5 0.2 0.8\n0 0.7 0.5 0.2 0.8\n"
    data = data_set(tmp_path, {"val": [row, ""]})
    assert found_and_false(Fixed((LEFT,)), data, 0.35) == {
        "threshold": 0.35,
        "people": 2,
        "recall": 0.5,
        "precision": 0.5,
        "empty_pictures": 1,
        "boxes_on_empty_pictures": 1,
    }


def test_a_data_set_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected pictures"):
        train(tmp_path, tmp_path / "out")


def test_the_metadata_is_what_the_detectors_read(tmp_path: Path) -> None:
    write_metadata(tmp_path, (256, 416), {"demo": True, "seed": 1})
    assert metadata.read(tmp_path) == metadata.Metadata(size=(256, 416), int8=True, demo=True)


@pytest.mark.torch
@pytest.mark.filterwarnings(
    # ultralytics 8.4 exports through the tracer that torch 2.14 deprecates, and which warns of its own limits
    "ignore:`torch.jit.trace:FutureWarning",
    "ignore:Converting a tensor to a Python:Warning",
)
def test_the_whole_chain(tmp_path: Path) -> None:
    """One epoch over eight pictures gives a network that opens, says what it is, and holds nothing of this machine."""
    row = "0 0.2 0.5 0.2 0.8\n"
    data = data_set(tmp_path / "data", {"train": [row] * 8, "val": [row, ""]})
    out = train(data, tmp_path / "small_openvino_model", epochs=1, size=(64, 96), batch=4)
    detector = OpenVinoDetector(out)
    assert detector.name == "small 96×64 openvino" and detector.demo
    assert {path.name for path in out.iterdir()} == {"small.xml", "small.bin", "metadata.yaml"}
    assert all(str(tmp_path).encode() not in path.read_bytes() for path in out.iterdir())


def test_other_classes_are_no_people_and_a_picture_without_labels_shows_nobody(tmp_path: Path) -> None:
    data = data_set(tmp_path, {"val": ["0 0.2 0.5 0.2 0.8\n", ""]})
    (data / "labels" / "val" / "0.txt").write_text("62 0.5 0.5 0.1 0.1\n\n0 0.2 0.5 0.2 0.8\n", encoding="ascii")
    (data / "labels" / "val" / "1.txt").unlink()
    scores = found_and_false(Fixed((LEFT,)), data, 0.35)
    assert (scores["people"], scores["recall"], scores["empty_pictures"]) == (1, 1.0, 1)


def test_a_label_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    data = data_set(tmp_path, {"val": ["0 0.2 0.5 0.2 0.8\n"]})
    (data / "labels" / "val" / "0.txt").write_text("0 0.2 0.5\n")
    with pytest.raises(BadLabels, match=r"0\.txt, line 1: expected class, centre x"):
        found_and_false(Fixed((LEFT,)), data, 0.35)
