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
from hallwatch_bench import _memory, table
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
    assert result["cameras_per_core"] == pytest.approx(result["cameras"] / result["cores"], rel=0.05)
    for rival in result["rivals"]:
        assert rival["cameras_per_core"] == pytest.approx(rival["cameras"] / rival["cores"], rel=0.05)
    assert min(result[name] for name in ("cores", "simulator_cores", "rss_mb", "mbit_s", "floor_ms_per_sample")) > 0


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
        assert part["floor_ms_per_sample"] == pytest.approx(sum(part["floor"].values()), abs=0.01)
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
    assert len(below) == 2
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


@pytest.mark.parametrize("words", [["nothing"], ["ingest", "--seconds", "0"], ["ingest", "--cameras", "0"]])
def test_wrong_usage_is_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        hallwatch.main(["bench", *words])
    assert ended.value.code == hallwatch.USAGE
    assert capsys.readouterr().err


def test_memory_is_a_base_and_a_part_of_each_camera() -> None:
    assert _memory(16, 101.6, 1016, 201.6) == {"mb_per_camera": 0.1, "base_rss_mb": 100.0}
    assert _memory(4, 90.0, 4, 91.0) == {"mb_per_camera": 0.0, "base_rss_mb": 90.0}


def test_a_result_can_be_read_by_people() -> None:
    rival = {"name": "ffmpeg-per-camera", "cameras": 40, "cores": 0.5}
    part = {"fps": 5, "cores": 0.1, "rivals": [rival]}
    lines = list(table({"bench": "ingest", "commit": None, **part, "parts": [part, {**part, "fps": 15}]}))
    assert lines[:2] == [f"{'bench':22}ingest", f"{'commit':22}—"]
    assert [line for line in lines if line.startswith("fps")] == [f"{'fps':22}5", f"{'fps':22}15"]
    assert sum("ffmpeg-per-camera" in line for line in lines) == 2
