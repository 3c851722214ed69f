"""A shard: the edges of one `watch` program — what windows say of themselves, the record, the live messages."""

import logging
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.adapters import alert_records, device_records
from monitor.adapters.mqtt import Bus
from monitor.adapters.projection import Projection
from monitor.adapters.reporter import Reporter
from monitor.alerts import Alert, Still
from monitor.evidence import expire
from monitor.messages import Registry, Said, read
from monitor.places import Hall
from monitor.window_states import WindowState, newer

__all__ = ["Projection", "Recorder", "Reporter", "Retention", "WindowStates", "subscriptions"]

LOG = logging.getLogger(__name__)

RETRY_S = 10.0
"""Between two attempts to record what the database did not take, in seconds."""
KEEP_STILLS = timedelta(days=30)


def subscriptions(halls: Iterable[Hall]) -> tuple[str, ...]:
    """What a shard hears: the window states of its halls, hall by hall (a broker may limit what one filter replays)."""
    return tuple(f"zwjc/v1/{hall.area}/{hall.id}/window/+/tele/state" for hall in halls)


class WindowStates:
    """What each window last said of itself (see `newer`): from the record at the start, then the bus."""

    def __init__(self, engine: Engine, halls: Collection[str]) -> None:
        self._said = {(said.hall, said.window): said for said in device_records.window_states(engine, halls)}
        self._crash: BaseException | None = None

    def of(self, hall: str, window: str) -> WindowState | None:
        """None = it has never said anything. Raises what listening died of: deaf to pauses nobody may be judged."""
        if self._crash is not None:
            raise self._crash
        return self._said.get((hall, window))

    @contextmanager
    def heard(self, bus: Bus, registry: Registry) -> Iterator[None]:
        """Listen while the context lasts, in a thread of its own; what cannot be understood is intake's matter."""
        stop = threading.Event()
        thread = threading.Thread(target=self._hear, args=(bus, registry, stop), name="window-states")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _hear(self, bus: Bus, registry: Registry, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                for message in bus.take(100, 0.5):
                    self.take(read(message, registry))
                bus.acknowledge()
        except BaseException as error:
            self._crash = error

    def take(self, said: Said) -> None:
        """Hear one message; only a newer declaration than the one that holds changes anything."""
        if isinstance(said, WindowState) and newer(said, self.of(said.hall, said.window)):
            self._said[said.hall, said.window] = said


@dataclass(slots=True)
class Recorder:
    """Alerts into the record, in a thread of its own: a slow database delays no look.

    What the database cannot take now is kept, in order, and tried again; it says so once.
    """

    engine: Engine
    waiting: list[tuple[Alert, tuple[Still, ...], datetime]] = field(default_factory=list)
    failing: bool = False
    more: threading.Event = field(default_factory=threading.Event)
    crash: BaseException | None = None

    def record(self, alert: Alert, stills: Sequence[Still], at: datetime) -> None:
        """Take an alert that changed, with the stills it has by now. Never waits; raises what recording died of."""
        if self.crash is not None:
            raise self.crash
        self.waiting.append((alert, tuple(stills), at))
        self.more.set()

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record while the context lasts; what waits at its end is tried once more."""
        stop = threading.Event()
        thread = threading.Thread(target=self._run, args=(stop,), name="recorder")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            self.more.set()
            thread.join()

    def _run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self.more.wait(RETRY_S)
                self.more.clear()
                self.retry()
            self.retry()
        except BaseException as error:
            self.crash = error

    def retry(self) -> None:
        """Record what waits, oldest first, as far as the database takes it."""
        while self.waiting:
            alert, stills, at = self.waiting[0]
            try:
                alert_records.save(self.engine, alert, at)
                for still in stills:
                    alert_records.add_still(self.engine, alert.key, still)
            except SQLAlchemyError as error:
                if not self.failing:
                    found = getattr(error, "orig", None) or error
                    LOG.error("database: expected to record alert %s, found: %s; it is tried again", alert.key, found)
                self.failing = True
                return
            del self.waiting[0]
            if self.failing:
                LOG.info("database: records again")
            self.failing = False


@dataclass(slots=True)
class Retention:
    """Stills of alerts are deleted after 30 days, but not while an issue that came from their alert is open."""

    engine: Engine
    evidence: Path
    done: date | None = None

    def retain(self, at: datetime) -> None:
        """Delete what is too old, once a day."""
        if self.done == at.date():
            return
        self.done = at.date()
        try:
            deleted = expire(self.evidence, at.date() - KEEP_STILLS, alert_records.stills_of_open_issues(self.engine))
        except (SQLAlchemyError, OSError) as error:
            LOG.warning("evidence %s: expected to delete old stills, found: %s", self.evidence, error)
            return
        if deleted:
            LOG.info("evidence: %d stills older than %d days deleted", deleted, KEEP_STILLS.days)
