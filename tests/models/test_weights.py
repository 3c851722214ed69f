"""Weights: the order of places, the choice within a place, and sentences for what is not there."""

from pathlib import Path

import pytest
import yaml

from models.metadata import WeightsError
from models.ultralytics import UltralyticsDetector
from models.weights import SHIPPED, Source, Weights, chosen, networks, open_detector, resolve


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


def test_a_network_is_named_wherever_it_lies(tmp_path: Path) -> None:
    environ = {"HALLWATCH_MODELS": str(tmp_path / "given"), "XDG_CACHE_HOME": str(tmp_path)}
    cache = tmp_path / "hallwatch" / "models"
    given, cached = put(tmp_path / "given", "a"), put(cache, "b")
    for name, path in (("a", given), ("b", cached), ("hallwatch-demo", SHIPPED)):
        found = resolve(name, environ)
        assert (found.path, found.name, found.source) == (path, name, Source.CONFIGURED)
    assert [one.path for one in networks(environ)] == [given, cached, SHIPPED]
    (cache / "c.pt").touch()
    assert resolve("c.pt", environ).path == cache / "c.pt"


def test_of_a_family_the_one_in_use_or_the_best(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    cache = tmp_path / "hallwatch" / "models"
    put(cache, "yolo11n-int8-320x192", 320, int8=True)
    put(cache, "yolo11n-fp16-640x640", 640)
    best = put(cache, "yolo11n_int8", 640, int8=True)
    put(cache, "yolo11nx-int8", 960, int8=True)
    assert resolve("yolo11n", environ).path == best
    (cache / "catalogue.toml").write_text('current = "yolo11n-int8-320x192"', encoding="utf-8")
    assert resolve("yolo11n", environ).name == "yolo11n-int8-320x192"
    assert resolve("yolo11nx", environ).name == "yolo11nx-int8"
    assert resolve("yolo11n-int8", environ).name == "yolo11n-int8-320x192"


def test_what_was_installed_comes_first(tmp_path: Path) -> None:
    small = put(tmp_path, "small", 320)
    put(tmp_path, "large", 640, int8=True)
    catalogue = tmp_path / "catalogue.toml"
    catalogue.write_text('current = "small"', encoding="utf-8")
    assert resolve(None, {"HALLWATCH_MODELS": str(tmp_path)}).path == small
    catalogue.write_text('current = "hallwatch-demo"', encoding="utf-8")
    assert resolve(None, {"HALLWATCH_MODELS": str(tmp_path)}) == Weights(SHIPPED, True, Source.SHIPPED)
    catalogue.write_text('current = "gone"', encoding="utf-8")
    with pytest.raises(WeightsError, match=r"expected current = 'gone' to name a network of this directory"):
        resolve(None, {"HALLWATCH_MODELS": str(tmp_path)})


def test_one_that_disagrees_with_its_original_is_not_chosen_by_itself(tmp_path: Path) -> None:
    put(tmp_path, "bad", 640, int8=True)
    (tmp_path / "catalogue.toml").write_text("[bad]\nagrees = false", encoding="utf-8")
    assert chosen(tmp_path) is None
    good = put(tmp_path, "good", 320)
    assert resolve(None, {"HALLWATCH_MODELS": str(tmp_path)}).path == good
    assert resolve("bad", {"HALLWATCH_MODELS": str(tmp_path)}).name == "bad"


def test_a_configured_path_is_no_name(tmp_path: Path) -> None:
    put(tmp_path / "given", "a")
    with pytest.raises(WeightsError, match=r"b/a: expected a directory"):
        resolve(str(tmp_path / "b" / "a"), {"HALLWATCH_MODELS": str(tmp_path / "given")})


def test_of_a_family_one_that_disagrees_with_its_original_is_the_last_resort(tmp_path: Path) -> None:
    environ = {"XDG_CACHE_HOME": str(tmp_path)}
    cache = tmp_path / "hallwatch" / "models"
    bad = put(cache, "yolo11n-int8-640x384", 640, int8=True)
    good = put(cache, "yolo11n-int8-320x192", 320, int8=True)
    (cache / "catalogue.toml").write_text(
        'current = "gone-int8-64x64"\n[yolo11n-int8-640x384]\nagrees = false\n', encoding="utf-8"
    )
    assert resolve("yolo11n", environ).path == good
    assert resolve("yolo11n-int8-640x384", environ).path == bad, "named exactly, it is meant"
