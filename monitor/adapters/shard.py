"""A shard: the edges of one `watch` program — what is heard, the record, the live messages."""

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.adapters import alert_records, coverage_records
from monitor.adapters.hearing import Hearing
from monitor.adapters.memories import Memories
from monitor.adapters.projection import Projection
from monitor.adapters.reporter import Reporter
from monitor.alerts import Alert, Still
from monitor.coverage import Days
from monitor.desk import Desk
from monitor.evidence import expire

__all__ = ["Hearing", "Memories", "Projection", "Recorder", "Reporter", "Retention"]

LOG = logging.getLogger(__name__)

EPOCH = datetime.fromtimestamp(0, UTC)
COVER_EVERY = timedelta(minutes=1)
RETRY_S = 10.0
"""Between two attempts to record what the database did not take, in seconds."""
KEEP_STILLS = timedelta(days=30)


@dataclass(slots=True)
class Recorder:
    """Alerts and coverage into the record, in a thread of its own: a slow database delays no look.

    What the database cannot take now is kept, in order, and tried again; it says so once.
    """

    engine: Engine
    waiting: list[tuple[Alert, tuple[Still, ...], datetime]] = field(default_factory=list)
    covered: dict[str, Days] = field(default_factory=dict)
    """By hall: what of the service time was observed, where that is newer than the record."""
    covered_at: dict[str, datetime] = field(default_factory=dict)
    failing: bool = False
    more: threading.Event = field(default_factory=threading.Event)
    crash: BaseException | None = None

    def record(self, alert: Alert, stills: Sequence[Still], at: datetime) -> None:
        """Take an alert that changed, with the stills it has by now. Never waits; raises what recording died of."""
        if self.crash is not None:
            raise self.crash
        self.waiting.append((alert, tuple(stills), at))
        self.more.set()

    def cover(self, desk: Desk, at: datetime) -> None:
        """Take what of a hall's service time was observed, once a minute; only the newest is recorded. Never waits."""
        hall = desk.hall.id
        if abs(at - self.covered_at.get(hall, EPOCH)) < COVER_EVERY:
            return
        self.covered_at[hall] = at
        self.covered[hall] = dict(desk.coverage)

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
            if not self._done(f"alert {alert.key}", partial(self._save, alert, stills, at)):
                return
            del self.waiting[0]
        for hall, days in tuple(self.covered.items()):
            if not self._done(f"the coverage of {hall}", partial(coverage_records.save, self.engine, hall, days)):
                return
            if self.covered[hall] is days:
                del self.covered[hall]

    def _save(self, alert: Alert, stills: Sequence[Still], at: datetime) -> None:
        alert_records.save(self.engine, alert, at)
        for still in stills:
            alert_records.add_still(self.engine, alert.key, still)

    def _done(self, what: str, record: Callable[[], object]) -> bool:
        """Whether the database took it; what it says instead is logged once."""
        try:
            record()
        except SQLAlchemyError as error:
            if not self.failing:
                found = getattr(error, "orig", None) or error
                LOG.error("database: expected to record %s, found: %s; it is tried again", what, found)
            self.failing = True
            return False
        if self.failing:
            LOG.info("database: records again")
        self.failing = False
        return True


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
