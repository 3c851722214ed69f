"""Reception: how the cameras are looked at, over all halls, beside whether they see."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from dashboards.heard import Message
from dashboards.standing import HallStanding, fresh

TINY = 1e-6
"""So that 0.29 is 29 per cent, not 28.999… floored."""


def believed(messages: Mapping[str, Message], now: datetime, stale_after: timedelta) -> dict[str, Message]:
    """The live messages that are new enough, by hall."""
    return {hall: message for hall, message in messages.items() if fresh(message, now, stale_after) is not None}


def pace(messages: Mapping[str, Message]) -> dict[str, Any]:
    """The sampling pace (采样节奏) of the shard that keeps up worst.

    `share` of `whole`: looks taken per look configured, in per cent, floored; None = no hall is heard. `stretch`: the
    same as how many times as long an interval is; `on_time`: per cent of the looks that were taken in time, None = not
    known; `slow`: whether it is so bad that people are told, `since` when.
    """
    stretch = max((message.get("stretch", 1.0) for message in messages.values()), default=None)
    known = [message["on_time"] for message in messages.values() if message.get("on_time") is not None]
    since = [message["slow_since"] for message in messages.values() if message.get("slow_since")]
    return {
        "share": None if stretch is None else int(100 / max(1.0, stretch) + TINY),
        "whole": 100,
        "stretch": None if stretch is None else round(stretch, 1),
        "on_time": int(100 * min(known) + TINY) if known else None,
        "slow": bool(since),
        "since": min(since, key=datetime.fromisoformat) if since else None,
    }


def unwatched(messages: Mapping[str, Message]) -> int:
    """Cameras that are not looked at because of their hall's network limit."""
    return sum(int(message["cameras"].get("unwatched", 0)) for message in messages.values())


def notes(halls: Sequence[HallStanding], messages: Mapping[str, Message]) -> list[dict[str, Any]]:
    """What is to be known of cameras that can see: halls that watch fewer than they have, then wrong clocks."""
    told = [(standing.hall.id, messages[standing.hall.id]["cameras"]) for standing in halls
            if standing.hall.id in messages]  # fmt: skip
    limited = [
        {"hall": hall, "id": "", "kind": "unwatched", "n": cameras["unwatched"]}
        for hall, cameras in told
        if cameras.get("unwatched")
    ]
    clocks = [{"hall": hall, "kind": "clock", **clock} for hall, cameras in told for clock in cameras.get("clocks", ())]
    return limited + sorted(clocks, key=lambda clock: -abs(clock["off_s"]))
