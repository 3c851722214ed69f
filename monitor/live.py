"""The live message: all that a board shows of one hall, as one retained message."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from monitor.alerts import Alert, Rule, Still, family, severity
from monitor.calendar import today
from monitor.desk import Desk
from monitor.halls import groups
from monitor.posts import IDLE, Post
from monitor.posts import presence as value_of
from monitor.queues import disagree
from monitor.sight import Sight

SCHEMA = "live/1"

Message = dict[str, Any]

News = tuple[object, ...]
"""What a board has to show at once; comparable."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How well a shard keeps the cadences of its cameras."""

    stretch: float = 1.0
    """How many times as rarely as configured every camera is looked at; 1 = cadences kept."""
    on_time: float | None = None
    """Share of the looks due in the last minute that were taken in time, 0..1; None = not known yet."""

    def worse(self, than: "Pace") -> bool:
        """Whether cadences are stretched as much as there or more, or fewer looks are on time."""
        late = self.on_time is not None and than.on_time is not None and self.on_time < than.on_time
        return self.stretch >= than.stretch or late


SLOW, KEPT = Pace(1.2, 0.9), Pace(1.1, 0.95)
"""From where on people are told that cameras are looked at less often, and from where on until it is over."""


def slow_since(before: datetime | None, pace: Pace, at: datetime) -> datetime | None:
    """Since when a shard does not keep up; None = it does. `before`: the same as it was known so far."""
    if pace.worse(SLOW):
        return before or at
    return before if pace.worse(KEPT) else None


@dataclass(frozen=True, slots=True)
class WrongClock:
    """A camera whose own clock is wrong. Its picture is good: looks have the time of their receipt."""

    camera: str
    off_s: float
    """By how many seconds it is ahead; negative = behind."""
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reception:
    """What is known of the reception of one hall besides whether its cameras see."""

    unwatched: int = 0
    """Cameras that are not looked at because the hall's network limit does not allow it."""
    clocks: tuple[WrongClock, ...] = ()


STAFFED = {Post.SERVING: Post.ON_DUTY}
"""Applicants come and go; that is not news."""


def message(
    desk: Desk,
    at: datetime,
    version: int,
    detector: str,
    demo: bool,
    stills: Callable[[str], Sequence[Still]],
    late_s: float = 0.0,
    pace: Pace = Pace(),
    slow: datetime | None = None,
    reception: Reception = Reception(),
) -> Message:
    """The live state of a hall, ready to be serialised; times are ISO 8601 with offset.

    `version` counts up with every message; `stills` gives those of an alert by its key; `late_s`: how far the looks
    lag behind, in seconds; `pace`: how the shard keeps up, `slow`: since when it does not; `reception`: how the hall's
    cameras do.
    """
    service = desk.hours.at(None, at)
    told = desk.alerts(at)
    together = groups(desk.hall_rule(at), told)
    alerts = [_alert(desk, alert, stills(alert.key), together.get(alert.key, "")) for alert in told]
    return {
        "schema": SCHEMA,
        "hall": desk.hall.id,
        "version": version,
        "at": at.isoformat(),
        "service": {
            "open": service is not None,
            "segment": service.segment.name if service else "",
            "day": str(desk.hours.calendar.kind(today(at))),
        },
        "shadow": desk.hall.shadow,
        "detector": {"name": detector, "demo": demo},
        "windows": [_window(desk, window.id, at) for window in desk.hall.windows],
        "zones": [_zone(desk, zone.id, at) for zone in desk.hall.zones],
        "cameras": _cameras(desk, reception),
        "alerts": sorted(alerts, key=_urgency),
        "late": round(late_s, 1),
        "stretch": round(pace.stretch, 2),
        "on_time": None if pace.on_time is None else round(pace.on_time, 4),
        "slow_since": _iso(slow),
    }


def news(desk: Desk) -> News:
    """What of a hall's state is worth a message of its own: posts, crowds, blindness and what alerts are about.

    What is left out (people, who is being served, times, severity) only counts or grows older.
    """
    return (
        [STAFFED.get(watch.post, watch.post) for watch in desk.windows.values()],
        [_standing(watch.alert) for watch in desk.watches.each() if watch.alert is not None],
        [eye.blind for eye in desk.eyes.values()],
    )


def _standing(alert: Alert) -> News:
    return alert.key, alert.level, alert.until, alert.sees


def _window(desk: Desk, window: str, at: datetime) -> Message:
    """Nobody needs to look to know that a hall is closed."""
    watch, said = desk.windows[window], desk.said(window)
    sight = desk.sights.get((Rule.ABSENCE, window), Sight())
    post, reason = desk.post(window, at)
    told = said.reason if said is not None and post in IDLE else ""
    return {
        "id": window,
        "state": str(post),
        "presence": str(value_of(post)),
        "since": _iso(watch.post_since) if post is watch.post else None,
        "reason": told or reason,
        "pause_signal": said is not None,
        "people": sight.people,
        "seen_at": _iso(sight.seen_at),
    }


def _zone(desk: Desk, zone: str, at: datetime) -> Message:
    sight, measured = desk.sights.get((Rule.QUEUE, zone), Sight()), desk.measured.get(zone)
    rule = desk.queue_rule(zone, at)
    return {
        "id": zone,
        "waiting": measured.waiting if measured is not None else None,
        "tickets": measured.tickets if measured is not None else None,
        "counted": sight.people,
        "disagree": measured is not None and disagree(rule, measured),
        "oldest_s": round(measured.oldest_s) if measured is not None and measured.oldest_s is not None else None,
        "seen_at": _iso(sight.seen_at),
        "open_windows": desk.open_windows(zone, at),
        "level": str(desk.crowd(zone, at)),
        "yellow": rule.yellow_open,
        "red": rule.red_open,
    }


def _cameras(desk: Desk, reception: Reception) -> Message:
    blind = [(id, eye) for id, eye in desk.eyes.items() if eye.blind]
    return {
        "total": len(desk.eyes),
        "seeing": len(desk.eyes) - len(blind),
        "blind": [{"id": id, "reason": eye.blind, "since": _iso(eye.since), "detail": eye.detail} for id, eye in blind],
        "unwatched": reception.unwatched,
        "clocks": [
            {"id": one.camera, "off_s": round(one.off_s, 1), "since": _iso(one.since)} for one in reception.clocks
        ],
    }


def _alert(desk: Desk, alert: Alert, stills: Sequence[Still], group: str) -> Message:
    """`group`: key of the first alert of those that are shown as one with it; empty = it stands alone."""
    sight = desk.sights.get((family(alert.rule), alert.place), Sight())
    return {
        "key": alert.key,
        "rule": str(alert.rule),
        "place": alert.place,
        "level": str(alert.level),
        "since": alert.since.isoformat(),
        "opened_at": alert.opened_at.isoformat(),
        "until": _iso(alert.until),
        "sees": alert.sees,
        "unseen_s": alert.unseen_s,
        "waiting": alert.waiting,
        "red_at": _iso(alert.red_at),
        "group": group,
        "shadow": alert.shadow,
        "severity": round(severity(alert, sight.seen_at or alert.opened_at), 1),
        "people": alert.people,
        "pause_signal": alert.pause_signal,
        "stills": [{"moment": str(one.moment), "at": one.at.isoformat(), "file": one.file} for one in stills],
    }


def _urgency(alert: Message) -> tuple[bool, float, str]:
    """Open ones first, the severest of them first, and of two alike the one that began earlier."""
    return alert["until"] is not None, -alert["severity"], alert["since"]


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
