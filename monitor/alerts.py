"""An alert (预警): what a machine suspects; only a person concludes."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class Level(StrEnum):
    """Live severity colours; not the deadline cards (黄牌/红牌) of issues."""

    YELLOW = "yellow"
    RED = "red"


class Rule(StrEnum):
    """Which rule opened the alert."""

    ABSENCE = "absence"  # 疑似离岗
    QUEUE = "queue"  # 排队超限


class Moment(StrEnum):
    """Which moment of an alert a still shows."""

    START = "start"  # the look at `since`
    THRESHOLD = "threshold"  # the look at `opened_at`
    RETURN = "return"  # the look at `until`


@dataclass(frozen=True, slots=True)
class Still:
    """One masked picture that shows an alert."""

    moment: Moment
    at: datetime
    file: str
    """Relative to the evidence directory."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Alert:
    """One suspicion about one place. A change of it is a new value with the same key."""

    rule: Rule
    hall: str
    place: str
    """Window id (absence) or zone id (queue), unique within the hall."""
    since: datetime
    """First sample of the run: the first empty one, or the first at or over the queue threshold."""
    opened_at: datetime
    """When the threshold was crossed; fixed for ever."""
    level: Level
    until: datetime | None = None
    """The first sample that ended it; None while it is open."""
    sees: bool = True
    """False = the place cannot be seen at present: neither ended nor escalated meanwhile."""
    unseen_s: float = 0.0
    """Seconds within the run in which the place could not be seen; they are not counted as absence."""
    people: int | None = None
    """Queue: people counted at the last seen sample."""
    waiting: int | None = None
    """Absence: people waiting in the window's zone at the last look; None = unknown, shown so, counted as 0."""
    pause_signal: bool = True
    """False = this window sends no pause state, so the alert says 未接入暂停信号."""
    values: dict[str, float] = field(default_factory=dict)
    """The rule's values in force when it opened, with its version."""

    @property
    def key(self) -> str:
        """(rule, hall, place, since): opening the same alert twice is one alert."""
        return f"{self.rule}:{self.hall}:{self.place}:{self.since.isoformat()}"


def lasted_s(alert: Alert, seen_at: datetime) -> float:
    """Seconds an alert stands for, up to its end or the last look that saw; unknown time does not count."""
    return max(0.0, ((alert.until or seen_at) - alert.since).total_seconds() - alert.unseen_s)


def severity(alert: Alert, seen_at: datetime) -> float:
    """Minutes it has lasted × (1 + people waiting); not knowing how many counts as nobody.

    `seen_at`: the last look that saw its place; what came after does not count.
    """
    waiting = alert.waiting if alert.rule is Rule.ABSENCE else alert.people
    return lasted_s(alert, seen_at) / 60 * (1 + (waiting or 0))


def resumed(alert: Alert) -> Alert:
    """An open alert as a restart finds it: not seen, and of unknown time only what can lie before it opened.

    What came after is unknown as a whole from now on and is counted anew.
    """
    most_s = (alert.opened_at - alert.since).total_seconds() - alert.values.get("yellow_s", 0.0)
    return replace(alert, sees=False, unseen_s=min(alert.unseen_s, max(0.0, most_s)))


def changed(before: Alert | None, after: Alert | None) -> bool:
    """Whether an alert opened, escalated, ended, lost or regained sight: what is worth recording and telling."""
    if after is None:
        return False
    return before is None or any(
        getattr(before, name) != getattr(after, name) for name in ("key", "level", "until", "sees")
    )
