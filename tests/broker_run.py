"""Broker, intake and database struck in random order while a device rates: what reaches the record, and how often.

The broker is a real Mosquitto as `hallwatch devices mosquitto-config` sets it up, intake the real program; both are
killed with -9, and the database is locked away from intake, now and then for longer than it waits.
"""

import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

import hallwatch
from monitor.adapters.database import BUSY_S
from monitor.adapters.mosquitto import login
from monitor.adapters.mqtt import Broker, Bus
from tests.monitor.adapters.conftest import free_port, started
from tests.monitor.adapters.test_intake import Rater
from tests.monitor.example import BUTTON, prefix
from tests.test_hallwatch import CONFIG

STROKES = ("broker", "broker's disk", "intake", "database", "all")
"""What is struck, after each of which something new is acknowledged before the next; the second comes back without
anything that it had kept."""
BETWEEN = 19
"""Ratings between two strokes, at most."""
PATIENCE_S = 180.0


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it."""

    strokes: dict[str, int]
    given: int
    lost: tuple[int, ...]
    """Acknowledged on cmd/ack and not on record, at any time or in the end."""
    recorded: tuple[int, ...]
    """Numbers on record, once for each row."""

    @property
    def doubled(self) -> int:
        """Rows beyond the first of a number."""
        return len(self.recorded) - len(set(self.recorded))


class Site:
    """The parts, each of which can be struck."""

    def __init__(self, directory: Path) -> None:
        self._directory, self._port = directory, free_port()
        self.config, self._broker = directory / "my.yaml", directory / "broker"
        device = f"{{id: {BUTTON.id}, hall: hc01, type: button, window: w001, scale_id: {BUTTON.scale_id}}}"
        broker = f"{{mode: external, port: {self._port}, logins: broker/logins}}"
        self.config.write_text(f"{CONFIG}devices: [{device}]\nbroker: {broker}\n", "utf-8")
        assert hallwatch.main(["devices", "mosquitto-config", str(self.config), str(self._broker)]) == hallwatch.DONE
        self._stack = ExitStack()
        self._start_broker()
        self._start_intake()

    @property
    def bus(self) -> Bus:
        """The device's connection."""
        broker = Broker("external", port=self._port, login=login(self._broker / "logins" / BUTTON.id))
        return Bus(broker, BUTTON.id, [f"{prefix(BUTTON)}/cmd/ack"])

    def strike(self, what: str) -> None:
        """Strike a part, or all at once, and let it come back."""
        if what in ("broker", "broker's disk", "all"):
            self._mosquitto.kill()
            self._mosquitto.wait()
            if what == "broker's disk":
                shutil.rmtree(self._broker / "data")
                (self._broker / "data").mkdir(mode=0o700)
        if what in ("intake", "all"):
            self._intake.kill()
            self._intake.wait()
            self._start_intake()
        if what in ("broker", "broker's disk", "all"):
            self._start_broker()

    def locked(self) -> sqlite3.Connection:
        """A connection that holds the database for itself until it is closed."""
        connection = sqlite3.connect(self._directory / "var/hallwatch.db", timeout=BUSY_S)
        connection.execute("BEGIN EXCLUSIVE")
        return connection

    def recorded(self) -> tuple[int, ...]:
        """The numbers of all ratings on record."""
        with closing(sqlite3.connect(self._directory / "var/hallwatch.db", timeout=60)) as connection:
            try:
                rows = connection.execute("SELECT seq FROM ratings ORDER BY seq").fetchall()
            except sqlite3.OperationalError:  # intake was killed before it had made its tables
                return ()
        return tuple(seq for (seq,) in rows)

    def close(self) -> None:
        """End what still runs."""
        self._intake.kill()
        self._intake.wait()
        self._stack.close()

    def _start_broker(self) -> None:
        self._mosquitto = self._stack.enter_context(started(self._broker / "mosquitto.conf", self._port))

    def _start_intake(self) -> None:
        verb = [sys.executable, "-m", "hallwatch", "intake", str(self.config)]
        self._intake = subprocess.Popen(verb, stderr=subprocess.DEVNULL)


def play(directory: Path, strokes: int, seed: int) -> Played:
    """Strike so often, each part in turn before chance decides; ends when the device has nothing left to say."""
    chance, struck = random.Random(seed), dict.fromkeys(STROKES, 0)
    order = [*STROKES, *(chance.choice(STROKES) for _ in range(strokes))][:strokes]
    lost: set[int] = set()
    site = Site(directory)
    try:
        with site.bus as bus:
            rater = Rater(bus, BETWEEN * (strokes + 1))
            given = len(rater.unsent)
            _until(rater, 1)
            for what in order:
                struck[what] += 1
                _work(rater, chance)
                if what == "database":
                    with closing(site.locked()):
                        until = monotonic() + chance.uniform(0, BUSY_S + 5)
                        _work(rater, chance)
                        while monotonic() < until:
                            rater.listen()
                else:
                    site.strike(what)
                _work(rater, chance)
                rater.press(1)
                _until(rater, rater.acknowledged + 1)
                lost |= set(range(1, rater.acknowledged + 1)) - set(site.recorded())
            rater.press(given)
            _until(rater, given)
        recorded = site.recorded()
    finally:
        site.close()
    return Played(struck, given, tuple(sorted(lost | set(range(1, given + 1)) - set(recorded))), recorded)


def _work(rater: Rater, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 6)):
        rater.press(chance.randint(0, 1))
        rater.listen()


def _until(rater: Rater, seq: int) -> None:
    """Let the device work until so many are acknowledged; the first it gives when nothing was given yet."""
    deadline = monotonic() + PATIENCE_S
    if not rater.kept and not rater.acknowledged:
        rater.press(1)
    while rater.acknowledged < seq:
        assert monotonic() < deadline, f"{rater.acknowledged} of {seq} acknowledged"
        rater.listen()
