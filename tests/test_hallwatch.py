"""The front door: verbs, exit codes, sentences."""

import json
import socket
from datetime import datetime
from pathlib import Path

import pytest

import hallwatch
from tests.models.converted import random

CLIP = Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
"""The real clip that Debian's opencv-doc brings."""

CONFIG = """
version: 1
name: 一个大厅
areas: [{code: "371002", name: 环翠区}]
halls:
  - id: hc01
    name: 大厅
    area: "371002"
    level: town
    segments: [{name: 全天, days: [1, 2, 3, 4, 5, 6, 7], start: "00:00", end: "00:00"}]
    zones: [{id: za, name: 等候区}]
    windows: [{id: w001, name: 01 综合受理, zone: za}]
cameras:
  - id: c1
    hall: hc01
    url: recorded.avi
    role: queue
    cadence_s: 5
    legal_basis: 现场管理
    regions:
      - {kind: queue, zone: za, polygon: [[0, 0], [1, 0], [1, 1], [0, 1]]}
      - {kind: staff, window: w001, polygon: [[0, 0], [0.02, 0], [0.02, 0.02], [0, 0.02]]}
rules:
  absence: {hint_s: 10, yellow_s: 20, red_s: 40, red_waiting_s: 40}
  queue: {yellow_open: 2, yellow_close: 1, yellow_s: 20, red_s: 30}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A hall with one camera that is a recorded file."""
    path = tmp_path / "my.yaml"
    path.write_text(CONFIG, "utf-8")
    return path


def test_check_says_what_will_be_watched(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["check", str(config)]) == hallwatch.DONE
    assert "1" in capsys.readouterr().out


def test_check_refuses_with_every_mistake(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config.write_text(CONFIG.replace("zone: za, polygon", "zone: zb, polygon").replace("version: 1", "version: 9"))
    assert hallwatch.main(["check", str(config)]) == hallwatch.REFUSED
    said = capsys.readouterr().err
    assert "version" in said
    assert "'zb'" in said


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["watches"],
        ["watch", "my.yaml", "--shard", "3/2"],
        ["replay", "my.yaml", "--camera", "c1=clip.avi", "--at", "2026-11-22T10:00:00"],
    ],
)
def test_wrong_usage_is_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hallwatch.main(arguments)
    assert ended.value.code == hallwatch.USAGE
    assert capsys.readouterr().err


@pytest.mark.parametrize("camera", ["c9=clip.avi", "c1", "c1=nothing.avi"])
def test_replay_refuses_what_is_not_there(config: Path, camera: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["replay", str(config), "--camera", camera]) == hallwatch.REFUSED
    assert camera.split("=")[0] in capsys.readouterr().err


@pytest.mark.footage
def test_replay_tells_regions_and_alerts_in_order(
    config: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The staff region in the sky is empty, the whole picture is a queue: one alert of each rule."""
    monkeypatch.delenv("HALLWATCH_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(config.parent))
    code = hallwatch.main(
        ["replay", str(config), "--camera", f"c1={CLIP}", "--at", "2026-11-23T10:00:00+08:00", "--json"]
    )
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert code == hallwatch.DONE
    looks = [line for line in lines if "zone" in line]
    alerts = [line for line in lines if "rule" in line]
    assert {frozenset(line) for line in looks} == {frozenset({"at", "camera", "zone", "people"})}
    assert {line["zone"] for line in looks} == {"za", "w001"}
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert datetime.fromisoformat(lines[0]["at"]) == datetime.fromisoformat("2026-11-23T10:00:00+08:00")
    assert ("absence", "w001", None) in [(line["rule"], line["place"], line["until"]) for line in alerts]


def test_replay_of_something_else_than_video_is_blind(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    garbage = config.parent / "clip.avi"
    garbage.write_bytes(b"not a video" * 100)
    assert hallwatch.main(["replay", str(config), "--camera", f"c1={garbage}", "--json"]) == hallwatch.DONE
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["people"] for line in lines] == [None, None]
    assert lines[0]["at"] == "1970-01-01T00:00:00+00:00"


def test_a_taken_port_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert hallwatch.main(["demo", "--port", str(port), "--seconds", "1"]) == hallwatch.MISSING
    assert str(port) in capsys.readouterr().err


def test_a_missing_library_names_its_package() -> None:
    error = ImportError("libGL.so.1: cannot open shared object file: No such file or directory")
    assert "apt-get install libgl1" in hallwatch._missing_library(error)
    with pytest.raises(ImportError):
        hallwatch._missing_library(ImportError("no module named nonsense"))


def test_a_shard_has_every_nth_hall() -> None:
    assert hallwatch._fraction("2/3") == (2, 3)


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty models directory, the only one there is."""
    monkeypatch.delenv("HALLWATCH_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "hallwatch" / "models"


def test_the_networks_are_told(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["models", "list", "--json", "--no-time"]) == hallwatch.DONE
    (shipped,) = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert (shipped["name"], shipped["current"], shipped["place"]) == ("hallwatch-demo", True, "shipped")
    assert len(shipped["sha256"]) == 64 and shipped["cpu_ms"] is None
    assert hallwatch.main(["models", "list"]) == hallwatch.DONE
    assert "cpu_ms —" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["prepare", "yolo11n"], "expected frames to calibrate INT8 with: --config CONFIG"),
        (["prepare", "yolo26s", "--float"], "yolo26s: expected --sha256 with the hash of https://"),
        (["prepare", "nobody's", "--float"], "expected the path of a file *.pt, or a detector such as yolo11n"),
        (["prepare", "CONFIG", "--config", "CONFIG", "--cameras", "c9"], "--cameras: expected some of c1, found c9"),
        (["install", "own"], "weights own: expected one of none in "),
        (["rollback"], "expected a network that was in use before"),
    ],
)
def test_what_cannot_be_done_with_networks_is_one_sentence(
    config: Path, cache: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(config) if one == "CONFIG" else one for one in arguments]
    assert hallwatch.main(["models", *arguments]) == hallwatch.REFUSED
    assert said in capsys.readouterr().err
    assert not cache.exists()


def test_sizes_of_another_kind_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hallwatch.main(["models", "prepare", "yolo11n", "--float", "--sizes", "640x640,100x100"])
    assert ended.value.code == hallwatch.USAGE
    assert "expected WIDTHxHEIGHT such as 416x256, both multiples of 32, found '100x100'" in capsys.readouterr().err


@pytest.mark.torch
def test_a_network_is_prepared_used_and_taken_back(cache: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = random(cache.parent.parent / "own.pt", "yolo11n.yaml")
    assert hallwatch.main(["models", "prepare", str(own), "--float", "--sizes", "64x64,96x64"]) == hallwatch.DONE
    assert "in use: own-fp16-96x64 instead of hallwatch-demo" in capsys.readouterr().out
    assert hallwatch.main(["models", "install", "own-fp16-64x64"]) == hallwatch.REFUSED
    assert "expected --data DATASET to compare it on with own-fp16-96x64" in capsys.readouterr().err
    assert hallwatch.main(["models", "install", "own-fp16-64x64", "--even-if-worse"]) == hallwatch.DONE
    for before in ("own-fp16-96x64", "hallwatch-demo"):
        assert hallwatch.main(["models", "rollback"]) == hallwatch.DONE
        assert f"in use: {before} instead of " in capsys.readouterr().out.splitlines()[-1]


def test_a_device_that_is_not_there_is_one_sentence(
    config: Path, cache: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config.write_text(f"{CONFIG}detector: {{kind: openvino, device: cuda:0}}\n", "utf-8")
    assert hallwatch.main(["check", str(config)]) == hallwatch.REFUSED
    assert "detector.device: expected cpu, which is all that kind: openvino runs on" in capsys.readouterr().err
