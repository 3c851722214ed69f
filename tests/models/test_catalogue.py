"""The catalogue: what can be fetched, and the records of a models directory."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import catalogue
from models.catalogue import BadSize, NothingBefore, installed, recorded, rolled_back, size
from models.metadata import WeightsError


def test_what_is_known_has_a_hash_a_licence_and_the_makers_address() -> None:
    known = catalogue.known()
    assert {"yolo11n", "yolo11s", "yolo26n"} <= known.keys()
    for name, one in known.items():
        assert one.url == f"https://github.com/ultralytics/assets/releases/download/v8.4.0/{name}.pt"
        assert one.sha256 is not None and re.fullmatch("[0-9a-f]{64}", one.sha256)
        assert one.licence == "AGPL-3.0" and one.sizes == catalogue.SIZES


def test_others_of_the_same_makers_have_no_hash() -> None:
    other = catalogue.find("yolo26s")
    assert other is not None and other.sha256 is None
    assert other.url == "https://github.com/ultralytics/assets/releases/download/v8.4.0/yolo26s.pt"
    assert catalogue.find("yolo11n") == catalogue.known()["yolo11n"]


@pytest.mark.parametrize("name", ["yolo", "yolo11n.pt", "yolo11n-seg", "../yolo11n", "own", ""])
def test_any_other_name_is_none(name: str) -> None:
    assert catalogue.find(name) is None


def test_a_size_is_width_and_height() -> None:
    assert size(" 416x256 ") == (416, 256)


@pytest.mark.parametrize("text", ["416", "416x", "x256", "416x250", "0x0", "-32x32", "8192x32", "416X256", "²x²"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(BadSize, match="expected WIDTHxHEIGHT such as 416x256"):
        size(text)


@given(st.text(max_size=10))
def test_any_text_is_a_size_or_refused(text: str) -> None:
    try:
        assert all(side % 32 == 0 for side in size(text))
    except BadSize as error:
        assert repr(text) in str(error)


def test_records_are_kept_with_keys_that_nobody_knows(tmp_path: Path) -> None:
    assert catalogue.read(tmp_path / "none") == {}
    (tmp_path / "catalogue.toml").write_text('mine = 1\n[net]\nnote = "of mine"\nlicence = "?"\n', encoding="utf-8")
    catalogue.write(tmp_path, recorded(catalogue.read(tmp_path), "net", {"licence": "MIT"}))
    assert catalogue.read(tmp_path) == {"mine": 1, "net": {"note": "of mine", "licence": "MIT"}}
    assert [path.name for path in tmp_path.iterdir()] == ["catalogue.toml"]


def test_broken_records_are_named(tmp_path: Path) -> None:
    (tmp_path / "catalogue.toml").write_text("current =", encoding="utf-8")
    with pytest.raises(WeightsError, match=r"catalogue\.toml: expected readable TOML, found "):
        catalogue.read(tmp_path)


NAMES = st.sampled_from(["a", "b", "c"])


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_every_installation_can_be_taken_back(names: list[str]) -> None:
    records: catalogue.Records = {"current": "z"}
    steps = [records]
    for name in names:
        records = installed(records, name, catalogue.current(records))
        if catalogue.current(records) != catalogue.current(steps[-1]):
            steps.append(records)
    for earlier in reversed(steps[:-1]):
        records = rolled_back(records)
        assert catalogue.current(records) == catalogue.current(earlier)
    with pytest.raises(NothingBefore):
        rolled_back(records)
