"""Weights: the order of places, the choice within a place, and sentences for what is not there."""

from pathlib import Path

import pytest
import yaml

from models.metadata import WeightsError
from models.ultralytics import UltralyticsDetector
from models.weights import SHIPPED, Source, Weights, open_detector, resolve


def put(directory: Path, name: str, side: int = 640, int8: bool = False, demo: bool = False) -> Path:
    path = directory / f"{name}_openvino_model"
    path.mkdir(parents=True)
    content = {"imgsz": [side, side], "names": {0: "person"}, "args": {"int8": int8}, "hallwatch": {"demo": demo}}
    (path / "metadata.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def test_the_order_of_places(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    assert resolve(None, environ) == Weights(SHIPPED, demo=True, source=Source.SHIPPED)
    cached = put(tmp_path / "cache" / "hallwatch" / "models", "a")
    assert resolve(None, environ) == Weights(cached, demo=False, source=Source.CACHE)
    given = put(tmp_path / "given", "b")
    environ["HALLWATCH_MODELS"] = str(tmp_path / "given")
    assert resolve(None, environ) == Weights(given, demo=False, source=Source.ENVIRONMENT)
    named = put(tmp_path, "c", demo=True)
    assert resolve(named, environ) == Weights(named, demo=True, source=Source.CONFIGURED)


def test_int8_before_size_before_name(tmp_path: Path) -> None:
    environ = {"HALLWATCH_MODELS": str(tmp_path)}
    for name, side, int8 in [
        ("z", 320, False),
        ("y", 960, False),
        ("a", 320, True),
        ("b", 640, True),
        ("c", 640, True),
    ]:
        put(tmp_path, name, side, int8)
    assert resolve(None, environ).path.name == "c_openvino_model"


def test_a_weights_file_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "own.pt").touch()
    assert resolve(str(tmp_path / "own.pt"), {}) == Weights(tmp_path / "own.pt", demo=False, source=Source.CONFIGURED)


def test_what_was_asked_for_and_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"a weights file or the name of a network, found nothing"):
        resolve(tmp_path / "missing", {})
    with pytest.raises(WeightsError, match=r"HALLWATCH_MODELS=.*expected a directory with \*_openvino_model"):
        resolve(None, {"HALLWATCH_MODELS": str(tmp_path)})


def test_the_shipped_weights_open_and_say_that_they_are_a_demonstration() -> None:
    detector = open_detector("openvino", resolve(str(SHIPPED), {}), 0.35)
    assert detector.demo
    assert detector.name == "hallwatch-demo 416×256 openvino"


def test_the_shipped_weights_are_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 3_000_000


def test_ultralytics_is_not_asked_about_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="expected a file or a directory, found nothing"):
        UltralyticsDetector(tmp_path / "yolo11n.pt")
