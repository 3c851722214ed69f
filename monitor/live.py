"""The live message: all that a board shows of one hall, as one retained message."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from monitor.alerts import Alert, Rule, Still, severity
from monitor.calendar import segment_at, today
from monitor.desk import Desk
from monitor.duty import Duty
from monitor.presence import Post
from monitor.queues import Crowd
from monitor.sight import Sight

SCHEMA = "live/1"

Message = dict[str, Any]

OFF_DUTY = {Duty.NOT_IN_SERVICE: Post.NOT_IN_SERVICE, Duty.CLOSED: Post.CLOSED, Duty.PAUSED: Post.PAUSED_OK}
"""What is known of a window that nobody ever looked at."""


def message(
    desk: Desk,
    at: datetime,
    version: int,
    detector: str,
    demo: bool,
    stills: Callable[[str], Sequence[Still]],
    late_s: float = 0.0,
) -> Message:
    """The live state of a hall, ready to be serialised; times are ISO 8601 with offset.

    `version` counts up with every message; `stills` gives those of an alert by its key; `late_s`: how far the looks
    lag behind, in seconds.
    """
    segment = segment_at(desk.hall, desk.calendar, at)
    alerts = [_alert(desk, alert, stills(alert.key)) for alert in desk.alerts(at)]
    return {
        "schema": SCHEMA,
        "hall": desk.hall.id,
        "version": version,
        "at": at.isoformat(),
        "service": {
            "open": segment is not None,
            "segment": segment.name if segment else "",
            "day": str(desk.calendar.kind(today(at))),
        },
        "detector": {"name": detector, "demo": demo},
        "windows": [_window(desk, window.id, at) for window in desk.hall.windows],
        "zones": [_zone(desk, zone.id, at) for zone in desk.hall.zones],
        "cameras": _cameras(desk),
        "alerts": sorted(alerts, key=_urgency),
        "late": round(late_s, 1),
    }


def _window(desk: Desk, window: str, at: datetime) -> Message:
    watch, said = desk.windows[window], desk.said(window)
    sight = desk.sights.get((Rule.ABSENCE, window), Sight())
    post = OFF_DUTY.get(desk.duty(window, at), Post.UNKNOWN) if watch.at is None else watch.post
    return {
        "id": window,
        "state": str(post),
        "since": _iso(watch.post_since),
        "reason": said.reason if said is not None and post in (Post.PAUSED_OK, Post.CLOSED) else "",
        "pause_signal": said is not None,
        "people": sight.people,
        "seen_at": _iso(sight.seen_at),
    }


def _zone(desk: Desk, zone: str, at: datetime) -> Message:
    sight = desk.sights.get((Rule.QUEUE, zone), Sight())
    return {
        "id": zone,
        "waiting": sight.people,
        "seen_at": _iso(sight.seen_at),
        "open_windows": desk.open_windows(zone, at),
        "level": str(Crowd.UNKNOWN if sight.people is None else desk.zones[zone].crowd),
    }


def _cameras(desk: Desk) -> Message:
    blind = [(id, eye) for id, eye in desk.eyes.items() if eye.blind]
    return {
        "total": len(desk.eyes),
        "seeing": len(desk.eyes) - len(blind),
        "blind": [{"id": id, "reason": eye.blind, "since": _iso(eye.since), "detail": eye.detail} for id, eye in blind],
    }


def _alert(desk: Desk, alert: Alert, stills: Sequence[Still]) -> Message:
    sight = desk.sights.get((alert.rule, alert.place), Sight())
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
