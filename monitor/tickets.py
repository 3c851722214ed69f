"""Tickets: what the calling system of a zone tells, and who waits or is served by it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

HOUR = timedelta(hours=1)
"""Over which abandonment is counted."""
LONGEST = timedelta(hours=12)
"""A ticket that nobody called for so long is forgotten: the calling system has lost it."""


class TicketEvent(StrEnum):
    """What happens to a ticket, in the words of `queue/…/evt/ticket`."""

    ISSUED = "issued"
    CALLED = "called"
    RECALLED = "recalled"
    START = "start"  # served from now on
    END = "end"
    NOSHOW = "noshow"  # 过号: called, and nobody came
    TRANSFER = "transfer"  # goes back to waiting, for another window or zone
    SUSPEND = "suspend"  # the case rests; the window is free


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


@dataclass(frozen=True, slots=True)
class Book:
    """What is known of the tickets of one zone."""

    waiting: Mapping[str, datetime] = field(default_factory=dict)
    """Tickets that wait, with when they were issued."""
    serving: Mapping[str, tuple[str, datetime]] = field(default_factory=dict)
    """By window: the ticket that was called or is served there, and since when."""
    done: tuple[tuple[datetime, TicketEvent, float], ...] = ()
    """Of the last hour: when a ticket ended or was not met (noshow), and how long it was served, in seconds."""
    summary: QueueSaid | None = None
    """The newest summary; counts only where no ticket was ever told."""
    heard_at: datetime | None = None
    """The last word of the calling system."""

    @property
    def known(self) -> bool:
        """Whether the calling system has told anything."""
        return self.heard_at is not None

    def counted(self) -> int | None:
        """How many wait; None = the calling system has told nothing."""
        if not self.known:
            return None
        if self.summary is not None and not self.waiting and not self.serving and not self.done:
            return self.summary.waiting
        return len(self.waiting)

    def oldest_s(self, at: datetime) -> float | None:
        """How long the one who waits longest has waited, in seconds; None = nobody waits or nothing is known."""
        if self.waiting:
            return max(0.0, (at - min(self.waiting.values())).total_seconds())
        if self.summary is None or self.done or self.serving or self.summary.oldest_s is None:
            return None
        return self.summary.oldest_s + max(0.0, (at - self.summary.received_at).total_seconds())

    def abandoned(self, at: datetime) -> tuple[int, int]:
        """Tickets that nobody came for, of all that were called to an end in the last hour."""
        last = [event for when, event, _ in self.done if at - HOUR < when <= at]
        return sum(event is TicketEvent.NOSHOW for event in last), len(last)

    def served_s(self) -> float | None:
        """How long a ticket of the last hour was served on average, in seconds; None = none was."""
        times = [seconds for _, event, seconds in self.done if event is TicketEvent.END and seconds > 0]
        return sum(times) / len(times) if times else None


def heard(book: Book, said: TicketSaid | QueueSaid) -> Book:
    """The book after one more word. The same word twice, or a late one about a ticket that has gone on, is harmless.

    Who waits is known by the ticket's name: an event of a ticket that was never issued begins with that event.
    """
    heard_at = max(book.heard_at or said.received_at, said.received_at)
    if isinstance(said, QueueSaid):
        newer = book.summary is None or (said.received_at, said.seq) >= (book.summary.received_at, book.summary.seq)
        return replace(book, summary=said if newer else book.summary, heard_at=heard_at)
    waiting = {name: at for name, at in book.waiting.items() if said.at - at < LONGEST}
    serving = dict(book.serving)
    done = tuple(one for one in book.done if said.at - one[0] < HOUR)
    match said.event:
        case TicketEvent.ISSUED:
            if said.ticket not in {ticket for ticket, _ in serving.values()}:
                waiting.setdefault(said.ticket, said.at)
        case TicketEvent.CALLED | TicketEvent.RECALLED | TicketEvent.START:
            waiting.pop(said.ticket, None)
            if said.window:
                before = serving.get(said.window)
                since = before[1] if before is not None and before[0] == said.ticket else said.at
                serving[said.window] = said.ticket, since
        case TicketEvent.END | TicketEvent.NOSHOW | TicketEvent.SUSPEND | TicketEvent.TRANSFER:
            waiting.pop(said.ticket, None)
            begun = _taken(serving, said.ticket)
            if said.event is TicketEvent.TRANSFER:
                waiting[said.ticket] = said.at
            elif said.event is not TicketEvent.SUSPEND and (begun is not None or said.event is TicketEvent.NOSHOW):
                done = (*done, (said.at, said.event, (said.at - begun).total_seconds() if begun else 0.0))
    return Book(waiting, serving, done, book.summary, heard_at)


def _taken(serving: dict[str, tuple[str, datetime]], ticket: str) -> datetime | None:
    """Frees the window that served a ticket; since when it did."""
    for window, (served, since) in tuple(serving.items()):
        if served == ticket:
            del serving[window]
            return since
    return None
