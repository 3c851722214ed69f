"""Notices: what the record says is due is sent, each recipient for itself, and what became of it is recorded."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Thread

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.adapters import alert_records, notice_records
from monitor.adapters.notice_records import Waiting
from monitor.adapters.senders import Bounded, Sender, Undelivered
from monitor.alerts import Alert
from monitor.halls import gathered
from monitor.ladder import LADDER, LEASE, RETRY_S, Due, Known, Person, Rung, retry_at, standing
from monitor.places import Hall
from monitor.thresholds import Thresholds

LOG = logging.getLogger(__name__)
RECENT = timedelta(hours=1)
"""Alerts that ended longer ago are not looked at any more."""
PATIENCE_S = 5.0
"""A turn waits so long for its recipients; who takes longer goes on alone, and gets nothing new until then."""
MOST_AT_ONCE = 32
"""Recipients who are served at the same time; the others wait for the next turn."""

Worded = Callable[[Due], tuple[str, str]]
"""Title and text of a message."""
Seen = Callable[[Alert, datetime], tuple[Alert, datetime | None]]
"""An open alert as it is seen at a time, and up to when it counts; None = as long as the record says."""


@dataclass(slots=True)
class Notifier:
    """Looks at the records, and sends what is due. It holds no clock; several may look at the same records."""

    engine: Engine
    halls: tuple[Hall, ...]
    rules: Thresholds
    people: Mapping[Person, Sender]
    worded: Worded
    ladder: Sequence[Rung] = LADDER
    seen: Seen = field(default=lambda alert, at: (alert, None), repr=False)
    failing: bool = False
    _ways: dict[str, Bounded] = field(init=False, repr=False)
    _busy: dict[str, Thread] = field(default_factory=dict, init=False, repr=False)
    _errors: list[Exception] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self._ways = {
            person.name: way if isinstance(way, Bounded) else Bounded(way) for person, way in self.people.items()
        }

    def turn(self, at: datetime) -> int:
        """Record what is due, send what waits; how many were sent by now. A database that is away is waited for."""
        sent: list[Waiting] = []
        try:
            messages = self._standing(at)
            waiting: dict[str, list[Waiting]] = {}
            for one in notice_records.waiting(self.engine, at):
                waiting.setdefault(one.person, []).append(one)
            self._serve_all(waiting, messages, at, sent)
            if self._errors:
                raise self._errors.pop()
        except SQLAlchemyError as error:
            if not self.failing:
                LOG.error("database: expected to read what is due, found: %s", getattr(error, "orig", None) or error)
            self.failing = True
            return len(sent)
        self.failing = False
        return len(sent)

    def rest(self, patience_s: float) -> None:
        """Wait for those who are still being served."""
        end = time.monotonic() + patience_s
        for thread in self._busy.values():
            thread.join(max(0.0, end - time.monotonic()))
        self._busy = {name: thread for name, thread in self._busy.items() if thread.is_alive()}

    def _standing(self, at: datetime) -> dict[tuple[str, str, str], Due]:
        """Record what is told together and what is due now; the messages that stand, by their keys."""
        ids = [hall.id for hall in self.halls]
        alerts = [one.alert for one in alert_records.alerts_since(self.engine, at - RECENT, ids)]
        keys = [one.key for one in alerts]
        known = notice_records.heads(self.engine, keys)
        new: dict[str, str] = {}
        for hall in self.halls:
            own = [one for one in alerts if one.hall == hall.id]
            new |= gathered(self.rules.hall(hall, None), len(hall.windows), own, known, at)
        if new:
            notice_records.gather(self.engine, new)
            known = notice_records.heads(self.engine, keys)  # somebody else may have been faster
        seen = [self.seen(one, at) for one in alerts if one.until is None and one.key in known]
        open_keys = [one.key for one, _ in seen]
        record = Known(
            known,
            notice_records.messages(self.engine, set(known.values())),
            notice_records.stopped(self.engine, open_keys),
            alert_records.histories(self.engine, open_keys),
            {one.key: counts_to for one, counts_to in seen if counts_to is not None},
        )
        told = standing([one for one, _ in seen], self.people, at, record, self.ladder)
        messages = {one.key: one for one in told}
        added = [one for one in messages.values() if one.key not in record.messages]
        if added:
            notice_records.put(self.engine, added, at)
        return messages

    def _serve_all(
        self,
        waiting: Mapping[str, Sequence[Waiting]],
        messages: Mapping[tuple[str, str, str], Due],
        at: datetime,
        sent: list[Waiting],
    ) -> None:
        """Serve each recipient in a thread of its own, except those who are still being served."""
        self.rest(0)
        for name, rows in waiting.items():
            if name not in self._busy and len(self._busy) < MOST_AT_ONCE:
                thread = Thread(target=self._serve, args=(rows, messages, at, sent), name=f"to {name}", daemon=True)
                self._busy[name] = thread
                thread.start()
        self.rest(PATIENCE_S)

    def _serve(
        self,
        rows: Sequence[Waiting],
        messages: Mapping[tuple[str, str, str], Due],
        at: datetime,
        sent: list[Waiting],
    ) -> None:
        """One recipient's messages, oldest first, until one fails or the turn has lasted long enough."""
        began = time.monotonic()
        try:
            for one in rows:
                passed = timedelta(seconds=time.monotonic() - began)
                if passed.total_seconds() > PATIENCE_S:
                    return  # the next turn knows better what still stands
                message = messages.get((one.alert_key, one.stage, one.person))
                if message is not None and message.held:
                    continue
                if not self._send(one, message, at, at + passed + LEASE, sent):
                    return
        except Exception as error:
            self._errors.append(error)  # of the next turn, or of this one

    def _send(self, one: Waiting, message: Due | None, at: datetime, lease: datetime, sent: list[Waiting]) -> bool:
        """Send a message; one that no longer stands, or whose reader is gone, is given up. False = it failed."""
        way = self._ways.get(one.person)
        if message is None or way is None or one.tried > len(RETRY_S):
            notice_records.ended(self.engine, one, at, "nobody needs it any more", None)
            return True
        title, text = self.worded(message)
        mine = notice_records.claim(self.engine, one, lease)
        if mine is None:
            return True
        try:
            way.send(title, text)
        except Undelivered as error:
            LOG.warning("notice %s to %s: %s", one.stage, one.person, error)
            notice_records.ended(self.engine, mine, at, str(error), retry_at(mine.tried, at))
            return False
        notice_records.ended(self.engine, mine, at, "", None)
        sent.append(one)
        return True
