"""How the halls stand now: counts over the newest live messages. A hall that has gone quiet counts as unknown."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from config.settings import Settings
from dashboards.heard import Message
from monitor.alerts import PRESENCE, Alert
from monitor.calendar import today
from monitor.places import Hall
from monitor.rates import Rate

UNKNOWN, CLOSED, OFF = "UNKNOWN", "CLOSED", "NOT_IN_SERVICE"
ON = ("ON_DUTY", "SERVING")
AWAY = ("AWAY_WARN", "AWAY_ALERT", "VACANT_WITH_REASON")
STEPPED = ("AWAY_TIMER", "AWAY_HINT")
PAUSED = ("PAUSED_OK", "PAUSED_OVER", "COVERED", "BACK_OFFICE", "AWAY_SERVING")
"""Not at the post, and excused for the time being."""

RANK = ("alarm", "warn", "unknown", "ok", "off")
"""From the hall to look at first to the one to look at last."""


@dataclass(frozen=True, slots=True)
class HallStanding:
    """One hall's counts; 应开 = 在岗 + 暂离 + 离岗 + 暂停 + 未知."""

    hall: Hall
    open: bool
    """Within service hours."""
    eyes: Rate
    """Cameras that see, of those configured."""
    states: Counter[str]
    zones: tuple[dict[str, Any], ...]
    worst: str

    def count(self, states: Iterable[str]) -> int:
        """Windows in any of some states."""
        return sum(self.states[state] for state in states)

    @property
    def due(self) -> int:
        """应开: windows that ought to be open now."""
        return sum(self.states.values()) - self.states[CLOSED] - self.states[OFF]

    @property
    def waiting(self) -> int | None:
        """People in all zones that could be seen; None if none could."""
        seen = [zone["waiting"] for zone in self.zones if zone["waiting"] is not None]
        return sum(seen) if seen else None


def standings(
    settings: Settings, messages: Mapping[str, Message], now: datetime, stale_after: timedelta
) -> tuple[HallStanding, ...]:
    """Every configured hall, the one to look at first in front."""
    cameras = Counter(camera.hall for camera in settings.cameras)
    halls = [
        _standing(
            hall,
            settings.hours[hall.id].at(None, now) is not None,
            cameras[hall.id],
            fresh(messages.get(hall.id), now, stale_after),
        )
        for hall in settings.halls
    ]
    return tuple(sorted(halls, key=_urgency))


def fresh(message: Message | None, now: datetime, stale_after: timedelta) -> Message | None:
    """The message, unless it is older than what may be believed, or of a time to come: a clock was set back since."""
    if message is None or abs(now - datetime.fromisoformat(message["at"])) > stale_after:
        return None
    return message


def as_seen(alert: Alert, message: Message | None, now: datetime, stale_after: timedelta) -> tuple[Alert, datetime]:
    """An alert as its hall tells of it now, and up to when it counts: now while it is seen, else the last look."""
    said = message if message is not None else {"alerts": (), "windows": (), "zones": ()}
    told: Mapping[str, Any] = next((one for one in said["alerts"] if one["key"] == alert.key), {})
    changing = ("sees", "unseen_s", "waiting", "people")
    alert = replace(alert, **{name: told[name] for name in changing if name in told})
    if alert.sees and fresh(message, now, stale_after) is not None:
        return alert, now
    spots = said["windows"] if alert.rule in PRESENCE else said["zones"]
    seen_at = next((spot["seen_at"] for spot in spots if spot["id"] == alert.place), None)
    return replace(alert, sees=False), datetime.fromisoformat(seen_at) if seen_at else alert.opened_at


def service(
    settings: Settings, halls: Sequence[HallStanding], messages: Iterable[Message], now: datetime
) -> dict[str, Any]:
    """What kind of day it is, which stretches of service run, and whether a demonstration model looks."""
    services = [settings.hours[standing.hall.id].at(None, now) for standing in halls]
    return {
        "days": [str(settings.calendar.kind(today(now)))],
        "segments": sorted({service.segment.name for service in services if service is not None}),
        "open": sum(standing.open for standing in halls),
        "halls": len(halls),
        "demo_model": any(message.get("detector", {}).get("demo", False) for message in messages),
    }


def _standing(hall: Hall, in_service: bool, cameras: int, message: Message | None) -> HallStanding:
    seen = {window["id"]: window["state"] for window in message["windows"]} if message is not None else {}
    unseen = UNKNOWN if in_service else OFF
    states = Counter(seen.get(window.id, CLOSED if window.closed else unseen) for window in hall.windows)
    zones = _zones(hall, message)
    seeing = message["cameras"]["seeing"] if message is not None else 0
    return HallStanding(
        hall=hall,
        open=in_service,
        eyes=Rate(seeing, max(cameras, seeing)),
        states=states,
        zones=zones,
        worst=_worst(states, zones, in_service, message is not None and seeing < cameras),
    )


def _zones(hall: Hall, message: Message | None) -> tuple[dict[str, Any], ...]:
    told = {zone["id"]: zone for zone in message["zones"]} if message is not None else {}
    rows = []
    for zone in hall.zones:
        said = told.get(zone.id, {})
        waiting, open_windows = said.get("waiting"), said.get("open_windows", 0)
        rows.append(
            {
                "hall": hall.id,
                "zone": zone.id,
                "waiting": waiting,
                "open": open_windows,
                "per_open": None if waiting is None else waiting / max(1, open_windows),
                "level": said.get("level", "unknown") if waiting is not None else "unknown",
                "seen_at": said.get("seen_at"),
                "disagree": said.get("disagree", False),
                **{name: said.get(name) for name in ("tickets", "counted", "oldest_s", "yellow", "red")},
            }
        )
    return tuple(rows)


def _worst(states: Counter[str], zones: Sequence[Mapping[str, Any]], in_service: bool, blind: bool) -> str:
    levels = {zone["level"] for zone in zones}
    if states["AWAY_ALERT"] or "red" in levels:
        return "alarm"
    if states["AWAY_WARN"] or states["VACANT_WITH_REASON"] or states["PAUSED_OVER"] or "yellow" in levels:
        return "warn"
    if states[UNKNOWN] or blind:
        return "unknown"
    return "ok" if in_service else "off"


def _urgency(standing: HallStanding) -> tuple[int, int, int]:
    return RANK.index(standing.worst), -standing.count(AWAY), -standing.states[UNKNOWN]
