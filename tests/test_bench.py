"""`hallwatch bench`: one JSON object with figures that fit each other, and nothing left behind. No speed is judged."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

import hallwatch
from hallwatch_bench_rivals import RIVALS, standings
from simulation.rtsp_server import Gop, running
from simulation.stages import HEIGHT, WIDTH
from tests.camera_ingest.synthetic import encode, picture

FIELDS = {
    "cameras",
    "seconds",
    "cores",
    "simulator_cores",
    "samples_due",
    "samples_on_time",
    "ms_per_sample",
    "floor_ms_per_sample",
    "skipped_by_gate",
    "rss_mb",
    "mbit_s",
    "cameras_per_core",
    "rivals",
}
CITY = ["--cameras", "16", "--seconds", "2", "--cadence", "2", "--no-rivals", "--json"]
CIRCUMSTANCES = {"bench", "date", "machine", "versions", "seed", "commit"}
INGEST = ["bench", "ingest", "--cameras", "40", "--seconds", "2", "--cadence", "2", "--no-rivals", "--json"]


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "hallwatch", *words]


def consistent(result: dict[str, Any]) -> None:
    """Sums, shares and ratios are what they are made of."""
    assert result.keys() >= FIELDS
    stages = dict(result["ms_per_sample"])
    total = stages.pop("total")
    assert sum(stages.values()) == pytest.approx(total, abs=0.01)
    assert 0 <= result["skipped_by_gate"] <= 1
    assert 0 <= result["samples_on_time"] <= result["samples_due"]
    served = result["cameras"] * result["on_time_share"]
    assert result["cameras_per_core"] == pytest.approx(served / result["cores"], rel=0.05)
    for rival in result["rivals"]:
        assert rival["cameras_per_core"] == pytest.approx(rival["cameras"] / rival["cores"], rel=0.05)
    assert min(result[name] for name in ("cores", "rss_mb", "mbit_s", "floor_ms_per_sample")) > 0
    assert result["floor_ms_per_sample"] == pytest.approx(sum(result["floor"].values()), abs=0.002)
    assert result["samples_seen"] > 0 and result["stretch"] >= 1


def test_ingest_gives_both_parts_and_leaves_nothing(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(command(*INGEST), capture_output=True, text=True, env=environ, timeout=600)
    assert done.returncode == hallwatch.DONE, done.stderr
    result = json.loads(done.stdout)
    assert result.keys() >= CIRCUMSTANCES and result["bench"] == "ingest"
    consistent(result)
    assert [part["fps"] for part in result["parts"]] == [5, 15]
    for part in result["parts"]:
        consistent(part)
        assert part["cameras"] == 40 and part["rivals"] == []
    assert list(tmp_path.iterdir()) == []
    assert psutil.Process().children() == []


def test_a_bench_that_is_killed_leaves_no_process(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command(*INGEST), stderr=subprocess.PIPE, text=True, env=environ) as bench:
        assert bench.stderr is not None
        for line in bench.stderr:
            if "measuring" in line:
                break
        below = psutil.Process(bench.pid).children(recursive=True)
        bench.kill()
    assert len(below) >= 2
    assert psutil.wait_procs(below, timeout=60)[1] == []


def test_a_bench_that_is_ended_leaves_nothing(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    with subprocess.Popen(command(*INGEST), stderr=subprocess.PIPE, text=True, env=environ) as bench:
        assert bench.stderr is not None
        bench.stderr.readline()
        bench.terminate()
        bench.communicate(timeout=60)
    assert bench.returncode == hallwatch.DONE
    assert list(tmp_path.iterdir()) == []


def test_the_city_is_watched_and_weighed(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(command("bench", "city", *CITY), capture_output=True, text=True, env=environ, timeout=600)
    assert done.returncode == hallwatch.DONE, done.stderr
    result = json.loads(done.stdout)
    assert result.keys() >= CIRCUMSTANCES and result["bench"] == "city"
    consistent(result)
    assert result["cameras"] == 16 and result["gate"] and result["rivals"] == []
    assert {"receive", "decode", "detect", "judge"} <= result["ms_per_sample"].keys()
    assert result["floor"].keys() == {"decode", "detect"}
    assert list(tmp_path.iterdir()) == []


def test_detection_is_weighed_by_input_and_by_role(tmp_path: Path) -> None:
    environ = os.environ | {"TMPDIR": str(tmp_path)}
    done = subprocess.run(command("bench", "detect", *CITY), capture_output=True, text=True, env=environ, timeout=600)
    assert done.returncode == hallwatch.DONE, done.stderr
    result = json.loads(done.stdout)
    assert result.keys() >= CIRCUMSTANCES | FIELDS and result["bench"] == "detect"
    assert {"window", "queue"} <= result["roles"].keys() and min(result["inputs"].values()) > 0
    assert result["cameras_per_core"] == pytest.approx(result["cameras"] / result["cores"], rel=0.05)
    assert list(tmp_path.iterdir()) == []


def test_a_city_that_cannot_be_built_is_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["bench", "city", "--cameras", "3", "--no-rivals"]) == hallwatch.REFUSED
    assert capsys.readouterr().err == "cameras of the whole city: expected 16 to 2064, found 3\n"


def test_rivals_look_at_the_same_cameras(tmp_path: Path) -> None:
    gop = Gop(encode([picture(number, WIDTH, HEIGHT) for number in range(10)], fps=5), 5)
    with running({f"/c{number}": lambda _: gop for number in range(2)}) as base:
        found = list(standings([f"{base}/c0", f"{base}/c1"], WIDTH * HEIGHT * 3 // 2, 2.0, tmp_path / "log"))
    assert [one.name for one in found] == [rival.name for rival in RIVALS]
    for one in found:
        assert one.cameras == 2 and one.rss_mb > 0 and one.pictures_per_s > 0
        assert one.cameras_per_core == (pytest.approx(2 / one.cores, rel=0.05) if one.cores else None)
    assert " -r 5 -f rawvideo " in found[0].command and " -skip_frame nokey " in found[1].command
    assert all(one.command.split().count("URL") == 1 for one in found)


def test_a_missing_ffmpeg_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert hallwatch.main(["bench", "ingest"]) == hallwatch.MISSING
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("ffmpeg: expected on this system") and "--no-rivals" in said


@pytest.mark.parametrize(
    "words",
    [
        ["nothing"],
        ["ingest", "--seconds", "0"],
        ["ingest", "--cameras", "0"],
        ["city", "--mix", "h265=2"],
        ["city", "--broken", "1"],
    ],
)
def test_wrong_usage_is_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hallwatch.main(["bench", *words])
    assert ended.value.code == hallwatch.USAGE
    assert capsys.readouterr().err
