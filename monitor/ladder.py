"""The ladder: who is told of an alert, and when. One message per alert, stage and person, ever.

    opened ──► 值班主任 duty director          at once
    red    ──► 值班主任 duty director          when it turns red
    district ► 区市督察 district supervision    red for 10 minutes
    city   ──► 市级总屏 city board              red for 30 minutes

The duty director comes first, because prompt correction is the point, not the report. Whoever confirms, judges or comes
back stops the ladder; in quiet hours a message waits, and is dropped if the alert is over by their end.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from monitor.alerts import Alert, Level
from monitor.calendar import BEIJING
from monitor.halls import needs_a_person


class Role(StrEnum):
    """Whom a stage addresses."""

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
    """So long after the alert reached its level, in seconds."""


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
    """One message that is due."""

    alert: Alert
    stage: str
    person: str
    members: tuple[str, ...] = ()
    """Places of a group that is told as one, this alert's included; empty = it stands alone."""

    @property
    def key(self) -> tuple[str, str, str]:
        """What is sent once."""
        return self.alert.key, self.stage, self.person


def due(
    alerts: Sequence[Alert],
    groups: Mapping[str, str],
    people: Iterable[Person],
    at: datetime,
    sent: Collection[tuple[str, str, str]] = (),
    stopped: Collection[str] = (),
    ladder: Sequence[Rung] = LADDER,
) -> Iterator[Due]:
    """The messages that are due at a time.

    `groups`: of alerts shown as one, key → key of the first (`halls.groups`); `sent`: keys of messages that were sent;
    `stopped`: keys of alerts that somebody confirmed or judged.
    """
    people = tuple(people)
    open_ones = [one for one in alerts if one.until is None and one.key not in stopped and needs_a_person(one)]
    for alert in open_ones:
        head = groups.get(alert.key, alert.key)
        if head != alert.key and any(one.key == head for one in open_ones):
            continue  # the first of the group speaks for it
        members = tuple(one.place for one in open_ones if groups.get(one.key) == head)
        for rung in _reached(alert, at, ladder):
            for person in people:
                if person.role is not rung.role or (person.halls and alert.hall not in person.halls):
                    continue
                message = Due(alert, rung.stage, person.name, members)
                if message.key not in sent and not is_quiet(person, at):
                    yield message


def _reached(alert: Alert, at: datetime, ladder: Sequence[Rung]) -> Iterator[Rung]:
    """The rungs an alert has reached; one that was red from the first is not told as yellow too."""
    at_once = alert.red_at is not None and alert.red_at == alert.opened_at
    for rung in ladder:
        since = alert.opened_at if rung.level is Level.YELLOW else alert.red_at
        if since is None or (at_once and rung.level is Level.YELLOW):
            continue
        if at - since >= timedelta(seconds=rung.after_s):
            yield rung


def is_quiet(person: Person, at: datetime) -> bool:
    """Whether a person is not to be disturbed at a time."""
    if person.quiet is None:
        return False
    (start, end), now = person.quiet, at.astimezone(BEIJING).time()
    return start <= now < end if start <= end else now >= start or now < end


RETRY_S = (30, 120, 600, 1800)
"""Between two attempts to send a message; after the last it is given up."""


def retry_at(tried: int, at: datetime) -> datetime | None:
    """When a message that failed for the n-th time is tried again; None = it is given up."""
    return at + timedelta(seconds=RETRY_S[tried - 1]) if tried <= len(RETRY_S) else None
