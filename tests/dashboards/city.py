"""A small city for the tests of the boards: settings, live messages and records, all made up here."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from sqlalchemy import Engine

from config.schema import load
from config.settings import Settings
from monitor.adapters import alert_records, issue_records, rating_records
from monitor.adapters.database import transaction
from monitor.alerts import Alert, Ending, Level, Moment, Rule, Still
from monitor.categories import Severity, Source
from monitor.issues import IssueDraft
from monitor.ratings import Channel, Rating

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
"""A Friday, 10:30 in Beijing."""
EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
TRADES = (
    "综合受理",
    "企业开办",
    "不动产登记",
    "社会保险",
    "医疗保障",
    "公积金",
    "税务",
    "工程建设",
    "公安出入境",
    "办不成事反映",
)
HALLS = (
    ("sz01", "威海市政务服务中心", "Weihai Government Service Centre", "371000", "city", 16),
    ("hc01", "环翠区政务服务中心", "Huancui District Service Centre", "371002", "district", 14),
    ("rc01", "荣成市崖头街道便民服务中心", "Yatou Subdistrict Service Centre, Rongcheng", "371082", "town", 10),
)


def settings(directory: Path, *, name: str = "威海市政务服务监督平台", windows: int = 0) -> Settings:
    """Three halls of three levels with forty windows; `windows` makes the first hall that large."""
    path = directory / "city.yaml"
    path.write_text("version: 1\n", encoding="utf-8")
    return load(
        path,
        overlay={
            "name": name,
            "name_en": "Weihai Government Service Supervision",
            "simulated": True,
            "areas": [
                {"code": "371000", "name": "市本级", "name_en": "City"},
                {"code": "371002", "name": "环翠区", "name_en": "Huancui", "parent": "371000"},
                {"code": "371082", "name": "荣成市", "name_en": "Rongcheng", "parent": "371000"},
            ],
            "halls": [_hall(*hall[:5], windows if windows and i == 0 else hall[5]) for i, hall in enumerate(HALLS)],
            "cameras": [
                {
                    "id": f"{hall[0]}-c{n}",
                    "hall": hall[0],
                    "url": f"rtsp://127.0.0.1:1/{hall[0]}/{n}",
                    "role": "window",
                    "legal_basis": "现场管理",
                }
                for hall in HALLS
                for n in range(1, 7)
            ],
            "stores": {"directory": str(directory / "var")},
        },
    )


def _hall(id: str, name: str, name_en: str, area: str, level: str, windows: int) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "name_en": name_en,
        "area": area,
        "level": level,
        "segments": [{"name": "全天", "days": EVERY_DAY, "start": "00:00", "end": "00:00"}],
        "zones": [
            {"id": "za", "name": "综合受理区", "name_en": "General zone"},
            {"id": "zb", "name": "专业办理区", "name_en": "Special zone"},
        ],
        "windows": [
            {
                "id": f"w{n:03d}",
                "name": f"{n:02d} {TRADES[(n - 1) % len(TRADES)]}",
                "name_en": f"Window {n:02d}",
                "zone": "za" if n % 3 else "zb",
            }
            for n in range(1, windows + 1)
        ],
    }


STATES = (
    "ON_DUTY",
    "SERVING",
    "ON_DUTY",
    "SERVING",
    "PAUSED_OK",
    "ON_DUTY",
    "AWAY_HINT",
    "ON_DUTY",
    "AWAY_TIMER",
    "SERVING",
)


def message(
    city: Settings, hall_id: str, now: datetime, alerts: Sequence[Alert] = (), state: str = "", version: int = 1
) -> dict[str, Any]:
    """One hall's live message; `state` puts every window into that state."""
    hall = next(hall for hall in city.halls if hall.id == hall_id)
    blind = hall_id == "hc01" or state == "UNKNOWN"
    away = {alert.place: alert for alert in alerts if alert.hall == hall_id and alert.until is None}
    return {
        "schema": "live/1",
        "hall": hall_id,
        "version": version,
        "at": now.isoformat(),
        "service": {"open": True, "segment": "全天", "day": "工作日"},
        "detector": {"name": "hallwatch-demo 416x256 openvino", "demo": True},
        "windows": [
            _window(window.id, n, now, state, away.get(window.id), blind and n in (3, 4))
            for n, window in enumerate(hall.windows)
        ],
        "zones": [
            _zone("za", now, None if state == "UNKNOWN" else 5 + len(hall.windows), 6, "green"),
            _zone("zb", now, None if blind else 41, 5, "red" if hall_id == "sz01" else "yellow"),
        ],
        "cameras": {
            "total": 6,
            "seeing": 4 if blind else 6,
            "blind": [
                {
                    "id": f"{hall_id}-c{n}",
                    "reason": reason,
                    "since": (now - timedelta(minutes=3 * n)).isoformat(),
                    "detail": "",
                }
                for n, reason in ((2, "unreachable"), (5, "black"))
            ]
            if blind
            else [],
        },
        "alerts": [live_alert(alert, now) for alert in alerts if alert.hall == hall_id],
        "late": 0.0,
    }


def _window(id: str, n: int, now: datetime, state: str, alert: Alert | None, unseen: bool) -> dict[str, Any]:
    shown = state or STATES[n % len(STATES)]
    since = now - timedelta(seconds=37 * (n + 1) ** 2 % 5000)
    if alert is not None and not state:
        shown, since = ("AWAY_ALERT" if alert.level is Level.RED else "AWAY_WARN"), alert.since
    elif unseen:
        shown = "UNKNOWN"
    return {
        "id": id,
        "state": shown,
        "since": since.isoformat(),
        "reason": "用餐" if shown == "PAUSED_OK" else "",
        "pause_signal": n % 4 != 0,
        "people": None if shown == "UNKNOWN" else 1,
        "seen_at": now.isoformat(),
    }


def _zone(id: str, now: datetime, waiting: int | None, windows: int, level: str) -> dict[str, Any]:
    return {
        "id": id,
        "waiting": waiting,
        "seen_at": now.isoformat(),
        "open_windows": windows,
        "level": level if waiting is not None else "unknown",
        "tickets": waiting,
        "counted": waiting,
        "disagree": False,
        "oldest_s": None if waiting is None else 45.0 * waiting,
        "yellow": 4.0,
        "red": 8.0,
    }


def live_alert(alert: Alert, now: datetime) -> dict[str, Any]:
    """An alert as the live message carries it."""
    minutes = ((alert.until or now) - alert.since).total_seconds() / 60
    return {
        "key": alert.key,
        "rule": str(alert.rule),
        "place": alert.place,
        "level": str(alert.level),
        "since": alert.since.isoformat(),
        "opened_at": alert.opened_at.isoformat(),
        "until": alert.until.isoformat() if alert.until else None,
        "sees": alert.sees,
        "waiting": alert.waiting,
        "severity": minutes * (1 + (alert.waiting or 0)),
        "people": alert.people,
        "pause_signal": alert.pause_signal,
        "stills": [],
    }


def alerts(now: datetime) -> tuple[Alert, ...]:
    """Six alerts: red and yellow, ended, unseen, without a pause signal, and a queue."""

    def absence(hall: str, place: str, minutes: float, level: Level, **more: Any) -> Alert:
        since = now - timedelta(minutes=minutes)
        return Alert(
            Rule.ABSENCE,
            hall,
            place,
            since,
            since + timedelta(minutes=5),
            level,
            **more,
            values={"yellow_s": 300.0, "red_s": 600.0, "version": 1.0},
        )

    since, back = now - timedelta(minutes=8), now - timedelta(minutes=21)
    return (
        absence("sz01", "w007", 13.9, Level.RED, waiting=5),
        absence("rc01", "w004", 9.2, Level.RED, waiting=2, pause_signal=False),
        absence("hc01", "w004", 7.5, Level.YELLOW, waiting=None, sees=False),
        absence("sz01", "w012", 6.1, Level.YELLOW, waiting=0),
        absence("hc01", "w009", 31.0, Level.YELLOW, waiting=1, until=back, ending=Ending.RETURNED),
        Alert(
            Rule.QUEUE,
            "sz01",
            "zb",
            since,
            since + timedelta(minutes=3),
            Level.RED,
            people=41,
            values={"yellow_open": 4.0, "red_open": 8.0, "version": 1.0},
        ),
    )


def record(engine: Engine, evidence: Path, city: Settings, now: datetime) -> None:
    """Fills the stores with a morning: alerts with stills, ratings and issues."""
    for n, alert in enumerate(alerts(now)):
        alert_records.save(engine, alert, now)
        moments = [(Moment.START, alert.since), (Moment.THRESHOLD, alert.opened_at)]
        moments += [(Moment.RETURN, alert.until)] if alert.until else []
        for moment, at in moments:
            file = f"alerts/{n}-{moment}.jpg"
            still(evidence / file, n * 3 + len(moment))
            alert_records.add_still(engine, alert.key, Still(moment, at, file, "0" * 64))
    record_ratings(engine, now, 58)
    for n, (category, text) in enumerate(
        (("A01", "窗口无人值守约九分钟"), ("E01", "评价器黑屏"), ("B05", "材料未一次告知"))
    ):
        issue_records.register(engine, draft(f"seed-{n}", category, text, now - timedelta(hours=n)))


def record_ratings(engine: Engine, now: datetime, count: int) -> None:
    """So many ratings, one every two minutes."""
    with transaction(engine) as connection:
        for seq in range(count):
            rating_records.record(connection, rating(seq, now))


def rating(seq: int, now: datetime) -> Rating:
    """One rating of a morning: mostly the best level, one bad, a few by coin, one of a test device."""
    level = 2 if seq == 40 else 3 if seq % 19 == 7 else 4 if seq % 6 == 2 else 5
    channel = Channel.COIN if seq % 15 == 14 else Channel.BUTTON
    at = now - timedelta(minutes=2 * seq)
    return Rating(
        "btn-1",
        "b1",
        seq,
        f"event-{seq}",
        "371000",
        "sz01",
        "w001",
        channel,
        "NAT5",
        str(level),
        level,
        at,
        at,
        test=seq == 50,
    )


def draft(key: str, category: str, text: str, at: datetime, hall: str = "sz01") -> IssueDraft:
    """A patrol finding."""
    return IssueDraft(key, hall, "w003", category, Severity.C, Source.PATROL, text, "巡查员", at)


def still(path: Path, seed: int) -> None:
    """A picture that stands for a masked still: a counter behind coarse squares."""
    path.parent.mkdir(parents=True, exist_ok=True)
    coarse = np.random.default_rng(seed).integers(60, 150, (12, 21, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_NEAREST)
    cv2.rectangle(picture, (220, 120), (420, 300), (96, 110, 122), -1)
    cv2.imwrite(str(path), picture)
