"""Truth: MOT files and directories of YOLO files, of this clip or of another."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.clips import Clip
from models.detection import Detection
from models.truth import BadTruth, beside, read_mot, read_truth, read_yolo

PIXELS = st.floats(-1e4, 1e4)
SIDES = st.floats(0, 1e4)
ENTRY = st.tuples(st.integers(1, 5), st.integers(1, 99), PIXELS, PIXELS, SIDES, SIDES)
SHARE = st.floats(0, 1)
BOX = st.tuples(st.sampled_from([0, 0, 2]), SHARE, SHARE, SHARE, SHARE)
CLIP = Clip(Path("hall.avi"), 200, 100, 20)
MIDDLE = "0 0.5 0.5 0.2 0.4"
PERSON = (0.4, 0.3, 0.6, 0.7)


def corners(people: tuple[Detection, ...]) -> list[tuple[float, ...]]:
    return [(one.x1, one.y1, one.x2, one.y2) for one in people]


def labelled(directory: Path, files: dict[str, str]) -> Path:
    directory.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")
    return directory


@given(st.lists(ENTRY, min_size=1, max_size=8))
def test_what_was_written_as_mot_is_read(entries: list[tuple[int, int, float, float, float, float]]) -> None:
    truth = read_mot((",".join(map(str, entry)) + ",1,-1,-1,-1\n" for entry in entries), 200, 100)
    assert sum(map(len, truth.values())) == len(entries)
    for frame, _, left, top, width, height in entries:
        box = (left / 200, top / 100, (left + width) / 200, (top + height) / 100)
        assert box in corners(truth[frame])


@given(st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_truth_or_a_sentence(lines: list[str]) -> None:
    try:
        assert read_mot(lines, 200, 100)
    except BadTruth as error:
        assert ": expected " in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1,2,3,4,5", "frame, id, left, top, width, height"),
        ("1;2;3;4;5;6", "frame, id, left, top, width, height"),
        ("1,2,three,4,5,6", "six numbers"),
        ("0,2,3,4,5,6", "a frame number from 1"),
        ("1.5,2,3,4,5,6", "a frame number from 1"),
        ("inf,2,3,4,5,6", "a frame number from 1"),
        ("1,2,3,4,-5,6", "finite left, top and sides of at least 0"),
        ("1,2,nan,4,5,6", "finite left, top and sides of at least 0"),
        ("1,2,inf,4,5,6", "finite left, top and sides of at least 0"),
    ],
)
def test_mistakes_in_a_mot_file_are_named(line: str, expected: str) -> None:
    with pytest.raises(BadTruth, match=f"line 3: expected {expected}, found "):
        read_mot(["1,1,0,0,9,9", "", line], 200, 100)


def test_a_box_of_nine_columns_may_not_count() -> None:
    """MOT16 and CVAT say so in the seventh; in the ten columns of MOT15 it means something else."""
    lines = ["1,1,80,30,40,40,0,1,1.0", "2,1,80,30,40,40,1,1,1.0", "3,1,80,30,40,40,0,-4.1,-7.3,0"]
    truth = read_mot(lines, 200, 100)
    assert sorted(truth) == [2, 3]
    assert corners(truth[2]) == [pytest.approx(PERSON)]


@given(st.dictionaries(st.integers(0, 30), st.lists(BOX, max_size=3), min_size=1, max_size=5))
def test_what_was_written_as_yolo_is_read(
    tmp_path_factory: pytest.TempPathFactory, frames: dict[int, list[tuple[int, float, float, float, float]]]
) -> None:
    rows = {number: "".join(" ".join(map(str, box)) + "\n" for box in boxes) for number, boxes in frames.items()}
    directory = labelled(
        tmp_path_factory.mktemp("labels"), {f"hall_{number:06d}.txt": text for number, text in rows.items()}
    )
    shift = 1 if min(frames) == 0 else 0
    people = {number + shift: [box[1:] for box in boxes if box[0] == 0] for number, boxes in frames.items()}
    if any(frames.values()) and not any(people.values()):
        with pytest.raises(BadTruth, match="boxes of other classes only"):
            read_yolo(directory, "hall")
        return
    truth = read_yolo(directory, "hall")
    assert sorted(truth) == sorted(people)
    for number, boxes in people.items():
        expected = [(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in boxes]
        assert corners(truth[number]) == expected


@given(text=st.text(max_size=60))
def test_any_file_is_truth_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    directory = tmp_path_factory.mktemp("labels")
    (directory / "1.txt").write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        assert read_truth(directory, CLIP).keys() == {1}
    except BadTruth as error:
        assert ": expected " in str(error) and "\n" not in str(error)


@pytest.mark.parametrize(
    ("files", "frames"),
    [
        (["0.txt", "4.txt"], [1, 5]),
        (["1.txt", "4.txt"], [1, 4]),
        (["3.txt", "4.txt"], [3, 4]),
        (["frame_000000.txt", "frame_000007.txt"], [1, 8]),
        (["hall_1.txt", "hall_12.txt", "classes.txt"], [1, 12]),
        (["hall-1.txt", "lobby-1.txt", "lobby-2.txt"], [1]),
        (["hall2_3.txt"], [3]),
    ],
)
def test_names_say_the_frame(tmp_path: Path, files: list[str], frames: list[int]) -> None:
    """Counted from 0 where there is a 0; of several clips the one that is asked for."""
    assert sorted(read_yolo(labelled(tmp_path, dict.fromkeys(files, MIDDLE)), "hall")) == frames


@pytest.mark.parametrize("inner", ["labels", "obj_train_data"])
def test_labels_may_lie_one_directory_below(tmp_path: Path, inner: str) -> None:
    labelled(tmp_path / inner, {"hall_1.txt": f"{MIDDLE} 0.9\n\n2 0.5 0.5 0.1 0.1\n"})
    (tmp_path / "train.txt").write_text("data/hall_1.png\n")
    assert corners(read_truth(tmp_path, CLIP)[1]) == [pytest.approx(PERSON)]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "its files: expected YOLO files with the number of a frame in their names .*, found none"),
        ({"notes.txt": MIDDLE}, "notes.txt: expected a name that ends with the number of a frame, found 'notes'"),
        ({"1.txt": MIDDLE, "01.txt": MIDDLE}, "1.txt: expected one file per frame, found 01.txt of the same frame"),
        (
            {"a_1.txt": MIDDLE, "b_1.txt": MIDDLE},
            "its files: expected files named after hall, .*, found those of 'a', 'b'",
        ),
        ({"1.txt": "0 0.5 0.5 0.2"}, "1.txt line 1: expected class, x, y, width, height, found 4 columns"),
        ({"1.txt": "0 0.1 0.1 0.2 0.1 0.2 0.2"}, "1.txt line 1: expected class, .*, found 7 columns"),
        ({"1.txt": f"{MIDDLE}\nperson 0.5 0.5 0.2 0.2"}, "1.txt line 2: expected five numbers, found 'person"),
        ({"1.txt": "-1 0.5 0.5 0.2 0.2"}, "1.txt line 1: expected a class from 0, found '-1'"),
        ({"1.txt": "0 320 240 60 120"}, "1.txt line 1: expected a box in shares of the picture, from 0 to 1, found"),
        ({"1.txt": "0 nan 0.5 0.2 0.2"}, "1.txt line 1: expected a box in shares of the picture, from 0 to 1, found"),
        ({"1.txt": "2 0.5 0.5 0.2 0.2"}, "its files: expected people .class 0., found 1 boxes of other classes only"),
    ],
)
def test_mistakes_in_yolo_files_are_named(tmp_path: Path, files: dict[str, str], said: str) -> None:
    with pytest.raises(BadTruth, match=f"^{tmp_path}, {said}"):
        read_truth(labelled(tmp_path, files), CLIP)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "its lines: expected at least one person in one frame, found nobody"),
        ("\n\n", "its lines: expected at least one person in one frame, found nobody"),
        ("20,1,0,0,9,9\n21,1,0,0,9,9\n", "its frames: expected numbers up to 20, as many as hall.avi has, found 21"),
        (
            "1,1,400,300,90,90\n1,2,20,20,9,9\n2,1,600,20,90,90\n",
            "its boxes: expected people inside .*200 × 100, found 2 of 3",
        ),
    ],
)
def test_truth_of_something_else_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "gt.txt"
    path.write_text(text)
    with pytest.raises(BadTruth, match=f"^{path}, {said}"):
        read_truth(path, CLIP)


def test_yolo_frames_beyond_the_clip_are_refused(tmp_path: Path) -> None:
    labelled(tmp_path, {"0.txt": MIDDLE, "19.txt": MIDDLE})
    assert sorted(read_truth(tmp_path, CLIP)) == [1, 20]
    labelled(tmp_path, {"20.txt": ""})
    with pytest.raises(BadTruth, match=r"its frames: expected numbers up to 20, as many as hall.avi has, found 21"):
        read_truth(tmp_path, CLIP)


def test_frames_that_were_labelled_as_empty_are_truth(tmp_path: Path) -> None:
    assert read_truth(labelled(tmp_path, {"1.txt": "", "2.txt": "\n"}), CLIP) == {1: (), 2: ()}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_what_is_no_truth_at_all(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gt.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadTruth, match=r"gt.txt: expected a MOT file or a directory of YOLO files, found "):
        read_truth(path, CLIP)


def test_truth_lies_beside_its_clip(tmp_path: Path) -> None:
    clip = tmp_path / "hall.mp4"
    assert beside(clip) is None
    for place in ("hall_labels", "hall"):
        (tmp_path / place).mkdir()
        assert beside(clip) == tmp_path / place
    (tmp_path / "hall.txt").touch()
    assert beside(clip) == tmp_path / "hall.txt"
