"""Lanes: what was known of a place and when, in four lines (camera, tickets, pause, roster): why an alert opened.

A lane is a list of marks: from that time on the state was so. Marks are kept for a while and go with every alert that
opens there, so that it can be explained for ever, whatever becomes of the configuration.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from monitor import presence
from monitor.alerts import Alert
from monitor.posts import NOT_DUE, Post
from monitor.queues import Measured

KEPT = timedelta(minutes=30)
"""How far before an alert's beginning its lanes reach, at most."""
MOST = 400
"""Marks of one lane that are kept at most: an hour of looks of which each differs from the one before."""


class Lane(StrEnum):
    """The four lines, in the order in which they are shown."""

    CAMERA = "camera"
    TICKETS = "tickets"
    PAUSE = "pause"
    ROSTER = "roster"


Mark = tuple[datetime, str]
"""From this time on, this state: a code, for instance `present`, `2` or `paused:break`."""


@dataclass(slots=True)
class Lanes:
    """The four lanes of one place."""

    marks: dict[Lane, list[Mark]] = field(default_factory=dict)

    def mark(self, lane: Lane, at: datetime, state: str) -> None:
        """Note a state; only a change makes a mark."""
        marks = self.marks.setdefault(lane, [])
        if marks and marks[-1][1] == state:
            return
        marks.append((at, state))
        if len(marks) > MOST:
            del marks[: MOST // 4]

    def since(self, start: datetime) -> dict[str, list[list[str]]]:
        """The marks from a time on, with the one that was in force then; times ISO 8601."""
        told = {}
        for lane in Lane:
            marks = self.marks.get(lane, [])
            before = [mark for mark in marks if mark[0] <= start][-1:]
            told[str(lane)] = [[at.isoformat(), state] for at, state in (*before, *(m for m in marks if m[0] > start))]
        return told


def why(alert: Alert, lanes: Lanes, at: datetime, sources: Mapping[str, str]) -> dict[str, Any]:
    """Why an alert is as it is now: lanes, crossing, rule, values in force and where they came from. Plain JSON."""
    return {
        "schema": "why/1",
        "at": at.isoformat(),
        "rule": str(alert.rule),
        "version": alert.values.get("version"),
        "values": alert.values,
        "sources": dict(sources),
        "crossing": {
            "since": alert.since.isoformat(),
            "opened_at": alert.opened_at.isoformat(),
            "red_at": alert.red_at.isoformat() if alert.red_at else None,
            "until": alert.until.isoformat() if alert.until else None,
            "unseen_s": alert.unseen_s,
        },
        "lanes": lanes.since(alert.since - KEPT),
    }


def of_window(watch: presence.Watch, seen: presence.Seen) -> dict[Lane, str]:
    """What the four lanes say of a window after a look."""
    duty = seen.duty
    if duty.service is None:
        roster = "not-in-service"
    elif duty.closed:
        roster = f"closed:{duty.closed}"
    elif duty.excuse is not None:
        roster = f"{duty.excuse.kind}:{duty.excuse.by}"
    else:
        roster = "back-office" if duty.back_office else f"open:{duty.service.segment.name}"
    waits = "?" if seen.waiting is None else str(seen.waiting)
    return {
        Lane.CAMERA: f"unseen:{seen.blind}" if seen.people is None else "present" if seen.people else "empty",
        Lane.TICKETS: f"{'serving' if duty.ticket else 'idle'}:{waits}",
        Lane.PAUSE: f"{watch.post}:{duty.pause.reason}" if duty.pause else "none" if seen.pause_signal else "no-signal",
        Lane.ROSTER: roster,
    }


def of_zone(measured: Measured, posts: Sequence[Post]) -> dict[Lane, str]:
    """What they say of a zone: heads, tickets, paused windows, open windows of those due."""
    return {
        Lane.CAMERA: "unseen" if measured.counted is None else str(measured.counted),
        Lane.TICKETS: "no-signal" if measured.tickets is None else str(measured.tickets),
        Lane.PAUSE: _paused(posts),
        Lane.ROSTER: f"{measured.open_windows}/{measured.due_windows}",
    }


def of_hall(empty: int, waiting: int, posts: Sequence[Post]) -> dict[Lane, str]:
    """What they say of a hall: empty posts, people waiting, paused windows, windows due."""
    return {
        Lane.CAMERA: str(empty),
        Lane.TICKETS: str(waiting),
        Lane.PAUSE: _paused(posts),
        Lane.ROSTER: str(sum(post not in NOT_DUE for post in posts)),
    }


def _paused(posts: Sequence[Post]) -> str:
    return str(sum(post in (Post.PAUSED_OK, Post.PAUSED_OVER) for post in posts))
