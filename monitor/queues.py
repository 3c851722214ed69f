"""Queues: what is measured of a zone, and its limits.

What counts first is the load: people waiting per open window of the zone. Any window takes any matter, so all of a
zone's windows and all who wait there are one pool. Tickets tell who waits better than a camera does; both are shown,
and where they differ a lot, that is a note about the data.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from math import inf

from monitor.alerts import Rule
from monitor.limits import Limit


@dataclass(frozen=True, slots=True)
class QueueRule:
    """Thresholds of one zone: waiting, waits, abandonment, idle and missing windows."""

    yellow_open: float = 4.0
    """Waiting per open window at which yellow starts to count."""
    yellow_close: float = 3.0
    """Below this the yellow run is over; lower than `yellow_open` so that the zone does not flip-flop."""
    yellow_s: float = 180.0
    """How long the zone must stay at or over it before a yellow alert opens, in seconds."""
    red_open: float = 8.0
    """Waiting per open window at which red starts to count."""
    red_close: float = 6.0
    """Below this the red run is over."""
    red_s: float = 300.0
    """How long before the alert is red, in seconds."""
    clear_s: float = 60.0
    """How long the zone must stay below `yellow_close` before the alert ends, in seconds."""
    wait_yellow_s: float = 900.0
    """等候过久: the oldest wait from which it is yellow, in seconds."""
    wait_red_s: float = 1800.0
    """The oldest wait from which it is red, in seconds."""
    abandoned_yellow: float = 0.05
    """过号率: share of the last hour's tickets that nobody came for, from which it is yellow."""
    abandoned_red: float = 0.10
    abandoned_least: float = 20.0
    """Fewer tickets than this in the last hour say nothing about abandonment."""
    idle_s: float = 300.0
    """忙闲不均: how long a manned window may be idle while others wait, in seconds."""
    few_windows: float = 1.0
    """开窗不足: at most so many windows of a zone with more of them are open …"""
    few_waiting: float = 3.0
    """… while at least so many people wait …"""
    few_s: float = 120.0
    """… for so long, in seconds."""
    unstaffed_s: float = 120.0
    """无人窗口: how long people may wait in a zone without any manned window before it is red, in seconds."""
    closing_s: float = 1800.0
    """办不完: so long before the closing it is asked whether those who wait can still be served, in seconds."""
    ticket_s: float = 600.0
    """How long one ticket takes until the calling system has told, in seconds."""
    disagree_least: float = 5.0
    """Tickets and head-count may differ by so many people …"""
    disagree_share: float = 0.5
    """… or by this share of the larger one, before it is a note about the data."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    unknown_reset_s: float = 180.0
    """After more than this of continuous unknown the runs begin anew, in seconds."""
    version: int = 2
    """Raised whenever a value or its meaning changes; kept with every alert."""


class Crowd(StrEnum):
    """What the board shows for a zone."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Measured:
    """What is known about a zone at one time."""

    tickets: int | None
    """People who wait by their tickets; None = no calling system tells."""
    counted: int | None
    """People in the waiting area by the cameras; None = cannot see, or no camera."""
    open_windows: int
    """Windows that may be serving; one that cannot be seen counts, for blindness must not make a crowd."""
    staffed: int | None
    """Windows that are known to be manned; None = one cannot be seen that may be."""
    due_windows: int = 1
    """Windows that are in service and not closed."""
    waits_since: datetime | None = None
    """Since when somebody has been waiting all the time; None = nobody waits, or it is not known."""
    idle_s: float = 0.0
    """How long one manned window has served nobody all the while somebody waited, in seconds; the longest of them."""
    oldest_s: float | None = None
    """The oldest wait, in seconds; 0 = nobody waits; None = not known."""
    abandoned: tuple[int, int] | None = None
    """Tickets that nobody came for, of all called in the last hour."""
    served_s: float | None = None
    """How long a ticket takes, in seconds; None = not known yet."""
    closes_in_s: float | None = None
    """Seconds until the zone closes."""

    @property
    def waiting(self) -> int | None:
        """People who wait: by tickets, else by the cameras; None = unknown."""
        return self.counted if self.tickets is None else self.tickets

    @property
    def load(self) -> float | None:
        """People waiting per open window; no open window counts as one."""
        return None if self.waiting is None else self.waiting / max(1, self.open_windows)


def disagree(rule: QueueRule, measured: Measured) -> bool:
    """Whether tickets and head-count differ so much that it is worth a note: companions, or a queue without tickets."""
    if measured.tickets is None or measured.counted is None:
        return False
    most = max(rule.disagree_least, rule.disagree_share * max(measured.tickets, measured.counted))
    return abs(measured.tickets - measured.counted) > most


@cache
def limits(rule: QueueRule) -> dict[Rule, Limit]:
    """The limits of everything that is measured of a zone."""
    common = {"clear_s": rule.clear_s, "gap_cadences": rule.gap_cadences, "unknown_reset_s": rule.unknown_reset_s}
    return {
        Rule.UNSTAFFED: Limit(inf, 1, 0, 1, 1, rule.unstaffed_s, **common),
        Rule.QUEUE: Limit(
            rule.yellow_open, rule.yellow_close, rule.yellow_s, rule.red_open, rule.red_close, rule.red_s, **common
        ),
        Rule.FEW: Limit(rule.few_waiting, rule.few_waiting, rule.few_s, **common),
        Rule.WAIT: Limit(
            rule.wait_yellow_s, 0.8 * rule.wait_yellow_s, 0, rule.wait_red_s, 0.8 * rule.wait_red_s, **common
        ),
        Rule.CAPACITY: Limit(1, 1, 60, **common),
        Rule.IDLE: Limit(rule.idle_s, rule.idle_s, **common),
        Rule.ABANDONMENT: Limit(
            rule.abandoned_yellow, 0.8 * rule.abandoned_yellow, 0, rule.abandoned_red, rule.abandoned_red, **common
        ),
    }


def values(rule: QueueRule, measured: Measured) -> dict[Rule, float | None]:
    """Each measured value, in the order in which a zone's alert is looked for; None = unknown."""
    waiting = measured.waiting
    return {
        Rule.UNSTAFFED: _unstaffed(measured),
        Rule.QUEUE: measured.load,
        Rule.FEW: _few(rule, measured),
        Rule.WAIT: measured.oldest_s,
        Rule.CAPACITY: _too_many(rule, measured),
        Rule.IDLE: None if waiting is None else measured.idle_s,
        Rule.ABANDONMENT: _abandoned(rule, measured),
    }


@cache
def rule_values(rule: QueueRule) -> dict[str, float]:
    """The rule's values as they are kept with an alert."""
    return {name: float(value) for name, value in asdict(rule).items()}


def _unstaffed(measured: Measured) -> float | None:
    """People who wait where nobody serves; nobody does where that is not known."""
    if measured.due_windows == 0 or measured.waiting == 0 or (measured.staffed or 0) > 0:
        return 0.0
    return None if measured.staffed is None or measured.waiting is None else float(measured.waiting)


def _few(rule: QueueRule, measured: Measured) -> float | None:
    if measured.due_windows <= rule.few_windows or measured.open_windows > rule.few_windows:
        return 0.0
    return None if measured.waiting is None else float(measured.waiting)


def _too_many(rule: QueueRule, measured: Measured) -> float | None:
    """How many of those with a ticket cannot be served before the closing."""
    if measured.closes_in_s is None or measured.closes_in_s > rule.closing_s or measured.tickets is None:
        return 0.0
    each_s = measured.served_s or rule.ticket_s
    can = measured.open_windows * measured.closes_in_s / each_s
    return max(0.0, measured.tickets - can)


def _abandoned(rule: QueueRule, measured: Measured) -> float:
    """The share of the last hour; too few tickets count as none abandoned."""
    if measured.abandoned is None or measured.abandoned[1] < rule.abandoned_least:
        return 0.0
    return measured.abandoned[0] / measured.abandoned[1]
