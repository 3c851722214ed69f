"""An alert (预警): what a machine suspects; only a person concludes."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """Live severity colours; not the deadline cards (黄牌/红牌) of issues."""

    YELLOW = "yellow"
    RED = "red"


class Rule(StrEnum):
    """Which rule opened the alert."""

    ABSENCE = "absence"  # 疑似离岗
    LATE = "late"  # 疑似迟到开窗: nobody came since the opening
    EARLY = "early"  # 疑似提前收岗: gone before the closing
    PAUSE = "pause"  # 暂停超时
    VACANT = "vacant"  # 空岗: signed out, and nobody covers
    QUEUE = "queue"  # 排队超限: too many wait per open window
    WAIT = "wait"  # 等候过久
    ABANDONMENT = "abandonment"  # 过号率高
    IDLE = "idle"  # 忙闲不均: people wait while a manned window is idle
    FEW = "few"  # 开窗不足: hardly a window is open, and people wait
    CAPACITY = "capacity"  # 办不完: those who wait cannot be served before the closing
    UNSTAFFED = "unstaffed"  # 无人窗口: people wait, and no window of the zone is manned
    HALL = "hall"  # 大厅大面积空岗
    CAMERA = "camera"  # 监察眼故障


PRESENCE = frozenset({Rule.ABSENCE, Rule.LATE, Rule.EARLY, Rule.PAUSE, Rule.VACANT})
"""Rules about one window; at most one of their alerts is open there."""
CROWD = frozenset({Rule.QUEUE, Rule.WAIT, Rule.ABANDONMENT, Rule.IDLE, Rule.FEW, Rule.CAPACITY, Rule.UNSTAFFED})
"""Rules about one zone."""
FAULTS = frozenset({Rule.CAMERA})
"""Rules about equipment: round the clock, for maintenance, never a matter of discipline."""


ABOUT: dict[str, frozenset[Rule]] = {
    "window": PRESENCE,
    "zone": CROWD,
    "hall": frozenset({Rule.HALL}),
    "camera": FAULTS,
}
"""What kind of place a rule is about."""


def family(rule: Rule) -> Rule:
    """The rule that stands for all that are about the same kind of place: ABSENCE for windows, QUEUE for zones."""
    return Rule.ABSENCE if rule in PRESENCE else Rule.QUEUE if rule in CROWD else rule


class Ending(StrEnum):
    """How an alert ended."""

    RETURNED = "returned"  # the post is staffed again, the pause is lifted, the value is back below its limit
    COVERED = "covered"  # AB岗: signed out, and another window of the zone serves
    ARRANGED = "arranged"  # nobody came back; a pause, back-office work, a ticket or the roster says otherwise since
    CLOSED = "closed"  # the service was over, or the window closed
    UNWATCHED = "unwatched"  # nobody looks after it any more


CORRECTED = frozenset({Ending.RETURNED, Ending.COVERED})
"""Endings by which what was suspected was put right."""


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
    camera: str = ""
    """Empty = not kept."""
    people: tuple[tuple[int, int, int, int], ...] = ()
    """Boxes of whom it counted for the alert's place (`mistaken.Box`)."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One suspicion about one place. A change of it is a new value with the same key."""

    rule: Rule
    hall: str
    place: str
    """Window (PRESENCE), zone (CROWD) or camera (FAULTS) id, or the hall's own (HALL)."""
    since: datetime
    """First sample of the run: the first empty one, or the first at or over the threshold; of a pause its beginning."""
    opened_at: datetime
    """When the threshold was crossed; fixed for ever."""
    level: Level
    red_at: datetime | None = None
    """When it turned red; None = it has not."""
    until: datetime | None = None
    """The first sample that ended it; None while it is open."""
    ending: Ending | None = None
    """How it ended; None while it is open, and of those that ended before this was kept."""
    sees: bool = True
    """False = the place cannot be seen at present: neither ended nor escalated meanwhile."""
    unseen_s: float = 0.0
    """Seconds within the run in which the place could not be seen; they are not counted as absence."""
    people: int | None = None
    """Of a zone: people who wait, at the last seen sample; of a hall: empty windows."""
    waiting: int | None = None
    """Of a window: people waiting in its zone at the last look; None = unknown, shown so, counted as 0."""
    pause_signal: bool = True
    """False = this window sends no pause state, so the alert says 未接入暂停信号."""
    shadow: bool = False
    """Opened in a hall in shadow mode (影子模式): on record, and nobody is alerted."""
    values: dict[str, float] = field(default_factory=dict)
    """The rule's values in force when it opened, with its version."""
    why: dict[str, Any] | None = field(default=None, compare=False)
    """Why it opened, turned red or ended (`lanes.why`); only on the change that it explains."""

    @property
    def key(self) -> str:
        """(rule, hall, place, since): opening the same alert twice is one alert."""
        return f"{self.rule}:{self.hall}:{self.place}:{self.since.astimezone(UTC).isoformat()}"


def lasted_s(alert: Alert, seen_at: datetime) -> float:
    """Seconds an alert stands for, up to its end or the last look that saw; unknown time does not count."""
    return max(0.0, ((alert.until or seen_at) - alert.since).total_seconds() - alert.unseen_s)


def severity(alert: Alert, seen_at: datetime) -> float:
    """Minutes it has lasted × (1 + people waiting); not knowing how many counts as nobody.

    `seen_at`: the last look that saw its place; what came after does not count.
    """
    waiting = alert.people if alert.rule in CROWD else alert.waiting
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
