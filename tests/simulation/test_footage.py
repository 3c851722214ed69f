"""Training footage in YOLO's layout."""

from pathlib import Path

import cv2
import pytest
import yaml

from simulation.footage import write


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("footage")
    write(directory, count=15, seed=7, split=0.2)
    return directory


def test_the_layout_is_yolos(footage: Path) -> None:
    said = yaml.safe_load((footage / "data.yaml").read_text("utf-8"))
    assert said["names"] == {0: "person"}
    for part, count in (("train", 12), ("val", 3)):
        images = sorted(path.stem for path in (Path(said["path"]) / said[part]).glob("*.jpg"))
        assert len(images) == count
        assert images == sorted(path.stem for path in (footage / "labels" / part).glob("*.txt"))


def test_labels_are_boxes_within_the_picture(footage: Path) -> None:
    boxes = 0
    for path in footage.glob("labels/*/*.txt"):
        for line in path.read_text("ascii").splitlines():
            kind, x, y, width, height = line.split()
            assert kind == "0"
            assert float(width) / 2 <= float(x) + 1e-4
            assert float(x) + float(width) / 2 <= 1 + 1e-4
            assert float(y) + float(height) / 2 <= 1 + 1e-4
            boxes += 1
    assert boxes > 15
    pictures = [cv2.imread(str(path)) for path in footage.glob("images/*/*.jpg")]
    assert all(picture is not None and picture.shape == (360, 640, 3) for picture in pictures)


def test_the_same_seed_writes_the_same(footage: Path, tmp_path: Path) -> None:
    write(tmp_path, count=15, seed=7, split=0.2)
    for path in footage.glob("labels/*/*.txt"):
        assert path.read_bytes() == (tmp_path / path.relative_to(footage)).read_bytes()
