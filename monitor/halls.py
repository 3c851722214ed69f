"""Halls: what is judged of a hall as a whole, and which of its alerts are one event."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from math import inf

from monitor.alerts import FAULTS, PRESENCE, Alert
from monitor.limits import Limit
from monitor.posts import EMPTY, NOT_DUE, Post


@dataclass(frozen=True, slots=True)
class HallRule:
    """Thresholds of one hall."""

    empty_share: float = 0.4
    """大面积空岗: share of the windows in service that are empty at once, from which it is red."""
    empty_s: float = 300.0
    """For how long, in seconds."""
    empty_least: float = 3.0
    """Fewer windows in service than this are no hall to speak of."""
    group_at: float = 10.0
    """So many windows whose alerts open together are shown as one."""
    group_s: float = 120.0
    """Within how long, in seconds."""
    camera_s: float = 60.0
    """监察眼故障: how long a camera may be blind before it is a fault, in seconds."""
    clear_s: float = 60.0
    """How long it must be well again before an alert ends, in seconds."""
    version: int = 1
    """Raised whenever a value or its meaning changes; kept with every alert."""


@cache
def rule_values(rule: HallRule) -> dict[str, float]:
    """The rule's values as they are kept with an alert."""
    return {name: float(value) for name, value in asdict(rule).items()}


@cache
def empty_limit(rule: HallRule) -> Limit:
    """The limit on the share of empty windows: only red."""
    share = rule.empty_share
    return Limit(inf, 0.75 * share, 0, share, 0.75 * share, rule.empty_s, clear_s=rule.clear_s)


@cache
def camera_limit(rule: HallRule) -> Limit:
    """The limit on a camera's blindness, 1 = blind."""
    return Limit(1, 1, rule.camera_s, clear_s=rule.clear_s)


def empty_share(rule: HallRule, posts: Iterable[Post]) -> float:
    """The share of the windows in service that are known to be empty; one that cannot be seen is not."""
    due = [post for post in posts if post not in NOT_DUE]
    return sum(post in EMPTY for post in due) / len(due) if len(due) >= rule.empty_least else 0.0


def groups(rule: HallRule, alerts: Iterable[Alert]) -> dict[str, str]:
    """Which alerts about windows of one hall are one event: key of an alert → key of the first of its group.

    `group_at` of them that opened within `group_s` of the first are a group. Each stays to be judged on its own.
    """
    windows = sorted((one for one in alerts if one.rule in PRESENCE), key=lambda one: (one.opened_at, one.key))
    found: dict[str, str] = {}
    at = 0
    while at < len(windows):
        first = windows[at]
        within = timedelta(seconds=rule.group_s)
        together = [one for one in windows[at:] if one.opened_at - first.opened_at <= within]
        if len(together) < rule.group_at:
            at += 1
            continue
        found |= {one.key: first.key for one in together}
        at += len(together)
    return found


HOLD_S = 30.0
"""A window's alert is told once no other of its hall has opened for so long, in seconds."""


def gathered(
    rule: HallRule, windows: int, alerts: Iterable[Alert], known: Collection[str], at: datetime
) -> dict[str, str]:
    """Which alerts of one hall are told now, and together with which: key → key of the first of them.

    `windows`: how many the hall has; `alerts`: those of the last while, ended ones too; `known`: keys of which this was
    said before: that stays as it is. A group is what `groups` says; what follows once it was told is told by itself.
    An alert about a window is held until no other has opened for `HOLD_S`, but never longer than `group_s` after the
    first of its group, and not at all where there are fewer windows than make a group.
    """
    asked = sorted((one for one in alerts if needs_a_person(one)), key=lambda one: (one.opened_at, one.key))
    may_follow = [one.opened_at for one in asked if one.rule in PRESENCE] if windows >= rule.group_at else []
    calm = not may_follow or (at - max(may_follow)).total_seconds() >= min(HOLD_S, rule.group_s)
    together = groups(rule, asked)
    events: dict[str, list[Alert]] = {}
    for one in asked:
        if one.until is None and one.key not in known:
            events.setdefault(together.get(one.key, one.key), []).append(one)
    found: dict[str, str] = {}
    for members in events.values():
        waited_s = (at - members[0].opened_at).total_seconds()
        if calm or members[0].rule not in PRESENCE or waited_s >= rule.group_s:
            found |= dict.fromkeys((one.key for one in members), members[0].key)
    return found


def needs_a_person(alert: Alert) -> bool:
    """Whether a supervision officer is asked: not about equipment, and not in a hall in shadow mode."""
    return alert.rule not in FAULTS and not alert.shadow
