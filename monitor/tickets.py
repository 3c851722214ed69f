"""Tickets: what the calling system of a zone tells in a day, and who waits or is served by it.

What is known of a ticket is what its events say in the order of their numbers, in whatever order they arrived; the
ones of a later boot come after those of an earlier one. So an `end` that overtakes its `issued` leaves nobody waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from monitor.calendar import today

HOUR = timedelta(hours=1)
"""Over which abandonment is counted."""
SILENT = timedelta(minutes=30)
"""A calling system that has told nothing for so long is not believed any more."""


class TicketEvent(StrEnum):
    """What happens to a ticket, in the words of `queue/…/evt/ticket`."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"
    START = "start"  # served from now on
    END = "end"
    NOSHOW = "noshow"  # 过号: called, and nobody came
    TRANSFER = "transfer"  # goes back to waiting, for another window
    SUSPEND = "suspend"  # the case rests, or waits in another zone; the window is free


BEGINS = (TicketEvent.CALLED, TicketEvent.RECALLED, TicketEvent.START)
"""From then on the ticket's window serves it."""


@dataclass(frozen=True, slots=True)
class TicketSaid:
    """One event of one ticket."""

    hall: str
    zone: str
    ticket: str
    event: TicketEvent
    window: str
    """Where it is called to or served; empty = nowhere."""
    at: datetime
    """By the calling system's clock, but never after it was received."""
    boot_id: str
    seq: int
    received_at: datetime


@dataclass(frozen=True, slots=True)
class QueueSaid:
    """The calling system's own summary of a zone, for one that tells no tickets."""

    hall: str
    zone: str
    waiting: int
    oldest_s: float | None
    """How long the one who waits longest has waited, in seconds; None = not told."""
    at: datetime
    boot_id: str
    seq: int
    received_at: datetime


Done = tuple[datetime, TicketEvent, float]
"""When a ticket ended or was not met (noshow), and how long its window was its, in seconds."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """One ticket, from the events that are known of it."""

    events: tuple[TicketSaid, ...] = ()
    """In the order in which they happened, each once."""
    waits: datetime | None = None
    """Since when it waits; None = it does not."""
    window: str = ""
    """Where it was called last and is not done; empty = nowhere."""
    begun: datetime | None = None
    """Since when."""
    done: tuple[Done, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of the tickets of one zone on one day."""

    waiting: Mapping[str, datetime] = field(default_factory=dict)
    """Tickets that wait, with when they were issued."""
    serving: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """By window: the ticket that was called or is served there, and since when."""
    tickets: Mapping[str, Ticket] = field(default_factory=dict)
    """All tickets of the day by their numbers."""
    calls: Mapping[str, TicketSaid] = field(default_factory=dict)
    """By window: its newest call. Whoever was called there before has left, told or not."""
    boots: Mapping[str, datetime] = field(default_factory=dict)
    """By boot: when it was first heard."""
    summary: QueueSaid | None = None
    """The newest summary; counts only where no ticket was told."""
    heard_at: datetime | None = None
    """The last word of the calling system."""
    day: date | None = None
    """In Beijing; ticket numbers begin anew every day."""

    @property
    def known(self) -> bool:
        """Whether the calling system has told anything."""
        return self.heard_at is not None

    def current(self, at: datetime) -> bool:
        """Whether it is of this day, and its calling system not silent for long."""
        return self.heard_at is not None and self.day == today(at) and at - self.heard_at <= SILENT

    def counted(self) -> int | None:
        """How many wait; None = the calling system has told nothing."""
        if not self.tickets:
            return None if self.summary is None else self.summary.waiting
        return len(self.waiting)

    def oldest_s(self, at: datetime) -> float | None:
        """How long the one who waits longest has waited, in seconds; None = nobody waits or nothing is known."""
        if self.waiting:
            return max(0.0, (at - min(self.waiting.values())).total_seconds())
        if self.tickets or self.summary is None or self.summary.oldest_s is None:
            return None
        return self.summary.oldest_s + max(0.0, (at - self.summary.received_at).total_seconds())

    def abandoned(self, at: datetime) -> tuple[int, int]:
        """Tickets that nobody came for, of all that were called to an end in the last hour."""
        last = [event for when, event, _ in self._done() if at - HOUR < when <= at]
        return sum(event is TicketEvent.NOSHOW for event in last), len(last)

    def served_s(self) -> float | None:
        """How long the tickets of the last hour were served on average, in seconds; None = none was."""
        done = self._done()
        newest = max((when for when, _, _ in done), default=None)
        times = [s for when, event, s in done if newest and event is TicketEvent.END and s > 0 and newest - when < HOUR]
        return sum(times) / len(times) if times else None

    def _done(self) -> list[Done]:
        return [one for ticket in self.tickets.values() for one in ticket.done]


def heard(book: Book, *said: TicketSaid | QueueSaid) -> Book:
    """The book after more words. The same word twice, and words in another order, are harmless.

    With the first word of a new day the book begins anew; a word of an earlier day is passed over.
    """
    for one in sorted(said, key=lambda one: today(one.at)):
        book = _turned(book, one)
    days = [one for one in said if today(one.at) == book.day]
    if not days:
        return book
    told = [one for one in days if isinstance(one, TicketSaid)]
    boots = dict(book.boots)
    for one in days:
        boots[one.boot_id] = min(boots.get(one.boot_id, one.received_at), one.received_at)
    known, new = dict(book.tickets), dict[str, list[TicketSaid]]()
    for event in told:
        new.setdefault(event.ticket, []).append(event)
    for number, events in new.items():
        known[number] = _ticket(known.get(number, Ticket()), events, boots)
    return _opened(book, known, told, boots, _newest(book.summary, days), max(one.received_at for one in days))


def _turned(book: Book, said: TicketSaid | QueueSaid) -> Book:
    day = today(said.at)
    return book if book.day is not None and day <= book.day else Book(day=day)


def _opened(
    book: Book,
    tickets: Mapping[str, Ticket],
    told: list[TicketSaid],
    boots: Mapping[str, datetime],
    summary: QueueSaid | None,
    heard_at: datetime,
) -> Book:
    """The book with these tickets, of which some have changed."""
    calls, waiting = dict(book.calls), dict(book.waiting)
    for one in told:
        if one.window and one.event in BEGINS:
            calls[one.window] = max(calls.get(one.window, one), one, key=lambda call: _rank(call, boots))
        waiting.pop(one.ticket, None)
        if (since := tickets[one.ticket].waits) is not None:
            waiting[one.ticket] = since
    serving = {}
    for window, call in calls.items():
        ticket = tickets[call.ticket]
        if ticket.window == window and ticket.begun is not None:
            serving[window] = call.ticket, ticket.begun
    return Book(waiting, serving, tickets, calls, boots, summary, max(book.heard_at or heard_at, heard_at), book.day)


def _newest(held: QueueSaid | None, said: list[TicketSaid | QueueSaid]) -> QueueSaid | None:
    """Within a boot the number tells, between boots which was heard of later."""
    for one in said:
        if not isinstance(one, QueueSaid):
            continue
        if held is None or (one.seq > held.seq if one.boot_id == held.boot_id else one.received_at >= held.received_at):
            held = one
    return held


def _rank(said: TicketSaid, boots: Mapping[str, datetime]) -> tuple[datetime, str, int]:
    return boots[said.boot_id], said.boot_id, said.seq


def _ticket(ticket: Ticket, said: list[TicketSaid], boots: Mapping[str, datetime]) -> Ticket:
    """A ticket with more of its events, walked through from its first."""
    each = {(one.boot_id, one.seq): one for one in (*reversed(said), *ticket.events)}
    events = tuple(sorted(each.values(), key=lambda one: _rank(one, boots)))
    after = Ticket(events)
    for one in events:
        after = _then(after, one)
    return after


def _then(ticket: Ticket, said: TicketSaid) -> Ticket:
    """A ticket after its next event."""
    events, done, served = ticket.events, ticket.done, ticket.begun is not None
    match said.event:
        case TicketEvent.ISSUED:
            return ticket if served or ticket.waits else Ticket(events, waits=said.at, done=done)
        case TicketEvent.CALLED | TicketEvent.RECALLED | TicketEvent.START:
            if not said.window:
                return Ticket(events, None, ticket.window, ticket.begun, done)
            begun = ticket.begun if served and ticket.window == said.window else said.at
            return Ticket(events, None, said.window, begun, done)
        case TicketEvent.TRANSFER:
            return Ticket(events, waits=said.at, done=done)
        case TicketEvent.END | TicketEvent.NOSHOW if served or said.event is TicketEvent.NOSHOW:
            lasted = max(0.0, (said.at - ticket.begun).total_seconds()) if ticket.begun else 0.0
            return Ticket(events, done=(*done, (said.at, said.event, lasted)))
    return Ticket(events, done=done)
