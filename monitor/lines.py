"""Lines: observations and alerts as plain values, one JSON line each."""

from datetime import datetime

from monitor.alerts import Alert
from monitor.observation import Observation

Line = dict[str, str | int | None]


def observation_line(look: Observation) -> Line:
    """One region of one sample; `people` null = could not see. `zone` is the region's id."""
    return {"at": look.at.isoformat(), "camera": look.camera, "zone": look.region, "people": look.people}


def alert_line(alert: Alert, at: datetime) -> Line | None:
    """An alert that opened (`until` null) or ended with the look at a time; None for other changes of it."""
    if alert.until is None and at != alert.opened_at:
        return None
    return {
        "at": at.isoformat(),
        "rule": str(alert.rule),
        "place": alert.place,
        "since": alert.since.isoformat(),
        "until": None if alert.until is None else alert.until.isoformat(),
    }
