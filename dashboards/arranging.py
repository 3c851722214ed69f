"""Arranging: the changes of the roster that pages and the HTTP interface make, and how an arrangement reads."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import uuid4

from dashboards.office import DIRECTOR, WINDOW, Office
from dashboards.times import lasting, minute
from dashboards.words import WORDS, Say, say_term
from monitor.adapters import roster_records
from monitor.calendar import BEIJING, today
from monitor.places import Hall
from monitor.presence import AbsenceRule
from monitor.roster import ARRANGEMENTS, OWN, REASONS, Arrangement, Entry, Refused, approval
from monitor.terms import Term
from monitor.window_states import LIFTED

Result = TypeVar("Result")

ANYONE = "*"
"""The substitute that is no window: somebody comes to this one."""


def sentence(key: str, **values: str) -> Term:
    """A sentence of the table in both languages."""
    return Term(*(text.format(**values) for text in WORDS[key]))


def hall_of(office: Office, hall: str) -> Hall:
    """A configured hall. Raises Refused."""
    found = office.hall(hall)
    if found is None:
        raise Refused(sentence("roster.no_hall", hall=hall), "hall")
    return found


def add(office: Office, entry: Entry) -> bool:
    """Record an entry; False if it is there already. Raises Refused."""
    return _told(office, entry.hall, lambda hall: roster_records.add(office.engine, hall, entry, office.clock()))


def record_all(office: Office, entries: Sequence[Entry], *, dry: bool = False) -> tuple[bool | Refused, ...]:
    """Record several, all or none; of each whether it is new, or why it is refused. `dry`: none, but tell the same."""
    for entry in entries:
        hall_of(office, entry.hall)
    told = roster_records.add_all(office.engine, office.settings.halls, entries, office.clock(), dry=dry)
    if not dry and True in told:
        for hall in {entry.hall for entry in entries}:
            office.announce(hall)
        office.changed()
    return told


def end(office: Office, hall: str, id: str, by: str) -> Entry:
    """End an entry now. Raises Refused."""
    return _told(office, hall, lambda found: roster_records.end(office.engine, found, id, by, office.clock()))


def withdraw(office: Office, hall: str, id: str, by: str) -> Entry:
    """Say that an entry never counted. Raises Refused."""
    return _told(office, hall, lambda found: roster_records.withdraw(office.engine, found, id, by, office.clock()))


def _told(office: Office, hall: str, change: Callable[[Hall], Result]) -> Result:
    result = change(hall_of(office, hall))
    office.announce(hall)
    office.changed()
    return result


def declare(office: Office, hall: str, window: str, kind: Arrangement, reason: str = "", substitute: str = "") -> Entry:
    """What a window says of itself, from now on until it is ended. Raises Refused.

    A pause that was lifted for a moment goes on from its first beginning.
    """
    if kind not in OWN:
        raise Refused(sentence("own.not_own"), "kind")
    now = office.clock()
    entry = Entry(uuid4().hex, hall, window, kind, now, None, reason, substitute, WINDOW)
    if kind is Arrangement.PAUSE:
        last = [one for one in of_day(office, hall, today(now)) if one.window == window and one.kind is kind]
        for one in last:
            if one.until is not None and one.until <= now < one.until + LIFTED and not one.withdrawn:
                entry = replace(one, until=None, reason=reason, by=WINDOW, version=one.version + 1)
    add(office, entry)
    return entry


def approve(office: Office, hall: str, window: str, since: datetime) -> Entry:
    """The duty director lets a pause that began at `since` last longer. Raises Refused."""
    limit = pause_limits(office, hall, window)[1]
    entry = approval(uuid4().hex, hall, window, since, limit, office.clock(), DIRECTOR)
    add(office, entry)
    return entry


def pause_limits(office: Office, hall: str, window: str) -> tuple[timedelta, timedelta]:
    """How long a pause may last at a window now, without and with approval."""
    rule = _rule(office, hall, window)
    return timedelta(seconds=rule.pause_s), timedelta(seconds=rule.pause_approved_s)


def back_office_limit(office: Office, hall: str, window: str) -> timedelta:
    """For how long 后台办件 excuses a window now."""
    return timedelta(seconds=_rule(office, hall, window).back_office_s)


def _rule(office: Office, hall: str, window: str) -> AbsenceRule:
    """What is in force at a window now."""
    found = hall_of(office, hall)
    service = office.settings.hours[hall].at(window, office.clock())
    return office.settings.thresholds.absence(found, window, service.segment if service else None)


def of_day(office: Office, hall: str, day: date) -> tuple[Entry, ...]:
    """The newest versions of what is arranged for a day in Beijing, withdrawn ones too, by window."""
    start = datetime.combine(day, time(), BEIJING)
    found = roster_records.between(office.engine, [hall], start, start + timedelta(days=1), withdrawn=True)
    return tuple(sorted(found, key=lambda entry: (entry.window, entry.since)))


def in_force(entries: Iterable[Entry], at: datetime) -> tuple[Entry, ...]:
    """Those that hold at a time."""
    return tuple(entry for entry in entries if entry.holds(at))


def standing(entry: Entry, at: datetime) -> str:
    """`planned`, `now`, `over` or `withdrawn`."""
    if entry.withdrawn:
        return "withdrawn"
    if at < entry.since:
        return "planned"
    return "now" if entry.holds(at) else "over"


def kind_name(kind: Arrangement, tongue: str) -> str:
    """An arrangement's name."""
    return say_term(ARRANGEMENTS[kind], tongue)


def reason_name(reason: str, tongue: str) -> str:
    """A class of reasons; what a window's system says in its own words is shown as it is."""
    return say_term(REASONS[reason], tongue) if reason in REASONS else reason


def span(entry: Entry, say: Say) -> str:
    """From when to when, in Beijing time; the day once where both ends lie within it."""
    since, until = minute(entry.since), minute(entry.until) if entry.until else say("roster.open_end")
    if entry.until is not None and entry.until.astimezone(BEIJING).time() == time():  # midnight, as people say it
        until = minute(entry.until - timedelta(minutes=1))[:10] + " 24:00"
    return f"{since} – {until[11:] if until[:10] == since[:10] else until}"


def left(since: datetime, limit: timedelta, at: datetime) -> tuple[timedelta, str]:
    """How much of a limit is left, and that as mm:ss; negative once it is over."""
    rest = since + limit - at
    return rest, lasting(abs(rest))
