"""Reception under faults: `python -m tests.faults_run --cameras 2064 --seconds 600 --json`, or `--endurance`.

The cameras are a process of their own, the fleet runs in this one, without detection unless it is an endurance run.
"""

import argparse
import json
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from statistics import linear_regression, quantiles
from typing import Any

import psutil

from camera_ingest.camera import Camera, Role
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.sample import Sample
from tests.faults_cameras import Trouble, written

CADENCES = (10.0,) * 6 + (15.0,) * 2 + (60.0,) * 2
"""Of ten cameras: about as in the whole city, 1,240 of 10 s, 430 of 15 s and 394 of 60 s."""
BACK_S = 60.0
"""Within which a recovered camera has to be seen again."""
HEALTHY_ON_TIME = 0.99
MORE_CPU = 1.1
RECORD_S = 30.0
WARM_UP_S = 600.0
"""Before the slopes of an endurance run are taken."""
STEADY = {"rss_mb": 6.0, "fds": 6.0, "threads": 1.0}
"""Slopes per hour that noise alone may give: descriptors come and go with every fault."""
Result = dict[str, Any]


@dataclass
class Watch:
    """What the fleet is seen to do."""

    fleet: Fleet
    zero: float
    """POSIX time of the trouble's zero."""
    keep: int | None = None
    """How many times are kept of each camera; None = all. A run for hours may not grow by itself."""
    seen: dict[str, deque[float]] = field(default_factory=dict)
    """Of each camera the times of its pictures since zero."""
    pictures: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def read(self, look: Callable[[Sample], object]) -> None:
        """Reads the samples until the fleet stops."""
        for sample in self.fleet.samples():
            if sample.picture is not None:
                times = self.seen.setdefault(sample.camera, deque(maxlen=self.keep))
                times.append(sample.at.timestamp() - self.zero)
                self.pictures += 1
                look(sample)

    def standing(self) -> Result:
        """How far everything is by now."""
        cpu = {thread.name: time.clock_gettime(time.pthread_getcpuclockid(thread.ident))
               for thread in threading.enumerate() if thread.ident}  # fmt: skip
        return {
            "at": time.monotonic(),
            "cpu_s": time.process_time(),
            "receive_s": cpu.get("receive", 0.0),
            "punctuality": self.fleet.punctuality(),
            "bytes": self.fleet.figures().received_bytes,
            "opened": self.fleet.figures().opened,
            "opened_most_per_s": self.fleet.figures().opened_most_per_s,
        }

    def until(self, at: float) -> Result:
        """Waits until so many seconds after zero."""
        self.over.wait(max(0.0, self.zero + at - time.time()))
        return self.standing()


@contextmanager
def watching(
    trouble: Trouble,
    cadences: Sequence[float] = CADENCES,
    timing: Timing | None = None,
    look: Callable[[Sample], object] = lambda sample: None,
    keep: int | None = None,
) -> Iterator[Watch]:
    """A fleet over cameras that have this trouble, whose zero is when they play."""
    command = [sys.executable, "-m", "tests.faults_cameras", written(trouble)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as cameras:
        assert cameras.stdin and cameras.stdout
        try:
            url = f"rtsp://127.0.0.1:{int(cameras.stdout.readline())}"
            zero = time.time()
            print(zero, file=cameras.stdin, flush=True)
            with Fleet([_camera(url, n, cadences) for n in range(trouble.cameras)], timing) as fleet:
                watch = Watch(fleet, zero, keep)
                reader = threading.Thread(target=watch.read, args=(look,))
                reader.start()
                try:
                    yield watch
                finally:
                    watch.over.set()
                    fleet.stop()
                    reader.join()
        finally:
            cameras.stdin.close()


def _camera(url: str, number: int, cadences: Sequence[float]) -> Camera:
    cadence = timedelta(seconds=cadences[number % len(cadences)])
    return Camera(f"c{number}", "h", f"{url}/c{number}", Role.WINDOW, cadence, "x")


def faults(cameras: int, seconds: float, seed: int, opens_per_s: float = Timing().opens_per_s) -> Result:
    """Well, then with faults, then all started again: what became of the healthy, of the ill, and of the CPU.

    With fewer connections opened per second a smaller fleet is restarted in the same time as a large one.
    """
    warm, again = 20.0 + 1.1 * cameras / opens_per_s, 20.0 + BACK_S
    calm = max(20.0, 0.3 * (seconds - warm - again - BACK_S))
    begins = warm + calm
    restart = max(begins + 2 * BACK_S, seconds - again)
    trouble = Trouble(cameras, seed, begins=begins, ends=restart - BACK_S - 5.0, restart=restart)
    with watching(trouble, timing=Timing(opens_per_s=opens_per_s)) as watch:
        marks = [watch.until(at) for at in (warm, begins, begins + 10.0, trouble.ends, restart, restart + again)]
    quiet, ill = _between(*marks[0:2]), _between(*marks[2:4])
    healthy = [f"c{number}" for number in range(cameras) if number not in trouble.ailing]
    back = recovered(trouble, watch.seen)
    result = {
        "cameras": cameras,
        "seconds": round(restart + again),
        "seed": seed,
        "faults": sum(len(spells) for spells in trouble.spells.values()),
        "ill_by_kind": _kinds(trouble),
        "healthy_on_time_before": on_time(marks[0], marks[1], healthy),
        "healthy_on_time": on_time(marks[1], marks[3], healthy),
        "healthy_missed_most": max(missed(marks[1], marks[3], one) for one in healthy),
        "cores_before": quiet["cores"],
        "cores": ill["cores"],
        "receive_cores_before": quiet["receive_cores"],
        "receive_cores": ill["receive_cores"],
        "mbit_s_before": quiet["mbit_s"],
        "opens_per_s_most": marks[-1]["opened_most_per_s"],
        "opens_per_s_with_faults": ill["opens_per_s"],
        "recover_s": {kind: _spread(times) for kind, times in back.items()},
        "restart_recover_s": _spread(restarted(trouble, watch.seen)),
    }
    every = [time for kind, times in back.items() for time in times]
    right = (
        result["healthy_on_time"] >= HEALTHY_ON_TIME
        and result["cores"] <= MORE_CPU * result["cores_before"]
        and result["opens_per_s_most"] <= opens_per_s
        and max(every, default=0.0) <= BACK_S
        and result["restart_recover_s"]["max"] <= BACK_S
    )
    return {**result, "right": right}


def on_time(before: Result, after: Result, cameras: Sequence[str]) -> float:
    """The share of the looks due in between that were pictures in time."""
    due = sum(after["punctuality"][one][0] - before["punctuality"][one][0] for one in cameras)
    in_time = sum(after["punctuality"][one][1] - before["punctuality"][one][1] for one in cameras)
    return round(min(1.0, in_time / due), 4) if due else 1.0


def missed(before: Result, after: Result, camera: str) -> int:
    """How many of a camera's looks due in between were no pictures in time; one may be under way at the end."""
    (due, in_time), (due_then, in_time_then) = after["punctuality"][camera], before["punctuality"][camera]
    return int(max(0, due - due_then - (in_time - in_time_then)))


def recovered(trouble: Trouble, seen: Mapping[str, Iterable[float]]) -> dict[str, list[float]]:
    """By kind of fault: seconds from each fault's end to the camera's next picture; until its next fault if none."""
    back: dict[str, list[float]] = {}
    for number, spells in trouble.spells.items():
        times = seen.get(f"c{number}", [])
        for spell, following in pairwise([*spells, None]):
            assert spell
            until = min(trouble.restart, following.start if following else trouble.restart)
            first = next((at for at in times if at >= spell.end), until)
            back.setdefault(spell.fault, []).append(min(first, until) - spell.end)
    return back


def restarted(trouble: Trouble, seen: Mapping[str, Iterable[float]]) -> list[float]:
    """Seconds from the end of the restart to each camera's next picture; a day if there was none."""
    end = trouble.restart + trouble.down
    return [
        next((at - end for at in seen.get(f"c{number}", []) if at >= end), 86_400.0)
        for number in range(trouble.cameras)
    ]


def _between(before: Result, after: Result) -> Result:
    took = after["at"] - before["at"]
    return {
        "cores": round((after["cpu_s"] - before["cpu_s"]) / took, 4),
        "receive_cores": round((after["receive_s"] - before["receive_s"]) / took, 4),
        "opens_per_s": round((after["opened"] - before["opened"]) / took, 1),
        "mbit_s": round(8e-6 * (after["bytes"] - before["bytes"]) / took, 1),
    }


def _kinds(trouble: Trouble) -> dict[str, int]:
    kinds = [spells[0].fault for spells in trouble.spells.values() if spells]
    return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def _spread(times: Sequence[float]) -> Result:
    cut = quantiles(times, n=20, method="inclusive") if len(times) > 1 else [*times] * 19
    return {"count": len(times), "p95": round(cut[-1], 1), "max": round(max(times), 1)} if times else {"count": 0}


# --- endurance --------------------------------------------------------------------------------------------------------


def endurance(cameras: int, minutes: float, seed: int, file: Path | None, detect: bool) -> Result:
    """So many minutes of faults: memory, descriptors and threads every half minute, and their slopes per hour."""
    detector = _detector() if detect else None

    def look(sample: Sample) -> None:
        if detector is not None and sample.picture is not None:
            detector(sample)

    records: list[Result] = []
    with watching(Trouble(cameras, seed, begins=60.0), look=look, keep=1) as watch:
        process = psutil.Process()
        first = watch.until(0.0)
        for turn in range(1, round(60 * minutes / RECORD_S) + 1):
            now = watch.until(turn * RECORD_S)
            memory = process.memory_info().rss / 1e6
            records.append({
                "at": turn * RECORD_S,
                "rss_mb": round(memory, 2),
                "fds": process.num_fds(),
                "threads": process.num_threads(),
                "cores": _between(first, now)["cores"],
                "seen": watch.pictures,
                "opened": watch.fleet.figures().opened,
            })  # fmt: skip
            result = {"cameras": cameras, "minutes": minutes, "seed": seed, "detect": detect, **slopes(records)}
            if file is not None:
                file.write_text(json.dumps({**result, "records": records}) + "\n")
    return result


def slopes(records: Sequence[Result]) -> Result:
    """Growth per hour after the warm-up, by least squares, and where everything stands."""
    late = [record for record in records if record["at"] >= WARM_UP_S]
    hours = [record["at"] / 3600 for record in late]
    grown = {
        f"{name}_per_hour": round(linear_regression(hours, [record[name] for record in late]).slope, 3)
        for name in ("rss_mb", "fds", "threads")
        if len(late) > 2
    }
    steady = all(abs(grown.get(f"{name}_per_hour", 0.0)) <= most for name, most in STEADY.items())
    return {**grown, "right": steady, "first": late[0] if late else records[0], "last": records[-1]}


def _detector() -> Callable[[Sample], object]:
    import os

    from models.weights import open_detector, resolve

    detector = open_detector("openvino", resolve(None, os.environ), 0.35, None)
    return lambda sample: detector.detect(sample.picture) if sample.picture is not None else None


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults_run", description=__doc__)
    parser.add_argument("--cameras", type=int, default=2064)
    parser.add_argument("--seconds", type=float, default=600, help="of a run with faults")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--opens-per-s", type=float, default=Timing().opens_per_s, help="of a run with faults")
    parser.add_argument("--endurance", action="store_true", help="memory, descriptors and threads over a long time")
    parser.add_argument("--minutes", type=float, default=100, help="of an endurance run")
    parser.add_argument("--file", type=Path, help="where an endurance run keeps its records")
    parser.add_argument("--no-detection", action="store_true", help="an endurance run without it")
    parser.add_argument("--json", action="store_true", help="one line")
    chosen = parser.parse_args()
    if chosen.endurance:
        detect = not chosen.no_detection
        result = endurance(chosen.cameras, chosen.minutes, chosen.seed, chosen.file, detect)
    else:
        result = faults(chosen.cameras, chosen.seconds, chosen.seed, chosen.opens_per_s)
    print(json.dumps(result, indent=None if chosen.json else 1))
    return 0 if result.get("right", True) else 1


if __name__ == "__main__":
    sys.exit(main())
