"""The verbs of `hallwatch bench`: what hallwatch costs on this machine, beside what others cost. They judge nothing.

Everything measured runs in processes of its own; the cameras are simulated, real RTSP over the loopback.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hallwatch_bench_processes import Child, ChildEnded, Cost, TooLong, ended_by_signals, measure, until
from hallwatch_bench_rivals import require_ffmpeg, standings
from hallwatch_wiring import Missing, add_verb, positive

if TYPE_CHECKING:
    from hallwatch_wiring import Verbs

LOG = logging.getLogger("hallwatch")
FPS = (5, 15)
"""Of the streams of the two parts of `bench ingest`."""
FEW = 16
"""Cameras that the base of memory is measured with."""
WARM_CADENCES, WARM_S, PER_CAMERA_S = 4, 60.0, 0.05
"""How long a warm-up may take: so many cadences, seconds, and seconds per camera."""
FLOOR_CAMERAS = 24
"""Whose keyframes the floor is measured on."""
LIBRARIES = ("hallwatch", "av", "openvino", "numpy", "opencv-python", "ultralytics", "torch")
Result = dict[str, Any]


# --- ingest -----------------------------------------------------------------------------------------------------------


def bench_ingest(options: argparse.Namespace) -> None:
    """Reception and decoding only: one sample per camera and cadence, of streams of 5 and of 15 fps."""
    _bench(options, "ingest", partial(_ingest, options))


def _ingest(options: argparse.Namespace, log: Path) -> Result:
    parts = [_ingest_part(options, fps, log) for fps in FPS]
    return {**parts[0], "parts": parts}


def _ingest_part(options: argparse.Namespace, fps: int, log: Path) -> Result:
    from simulation.stages import HEIGHT, WIDTH

    LOG.info("%d fps: drawing cameras", fps)
    wish = ["--cameras", options.cameras, "--fps", fps, "--seed", options.seed]
    with Child("simulator", _program("streams", *wish), log) as simulator:
        until("simulator: its cameras", lambda: "port" in simulator.told, [simulator], WARM_S)
        url = f"rtsp://127.0.0.1:{simulator.told['port']}"
        urls = [f"{url}/c{number}" for number in range(options.cameras)]
        few = min(FEW, options.cameras)
        _, costs, _ = _fleet(url, few, options.cadence, min(options.seconds, options.cadence), simulator, log)
        before, all_costs, after = _fleet(url, options.cameras, options.cadence, options.seconds, simulator, log)
        decode_ms = _floor(urls, log)
        part: Result = {"fps": fps, **_figures(options.cameras, before, after, all_costs)}
        part |= {"floor_ms_per_sample": round(decode_ms, 3), "floor": {"decode": round(decode_ms, 3)}}
        part |= _memory(few, costs["hallwatch"].rss_mb, options.cameras, all_costs["hallwatch"].rss_mb)
        part["mbit_s"] = round(simulator.told["kbit_s"] * options.cameras / 1000, 2)
        part["rivals"] = []
        if options.rivals:
            picture = WIDTH * HEIGHT * 3 // 2
            part["rivals"] = [asdict(one) for one in _said(standings(urls, picture, options.seconds, log))]
        return part | {"times_as_many": _times(part)}


def _fleet(
    url: str, cameras: int, cadence: float, seconds: float, simulator: Child, log: Path
) -> tuple[Mapping[str, Any], dict[str, Cost], Mapping[str, Any]]:
    """Weighs a fleet over so many cameras once it has seen each; what it told before and after."""
    command = _program("fleet", "--url", url, "--cameras", cameras, "--cadence", cadence)
    with Child("hallwatch", command, log) as fleet:
        both = [fleet, simulator]
        limit = WARM_CADENCES * cadence + WARM_S + PER_CAMERA_S * cameras
        until(f"a first look at {cameras} cameras", lambda: fleet.told.get("seen") == cameras, both, limit)
        LOG.info("measuring %d cameras over %g s", cameras, seconds)
        before = _told_now(fleet)
        costs = measure(seconds, {"hallwatch": [fleet], "simulator": [simulator]})
        return before, costs, _told_now(fleet)


def _told_now(child: Child) -> Mapping[str, Any]:
    """What a child tells from now on next."""
    now = time.monotonic()
    until(f"{child.name}: how it goes", lambda: child.told.get("at", 0) >= now, [child], WARM_S)
    return child.told


def _floor(urls: Sequence[str], log: Path) -> float:
    """Milliseconds of one keyframe decode of these cameras, in a process of its own."""
    with Child("floor", _program("floor", *urls[:: max(1, len(urls) // FLOOR_CAMERAS)][:FLOOR_CAMERAS]), log) as floor:
        until("floor: keyframes", lambda: "decode_ms" in floor.told or not floor.alive, [], WARM_S)
        if "decode_ms" not in floor.told:
            floor.require_alive()
        return float(floor.told["decode_ms"])


# --- figures ----------------------------------------------------------------------------------------------------------


def _figures(cameras: int, before: Mapping[str, Any], after: Mapping[str, Any], costs: Mapping[str, Cost]) -> Result:
    """The figures that every bench gives, from what hallwatch told at the ends of the time measured, and its cost."""
    ours, simulator = costs["hallwatch"], costs["simulator"]
    samples = after["samples"] - before["samples"]
    per_s = samples / (after["at"] - before["at"])
    total = 1000 * ours.cores / per_s if per_s else 0.0
    stages = {
        stage: round(1000 * (cpu_s - before["cpu_s"].get(stage, 0.0)) / samples, 3) if samples else 0.0
        for stage, cpu_s in after["cpu_s"].items()
    }
    stages = {stage: ms for stage, ms in stages.items() if ms}
    return {
        "cameras": cameras,
        "seconds": round(ours.seconds, 1),
        "cores": round(ours.cores, 4),
        "simulator_cores": round(simulator.cores, 4),
        "samples_due": after["due"] - before["due"],
        "samples_on_time": after["on_time"] - before["on_time"],
        "ms_per_sample": {**stages, "other": round(total - sum(stages.values()), 3), "total": round(total, 3)},
        "skipped_by_gate": 0.0,
        "rss_mb": round(ours.rss_mb, 1),
        "cameras_per_core": ours.per_core(cameras),
    }


def _memory(few: int, few_mb: float, many: int, many_mb: float) -> Result:
    """Megabytes of each camera, and of none, from two runs."""
    each = (many_mb - few_mb) / (many - few) if many > few else 0.0
    return {"mb_per_camera": round(each, 4), "base_rss_mb": round(few_mb - few * each, 1)}


def _times(part: Mapping[str, Any]) -> Result:
    """How many times as many cameras per core as each rival."""
    return {
        one["name"]: round(part["cameras_per_core"] / one["cameras_per_core"], 1)
        for one in part["rivals"]
        if one["cameras_per_core"] and part["cameras_per_core"]
    }


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


# --- printing ---------------------------------------------------------------------------------------------------------


def _bench(options: argparse.Namespace, name: str, run: Callable[[Path], Result]) -> None:
    """Runs a bench in a directory that vanishes, with everything that it started, and prints what it gives."""
    if options.rivals and name != "detect":
        require_ffmpeg()
    with ended_by_signals(), TemporaryDirectory(prefix="hallwatch-bench-", ignore_cleanup_errors=True) as directory:
        try:
            result = {"bench": name, **circumstances(options.seed), **run(Path(directory) / "log")}
        except (ChildEnded, TooLong) as error:
            raise Missing(str(error)) from error
    if options.json:
        print(json.dumps(result, ensure_ascii=False), flush=True)
    else:
        print("\n".join(table(result)), flush=True)


def table(result: Mapping[str, Any]) -> Iterator[str]:
    """A result as lines to read: one figure a line, parts and rivals as rows."""
    rows = ("parts", "rivals")
    for name, value in result.items():
        if name in rows or ("parts" in result and name in result["parts"][0]):
            continue
        yield f"{name:22}{_shown(value)}"
    for part in result.get("parts", [result]):
        yield ""
        if part is not result:
            yield from (f"{name:22}{_shown(value)}" for name, value in part.items() if name not in rows)
        for rival in part.get("rivals", ()):
            yield "  " + "  ".join(f"{name} {_shown(value)}" for name, value in rival.items())


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return "  ".join(f"{name} {'—' if one is None else one}" for name, one in value.items())
    return "—" if value is None else str(value)


def _said(found: Iterator[Any]) -> Iterator[Any]:
    """Tells on the way what has been found."""
    for one in found:
        LOG.info("%s: %d cameras, %s per core", one.name, one.cameras, one.cameras_per_core)
        yield one


def _program(name: str, *words: object) -> list[str]:
    return [sys.executable, "-m", "hallwatch_bench_programs", name, *map(str, words)]


# --- the command line -------------------------------------------------------------------------------------------------


def add_bench(verbs: Verbs) -> None:
    """The verbs of `hallwatch bench`."""
    bench = verbs.add_parser("bench", help="what hallwatch costs on this machine, beside others", description=__doc__)
    kinds = bench.add_subparsers(required=True, metavar="WHAT")
    ingest = _verb(kinds, "ingest", bench_ingest, cameras=2000, seconds=60)
    ingest.add_argument("--cadence", type=_seconds, default=10.0, help="seconds between two samples (default 10)")


def _verb(
    kinds: Verbs, name: str, run: Callable[[argparse.Namespace], None], cameras: int, seconds: int
) -> argparse.ArgumentParser:
    verb = add_verb(kinds, name, run)
    verb.add_argument("--cameras", type=positive, default=cameras, help=f"(default {cameras})")
    verb.add_argument(
        "--seconds", type=_seconds, default=float(seconds), help=f"measured, each, after a warm-up (default {seconds})"
    )
    verb.add_argument("--rivals", action=argparse.BooleanOptionalAction, default=True, help="measure others as well")
    verb.add_argument("--seed", type=int, default=1, help="of what the cameras show")
    verb.add_argument("--json", action="store_true", help="one JSON object")
    return verb


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number of seconds from 0.1, found {text!r}")
    return value
