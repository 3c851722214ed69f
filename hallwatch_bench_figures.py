"""The figures of a bench: what was measured, divided; and when, where and with what it was."""

from __future__ import annotations

import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hallwatch_bench_processes import Cost
    from hallwatch_bench_rivals import Standing

LIBRARIES = ("hallwatch", "av", "openvino", "numpy", "opencv-python", "ultralytics", "torch")
Result = dict[str, Any]
Told = Mapping[str, Any]
"""What a fleet or a watch told: the fields of its `Figures`, `at`, `analysed`, `passed`."""


def figures(before: Told, after: Told, costs: Mapping[str, Cost]) -> Result:
    """What every bench gives, from what was told at both ends of the time measured and what the processes cost.

    `on_time_share` is of the samples due of cameras that could see; a camera that is not served in time does not count
    among those that a core bears. Milliseconds are CPU per picture that was handed on; `other` is what no stage
    counted: threads between stages, the interpreter, intake.
    """
    ours, simulator = costs["hallwatch"], costs["simulator"]
    done = {name: after[name] - before[name] for name in ("due", "on_time", "seen", "blind", "expired", "overtaken")}
    took = after["at"] - before["at"]
    total = 1000 * ours.cores * took / done["seen"] if done["seen"] else 0.0
    analysed, passed = (after[name] - before[name] for name in ("analysed", "passed"))
    able = done["due"] - done["blind"]
    kept = min(1.0, done["on_time"] / able) if able > 0 else 1.0
    megabits = 8e-6 * (after["received_bytes"] - before["received_bytes"])
    return {
        "cameras": after["cameras"],
        "seconds": round(ours.seconds, 1),
        "cores": round(ours.cores, 4),
        "simulator_cores": round(simulator.cores, 4),
        "samples_due": done["due"],
        "samples_on_time": min(done["on_time"], done["due"]),
        "samples_seen": done["seen"],
        "samples_blind": done["blind"],
        "samples_dropped": done["expired"] + done["overtaken"],
        "stretch": round(after["stretch"], 3),
        "ms_per_sample": _stages(before["cpu_s"], after["cpu_s"], done["seen"], total),
        "skipped_by_gate": round(passed / (analysed + passed), 4) if analysed + passed else 0.0,
        "rss_mb": round(ours.rss_mb, 1),
        "mbit_s": round(megabits / took, 2),
        "on_time_share": round(kept, 4),
        "cameras_per_core": ours.per_core(after["cameras"] * kept),
    }


def _stages(before: Mapping[str, float], after: Mapping[str, float], samples: int, total: float) -> dict[str, float]:
    """Milliseconds of each stage that took any, of the rest, and of all."""
    each = {name: 1000 * (cpu_s - before.get(name, 0.0)) / (samples or 1) for name, cpu_s in after.items()}
    stages = {name: round(ms, 3) for name, ms in each.items() if ms > 0}
    return {**stages, "other": round(total - sum(stages.values()), 3), "total": round(total, 3)}


def over_floor(result: Mapping[str, Any], **stages: float) -> Result:
    """The least that a sample can cost, by stage and in all (milliseconds of CPU), and how many times that it cost."""
    rounded = {name: round(ms, 3) for name, ms in stages.items()}
    least = round(sum(rounded.values()), 3)
    times = round(result["ms_per_sample"]["total"] / least, 3) if least else None
    return {"floor_ms_per_sample": least, "floor": rounded, "times_floor": times}


def memory_of(few: int, few_mb: float, many: int, many_mb: float) -> Result:
    """Megabytes of each camera, and of none, from two runs."""
    each = (many_mb - few_mb) / (many - few) if many > few else 0.0
    return {"mb_per_camera": round(each, 4), "base_rss_mb": round(few_mb - few * each, 1)}


def beside(result: Result, rivals: Sequence[Standing], detect_cores: float | None = None) -> Result:
    """The rivals, and how many times as many cameras per core hallwatch bears as each.

    `detect_cores`: what a camera's detection costs hallwatch; each rival is then given that as well, so that both
    sides do the same work.
    """
    rows = [asdict(one) for one in rivals]
    compared = "cameras_per_core"
    if detect_cores is not None:
        compared = "cameras_per_core_with_detection"
        for row in rows:
            cores = row["cores"] + detect_cores * row["cameras"]
            row |= {
                "cores_with_detection": round(cores, 4),
                compared: round(row["cameras"] / cores, 1) if cores else None,
            }
    own = result["cameras_per_core"]
    times = {row["name"]: round(own / row[compared], 1) for row in rows if own and row[compared]}
    return {"rivals": rows, "times_as_many": times}


def detection(look: Told, cameras: int) -> Result:
    """The figures of detection alone, from what single looks at cameras of every role cost."""

    def cores(ms: float, per_s: float) -> Result:
        busy = ms * per_s / 1000
        return {"cores": round(busy, 4), "cameras_per_core": round(cameras / busy, 1) if busy else None}

    analysed_per_s = sum(one["per_s"] for one in look["roles"].values() if one["looks"])
    rivals = [
        {"name": name, "cameras": cameras, **cores(ms, analysed_per_s), "ms_per_look": round(ms, 3)}
        for name, ms in look.get("others", {}).items()
    ]
    own = {"cameras": cameras, "seconds": round(look["seconds"], 1), **cores(look["find_ms"], look["per_s"])}
    rounded = {role: {name: round(one, 3) for name, one in row.items()} for role, row in look["roles"].items()}
    result: Result = {
        "detector": look["detector"],
        **own,
        "simulator_cores": 0.0,
        "samples_due": look["weighed"],
        "samples_on_time": look["weighed"],
        "ms_per_sample": {"detect": round(look["find_ms"], 3), "total": round(look["find_ms"], 3)},
        "looks_per_sample": round(look["looks"], 3),
        "skipped_by_gate": 0.0,
        "rss_mb": round(look["rss_mb"], 1),
        "mbit_s": 0.0,
        "roles": rounded,
        "inputs": {size: round(ms, 3) for size, ms in look.get("inputs", {}).items()},
        "rivals": rivals,
    }
    return result | over_floor(result, detect=look["look_ms"])


def circumstances(seed: int) -> Result:
    """When, where and with what something was measured."""
    return {
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "system": platform.platform()},
        "versions": {"python": platform.python_version(), **dict(_versions()), "ffmpeg": _ffmpeg()},
        "seed": seed,
        "commit": _output("git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty"),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _versions() -> Iterator[tuple[str, str | None]]:
    for name in LIBRARIES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, None


def _ffmpeg() -> str | None:
    said = _output("ffmpeg", "-version")
    return said.split()[2] if said else None


def _output(*command: str) -> str | None:
    """The first line that a command prints; None if it is not there or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.partition("\n")[0]


def table(result: Mapping[str, Any]) -> Iterator[str]:
    """A result as lines to read: one figure a line, parts and rivals as rows."""
    parts = result.get("parts", [result])
    rows = ("parts", "rivals")
    for name, value in result.items():
        if name not in rows and (parts[0] is result or name not in parts[0]):
            yield f"{name:22}{_shown(value)}"
    for part in parts:
        yield ""
        if part is not result:
            yield from (f"{name:22}{_shown(value)}" for name, value in part.items() if name not in rows)
        for rival in part.get("rivals", ()):
            yield "  " + "  ".join(f"{name} {_shown(value)}" for name, value in rival.items())


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{name} {'—' if one is None else one}" for name, one in value.items())
    return "—" if value is None else str(value)
