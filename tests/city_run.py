"""A run of the simulated city through the command, with parts of it killed on the way, and what came of it."""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor.adapters import alert_records, rating_records
from monitor.adapters.database import open_database

UNDERWAY = timedelta(seconds=30)
"""A rating given this shortly before the end may still be on its way."""

Line = dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """What a run printed and what stands in its records afterwards."""

    lines: list[Line] = field(default_factory=list)
    killed: list[tuple[datetime, str]] = field(default_factory=list)
    records: tuple[alert_records.AlertRecord, ...] = ()
    rated: list[tuple[str, str, int]] = field(default_factory=list)
    """(device, boot, number) of every rating on record."""
    code: int | None = None

    @property
    def score(self) -> Line:
        """The last line: found, missed, false, excused."""
        return self.lines[-1]

    def lost(self) -> list[Line]:
        """Ratings that the city gave and nobody recorded."""
        end = max(datetime.fromisoformat(line["at"]) for line in self.lines if "at" in line)
        recorded = set(self.rated)
        given = (line for line in self.lines if line["kind"] == "rating" and "event_id" in line)
        return [
            line
            for line in given
            if datetime.fromisoformat(line["at"]) < end - UNDERWAY
            and (line["device"], line["boot_id"], line["seq"]) not in recorded
        ]

    def repeated(self) -> list[str]:
        """Alerts that began while another one of the same place and rule was still going on."""
        alerts = sorted((one.alert for one in self.records), key=lambda alert: alert.since)
        return [
            later.key
            for number, earlier in enumerate(alerts)
            for later in alerts[number + 1 :]
            if (later.rule, later.hall, later.place) == (earlier.rule, earlier.hall, earlier.place)
            and (earlier.until is None or later.since < earlier.until)
        ]

    def missed(self, forgets: timedelta) -> list[Line]:
        """Missed facts, without those in whose first `forgets` the watching program was killed: it forgets those."""
        watches = [at for at, part in self.killed if part == "watch"]
        return [
            fact
            for fact in self.score["missed"]
            if not any(timedelta(0) <= at - datetime.fromisoformat(fact["since"]) <= forgets for at in watches)
        ]


def play(directory: Path, seconds: float, seed: int, kills: Sequence[tuple[float, str]] = ()) -> Outcome:
    """Run `hallwatch demo` and kill -9 its parts at the given seconds after its city began.

    Nothing here waits for a clock: the city prints a line whenever something becomes true in it.
    """
    outcome, due = Outcome(), sorted(kills)
    command = [sys.executable, "-m", "hallwatch", "demo", "--headless", "--json"]
    command += ["--seconds", str(seconds), "--seed", str(seed), "--directory", str(directory)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as city:
        assert city.stdout is not None
        began: datetime | None = None
        for text in city.stdout:
            outcome.lines.append(json.loads(text))
            began = began or datetime.now(UTC)
            while due and datetime.now(UTC) - began >= timedelta(seconds=due[0][0]):
                _, part = due.pop(0)
                outcome.killed.append((datetime.now(UTC), part))
                for process in processes(directory, part):
                    os.kill(process, signal.SIGKILL)
    outcome.code = city.returncode
    engine = open_database(f"sqlite:///{directory / 'hallwatch.db'}")
    always = datetime.min.replace(tzinfo=UTC)
    outcome.records = alert_records.alerts_since(engine, always)
    ratings = rating_records.ratings(engine, always, datetime.max.replace(tzinfo=UTC))
    outcome.rated = [(rating.device, rating.boot_id, rating.seq) for rating in ratings]
    engine.dispose()
    return outcome


def processes(directory: Path, part: str) -> Iterator[int]:
    """The process ids of one part of the demonstration that keeps its things in a directory."""
    config = str(directory / "city.yaml").encode()
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except OSError:  # it has ended meanwhile
            continue
        if config in words and part.encode() in words:
            yield int(entry.parent.name)


def random_kills(seed: int, seconds: float, every: float, parts: Sequence[str]) -> list[tuple[float, str]]:
    """A schedule of kills: about every so many seconds one of the parts."""
    dice = random.Random(seed)
    kills, at = [], dice.uniform(0.5, 1.5) * every
    while at < seconds:
        kills.append((at, dice.choice(parts)))
        at += dice.uniform(0.5, 1.5) * every
    return kills
