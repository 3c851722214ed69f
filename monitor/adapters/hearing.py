"""Hearing: what a watching program hears of its halls besides pictures — window states, tickets, the roster.

At the start everything of today comes from the record, then from the bus, in a thread of its own. The roster and what
is said to be no person are read again whenever somebody says that they changed, and every minute; so is what calling
systems have told meanwhile, because a broker that died may have passed on to intake alone what senders repeated.
"""

import logging
import re
import threading
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from monitor.adapters import device_records, mistaken_records, roster_records, ticket_records
from monitor.adapters.mqtt import Bus
from monitor.calendar import BEIJING, today
from monitor.known import NOTHING, Known
from monitor.messages import Message, Registry, Said, read
from monitor.places import Hall
from monitor.roster import Entry
from monitor.tickets import Book, QueueSaid, TicketSaid, heard
from monitor.window_states import WindowState, following, newer

LOG = logging.getLogger(__name__)

AGAIN = timedelta(seconds=60)
"""The roster is read at least this often."""
CHANGED = re.compile(r"hallwatch/v1/(?P<hall>[^/]+)/changed")


def subscriptions(halls: Iterable[Hall]) -> tuple[str, ...]:
    """What a shard hears, hall by hall (a broker may limit what one filter replays)."""
    return tuple(
        topic
        for hall in halls
        for topic in (
            f"zwjc/v1/{hall.area}/{hall.id}/window/+/tele/state",
            f"zwjc/v1/{hall.area}/{hall.id}/queue/+/evt/ticket",
            f"zwjc/v1/{hall.area}/{hall.id}/queue/+/tele/state",
            changed_topic(hall.id),
        )
    )


def changed_topic(hall: str) -> str:
    """Where it is said that the roster of a hall has changed."""
    return f"hallwatch/v1/{hall}/changed"


class Hearing:
    """What is known of some halls; each hall's snapshot is replaced whole, and never changed."""

    def __init__(
        self, engine: Engine, halls: Collection[str], clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """`halls`: by their ids. Raises what the database raises."""
        self._engine, self._halls, self._clock = engine, tuple(halls), clock
        self._crash: BaseException | None = None
        self._failing = False
        self._states: dict[str, dict[str, WindowState]] = {hall: {} for hall in self._halls}
        self._books: dict[str, dict[str, Book]] = {hall: {} for hall in self._halls}
        self._known: dict[str, Known] = dict.fromkeys(self._halls, NOTHING)
        now = clock()
        midnight = datetime.combine(today(now), time(), BEIJING)
        for state in device_records.window_states(engine, self._halls):
            if state.received_at < midnight:
                self._declared(state)
        for state in device_records.declarations(engine, self._halls, midnight):
            self._declared(state)
        self._told(ticket_records.told(engine, self._halls, midnight))
        self._entries: Mapping[str, Mapping[str, tuple[Entry, ...]]] = {}
        self._read_at = now
        self._entries = _by_window(roster_records.entries(engine, self._halls, now))
        self._masks = mistaken_records.masks(engine, self._halls)
        for hall in self._halls:
            self._renew(hall, now)

    def known(self, hall: str) -> Known:
        """The newest snapshot. Raises what listening died of: deaf to pauses nobody may be judged."""
        if self._crash is not None:
            raise self._crash
        return self._known[hall]

    @contextmanager
    def heard(self, bus: Bus, registry: Registry) -> Iterator[None]:
        """Listen while the context lasts, in a thread of its own; what cannot be understood is intake's matter."""
        stop = threading.Event()
        thread = threading.Thread(target=self._hear, args=(bus, registry, stop), name="hearing")
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def _hear(self, bus: Bus, registry: Registry, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self.take(bus.take(100, 0.5), registry)
                bus.acknowledge()
        except BaseException as error:
            self._crash = error

    def take(self, messages: Collection[Message], registry: Registry) -> None:
        """Hear some messages at once, and look whether the roster is due; also called with none."""
        now, changed, said = self._clock(), set[str](), list[Said]()
        for message in messages:
            note = CHANGED.fullmatch(message.topic)
            if note is None:
                said.append(read(message, registry))
            elif note["hall"] in self._known:
                changed.add(note["hall"])
        renewed = {state.hall for state in said if isinstance(state, WindowState) and self._declared(state)}
        renewed |= self._told([one for one in said if isinstance(one, TicketSaid | QueueSaid)])
        if changed or abs(now - self._read_at) >= AGAIN:
            self._reread(now)
            renewed = set(self._halls)
        for hall in renewed:
            self._renew(hall, now)

    def _declared(self, said: WindowState) -> bool:
        """Whether a declaration takes the place of what the window said before."""
        states = self._states.get(said.hall)
        if states is None or not newer(said, held := states.get(said.window)):
            return False
        states[said.window] = following(said, held)
        return True

    def _told(self, said: Iterable[TicketSaid | QueueSaid]) -> set[str]:
        """The halls of which calling systems have told."""
        zones: dict[tuple[str, str], list[TicketSaid | QueueSaid]] = {}
        for one in said:
            if one.hall in self._books:
                zones.setdefault((one.hall, one.zone), []).append(one)
        for (hall, zone), words in zones.items():
            self._books[hall][zone] = heard(self._books[hall].get(zone, Book()), *words)
        return {hall for hall, _ in zones}

    def _reread(self, now: datetime) -> None:
        """Roster and newest tickets anew; while the database cannot be read the last ones stay. It says so once."""
        since, self._read_at = min(self._read_at, now) - AGAIN, now
        try:
            self._entries = _by_window(roster_records.entries(self._engine, self._halls, now))
            self._masks = mistaken_records.masks(self._engine, self._halls)
            self._told(ticket_records.arrived(self._engine, self._halls, since))
        except SQLAlchemyError as error:
            if not self._failing:
                LOG.error(
                    "database: expected to read roster and tickets, found: %s; the last ones stay in force", error
                )
            self._failing = True
            return
        if self._failing:
            LOG.info("database: roster and tickets are read again")
        self._failing = False

    def _renew(self, hall: str, now: datetime) -> None:
        """Replace a hall's snapshot; a calling system that has fallen silent is not in it."""
        books = {zone: book for zone, book in self._books[hall].items() if book.current(now)}
        self._known[hall] = Known(dict(self._states[hall]), self._entries.get(hall, {}), books, self._masks[hall])


def _by_window(entries: Iterable[Entry]) -> dict[str, dict[str, tuple[Entry, ...]]]:
    halls: dict[str, dict[str, tuple[Entry, ...]]] = {}
    for entry in entries:
        windows = halls.setdefault(entry.hall, {})
        windows[entry.window] = (*windows.get(entry.window, ()), entry)
    return halls
