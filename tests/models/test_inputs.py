"""Which networks stand for the input sizes of one family."""

from pathlib import Path

import pytest
import yaml

from models.inputs import inputs
from models.metadata import WeightsError
from models.weights import SHIPPED, Source, Weights, resolve


def put(directory: Path, name: str, width: int, height: int) -> Path:
    path = directory / f"{name}_openvino_model"
    path.mkdir(parents=True)
    content = {"imgsz": [height, width], "names": {0: "person"}}
    (path / "metadata.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def weights(path: Path) -> Weights:
    return Weights(path, demo=False, source=Source.ENVIRONMENT)


def test_a_family_is_what_was_made_alike_of_the_same_weights(tmp_path: Path) -> None:
    large = put(tmp_path, "yolo11n-int8-640x640", 640, 640)
    small = put(tmp_path, "yolo11n-int8-416x256", 416, 256)
    for name in ("yolo11n-fp16-320x192", "yolo11n-hall-int8-320x192", "yolo11s-int8-320x192", "yolo11n_int8"):
        put(tmp_path, name, 320, 192)
    assert inputs(weights(large)) == {(640, 640): large, (256, 416): small}
    assert inputs(weights(large), alone=True) == {(640, 640): large}


def test_a_network_that_disagrees_with_its_original_is_left_out(tmp_path: Path) -> None:
    large = put(tmp_path, "yolo11n-int8-640x640", 640, 640)
    small = put(tmp_path, "yolo11n-int8-416x256", 416, 256)
    (tmp_path / "catalogue.toml").write_text('["yolo11n-int8-416x256"]\nagrees = false\n', encoding="utf-8")
    assert inputs(weights(large)) == {(640, 640): large}
    assert inputs(weights(small))[256, 416] == small, "unless somebody chose it"


def test_a_network_without_a_size_in_its_name_is_alone(tmp_path: Path) -> None:
    put(tmp_path, "yolo11n-int8-416x256", 416, 256)
    other = put(tmp_path, "yolo11n_int8", 640, 640)
    assert inputs(weights(other)) == {(640, 640): other}
    assert inputs(resolve(str(SHIPPED), {})) == {(256, 416): SHIPPED, (192, 320): SHIPPED}, "measured in both"


def test_a_weights_file_has_the_input_it_is_usually_run_with(tmp_path: Path) -> None:
    (tmp_path / "own.pt").touch()
    assert inputs(weights(tmp_path / "own.pt")) == {(640, 640): tmp_path / "own.pt"}


def test_a_broken_neighbour_is_told(tmp_path: Path) -> None:
    large = put(tmp_path, "yolo11n-int8-640x640", 640, 640)
    broken = put(tmp_path, "yolo11n-int8-416x256", 416, 256)
    (broken / "metadata.yaml").write_text("imgsz: big")
    with pytest.raises(WeightsError, match="416x256"):
        inputs(weights(large))
