"""The ladder: who is told of an alert, and when. One message per alert, stage and person, ever.

    opened ──► 值班主任 duty director          at once
    red    ──► 值班主任 duty director          when it turns red
    district ► 区市督察 district supervision    red for 10 minutes
    city   ──► 市级总屏 city board              red for 30 minutes

The duty director comes first, because prompt correction is the point, not the report. Whoever confirms, judges or comes
back stops the ladder; in quiet hours a message waits, and is dropped if the alert is over by their end. Only time in
which the place was seen counts; nothing climbs while it cannot be seen. What is told together climbs by the reddest.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.alerts import Alert, Level
from monitor.calendar import BEIJING
from monitor.halls import needs_a_person


class Role(StrEnum):
    """Whom a stage addresses; from the one who is told first upwards."""

    DUTY = "duty"  # 值班主任
    DISTRICT = "district"  # 区市督察
    CITY = "city"  # 市级总屏


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage."""

    stage: str
    role: Role
    level: Level
    after_s: float = 0.0
    """So long after the alert reached its level, in seconds in which it was seen."""

    @property
    def height(self) -> tuple[bool, float]:
        """What orders the stages of a ladder."""
        return self.level is Level.RED, self.after_s


LADDER = (
    Rung("opened", Role.DUTY, Level.YELLOW),
    Rung("red", Role.DUTY, Level.RED),
    Rung("district", Role.DISTRICT, Level.RED, 600),
    Rung("city", Role.CITY, Level.RED, 1800),
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is told, by the name in the configuration; the address is known to the edge alone."""

    name: str
    role: Role
    halls: frozenset[str] = frozenset()
    """Empty = all halls."""
    quiet: tuple[time, time] | None = None
    """From when to when nothing is sent, local time; may reach over midnight."""


@dataclass(frozen=True, slots=True)
class Due:
    """One message that stands: to be sent unless it was, or waits."""

    alert: Alert
    """What it tells of; of several that are told together one that is seen, the reddest, the longest."""
    stage: str
    person: str
    counts_to: datetime
    """Up to when the alert counts: now, or the first look that could not see."""
    members: tuple[str, ...] = ()
    """Places that are told as one, this alert's included; empty = it stands alone."""
    head: str = ""
    """Key of the first of those told together, whether it is over or not; empty = the alert's own."""
    held: bool = False
    """It waits: for the end of the reader's quiet hours, until the place can be seen, or behind a higher stage."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What is sent once."""
        return self.head or self.alert.key, self.stage, self.person


History = Sequence[tuple[datetime, Alert]]
"""Everything that was said of an alert, with the time of it, oldest first."""


def standing(
    alerts: Iterable[Alert],
    heads: Mapping[str, str],
    people: Iterable[Person],
    at: datetime,
    sent: Collection[tuple[str, str, str]] = (),
    stopped: Collection[str] = (),
    ladder: Sequence[Rung] = LADDER,
    histories: Mapping[str, History] | None = None,
) -> Iterator[Due]:
    """The messages that stand at a time; those that wait are marked so, and so are those that a higher stage outdoes.

    `heads`: of alerts that are told together, key → key of the first (`halls.gathered`); `sent`: keys of messages that
    were sent; `stopped`: keys of alerts that somebody confirmed or judged; `ladder`: in the order of its heights;
    `histories`: by key, to know what was seen.
    """
    people, histories = tuple(people), histories or {}
    events: dict[str, list[Alert]] = {}
    for one in sorted(alerts, key=lambda one: (one.opened_at, one.key)):
        if one.until is None and one.key not in stopped and needs_a_person(one):
            events.setdefault(heads.get(one.key, one.key), []).append(one)
    for head, open_ones in events.items():
        reached = {rung.stage: _reached(rung, open_ones, at, histories) for rung in ladder}
        members = tuple(one.place for one in open_ones) if len(open_ones) > 1 else ()
        for person in people:
            if person.halls and open_ones[0].hall not in person.halls:
                continue
            own = [rung for rung in ladder if rung.role is person.role]
            passed = [rung.stage for rung in own if reached[rung.stage] or (head, rung.stage, person.name) in sent]
            for rung in own:
                if not reached[rung.stage]:
                    continue
                alert, held = _speaker(reached[rung.stage]), rung.stage != passed[-1] or is_quiet(person, at)
                held = held or (rung.after_s > 0 and not alert.sees)
                counts_to = seen_until(alert, at, histories.get(alert.key, ()))
                yield Due(alert, rung.stage, person.name, counts_to, members, head, held)


def due(
    alerts: Iterable[Alert],
    heads: Mapping[str, str],
    people: Iterable[Person],
    at: datetime,
    sent: Collection[tuple[str, str, str]] = (),
    stopped: Collection[str] = (),
    ladder: Sequence[Rung] = LADDER,
    histories: Mapping[str, History] | None = None,
) -> Iterator[Due]:
    """Those of the standing messages that are to be sent now."""
    messages = standing(alerts, heads, people, at, sent, stopped, ladder, histories)
    return (one for one in messages if not one.held and one.key not in sent)


def _speaker(alerts: Iterable[Alert]) -> Alert:
    """The one that a message tells of: one that is seen, the reddest, the longest."""
    return min(alerts, key=lambda one: (not one.sees, one.level is not Level.RED, one.since, one.key))


def _reached(rung: Rung, alerts: Iterable[Alert], at: datetime, histories: Mapping[str, History]) -> list[Alert]:
    """Those of some alerts that have reached a stage."""
    seen = [(one, seen_s(one, rung.level, at, histories.get(one.key, ()))) for one in alerts]
    return [one for one, seconds in seen if seconds is not None and seconds >= rung.after_s]


def seen_s(alert: Alert, level: Level, at: datetime, history: History = ()) -> float | None:
    """For how many seconds an open alert has been seen at a level; None = it has not reached it."""
    since = alert.opened_at if level is Level.YELLOW else alert.red_at
    if since is None:
        return None
    then = next((was for _, was in history if level is Level.YELLOW or was.red_at is not None), alert)
    unseen_s = max(0.0, alert.unseen_s - then.unseen_s)
    return max(0.0, (seen_until(alert, at, history) - since).total_seconds() - unseen_s)


def seen_until(alert: Alert, at: datetime, history: History = ()) -> datetime:
    """Up to when an open alert counts: now, or the first look that could not see; not knowing which, its opening."""
    if alert.sees:
        return at
    blind_since = alert.opened_at
    for said_at, was in reversed(history):
        if was.sees:
            break
        blind_since = said_at
    return blind_since


def is_quiet(person: Person, at: datetime) -> bool:
    """Whether a person is not to be disturbed at a time."""
    if person.quiet is None:
        return False
    (start, end), now = person.quiet, at.astimezone(BEIJING).time()
    return start <= now < end if start <= end else now >= start or now < end


RETRY_S = (30, 120, 600, 1800)
"""Between two attempts to send a message; after the last it is given up."""
LEASE = timedelta(seconds=60)
"""How long a message belongs to the program that has begun to send it; longer than any sender may take."""


def retry_at(tried: int, at: datetime) -> datetime | None:
    """When a message that failed for the n-th time is tried again; None = it is given up."""
    return at + timedelta(seconds=RETRY_S[tried - 1]) if tried <= len(RETRY_S) else None
