"""Intake over real brokers and a real database, killed at any moment."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic

from sqlalchemy import create_engine

from monitor.adapters.mqtt import Broker, Bus
from monitor.adapters.rating_records import ratings
from monitor.ratings import Rating
from tests.monitor.example import BUTTON, prefix, rating_said

INTAKE = """
import sys
from datetime import UTC, datetime
from functools import partial
from threading import Event

from monitor.adapters.database import open_database
from monitor.adapters.intake_records import keep, last_heard
from monitor.adapters.mqtt import Broker, Bus
from monitor.intake import intake
from monitor.messages import FILTERS
from tests.monitor.example import REGISTRY

engine = open_database(sys.argv[1])
with Bus(Broker(port=int(sys.argv[2])), "intake", FILTERS, persistent=True) as bus:
    intake(bus, partial(keep, engine, REGISTRY), Event(), last_heard(engine) or datetime.now(UTC))
"""
PATIENCE_S = 60.0


@contextmanager
def intake_running(url: str, broker: Broker) -> Iterator[subprocess.Popen[bytes]]:
    """A real intake process, ended with -9 if nobody did so before."""
    with subprocess.Popen([sys.executable, "-c", INTAKE, url, str(broker.port)]) as process:
        try:
            yield process
        finally:
            process.kill()
            process.wait()


class Rater:
    """A rating device as it should be: it keeps every rating until `cmd/ack` has it, and repeats the oldest first."""

    def __init__(self, bus: Bus, count: int) -> None:
        self.bus = bus
        self.unsent = [rating_said(seq=seq, raw="0", ts=datetime.now(UTC).isoformat()) for seq in range(1, count + 1)]
        self.kept: list[dict[str, object]] = []
        self.acknowledged = 0
        self.repeated_at = monotonic()

    def press(self, count: int) -> None:
        """Give some more ratings."""
        self.kept += self.unsent[:count]
        for said in self.unsent[:count]:
            self.bus.publish(f"{prefix(BUTTON)}/evt/rating", json.dumps(said).encode())
        del self.unsent[:count]

    def listen(self) -> None:
        """Read acknowledgements; repeat what is kept after a second without progress."""
        for message in self.bus.take(100, 0.02):
            ack = json.loads(message.payload)
            assert (ack["schema"], ack["boot_id"]) == ("ack/1", "b1")
            self.acknowledged = max(self.acknowledged, ack["seq"])
            self.repeated_at = monotonic()
        self.bus.acknowledge()
        self.kept = [said for said in self.kept if int(str(said["seq"])) > self.acknowledged]
        if monotonic() - self.repeated_at > 1.0:
            self.repeated_at = monotonic()
            for said in self.kept:
                self.bus.publish(f"{prefix(BUTTON)}/evt/rating", json.dumps(said).encode())


def recorded(url: str) -> list[Rating]:
    engine = create_engine(url)
    around = datetime.now(UTC)
    found = ratings(engine, around - timedelta(days=1), around + timedelta(days=1))
    engine.dispose()
    return list(found)


def until_acknowledged(rater: Rater, seq: int) -> None:
    """Let the device do its work until so many are acknowledged; fails after a minute."""
    deadline = monotonic() + PATIENCE_S
    while rater.acknowledged < seq:
        assert monotonic() < deadline, f"{rater.acknowledged} of {seq} acknowledged"
        rater.listen()


def test_every_acknowledged_rating_is_recorded_once_however_often_intake_is_killed(broker: Broker, url: str) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    chance = random.Random(seed)
    with Bus(broker, "rater", [f"{prefix(BUTTON)}/cmd/ack"]) as bus:
        rater = Rater(bus, 300)
        for _ in range(5):
            with intake_running(url, broker):
                rater.press(1)
                until_acknowledged(rater, rater.acknowledged + 1)
                for _ in range(chance.randint(0, 15)):
                    rater.press(chance.randint(0, 4))
                    rater.listen()
            assert {rating.seq for rating in recorded(url)} >= set(range(1, rater.acknowledged + 1))
        rater.press(300)
        with intake_running(url, broker):
            until_acknowledged(rater, 300)
    assert sorted(rating.seq for rating in recorded(url)) == list(range(1, 301))
