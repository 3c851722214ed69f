"""A label set: whole or not at all, versions, and YOLO files."""

import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import labels
from models.choosing import Part
from models.detection import Detection
from models.labels import BadLabels, Changed
from tests.models import label_set
from tests.models.label_set import PERSON

FIELDS = ["0", "1", "-1", "0.5", "nan", "inf", "1e999", "x", "\n", "80"]


@st.composite
def boxes(draw: st.DrawFn) -> Detection:
    x1, y1 = draw(st.floats(0, 0.9)), draw(st.floats(0, 0.9))
    return Detection(x1, y1, draw(st.floats(x1 + 0.01, 1)), draw(st.floats(y1 + 0.01, 1)), 1.0)


def test_a_set_is_a_yolo_data_set_for_its_owner_alone(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    assert labels.frames(tmp_path / "set") == rows
    assert rows[0].name == "c1-20261125T090000000"
    assert (tmp_path / "set").stat().st_mode & 0o777 == 0o700
    assert all((tmp_path / "set" / file).is_file() for row in rows for file in (row.picture, row.label))
    assert (tmp_path / "set" / rows[0].label).read_text() == "0 0.200000 0.500000 0.200000 0.800000\n"
    assert "names" in (tmp_path / "set" / "data.yaml").read_text()
    assert labels.about(tmp_path / "set") == {"pictures": 4, "reviewed": 0, "train": 3, "val": 1}
    assert labels.unreviewed(tmp_path / "set", "val") == {rows[3].name}
    assert labels.unreviewed(tmp_path, "val") == frozenset()


def test_a_directory_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").touch()
    with pytest.raises(BadLabels, match="expected a new or empty directory"):
        label_set.write(tmp_path)
    with pytest.raises(BadLabels, match="expected at least one picture"):
        labels.create(tmp_path / "new", [])
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_change_is_written_and_versioned(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    saved = labels.save(tmp_path / "set", rows[1].name, 1, [PERSON, Detection(0.5, 0.5, 0.7, 0.7, 1.0)], True)
    assert (saved.version, saved.reviewed) == (2, True)
    again = labels.find(tmp_path / "set", rows[1].name)
    assert again == saved
    assert len(labels.boxes(tmp_path / "set", again)) == 2
    assert not list((tmp_path / "set").rglob("*.part"))
    with pytest.raises(Changed, match="expected version 1, found 2"):
        labels.save(tmp_path / "set", rows[1].name, 1, [], True)
    assert len(labels.boxes(tmp_path / "set", again)) == 2


def test_of_many_who_saw_the_same_version_one_is_right(tmp_path: Path) -> None:
    rows, outcomes = label_set.write(tmp_path / "set"), list[str]()

    def save() -> None:
        try:
            labels.save(tmp_path / "set", rows[0].name, 1, [PERSON], True)
            outcomes.append("saved")
        except Changed:
            outcomes.append("changed")

    threads = [threading.Thread(target=save) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed"] * 7 + ["saved"]


def test_an_import_is_all_or_nothing(tmp_path: Path) -> None:
    rows = label_set.write(tmp_path / "set")
    with pytest.raises(BadLabels, match="elsewhere: expected a picture of this set"):
        labels.put(tmp_path / "set", {rows[0].name: (), "elsewhere": ()})
    assert labels.frames(tmp_path / "set") == rows
    (row,) = labels.put(tmp_path / "set", {rows[0].name: ()})
    assert row.reviewed and row.version == 2 and labels.boxes(tmp_path / "set", row) == ()


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"frames": [{"name": "a"}]}', "[" * 100_000, '{"frames": 3}'])
def test_an_index_that_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / labels.INDEX).write_text(content)
    with pytest.raises(BadLabels, match=r"frames\.json: expected the index of a label set"):
        labels.frames(tmp_path)


@given(st.lists(boxes(), max_size=20))
def test_boxes_survive_the_file(people: list[Detection]) -> None:
    read, others = labels.parse("a.txt", labels.lines(people))
    assert others == 0
    for one, two in zip(people, read, strict=True):
        assert (one.x1, one.y1, one.x2, one.y2) == pytest.approx((two.x1, two.y1, two.x2, two.y2), abs=2e-6)


@given(st.text() | st.lists(st.sampled_from(FIELDS)).map(" ".join))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        people, _ = labels.parse("a.txt", text)
    except BadLabels as bad:
        assert str(bad).startswith("a.txt")
    else:
        assert all(0 <= edge <= 1 for one in people for edge in (one.x1, one.y1, one.x2, one.y2))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 0.5 0.5 0.2", "line 2: expected class, centre x, centre y, width, height, found '0 0.5 0.5 0.2'"),
        ("0 0.9 0.5 0.4 0.2", "line 2: expected a box inside the picture, found 0.7 0.4 1.1 0.6"),
        ("0 0.5 0.5 0 0.2", "line 2: expected a box with a width and a height"),
        ("0 .1 .1 .2 .2 .3 .3", "line 2: expected a whole class number and four numbers"),
        ("0.5 .1 .1 .2 .2", "line 2: expected a whole class number"),
        ("0 nan .1 .2 .2", "line 2: expected a box inside the picture"),
    ],
)
def test_what_is_wrong_is_said(line: str, said: str) -> None:
    with pytest.raises(BadLabels) as refused:
        labels.parse("a.txt", f"0 0.5 0.5 0.2 0.2\n{line}\n")
    assert said in str(refused.value)


def test_other_classes_are_counted_and_hair_lines_beyond_the_edge_cut_off() -> None:
    people, others = labels.parse("a.txt", "7 .5 .5 .1 .1\n0 0.901 0.5 0.2 0.2 0.87\n")
    assert others == 1 and people[0].x2 == 1.0
    assert Part("val") is Part.VAL


def test_where_no_set_can_be_written_is_known_before_anything_is_drawn(tmp_path: Path) -> None:
    labels.require_new(tmp_path / "new" / "deeper")
    labels.require_new(tmp_path)
    (tmp_path / "mine.txt").touch()
    (tmp_path / "link").symlink_to(tmp_path / "new")
    for directory in (tmp_path, tmp_path / "mine.txt", tmp_path / "link"):
        with pytest.raises(BadLabels, match="expected a new or empty directory"):
            labels.require_new(directory)


def test_numbers_of_hundreds_of_digits_are_no_box() -> None:
    with pytest.raises(BadLabels, match="expected a box inside the picture"):
        labels.checked("here", Detection(0, 0, 10**4000, 1, 1.0))
