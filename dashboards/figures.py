"""Figures: every number of the situation page, computed once for all pages from the records and the halls' standing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from config.settings import Settings
from dashboards.reception import believed, notes, pace, unwatched
from dashboards.standing import AWAY, ON, PAUSED, STEPPED, UNKNOWN, HallStanding, as_seen, fresh, service, standings
from monitor.adapters import alert_records, issue_records, rating_records
from monitor.adapters.alert_records import AlertRecord
from monitor.alerts import Alert, severity
from monitor.calendar import BEIJING, today
from monitor.halls import groups, needs_a_person
from monitor.issues import Issue, Status
from monitor.rates import Rate, adoption, completion, counted, satisfaction
from monitor.ratings import LEVELS, Channel, Rating

SCHEMA = "figures/1"
PENDING_DAYS = 7
"""An alert that nobody judged stays in the feed this long after its end."""
FEED, ZONES, EYES = 60, 40, 100
"""The message holds so many alerts, zones and cameras with faults, those to be seen first; beyond these, how many more
there are. A switch that fails may blind hundreds of cameras at once."""


@dataclass(frozen=True, slots=True)
class Records:
    """What the figures are computed from."""

    alerts: tuple[AlertRecord, ...]
    """Open at some time in the last PENDING_DAYS."""
    ratings: tuple[Rating, ...]
    """Given today in Beijing."""
    issues: tuple[Issue, ...]
    """The whole ledger."""


def read(engine: Engine, now: datetime, known: Records | None = None) -> Records:
    """The records behind the figures; `known`: only the alerts are read anew, everything else is as it was."""
    alerts = alert_records.alerts_since(engine, now - timedelta(days=PENDING_DAYS))
    if known is not None:
        return replace(known, alerts=alerts)
    return Records(
        alerts=alerts,
        ratings=rating_records.ratings_of_day(engine, today(now), BEIJING),
        issues=issue_records.issues(engine),
    )


def figures(
    settings: Settings,
    records: Records,
    messages: Mapping[str, Mapping[str, Any]],
    now: datetime,
    stale_after: timedelta,
) -> dict[str, Any]:
    """The figures message: numbers, rates with both their numbers, lists in the order they are shown."""
    halls = standings(settings, messages, now, stale_after)
    heard = believed(messages, now, stale_after)
    waiting = zones(halls)
    judging = grouped(settings, records.alerts, feed(records.alerts, messages, now, stale_after))
    cannot_see, told = blind(halls, messages, now, stale_after), notes(halls, heard)
    room = max(0, EYES - len(cannot_see))
    return {
        "schema": SCHEMA,
        "at": now.isoformat(),
        "service": service(settings, halls, messages.values(), now),
        "kpi": {
            **live_figures(halls),
            "alerts": alert_figures(records.alerts, now),
            "ratings": rating_figures(records.ratings),
            "satisfaction": shown(satisfaction(records.ratings)),
            "issues": {
                "open": sum(issue.status is not Status.CLOSED for issue in records.issues),
                "submitted": sum(issue.status is Status.SUBMITTED for issue in records.issues),
            },
            "completion": shown(completion(records.issues)),
            "pace": pace(heard),
            "unwatched": unwatched(heard),
        },
        "areas": areas(settings, halls),
        "zones": waiting[:ZONES],
        "zones_more": len(waiting[ZONES:]),
        "feed": judging[:FEED],
        "feed_more": len(judging[FEED:]),
        "handled": handled(records.alerts, now),
        "blind": cannot_see[:EYES],
        "notes": told[:room],
        "faults": len(cannot_see) + len(told),
        "ratings": levels(records.ratings),
        "issues": issue_figures(records.issues),
    }


def shown(rate: Rate) -> dict[str, Any]:
    """A rate as the page shows it: floored text and a/b."""
    return {"a": rate.a, "b": rate.b, "text": rate.text}


def live_figures(halls: Sequence[HallStanding]) -> dict[str, Any]:
    """Supervision eyes, windows and people waiting, over all halls."""
    eyes = Rate(sum(hall.eyes.a for hall in halls), sum(hall.eyes.b for hall in halls))
    rows = [zone for hall in halls for zone in hall.zones]
    seen = [zone for zone in rows if zone["waiting"] is not None]
    longest = max(seen, key=lambda zone: zone["waiting"], default=None)
    return {
        "eyes": shown(eyes),
        "eyes_blind": eyes.b - eyes.a,
        "windows": {
            "due": sum(hall.due for hall in halls),
            "on": sum(hall.count(ON) for hall in halls),
            "away": sum(hall.count(AWAY) for hall in halls),
            "stepped": sum(hall.count(STEPPED) for hall in halls),
            "paused": sum(hall.count(PAUSED) for hall in halls),
            "unknown": sum(hall.states[UNKNOWN] for hall in halls),
        },
        "waiting": {
            "total": sum(zone["waiting"] for zone in seen) if seen else None,
            "unseen": len(rows) - len(seen),
            "longest": longest if longest is not None and longest["waiting"] else None,
        },
    }


def alert_figures(alerts: Sequence[AlertRecord], now: datetime) -> dict[str, Any]:
    """To judge (of any day), judged among those opened today, and how many of the judged were adopted."""
    alerts = [record for record in alerts if needs_a_person(record.alert)]
    opened_today = [record for record in alerts if today(record.alert.opened_at) == today(now)]
    verdicts = [record.verdict.kind for record in opened_today if record.verdict is not None]
    return {
        "pending": sum(record.verdict is None for record in alerts),
        "today": len(opened_today),
        "handled": len(verdicts),
        "adopted": shown(adoption(verdicts)),
    }


def rating_figures(ratings: Sequence[Rating]) -> dict[str, int]:
    """Valid ratings of today, bad ones among them, and ballot-box ones, which are counted apart."""
    valid = counted(ratings)
    coins = sum(rating.channel is Channel.COIN and not rating.test for rating in ratings)
    return {"n": len(valid), "bad": sum(rating.bad for rating in valid), "coin": coins}


def levels(ratings: Sequence[Rating]) -> dict[str, dict[str, Any]]:
    """Valid ratings of today by level, each with its share."""
    valid = counted(ratings)
    of_level = Counter(rating.level for rating in valid)
    return {
        "levels": {str(level): of_level[level] for level in LEVELS},
        "shares": {str(level): Rate(of_level[level], len(valid)).text for level in LEVELS},
    }


def issue_figures(issues: Sequence[Issue]) -> dict[str, int]:
    """The ledger by state."""
    of_status = Counter(issue.status for issue in issues)
    return {str(status): of_status[status] for status in Status}


def areas(settings: Settings, halls: Sequence[HallStanding]) -> list[dict[str, Any]]:
    """Halls under their areas; the area of the worst hall comes first."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for hall in halls:
        grouped.setdefault(hall.hall.area, []).append(hall_row(hall))
    return [{"code": code, "halls": rows} for code, rows in grouped.items()]


def hall_row(standing: HallStanding) -> dict[str, Any]:
    """One line of the table of halls."""
    queue = {zone["level"] for zone in standing.zones}
    return {
        "id": standing.hall.id,
        "worst": standing.worst,
        "open": standing.open,
        "eyes": {"a": standing.eyes.a, "b": standing.eyes.b},
        "due": standing.due,
        "on": standing.count(ON),
        "away": standing.count(AWAY),
        "unknown": standing.states[UNKNOWN],
        "waiting": standing.waiting,
        "queue": next((level for level in ("red", "yellow") if level in queue), None),
    }


def zones(halls: Sequence[HallStanding]) -> list[dict[str, Any]]:
    """Every zone: over its threshold first, then by people per open window, those that cannot be seen last."""
    order = {"red": 0, "yellow": 1, "green": 2, "unknown": 3}
    rows = [zone for hall in halls for zone in hall.zones]
    return sorted(rows, key=lambda zone: (order.get(zone["level"], 3), -(zone["per_open"] or 0)))


def feed(
    alerts: Sequence[AlertRecord], messages: Mapping[str, Mapping[str, Any]], now: datetime, stale_after: timedelta
) -> list[dict[str, Any]]:
    """Alerts that nobody has judged: open ones first, then the most severe, ties by longer duration."""
    rows = [
        _row(record, *as_seen(record.alert, messages.get(record.alert.hall), now, stale_after))
        for record in alerts
        if record.verdict is None and needs_a_person(record.alert)
    ]
    return sorted(rows, key=lambda row: (row["until"] is not None, -row["severity"], row["since"]))


def grouped(settings: Settings, alerts: Sequence[AlertRecord], rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with those that are one event shown as one: the first of them, with all under `members`.

    `alerts`: judged ones too, so that an event stays one while its alerts are judged one by one.
    """
    first: dict[str, str] = {}
    for hall in settings.halls:
        own = [record.alert for record in alerts if record.alert.hall == hall.id]
        first |= groups(settings.thresholds.hall(hall, None), own)
    heads: dict[str, dict[str, Any]] = {}
    shown = []
    for row in rows:
        group = first.get(row["key"])
        if group is not None and group in heads:
            heads[group]["members"].append({"key": row["key"], "place": row["place"]})
            continue
        if group is not None:
            heads[group] = row
            row["members"] = [{"key": row["key"], "place": row["place"]}]
        shown.append(row)
    for row in shown:
        if len(row["members"]) == 1:  # all others are judged
            row["members"] = []
    return shown


def _row(record: AlertRecord, alert: Alert, counts_to: datetime) -> dict[str, Any]:
    return {
        "key": alert.key,
        "rule": str(alert.rule),
        "hall": alert.hall,
        "place": alert.place,
        "level": str(alert.level),
        "since": alert.since.isoformat(),
        "opened_at": alert.opened_at.isoformat(),
        "until": alert.until.isoformat() if alert.until else None,
        "ending": alert.ending,
        "sees": alert.sees,
        "seen_at": None if alert.sees else counts_to.isoformat(),
        "unseen_s": alert.unseen_s,
        "waiting": alert.waiting,
        "people": alert.people,
        "pause_signal": alert.pause_signal,
        "members": [],
        "severity": severity(alert, counts_to),
        "stills": [{"moment": str(one.moment), "at": one.at.isoformat(), "file": one.file} for one in record.stills],
    }


def handled(alerts: Sequence[AlertRecord], now: datetime) -> list[dict[str, Any]]:
    """Alerts opened today that were judged, the newest verdict first."""
    rows = [
        {
            "key": record.alert.key,
            "hall": record.alert.hall,
            "place": record.alert.place,
            "rule": str(record.alert.rule),
            "kind": str(record.verdict.kind),
            "at": record.verdict.at.isoformat(),
        }
        for record in alerts
        if record.verdict is not None and today(record.alert.opened_at) == today(now)
    ]
    return sorted(rows, key=lambda row: row["at"], reverse=True)


def blind(
    halls: Sequence[HallStanding], messages: Mapping[str, Mapping[str, Any]], now: datetime, stale_after: timedelta
) -> list[dict[str, Any]]:
    """Cameras that say they cannot see, the longest blind first; a quiet hall is one line for all of its cameras."""
    rows = []
    for standing in halls:
        hall, message = standing.hall.id, messages.get(standing.hall.id)
        if fresh(message, now, stale_after) is not None and message is not None:
            rows += [{"hall": hall, "cameras": 1, **camera} for camera in message["cameras"]["blind"]]
        elif standing.eyes.b:
            since = message["at"] if message is not None else None
            rows.append({"hall": hall, "cameras": standing.eyes.b, "id": "", "reason": "quiet", "since": since})
    return sorted(rows, key=lambda row: str(row["since"] or ""))
