"""`make prove`: the full amounts. Each verb can be resumed: what this commit has proved is not run again."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from config.schema import calendar_of, shipped_thresholds
from config.shapes import CalendarShape
from simulation.city_day import run as city_day
from simulation.exam import write
from tests import broker_run, days_run, faults_run
from tests import mutants as mutation
from tests.city_run import Outcome, play, random_kills
from tests.finetune_run import run, staff
from tests.fuzz import fuzz as fuzzed

SEED = 20261122
DONE = Path("var/prove")
FORGETS = timedelta(seconds=75)
LEAST_F1 = 0.97
"""Of seated staff over six samples, rendered: with less, absences in the simulated city would be wrong."""
INPUTS = 1_000_000
"""Of the fuzzer."""
Result = dict[str, Any]


def main(verbs: list[str]) -> int:
    """Run these verbs, or all; print one JSON line each; 1 if one of them proved something wrong."""
    commit = _commit()
    DONE.mkdir(parents=True, exist_ok=True)
    right = True
    for verb in verbs or list(VERBS):
        file = DONE / f"{verb}-{commit}.json"
        if not file.exists():
            result = {"verb": verb, "commit": commit, "date": f"{datetime.now(UTC):%Y-%m-%d}", "seed": SEED}
            result |= VERBS[verb]()
            file.write_text(json.dumps(result, ensure_ascii=False) + "\n")
        line = file.read_text()
        print(line, end="", flush=True)
        right &= json.loads(line)["right"]
    return 0 if right else 1


def _commit() -> str:
    return subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()


def city() -> Result:
    """32 minutes of the simulated city with camera faults: everything found, nothing else reported."""
    outcome = _played(1920, [])
    wrong = [*outcome.score["missed"], *outcome.score["false"], *outcome.lost(), *outcome.repeated()]
    return {"seconds": 1920, **_counts(outcome), "wrong": wrong, "right": not wrong and outcome.score["found"] > 0}


def kills() -> Result:
    """40 minutes in which every 12 seconds or so a part is killed: no rating lost, no alert false or repeated."""
    schedule = random_kills(SEED, 2340, 12, ("watch", "intake"))
    outcome = _played(2400, schedule)
    wrong = [*outcome.score["false"], *outcome.lost(), *outcome.repeated()]
    doubled = len(outcome.rated) - len(set(outcome.rated))
    result = {"seconds": 2400, "kills": len(outcome.killed), **_counts(outcome), "doubled": doubled, "wrong": wrong}
    return {**result, "right": not wrong and not doubled and len(outcome.killed) == len(schedule)}


def broker() -> Result:
    """300 strokes at the broker, its disk, intake and the database: every rating is on record exactly once."""
    with tempfile.TemporaryDirectory(prefix="hallwatch-prove-", ignore_cleanup_errors=True) as name:
        played = broker_run.play(Path(name), 300, SEED)
    result = {"strokes": played.strokes, "given": played.given, "lost": len(played.lost), "doubled": played.doubled}
    return {**result, "right": not played.lost and not played.doubled}


def _played(seconds: float, schedule: list[tuple[float, str]]) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="hallwatch-prove-", ignore_cleanup_errors=True) as name:
        return play(Path(name), seconds, SEED, schedule)


def _counts(outcome: Outcome) -> Result:
    score = outcome.score
    return {
        "found": score["found"],
        "missed": len(score["missed"]),
        "false": len(score["false"]),
        "excused": score["excused"],
        "faults": sum(line["kind"] == "fault" for line in outcome.lines),
        "ratings": len(outcome.rated),
        "lost": len(outcome.lost()),
    }


def exam() -> Result:
    """The weights in use on the held-out simulated halls: seated staff, half an hour before each of 18 cameras."""
    with tempfile.TemporaryDirectory(prefix="hallwatch-prove-") as name:
        scores = staff(write(Path(name), 180, SEED, workers=2))
    return {**_short(scores), "right": scores["occupancy_f1_over"] >= LEAST_F1}


def finetune() -> Result:
    """A site's round trip: clerks hardly seen, before and after. Needs $HALLWATCH_FROM, a YOLO11n .pt to go on from."""
    start = os.environ.get("HALLWATCH_FROM")
    if not start:
        sys.exit("HALLWATCH_FROM: expected the path of a YOLO11n .pt to go on from, found nothing")
    with tempfile.TemporaryDirectory(prefix="hallwatch-prove-") as name:
        found = run(Path(name), start, 180, 240, SEED)
    before, after = found["before"], found["after"]
    better = after["occupancy_f1"] > before["occupancy_f1"] and after["recall"] > before["recall"]
    return {"before": _short(before), "after": _short(after), "right": better}


def faults() -> Result:
    """2,064 cameras, 30 % of them ill, then all started again: the healthy in time, the rest back within 60 s."""
    return faults_run.faults(2064, 600, SEED)


def endurance() -> Result:
    """100 minutes of 200 cameras with faults and detection: no growth of memory, descriptors or threads."""
    return faults_run.endurance(200, 100, SEED, DONE / "endurance-records.json", detect=True)


def fuzz() -> Result:
    """A million inputs of what cameras may send; a run that was ended is gone on with."""
    return fuzzed(INPUTS, SEED, DONE / f"fuzz-{_commit()}.progress").report()


def days() -> Result:
    """10,000 random days of the judgement; a run that was ended is gone on with."""
    return days_run.days(10_000, SEED, DONE / f"days-{_commit()}.progress")


def day() -> Result:
    """Three working days of the whole simulated city under a virtual clock."""
    calendar, rules = calendar_of(CalendarShape()), shipped_thresholds()
    told = [
        city_day(SEED + number, date(2026, 11, 23), calendar, rules, 2064, os.cpu_count() or 1) for number in range(3)
    ]
    return {"days": told, "right": all(one["right"] for one in told)}


def mutants() -> Result:
    """Every mutant of the decision modules; a run that was ended is gone on with."""
    return mutation.mutants(DONE / f"mutants-{_commit()}.jsonl", SEED)


def _short(scores: Result) -> Result:
    return {name: scores[name] for name in ("samples", "recall", "precision", "occupancy_f1", "occupancy_f1_over")}


VERBS: dict[str, Callable[[], Result]] = {
    "city": city,
    "kills": kills,
    "broker": broker,
    "exam": exam,
    "finetune": finetune,
    "fuzz": fuzz,
    "faults": faults,
    "endurance": endurance,
    "days": days,
    "day": day,
    "mutants": mutants,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
