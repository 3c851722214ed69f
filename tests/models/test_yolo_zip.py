"""YOLO archives: there and back, and everything a stranger's archive may be."""

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import labels, yolo_zip
from models.labels import BadLabels
from tests.models import label_set

ROW = "0 0.5 0.5 0.2 0.2\n"


def archive(files: dict[str, str | bytes], how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", how) as made:
        for name, text in files.items():
            made.writestr(name, text)
    content.seek(0)
    return content


def test_there_and_back(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    file = io.BytesIO()
    yolo_zip.write(tmp_path / "set", file)
    with zipfile.ZipFile(file) as made:
        assert {"data.yaml", "frames.json", rows[0].picture, rows[3].label} <= set(made.namelist())
    read = yolo_zip.read(file)
    assert read.others == 0 and set(read.people) == {row.name for row in rows}
    assert all(read.people[row.name] == labels.boxes(tmp_path / "set", row) for row in rows)


def test_the_person_may_have_another_number() -> None:
    files: dict[str, str | bytes] = {"data.yaml": "names: [cat, Person]", "labels/a.txt": ROW + "1 .5 .5 .1 .1\n"}
    read = yolo_zip.read(archive(files))
    assert len(read.people["a"]) == 1 and read.others == 1
    read = yolo_zip.read(archive({"classes.txt": "person\ncat\n", "labels\\train\\a.txt": ROW, "__MACOSX/a.txt": "?"}))
    assert len(read.people["a"]) == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "expected label files labels/…/NAME.txt, found none"),
        ({"a.jpg": b"x"}, "expected label files"),
        ({"../../a.txt": ROW}, "expected a path inside the archive"),
        ({"/etc/a.txt": ROW}, "expected a path inside the archive"),
        ({"..\\a.txt": ROW}, "expected a path inside the archive"),
        ({"x/a.txt": ROW, "y/a.txt": ROW}, "y/a.txt: expected one label file per picture, found a second one"),
        ({"a.txt": b"\xff\xfe\x00"}, "a.txt: expected text"),
        ({"a.txt": b"0" * 300_000}, "a.txt: expected at most 262144 bytes"),
        ({"a.txt": "0 .5\n"}, "a.txt, line 1: expected class"),
        ({"a.txt": "0 .9 .5 .4 .1\n"}, "a.txt, line 1: expected a box inside the picture"),
        ({"data.yaml": "names: {0: cat, 1: dog}", "a.txt": ROW}, "expected a class named person, found cat, dog"),
        ({"data.yaml": "names: [", "a.txt": ROW}, "data.yaml: expected readable YAML"),
        ({"a.txt": ROW * 301}, "a.txt: expected at most 300 boxes, found 301"),
    ],
)
def test_what_is_wrong_is_said(files: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(BadLabels) as refused:
        yolo_zip.read(archive(files))
    assert said in str(refused.value)


def test_too_many_files() -> None:
    with pytest.raises(BadLabels, match="at most 20000 files, found 20001"):
        yolo_zip.read(archive({f"{number}": "" for number in range(20_001)}, zipfile.ZIP_STORED))


@given(st.binary(max_size=400))
def test_garbage_is_refused(data: bytes) -> None:
    with pytest.raises(BadLabels, match=r"archive: expected a readable \.zip"):
        yolo_zip.read(io.BytesIO(data))


@given(st.integers(0, 300), st.binary(min_size=1, max_size=6))
def test_a_damaged_archive_is_refused_or_read(place: int, damage: bytes) -> None:
    data = bytearray(archive({"labels/a.txt": ROW * 9, "data.yaml": "names: [person]"}).getvalue())
    data[place : place + len(damage)] = damage
    try:
        read = yolo_zip.read(io.BytesIO(data))
    except BadLabels:
        return
    assert len(read.people) == 1


def test_a_class_may_have_a_name_of_two_words() -> None:
    files: dict[str, str | bytes] = {"classes.txt": "traffic light\nperson\n", "labels/train/a.txt": "1 .5 .5 .1 .1\n"}
    found = yolo_zip.read(archive(files))
    assert len(found.people["a"]) == 1 and found.others == 0
