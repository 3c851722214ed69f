"""`python -m tests.fuzz --inputs N --seed S --json`: what cameras may send, taken apart and put together wrongly.

Every input follows from the seed and its number, and from recordings of the simulator. It is tried in a process of its
own, for FFmpeg and OpenCV may crash: a death, more CPU than the budget, silence, growth of memory, any exception but a
loss is a finding. With `--keep FILE` a run that was ended goes on where it was, and the recordings are kept beside the
file; with `--only NUMBER`, too, one input of it is tried here, in a debugger if need be.
"""

import argparse
import json
import random
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests import fuzz_seeds
from tests.fuzz_targets import Targets

BUDGET_S = 5.0  # of CPU for one input
SILENCE_S = 60.0  # without a line after which a process hangs without computing
WARM = 20_000  # inputs after which memory has no reason to grow any more
GROWTH_MB = 50.0
MOST_FINDINGS = 50
LIFE = 250_000  # inputs of one process


@dataclass(slots=True)
class Run:
    """How far a run has come."""

    seed: int
    next: int = 0
    counts: dict[str, list[int]] = field(default_factory=dict)
    """By target: inputs tried, and those that got through."""
    findings: list[dict[str, Any]] = field(default_factory=list)
    cpu_s: float = 0.0
    rss_mb: list[float] = field(default_factory=list)
    """The largest of each process."""
    growth_mb: float = 0.0
    """The most that a process has grown after `WARM` inputs."""

    def report(self) -> dict[str, Any]:
        """The figures, as JSON."""
        return {
            "inputs": self.next,
            "seed": self.seed,
            "targets": {name: {"tried": tried, "through": through} for name, (tried, through) in self.counts.items()},
            "cpu_s": round(self.cpu_s, 1),
            "rss_mb": max(self.rss_mb, default=0.0),
            "growth_mb": round(self.growth_mb, 1),
            "findings": self.findings,
            "right": not self.findings,
        }


def fuzz(
    inputs: int,
    seed: int,
    keep: Path | None = None,
    module: str = "tests.fuzz_targets",
    budget_s: float = BUDGET_S,
    growth_mb: float = GROWTH_MB,
    warm: int = WARM,
) -> Run:
    """Tries so many inputs; `keep` is a file that a run which was ended is continued from."""
    run = Run(**json.loads(keep.read_text())) if keep is not None and keep.exists() else Run(seed)
    if run.seed != seed:
        raise ValueError(f"{keep}: expected a run of seed {seed}, found one of {run.seed}")
    with tempfile.TemporaryDirectory(prefix="hallwatch-fuzz-") as name:
        directory = Path(name)
        seeds = _seeds(keep or directory / "run")
        while run.next < inputs and len(run.findings) < MOST_FINDINGS:
            life = _Life(run, warm)
            life.live(directory / "place", seeds, min(inputs, run.next + LIFE), module, budget_s, keep)
            if life.growth_mb > growth_mb:
                run.findings.append({"input": run.next, "target": "all", "what": f"{life.growth_mb:.0f} MB of growth"})
    return run


class _Life:
    """One process, from its birth to its end."""

    def __init__(self, run: Run, warm: int) -> None:
        self._run = run
        self._warm_at = run.next + warm
        self._warm_mb: float | None = None
        self._cpu_s = 0.0
        self.growth_mb = 0.0

    def live(self, place: Path, seeds: Path, last: int, module: str, budget_s: float, keep: Path | None) -> None:
        """Starts the process and listens to it."""
        run = self._run
        place.write_bytes(run.next.to_bytes(8, "big"))
        told: Sequence[object] = (module, seeds, place, run.seed, run.next, last, budget_s)
        command = [sys.executable, "-m", "tests.fuzz_worker", *map(str, told)]
        complaints = place.with_suffix(".err")  # a file, for libjpeg complains much and a pipe would fill
        with (
            complaints.open("wb") as errors,
            subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as worker,
        ):
            assert worker.stdout
            selector = selectors.DefaultSelector()
            selector.register(worker.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(SILENCE_S):
                    worker.kill()
                    break
                line = worker.stdout.readline()
                if not line:
                    break
                self._hear(json.loads(line))
                if len(run.findings) >= MOST_FINDINGS:
                    worker.terminate()
                    break
                if keep is not None:
                    keep.write_text(json.dumps(asdict(run)))
        run.rss_mb = [max(run.rss_mb, default=0.0)]
        if worker.returncode and len(run.findings) < MOST_FINDINGS:
            number = int.from_bytes(place.read_bytes(), "big")
            what = _death(worker.returncode)
            if worker.returncode > 0:
                what += ": " + complaints.read_text(errors="replace")[-300:]
            run.findings.append({"input": number, "target": "process", "what": what})
            run.next = number + 1

    def _hear(self, line: dict[str, Any]) -> None:
        run = self._run
        if "finding" in line:
            run.findings.append(line["finding"])
            return
        run.next = line["next"]
        for name, (tried, through) in line["counts"].items():
            before = run.counts.get(name, [0, 0])
            run.counts[name] = [before[0] + tried, before[1] + through]
        run.cpu_s += line["cpu_s"] - self._cpu_s
        self._cpu_s = line["cpu_s"]
        run.rss_mb.append(line["rss_mb"])
        if run.next >= self._warm_at:
            self._warm_mb = self._warm_mb or line["rss_mb"]
            self.growth_mb = line["rss_mb"] - self._warm_mb
            run.growth_mb = max(run.growth_mb, self.growth_mb)


def _death(code: int) -> str:
    if code == -signal.SIGPROF:
        return "more CPU than its budget"
    if code == -signal.SIGKILL:
        return "silence"
    return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended with {code}"


def _seeds(keep: Path) -> Path:
    """The file with the recordings of a run; made if it is not there."""
    path = keep.with_suffix(".seeds")
    if not path.exists():
        fuzz_seeds.write(path)
    return path


def only(number: int, seed: int, keep: Path) -> bool:
    """Tries one input of a run in this process; True if it got through."""
    seeds = fuzz_seeds.read(_seeds(keep))
    targets = Targets().all()
    chance = random.Random(f"{seed}/{number}")
    (target,) = chance.choices(list(targets), [weight for weight, _ in targets.values()])
    return targets[target][1](chance, seeds)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 1 if something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where the state of the run is written, and read if it is there")
    parser.add_argument("--only", type=int, help="number of one input")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    if asked.only is not None:
        if asked.keep is None:
            parser.error("--only: expected --keep with it, for the recordings of the run")
        print("through" if only(asked.only, asked.seed, asked.keep) else "refused")
        return 0
    began = time.monotonic()
    report = fuzz(asked.inputs, asked.seed, asked.keep).report()
    report["seconds"] = round(time.monotonic() - began, 1)
    if asked.json:
        print(json.dumps(report))
    else:
        for name, figure in report.items():
            print(f"{name}: {figure}")
    return 0 if report["right"] else 1


if __name__ == "__main__":
    sys.exit(main())
