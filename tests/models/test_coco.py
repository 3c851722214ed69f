"""COCO documents: there and back, and everything a stranger's document may be."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import coco, labels
from models.labels import BadLabels
from tests.models import label_set

SIZES = {"a": (128, 72), "b": (128, 72)}


def document(**changes: Any) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "images": [{"id": 7, "file_name": "images/train/a.jpg", "width": 128, "height": 72}],
        "annotations": [{"image_id": 7, "category_id": 3, "bbox": [12.8, 7.2, 64, 36]}],
        "categories": [{"id": 3, "name": "Person"}, {"id": 4, "name": "cat"}],
    }
    return {**whole, **changes}


def test_there_and_back(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    labels.save(tmp_path / "set", rows[1].name, 1, [], True)
    written = json.dumps(coco.write(tmp_path / "set"))
    read = coco.load(tmp_path / "set", written)
    assert read.others == 0 and set(read.people) == {row.name for row in rows}
    for row in labels.frames(tmp_path / "set"):
        for one, two in zip(read.people[row.name], labels.boxes(tmp_path / "set", row), strict=True):
            assert (one.x1, one.y1, one.x2, one.y2) == pytest.approx((two.x1, two.y1, two.x2, two.y2), abs=1e-4)


def test_pixels_become_shares_and_other_categories_are_counted() -> None:
    cat = {"image_id": 7, "category_id": 4, "bbox": [0, 0, 9, 9]}
    read = coco.read(document(annotations=[*document()["annotations"], cat]), SIZES)
    (person,) = read.people["a"]
    assert (person.x1, person.y1, person.x2, person.y2) == pytest.approx((0.1, 0.1, 0.6, 0.6))
    assert read.others == 1 and set(read.people) == {"a"}


def annotation(**changes: Any) -> dict[str, Any]:
    return document(annotations=[{**document()["annotations"][0], **changes}])


def image(**changes: Any) -> dict[str, Any]:
    return document(images=[{**document()["images"][0], **changes}])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "COCO document: expected an object, found list"),
        ({}, "categories: expected a list, found NoneType"),
        (document(categories=[{"id": 1, "name": "cat"}]), "categories: expected one named person"),
        (document(images=3), "images: expected a list"),
        (document(images=[3]), "images[0]: expected an object"),
        (image(id="7"), "images[0].id: expected a whole number, found \"'7'\""),
        (image(file_name="c.jpg"), "images[0].file_name: expected a picture of this set, found 'c.jpg'"),
        (image(file_name=None), "images[0].file_name: expected a picture of this set"),
        (image(width=64), "images[0]: expected width and height 128 × 72, found 64 × 72"),
        (document(images=document()["images"] * 2), "images[1]: expected each picture once"),
        (annotation(image_id=8), "annotations[0]: expected image_id of a listed picture, found 8"),
        (annotation(category_id=None), "annotations[0].category_id: expected a whole number, found None"),
        (annotation(bbox=[1, 2, 3]), "annotations[0].bbox: expected four numbers: left, top, width, height"),
        (annotation(bbox=["1", 2, 3, 4]), "annotations[0].bbox: expected four numbers"),
        (annotation(bbox=[10**400, 2, 3, 4]), "annotations[0].bbox: expected four numbers"),
        (annotation(bbox=[100, 10, 90, 10]), "annotations[0].bbox: expected a box inside the picture"),
        (annotation(bbox=[float("nan"), 10, 9, 10]), "annotations[0].bbox: expected a box inside the picture"),
        (annotation(bbox=[10, 10, 0, 10]), "annotations[0].bbox: expected a box with a width and a height"),
        (document(annotations=document()["annotations"] * 301), "a: expected at most 300 boxes, found 301"),
    ],
)
def test_what_is_wrong_is_said(given: object, said: str) -> None:
    with pytest.raises(BadLabels) as refused:
        coco.read(given, SIZES)
    assert said.replace("\"'7'\"", "'7'") in str(refused.value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, b"\xff\xfe\xff"])
def test_what_is_no_json(tmp_path: Path, text: str | bytes) -> None:
    label_set.write(tmp_path / "set")
    with pytest.raises(BadLabels, match="COCO document: expected JSON"):
        coco.load(tmp_path / "set", text)


KEYS = ["images", "annotations", "categories", "id", "name", "file_name", "width", "height", "bbox"]
KEYS += ["image_id", "category_id"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["a", "a.jpg", "person"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(JSON)
def test_any_document_is_read_or_refused(given: object) -> None:
    try:
        read = coco.read(given, SIZES)
    except BadLabels as bad:
        assert "expected" in str(bad)
    else:
        assert set(read.people) <= set(SIZES)
