"""`hallwatch models evaluate`: from footage with ground truth to scores, and its refusals in one sentence."""

import json
from pathlib import Path
from typing import Any

import pytest

import hallwatch
from models.weights import SHIPPED
from tests.models.footage import write_clip

CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
PETS = Path(__file__).parent / "footage" / "pets.yaml"
CONFIG = f"""
version: 1
name: 一个大厅
simulated: true
areas: [{{code: "371002", name: 环翠区}}]
halls:
  - id: hc01
    name: 大厅
    area: "371002"
    level: town
    segments: [{{name: 全天, days: [1, 2, 3, 4, 5, 6, 7], start: "00:00", end: "00:00"}}]
    zones: [{{id: za, name: 等候区}}]
    windows: [{{id: w001, name: 01 综合受理, zone: za}}]
cameras:
  - id: c1
    hall: hc01
    url: one.avi
    role: window
    legal_basis: 现场管理
    regions:
      - {{kind: staff, window: w001, polygon: [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]}}
      - {{kind: mask, polygon: [[0.9, 0.9], [1, 0.9], [1, 1]]}}
  - id: c2
    hall: hc01
    url: two.avi
    role: queue
    legal_basis: 现场管理
    regions:
      - {{kind: queue, zone: za, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}}
detector: {{weights: {SHIPPED}}}
"""
MOT = "1,1,8,12,16,24\n2,1,8,12,16,24\n"
KEYS = [
    "camera",
    "zone",
    "samples",
    "head_count_mae",
    "occupancy_precision",
    "occupancy_recall",
    "occupancy_f1",
    "interval",
]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """Two recorded cameras of grey frames, the first with truth beside its clip."""
    write_clip(tmp_path / "one.avi", [100] * 12)
    write_clip(tmp_path / "two.avi", [100] * 12)
    (tmp_path / "one.txt").write_text(MOT)
    path = tmp_path / "my.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


def evaluate(config: Path, *arguments: str) -> int:
    return hallwatch.main(["models", "evaluate", str(config), *arguments])


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_zones_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The shipped weights see nobody in a grey frame; the second camera has no truth and is said to be left out."""
    assert evaluate(config, "--json") == hallwatch.DONE
    said = capsys.readouterr()
    (zone,) = lines(said.out)
    assert list(zone) == KEYS
    assert (zone["camera"], zone["zone"], zone["samples"]) == ("c1", "w001", 12)
    assert zone["head_count_mae"] == pytest.approx(2 / 12, abs=1e-4)
    assert (zone["occupancy_precision"], zone["occupancy_recall"], zone["occupancy_f1"]) == (None, 0, 0)
    assert zone["interval"]["occupancy_precision"] is None and zone["interval"]["occupancy_recall"] == [0, 0]
    left_out, detector, about = said.err.splitlines()
    assert left_out.startswith("camera c2: expected ground truth beside ")
    assert detector == "hallwatch-demo 416×256 openvino"
    assert about.startswith("Rendered footage: ") and about.endswith("say nothing about real halls.")


def test_two_cameras_with_named_truth(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels"
    labels.mkdir()
    (labels / "two_0.txt").write_text("0 0.5 0.5 0.2 0.4\n")
    clips = ["--camera", f"c2={tmp_path}/two.avi", "--camera", f"c1={tmp_path}/one.avi"]
    truths = ["--truth", f"c1={tmp_path}/one.txt", "--truth", f"c2={labels}"]
    assert evaluate(config, *clips, *truths, "--json", "--every", "2", "--over", "6") == hallwatch.DONE
    one, two = lines(capsys.readouterr().out)
    assert [(zone["camera"], zone["zone"], zone["samples"]) for zone in (one, two)] == [
        ("c1", "w001", 6),
        ("c2", "za", 6),
    ]
    assert set(two["interval"].values()) == {None}


def test_roles_as_json(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(config, "--json", "--roles") == hallwatch.DONE
    window, staff = lines(capsys.readouterr().out)
    assert [(row["role"], row["part"], row["footage"]) for row in (window, staff)] == [
        ("window", "all", "rendered"),
        ("window", "staff", "rendered"),
    ]
    assert (staff["people"], staff["recall"], staff["map50"], staff["over"]) == (2, 0, 0, 6)


def test_tables_for_people(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(config, "--weights", "hallwatch-demo", "--size", "416x256") == hallwatch.DONE
    said = capsys.readouterr().out
    assert said.startswith("hallwatch-demo 416×256 openvino\nZones: ")
    assert "\nRoles: " in said and "rendered" in said
    assert said.endswith("say nothing about real halls.\n")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("13,1,8,12,16,24\n", "one.txt, its frames: expected numbers up to 12, as many as one.avi has, found 13"),
        ("", "one.txt, its lines: expected at least one person in one frame, found nobody"),
        (
            "1,1,800,900,16,24\n",
            "one.txt, its boxes: expected people inside the picture of 64 × 48, found 1 of 1 outside",
        ),
        ("1,1,8\n", "one.txt, line 1: expected frame, id, left, top, width, height, found '1,1,8'"),
    ],
)
def test_bad_truth_is_one_sentence(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, said: str
) -> None:
    (tmp_path / "one.txt").write_text(content)
    assert evaluate(config, "--json") == hallwatch.REFUSED
    shown = capsys.readouterr()
    assert said in shown.err and shown.err.count("\n") == 1 and not shown.out


def test_what_is_no_video_is_one_sentence(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.avi").write_text("no video")
    assert evaluate(config) == hallwatch.REFUSED
    assert capsys.readouterr().err.startswith(f"{tmp_path}/one.avi: expected a video file, found ")


def test_nothing_to_score_is_refused(config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.txt").unlink()
    assert evaluate(config) == hallwatch.REFUSED
    one, two, none = capsys.readouterr().err.splitlines()
    assert one.startswith("camera c1: ") and two.startswith("camera c2: ")
    assert none == f"{config}: expected a camera with recorded footage and its ground truth, found none"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--truth", "gt.txt"], "--truth: expected ID=PATH with an ID of a clip given with --camera, found 'gt.txt'"),
        (["--camera", "c9=one.avi"], "--camera: expected ID=FILE with an ID of c1, c2, found 'c9=one.avi'"),
        (["--size", "640x640"], "--size: expected one of 416x256, found 640x640"),
        (["--camera", "c1=none.avi"], "--camera c1: expected a file, found nothing at 'none.avi'"),
        (["--camera", "c1={}/one.avi", "--truth", "none"], "none: expected a MOT file or a directory of YOLO files"),
        (
            ["--camera", "c1={}/one.avi", "--camera", "c2={}/two.avi", "--truth", "gt.txt"],
            "--truth: expected ID=PATH with an ID of c1, c2, found 'gt.txt'",
        ),
    ],
)
def test_wrong_names_are_refused(
    config: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    assert evaluate(config, *(text.format(tmp_path) for text in arguments)) == hallwatch.REFUSED
    assert capsys.readouterr().err.startswith(said)


@pytest.mark.parametrize("arguments", [["--every", "0"], ["--over", "x"], ["--size", "9"], ["--size", "64x64,32x32"]])
def test_wrong_numbers_are_wrong_usage(config: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        evaluate(config, *arguments)
    assert ended.value.code == hallwatch.USAGE
    assert f"argument {arguments[0]}: " in capsys.readouterr().err


@pytest.mark.footage
def test_real_footage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The real clip with one person's truth: three zones and one role are scored and called real."""
    gt = tmp_path / "gt.txt"
    gt.write_text("1,1,100,200,30,80,1,-1,-1,-1\n")
    asked = ["--camera", f"c1={CLIP}", "--truth", str(gt), "--every", "100", "--json", "--weights", str(SHIPPED)]
    assert evaluate(PETS, *asked) == hallwatch.DONE
    assert [zone["zone"] for zone in lines(capsys.readouterr().out)] == ["west", "middle", "east"]
    assert evaluate(PETS, *asked, "--roles") == hallwatch.DONE
    (role,) = lines(capsys.readouterr().out)
    assert (role["role"], role["footage"], role["samples"], role["people"]) == ("queue", "real", 8, 1)
