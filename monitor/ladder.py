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
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Known:
    """What is on record of the alerts of which somebody may be told."""

    heads: Mapping[str, str] = field(default_factory=dict)
    """Of alerts that are told together, key → key of the first (`halls.gathered`)."""
    messages: Mapping[tuple[str, str, str], bool] = field(default_factory=dict)
    """Those that were due, by their key, and whether they were sent; what was due once stays so."""
    stopped: Collection[str] = ()
    """Keys of alerts that somebody confirmed or judged."""
    histories: Mapping[str, History] = field(default_factory=dict)
    """By key, to know how long each was seen."""
    counts_to: Mapping[str, datetime] = field(default_factory=dict)
    """By key, up to when an alert counts where that is known better than from its history."""

    def until(self, alert: Alert, at: datetime) -> datetime:
        """Up to when an open alert counts."""
        told = self.counts_to.get(alert.key)
        return seen_until(alert, at, self.histories.get(alert.key, ())) if told is None else told

    def seen_s(self, alert: Alert, level: Level, at: datetime) -> float | None:
        """For how many seconds an open alert has been seen at a level; None = it has not reached it."""
        since = alert.opened_at if level is Level.YELLOW else alert.red_at
        if since is None:
            return None
        history = self.histories.get(alert.key, ())
        then = next((was for _, was in history if level is Level.YELLOW or was.red_at is not None), alert)
        unseen_s = max(0.0, alert.unseen_s - then.unseen_s)
        return max(0.0, (self.until(alert, at) - since).total_seconds() - unseen_s)


NOTHING = Known()


def standing(
    alerts: Iterable[Alert],
    people: Iterable[Person],
    at: datetime,
    known: Known = NOTHING,
    ladder: Sequence[Rung] = LADDER,
) -> Iterator[Due]:
    """The messages that stand at a time; those that wait are marked so, and so are those that a higher stage outdoes.

    `ladder`: in the order of its heights.
    """
    people = tuple(people)
    events: dict[str, list[Alert]] = {}
    for one in sorted(alerts, key=lambda one: (one.opened_at, one.key)):
        if one.until is None and one.key not in known.stopped and needs_a_person(one):
            events.setdefault(known.heads.get(one.key, one.key), []).append(one)
    for head, open_ones in events.items():
        for person in people:
            if not person.halls or open_ones[0].hall in person.halls:
                own = [rung for rung in ladder if rung.role is person.role]
                yield from _messages(head, open_ones, person, at, known, own)


def _messages(
    head: str, open_ones: Sequence[Alert], person: Person, at: datetime, known: Known, own: Sequence[Rung]
) -> list[Due]:
    """One person's messages about one event, over the stages of that person's role."""
    members = tuple(one.place for one in open_ones) if len(open_ones) > 1 else ()
    quiet, outdone = is_quiet(person, at), False
    found: list[Due] = []
    for rung in reversed(own):
        key = head, rung.stage, person.name
        after_s = 0.0 if key in known.messages else rung.after_s
        seen = [(one, known.seen_s(one, rung.level, at)) for one in open_ones]
        reached = [one for one, seconds in seen if seconds is not None and seconds >= after_s]
        if reached:
            alert = _speaker(reached)
            held = quiet or outdone or (rung.after_s > 0 and not alert.sees)
            found.append(Due(alert, rung.stage, person.name, known.until(alert, at), members, head, held))
        outdone = outdone or bool(reached) or known.messages.get(key, False)
    return found[::-1]


def due(
    alerts: Iterable[Alert],
    people: Iterable[Person],
    at: datetime,
    known: Known = NOTHING,
    ladder: Sequence[Rung] = LADDER,
) -> Iterator[Due]:
    """Those of the standing messages that are to be sent now."""
    messages = standing(alerts, people, at, known, ladder)
    return (one for one in messages if not one.held and not known.messages.get(one.key, False))


def _speaker(alerts: Iterable[Alert]) -> Alert:
    """The one that a message tells of: one that is seen, the reddest, the longest."""
    return min(alerts, key=lambda one: (not one.sees, one.level is not Level.RED, one.since, one.key))


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
