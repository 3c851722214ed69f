"""Metadata: what is read, and one sentence for what cannot be."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from models.metadata import Metadata, WeightsError, parse, read

GOOD = {"imgsz": [256, 416], "names": {0: "person"}}
YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.integers(0, 2) | st.text(max_size=5), inner),
)


def written(directory: Path, content: object) -> Path:
    (directory / "metadata.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return directory


def test_what_ultralytics_writes(tmp_path: Path) -> None:
    content = {**GOOD, "imgsz": [640, 640], "names": {0: "person", 1: "bicycle"}, "args": {"int8": True}}
    assert read(written(tmp_path, content)) == Metadata(size=(640, 640), int8=True, demo=False)


@pytest.mark.parametrize(
    ("args", "int8"), [({"quantize": 8}, True), ({"quantize": 16}, False), ({"quantize": None}, False), ({}, False)]
)
def test_what_ultralytics_writes_since_8_4(tmp_path: Path, args: dict[str, int | None], int8: bool) -> None:
    assert read(written(tmp_path, {**GOOD, "args": args})).int8 is int8


def test_further_inputs_and_what_they_need(tmp_path: Path) -> None:
    own = {"further_inputs": [[192, 320]], "seen_px": {"staff": 38}}
    about = read(written(tmp_path, {**GOOD, "hallwatch": own}))
    assert about.further == ((192, 320),)
    assert about.seen_px == {"staff": 38.0}


def test_our_mark(tmp_path: Path) -> None:
    assert read(written(tmp_path, {**GOOD, "hallwatch": {"demo": True}})).demo


@pytest.mark.parametrize(
    ("content", "expected", "found"),
    [
        ("person", "a mapping with imgsz and names", "str"),
        ({"names": {0: "person"}}, "imgsz: [height, width] in pixels", "None"),
        ({**GOOD, "imgsz": 640}, "imgsz: [height, width] in pixels", "640"),
        ({**GOOD, "imgsz": [640, 0]}, "imgsz: [height, width] in pixels", "[640, 0]"),
        (
            {**GOOD, "hallwatch": {"further_inputs": [320]}},
            "further_inputs: a list of [height, width] in pixels",
            "320",
        ),
        ({**GOOD, "hallwatch": {"seen_px": {"staff": 0}}}, "seen_px: {staff: pixels, …}", "{'staff': 0}"),
        ({**GOOD, "names": {0: "cat", 1: "person"}}, "names with 0: person", "'cat'"),
        ({**GOOD, "names": []}, "names with 0: person", "None"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, content: object, expected: str, found: str) -> None:
    with pytest.raises(WeightsError) as raised:
        read(written(tmp_path, content))
    assert (raised.value.which, raised.value.expected, raised.value.found) == (
        tmp_path / "metadata.yaml",
        expected,
        found,
    )


@pytest.mark.parametrize(("text", "expected"), [("imgsz: [", "readable YAML"), ("\x00", "readable YAML")])
def test_what_is_not_yaml(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "metadata.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(WeightsError, match=expected):
        read(tmp_path)


def test_nothing_there(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"metadata\.yaml: expected a file, found nothing"):
        read(tmp_path)


def test_not_a_directory(tmp_path: Path) -> None:
    (tmp_path / "own.pt").touch()
    for name, found in [("own.pt", "a file"), ("missing", "nothing")]:
        with pytest.raises(WeightsError, match=rf"expected a directory \*_openvino_model, found {found}"):
            read(tmp_path / name)


@given(YAML)
def test_anything_else_is_a_weights_error(content: object) -> None:
    try:
        parse(Path("m.yaml"), content)
    except WeightsError as error:
        assert str(error).startswith("weights m.yaml: expected ")
