"""`python -m tests.health_run --json`: how well faults of the picture are found, and how often they are not there.

Faults: a camera is clean for a while, then faulty, then clean again; looks come at any cadence and some fail. Clean:
whole clips, as they are and under changes that are no fault. One JSON object; without --json, tables.
"""

import argparse
import json
import pickle
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from camera_ingest.health import Health, examine
from camera_ingest.health_measures import measure
from camera_ingest.sample import Blind, Picture
from tests.health_footage import (
    CRFS,
    EVERY,
    Camera,
    Change,
    asleep,
    crowded,
    daylight,
    fault,
    infrared,
    lit,
    real,
    rendered,
    sent,
    still,
)

SEED = 20261125
BEGAN = datetime(2026, 1, 5, 1, tzinfo=UTC)
CADENCES_S = 5, 10, 15, 60
FAILED = 0.1
"""Share of the looks that give no picture."""
BEFORE, DURING, AFTER = 30, 24, 8
"""Looks that are clean, faulty and clean again."""
CLEAN_S = 10
"""Cadence of clean looks."""
FAULTS = ("black", "frozen", "blurred", "covered", "moved")


@dataclass(slots=True)
class Found:
    """What became of one sort of fault."""

    trials: int = 0
    detected: int = 0
    """As anything that blinds."""
    named: int = 0
    """By its own name."""
    recovered: int = 0
    looks: list[int] = field(default_factory=list)
    """With a picture, from the first faulty one until the fault was told."""
    before: int = 0
    """Told before it was there."""


@dataclass(slots=True)
class Alarms:
    """What was told of footage without faults."""

    looks: int = 0
    false: int = 0
    """Beginnings of a fault."""
    blinded: int = 0
    """Looks that were lost by it."""
    kinds: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    where: list[str] = field(default_factory=list)


def faults(cameras: Iterable[Camera], rng: np.random.Generator) -> dict[tuple[str, str], Found]:
    """One trial per camera and fault, by origin and fault."""
    table: dict[tuple[str, str], Found] = defaultdict(Found)
    for camera in cameras:
        for kind in FAULTS:
            one_fault(camera, kind, rng, table[camera.origin, kind])
    return table


def one_fault(camera: Camera, kind: str, rng: np.random.Generator, found: Found) -> None:
    """A camera that is clean, faulty and clean again."""
    count = BEFORE + DURING + AFTER
    shown = [camera.pictures[number % len(camera.pictures)] for number in range(count)]
    change = fault(kind, rng, shown[BEFORE])
    faulty = range(BEFORE, BEFORE + DURING)
    pictures = [change(one, number) if number in faulty else one for number, one in enumerate(shown)]
    cadence = timedelta(seconds=float(rng.choice(CADENCES_S)))
    health, told, looks, named = Health(), 0, 0, False
    for number, picture in enumerate(sent(pictures, int(rng.integers(*CRFS)))):
        if rng.random() < FAILED:
            continue
        health = examine(health, picture, BEGAN + number * cadence)
        if number < BEFORE:
            found.before += health.fault is not None
        elif number in faulty:
            looks += 1
            told = told or (looks if health.fault else 0)
            named |= health.fault == Blind(kind)
    found.trials += 1
    found.detected += told > 0
    found.named += named
    found.looks += [told] if told else []
    found.recovered += told > 0 and health.fault is None


def changes(camera: Camera, rng: np.random.Generator) -> Iterator[tuple[str, Change, frozenset[Blind]]]:
    """What is no fault: name, what happens, and what may be said of it nevertheless."""
    count, place = len(camera.pictures), still(camera)
    dark = frozenset({Blind.BLACK})
    hidden = frozenset({Blind.MOVED})  # in doubt, for as long as it lasts
    dim = lit(float(rng.uniform(0.12, 0.3)), 2.0, rng)
    out = lit(0.02, 2.0, rng)
    grey, crowd, start = infrared(rng), crowded(rng), BEFORE + 10
    yield "as it is", lambda picture, _: picture, frozenset()
    yield "lights dimmed and on again", _within(dim, start, start + 40), dark
    yield "lights out and on again", _within(out, start, start + 40), dark
    yield "a day's light and sun", daylight(count, rng), frozenset()
    yield "infrared", _within(grey, start, count), hidden
    yield "crowd before the lens, 3 min", _within(crowd, start, start + 18), hidden
    yield "still hall, denoised, clock", asleep(place, 1.0, float(rng.uniform(0.3, 0.5)), rng), frozenset()
    yield (
        "night, denoised, clock",
        asleep(place, float(rng.uniform(0.15, 0.4)), float(rng.uniform(0.3, 0.5)), rng),
        frozenset(),
    )


def _within(change: Change, first: int, end: int) -> Change:
    return lambda picture, number: change(picture, number) if first <= number < end else picture


def clean(cameras: Iterable[Camera], rng: np.random.Generator) -> dict[tuple[str, str], Alarms]:
    """What is told of clean footage, by origin and change."""
    table: dict[tuple[str, str], Alarms] = defaultdict(Alarms)
    for camera in cameras:
        for name, change, allowed in changes(camera, rng):
            watched(camera, name, change, allowed, int(rng.integers(*CRFS)), table[camera.origin, name])
    return table


def watched(camera: Camera, name: str, change: Change, allowed: frozenset[Blind], crf: int, alarms: Alarms) -> None:
    """A camera's whole clip under a change."""
    health, before = Health(), None
    pictures = (change(picture, number) for number, picture in enumerate(camera.pictures))
    for number, picture in enumerate(sent(pictures, crf)):
        health = examine(health, picture, BEGAN + timedelta(seconds=number * CLEAN_S))
        alarms.looks += 1
        if health.fault is not None and health.fault not in allowed:
            alarms.blinded += 1
            if health.fault != before:
                alarms.false += 1
                alarms.kinds[str(health.fault)] += 1
                alarms.where.append(f"{camera.id}, look {number}: {health.detail}")
        before = health.fault


def cost(cameras: Sequence[Camera], rounds: int = 5) -> dict[str, float]:
    """CPU milliseconds of one look, whole and of the measures alone; bytes kept per camera."""
    pictures = [picture for camera in cameras for picture in sent(camera.pictures[:40], CRFS[0])]
    whole = _cpu_ms(lambda: _examined(pictures), rounds) / len(pictures)
    measures = _cpu_ms(lambda: [measure(picture) for picture in pictures], rounds) / len(pictures)
    kept = _examined(pictures)
    return {"ms": whole, "ms_measures": measures, "bytes_kept": len(pickle.dumps(kept))}


def _examined(pictures: Sequence[Picture]) -> Health:
    health = Health()
    for number, picture in enumerate(pictures):
        health = examine(health if number % 40 else Health(), picture, BEGAN + timedelta(seconds=number * CLEAN_S))
    return health


def _cpu_ms(work: Callable[[], object], rounds: int) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return 1000 * (time.process_time() - began) / rounds


def told_faults(table: dict[tuple[str, str], Found]) -> list[dict[str, Any]]:
    """The table of faults as plain values."""
    return [
        {
            "origin": origin,
            "fault": kind,
            "trials": one.trials,
            "detected": one.detected,
            "named": one.named,
            "looks_median": float(np.median(one.looks)) if one.looks else None,
            "looks_most": max(one.looks, default=None),
            "recovered": one.recovered,
            "looks_told_before": one.before,
        }
        for (origin, kind), one in sorted(table.items())
    ]


def told_alarms(table: dict[tuple[str, str], Alarms]) -> list[dict[str, Any]]:
    """The table of clean footage as plain values."""
    return [
        {
            "origin": origin,
            "change": name,
            "camera_hours": round(one.looks * CLEAN_S / 3600, 2),
            "looks": one.looks,
            "false_alarms": one.false,
            "per_camera_hour": round(one.false / (one.looks * CLEAN_S / 3600), 3),
            "looks_lost": one.blinded,
            "kinds": dict(one.kinds),
            "where": one.where[:5],
        }
        for (origin, name), one in sorted(table.items())
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.health_run", description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--looks", type=int, default=360, help="per rendered camera: 10 s each")
    parser.add_argument("--starts", type=int, default=EVERY, help="how often the real clip is gone through, 1 to 5")
    asked = parser.parse_args(arguments)
    rng = np.random.default_rng(asked.seed)
    cameras = [*rendered(asked.looks, asked.seed), *real(range(asked.starts))]
    result = {
        "seed": asked.seed,
        "faults": told_faults(faults(cameras, rng)),
        "clean": told_alarms(clean(cameras, rng)),
        "cost": cost([camera for camera in cameras if camera.origin == "real"][:4]),
    }
    if asked.json:
        print(json.dumps(result, ensure_ascii=False))
        return
    for name in ("faults", "clean"):
        for row in result[name]:
            print(" | ".join(str(value) for value in row.values()))
    print(result["cost"])


if __name__ == "__main__":
    main()
