"""Mutation testing of the decision modules: mutmut makes the mutants, the tests of the judgement have to notice them.

Every mutant is tried in a process of its own. Tried one after the other in one process, which is faster, hundreds were
called killed that in truth survive, because tests with Chinese names were not found again.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).parents[1]
ROOMS = ("camera_ingest", "models", "monitor", "config", "dashboards", "simulation", "tests")
MODULES = ("presence", "limits", "queues", "halls", "duty", "hours", "looks", "observation", "coverage", "thresholds")
"""Of `monitor`: what decides."""
TESTS = (
    "tests/monitor/test_timelines.py",
    "tests/monitor/test_duty.py",
    "tests/monitor/test_hours.py",
    "tests/monitor/test_calendar.py",
    "tests/monitor/test_posts.py",
    "tests/monitor/test_zones.py",
    "tests/monitor/test_presence.py",
    "tests/monitor/test_queues.py",
    "tests/monitor/test_desk.py",
    "tests/config/test_timelines.py",
    "tests/config/test_thresholds.py",
)
NAMES = "mutants.json"
TIMEOUT_S = 180
"""A mutant that makes a test endless is noticed by that."""


def made(directory: Path) -> list[str]:
    """A copy of the project in which every mutant of the decision modules sleeps until it is named; their names."""
    for name in (*ROOMS, "pyproject.toml", *(path.name for path in ROOT.glob("hallwatch*.py"))):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, directory / name, ignore=shutil.ignore_patterns("__pycache__", "*.bin", "*.webp"))
        else:
            shutil.copy2(source, directory / name)
    names: list[str] = []
    for module in MODULES:
        path = directory / "monitor" / f"{module}.py"
        mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        path.write_text(mutated.code, encoding="utf-8")
        names += [f"monitor.{module}.{name}" for name in mutated.mutant_names]
    (directory / NAMES).write_text(json.dumps(names))
    return names


def survives(directory: Path, name: str) -> bool:
    """Whether no test notices a mutant."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"]
    command += ["-o", "addopts=--import-mode=importlib -p no:dash", *TESTS]
    environment = os.environ | {"MUTANT_UNDER_TEST": name, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        ended = subprocess.run(
            command, cwd=directory, env=environment, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0


def mutants(directory: Path, seed: int, most: int | None = None) -> dict[str, Any]:
    """Try all mutants, or a random part of them; which survive. What was tried before is not tried again."""
    progress = directory.with_suffix(".json")
    told: dict[str, bool] = json.loads(progress.read_text()) if progress.exists() else {}
    if (directory / NAMES).exists():
        names = json.loads((directory / NAMES).read_text())
    else:
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        names = made(directory)
    if not survives(directory, "none"):
        raise RuntimeError("the tests of the judgement: expected them to pass without a mutant, found that they fail")
    chosen = random.Random(seed).sample(names, min(most or len(names), len(names)))
    left = [name for name in chosen if name not in told]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for name, still in zip(left, pool.map(lambda name: survives(directory, name), left), strict=True):
            told[name] = still
            progress.write_text(json.dumps(told))
    alive = sorted(name for name in chosen if told[name])
    killed = len(chosen) - len(alive)
    return {
        "mutants": len(names),
        "tried": len(chosen),
        "killed": killed,
        "share": round(killed / len(chosen), 4),
        "survivors": alive,
        "right": killed >= 0.9 * len(chosen),
    }
