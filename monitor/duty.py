"""Duty: what is asked of a window at a time, whatever its camera shows — the calendar, the roster, and what it says.

    calendar ──► roster ──► (camera) ──► pause ──► (person) ──► cover ──► back office ──► ticket ──► (timer)

Each step either settles the matter or leaves it to the next; those in brackets need a picture: `presence.step`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from monitor.calendar import BEIJING
from monitor.hours import Hours, Service
from monitor.known import Known
from monitor.places import Window
from monitor.roster import Arrangement, Entry, in_force
from monitor.window_states import LIFTED, WindowState
from monitor.window_states import Service as Declared

Manned = Callable[[str], bool | None]
"""Whether another window of the zone is manned now; None = it cannot be seen. Of `""`: whether any other one is."""


@dataclass(frozen=True, slots=True)
class Pause:
    """暂停服务, as it is declared."""

    since: datetime
    """Since when it counts: never before the window was in service."""
    reason: str
    approved: bool = False
    """Whether the duty director lets it last longer."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why nobody need be seen at the post for now."""

    kind: Arrangement
    since: datetime
    covered: bool | None = False
    """Whether somebody else serves instead; None = that cannot be seen."""
    by: str = ""
    """The window that does; empty = any of the zone."""


@dataclass(frozen=True, slots=True)
class Duty:
    """What is asked of a window at one time."""

    service: Service | None = None
    """The stretch of service; None = the window is not in service."""
    closed: str = ""
    """Why the window is not open though its hall is: configured, rota, or an Arrangement; empty = it is to be open."""
    opens_at: datetime | None = None
    """Since when somebody has had to be there, by calendar and roster."""
    pause: Pause | None = None
    excuse: Excuse | None = None
    """Signed out or covered."""
    back_office: datetime | None = None
    """Since when 后台办件 is declared."""
    ticket: datetime | None = None
    """Since when a ticket is in service here: called, and not ended."""

    @property
    def required(self) -> bool:
        """Whether the window is to be open."""
        return self.service is not None and not self.closed


def duty_at(hours: Hours, window: Window, known: Known, at: datetime, manned: Manned) -> Duty:
    """What is asked of a window, from everything that is known besides pictures."""
    entries = tuple(entry for entry in known.entries.get(window.id, ()) if _of_that_day(entry, at))
    service = hours.at(window.id, at)
    if service is None:
        service = hours.at(None, at)
        if service is None or in_force(entries, at, Arrangement.OPEN) is None:
            return Duty(service, "rota" if service is not None else "")
    said = known.states.get(window.id)
    closed = _closed(window, entries, said, at)
    if closed:
        return Duty(service, closed)
    back = in_force(entries, at, Arrangement.BACK_OFFICE)
    book = known.books.get(window.zone)
    ticket = book.serving.get(window.id) if book is not None else None
    return Duty(
        service=service,
        opens_at=_opens_at(service, entries, at),
        pause=_pause(service, entries, said, at),
        excuse=_excuse(entries, at, manned),
        back_office=_since(back, entries) if back else None,
        ticket=ticket[1] if ticket is not None and ticket[1] >= service.opens_at else None,
    )


def _of_that_day(entry: Entry, at: datetime) -> bool:
    """What a window says of itself without saying until when is forgotten overnight."""
    own = entry.kind not in (Arrangement.OPEN, Arrangement.CLOSED, Arrangement.LEAVE)
    return not (own and entry.until is None and entry.since.astimezone(BEIJING).date() != at.astimezone(BEIJING).date())


def _closed(window: Window, entries: tuple[Entry, ...], said: WindowState | None, at: datetime) -> str:
    """Leave without a substitute closes; else what was arranged last, then the configuration, then its own word."""
    leave = in_force(entries, at, Arrangement.LEAVE)
    if leave is not None and not leave.substitute:
        return str(Arrangement.LEAVE)
    arranged = in_force(entries, at, Arrangement.OPEN, Arrangement.CLOSED)
    if arranged is not None and arranged.kind is Arrangement.CLOSED:
        return str(Arrangement.CLOSED)
    if arranged is None and window.closed:
        return "configured"
    return "declared" if said is not None and said.state is Declared.CLOSED else ""


def _opens_at(service: Service, entries: tuple[Entry, ...], at: datetime) -> datetime:
    """The opening, or the later moment from which the roster has it opened."""
    shut = [one for one in entries if one.kind in (Arrangement.CLOSED, Arrangement.LEAVE) and not one.substitute]
    ended = [one.until for one in shut if one.until and not one.withdrawn]
    opened = in_force(entries, at, Arrangement.OPEN)
    return max([service.opens_at, *(until for until in ended if until <= at), *([opened.since] if opened else [])])


def _since(entry: Entry, entries: tuple[Entry, ...]) -> datetime:
    """Since when an entry lasts: ended for less than three minutes and made anew, it is the same one going on."""
    since = entry.since
    for one in sorted(entries, key=lambda other: other.since, reverse=True):
        same = one.kind is entry.kind and not one.withdrawn and one.since < since
        if same and one.until is not None and since - one.until < LIFTED:
            since = one.since
    return since


def _pause(service: Service, entries: tuple[Entry, ...], said: WindowState | None, at: datetime) -> Pause | None:
    """By the window's system with a reason, or by its own page; one without a reason is none."""
    approved = in_force(entries, at, Arrangement.APPROVED) is not None
    entry = in_force(entries, at, Arrangement.PAUSE)
    if said is not None and said.state is Declared.PAUSED and said.reason.strip():
        return Pause(max(said.since or said.received_at, service.opens_at), said.reason, approved)
    return Pause(max(entry.since, service.opens_at), entry.reason, approved) if entry is not None else None


def _excuse(entries: tuple[Entry, ...], at: datetime, manned: Manned) -> Excuse | None:
    """Somebody who is signed out, or whose post B has taken over; B's word counts only while B is at work.

    The substitute `*` comes to this very post: then he is to be seen at it.
    """
    out, cover = in_force(entries, at, Arrangement.SIGN_OUT), in_force(entries, at, Arrangement.COVER)
    entry = cover or out
    if entry is None:
        return None
    covered = False if entry.substitute == "*" else manned(entry.substitute)
    if out is None and covered is False:
        return None
    return Excuse((out or entry).kind, (out or entry).since, covered, entry.substitute)
