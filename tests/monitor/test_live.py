"""The live message of a hall."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models.detection import Detection
from monitor import live
from monitor.alerts import Alert, Level, Moment, Rule, Still
from monitor.desk import Desk
from monitor.observation import observe
from monitor.window_states import Service
from tests.monitor.hall import CITIZEN, CLERK_1, CLERK_2, ZERO, blind, declared, desk, seeing


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def message(hall: Desk, second: float, *stills: Still) -> Any:
    """As it arrives."""
    told = live.message(hall, at(second), 17, "hallwatch-demo 416x256 openvino", True, lambda _: stills, 0.04)
    return json.loads(json.dumps(told))


def show(hall: Desk, camera: str, second: float, *people: Detection) -> None:
    hall.judge(seeing(camera, second), observe(at(second), hall.regions[camera], people))


def absent_for_5_minutes(hall: Desk) -> None:
    for second in range(0, 310, 10):
        show(hall, "c1", second, CLERK_1)
        show(hall, "c2", second + 1, CITIZEN, CITIZEN)


def test_before_the_first_look() -> None:
    told = message(desk(), 0)
    assert (told["schema"], told["hall"], told["version"]) == ("live/1", "hc01", 17)
    assert told["at"] == "2026-11-20T01:00:00+00:00"
    assert told["service"] == {"open": True, "segment": "上午", "day": "工作日"}
    assert told["detector"] == {"name": "hallwatch-demo 416x256 openvino", "demo": True}
    assert [window["state"] for window in told["windows"]] == ["UNKNOWN", "UNKNOWN", "CLOSED"]
    (zone,) = told["zones"]
    assert zone == {
        "id": "za",
        "waiting": None,
        "tickets": None,
        "counted": None,
        "disagree": False,
        "oldest_s": None,
        "seen_at": None,
        "open_windows": 2,
        "level": "unknown",
        "yellow": 4.0,
        "red": 8.0,
    }
    assert told["cameras"] == {
        "total": 2,
        "seeing": 0,
        "blind": [{"id": id, "reason": "connecting", "since": None, "detail": ""} for id in ("c1", "c2")],
        "unwatched": 0,
        "clocks": [],
    }
    assert (told["alerts"], told["late"]) == ([], 0.0)
    assert (told["stretch"], told["on_time"], told["slow_since"]) == (1.0, None, None)


def test_how_well_the_shard_keeps_up() -> None:
    reception = live.Reception(3, (live.WrongClock("c2", -61.04, at(5)),))
    told = live.message(desk(), at(0), 1, "", False, lambda _: (), 0.0, live.Pace(1.496, 0.87654), at(3), reception)
    assert (told["stretch"], told["on_time"], told["slow_since"]) == (1.5, 0.8765, at(3).isoformat())
    assert told["cameras"]["unwatched"] == 3
    assert told["cameras"]["clocks"] == [{"id": "c2", "off_s": -61.0, "since": at(5).isoformat()}]


def test_since_when_a_shard_does_not_keep_up() -> None:
    """It begins at one bound and is over at another, so that nobody is told every other minute."""
    paces = [(1.0, None), (1.19, 0.9), (1.2, 0.9), (1.15, 0.96), (1.0, 0.94), (1.0, 0.96), (1.0, 0.89), (1.05, None)]
    since: datetime | None = None
    told = []
    for second, (stretch, on_time) in enumerate(paces):
        since = live.slow_since(since, live.Pace(stretch, on_time), at(second))
        told.append(since)
    assert told == [None, None, at(2), at(2), at(2), None, at(6), None]


def test_what_is_news_and_what_is_not() -> None:
    hall = desk()
    before = live.news(hall)
    show(hall, "c1", 0, CLERK_1)
    duty = live.news(hall)
    assert duty != before
    show(hall, "c1", 10, CLERK_1, CITIZEN)
    show(hall, "c2", 11, CITIZEN, CITIZEN)
    counted = live.news(hall)
    show(hall, "c2", 26, CITIZEN)
    assert live.news(hall) == counted  # counts and who is served are not
    sample = blind("c2", 41)
    hall.judge(sample, observe(sample.at, hall.regions["c2"], None))
    assert live.news(hall) != counted


def test_an_alert_is_news_when_it_opens_and_when_it_cannot_be_seen() -> None:
    hall = desk()
    for second in range(0, 300, 10):
        show(hall, "c1", second, CLERK_1)
    before = live.news(hall)
    show(hall, "c1", 300, CLERK_1)
    opened = live.news(hall)
    assert opened != before
    show(hall, "c1", 310, CLERK_1)
    assert live.news(hall) == opened
    sample = blind("c1", 320)
    hall.judge(sample, observe(sample.at, hall.regions["c1"], None))
    assert live.news(hall) != opened


def test_outside_service_hours() -> None:
    told = message(desk(), timedelta(hours=12).total_seconds())
    assert told["service"] == {"open": False, "segment": "", "day": "工作日"}
    assert {window["state"] for window in told["windows"]} == {"NOT_IN_SERVICE"}


def test_windows_zones_and_an_open_alert() -> None:
    hall = desk(said={"w001": declared("w001", Service.OPEN)})
    absent_for_5_minutes(hall)
    still = Still(Moment.START, ZERO, "alerts/2026-11-20/hc01/x.jpg", "00")
    told = message(hall, 302, still)
    assert told["windows"][0] == {
        "id": "w001",
        "state": "ON_DUTY",
        "presence": "present",
        "since": at(0).isoformat(),
        "reason": "person",
        "pause_signal": True,
        "people": 1,
        "seen_at": at(300).isoformat(),
    }
    assert (told["windows"][1]["state"], told["windows"][1]["since"]) == ("AWAY_ALERT", at(0).isoformat())
    assert told["zones"][0] | {"seen_at": None} == {
        "id": "za",
        "waiting": 2,
        "tickets": None,
        "counted": 2,
        "disagree": False,
        "oldest_s": None,
        "seen_at": None,
        "open_windows": 1,
        "level": "yellow",
        "yellow": 4.0,
        "red": 8.0,
    }
    alert, idle = told["alerts"]
    assert (idle["rule"], idle["place"]) == ("idle", "za")  # somebody waits, and nobody stands at the manned window
    assert alert == {
        "key": f"absence:hc01:w002:{ZERO.isoformat()}",
        "rule": "absence",
        "place": "w002",
        "level": "red",
        "since": ZERO.isoformat(),
        "opened_at": at(300).isoformat(),
        "until": None,
        "sees": True,
        "unseen_s": 0.0,
        "waiting": 2,
        "red_at": at(300).isoformat(),
        "group": "",
        "shadow": False,
        "severity": 15.0,
        "people": None,
        "pause_signal": False,
        "stills": [{"moment": "start", "at": ZERO.isoformat(), "file": still.file}],
    }


def test_what_cannot_be_seen_gets_no_worse() -> None:
    hall = desk()
    absent_for_5_minutes(hall)
    for second in range(310, 900, 10):
        sample = blind("c1", second)
        hall.judge(sample, observe(sample.at, hall.regions["c1"], None))
    told = message(hall, 900)
    assert (told["alerts"][0]["sees"], told["alerts"][0]["severity"]) == (False, 15.0)
    assert told["windows"][0]["state"] == "UNKNOWN"
    assert told["cameras"]["seeing"] == 1
    assert told["cameras"]["blind"] == [
        {"id": "c1", "reason": "unreachable", "since": at(310).isoformat(), "detail": "camera c1: no connection"}
    ]


def test_the_reason_of_a_pause() -> None:
    hall = desk(said={"w002": declared("w002", Service.PAUSED, "取件")})
    show(hall, "c1", 0, CLERK_1, CLERK_2)
    assert [(one["state"], one["reason"]) for one in message(hall, 1)["windows"]][1] == ("PAUSED_OK", "取件")


def test_the_severest_first_and_what_is_over_last() -> None:
    base = Alert(Rule.ABSENCE, "hc01", "w001", ZERO, at(300), Level.YELLOW)
    few = replace(base, waiting=1)
    many = replace(base, place="w002", waiting=9)
    queue = Alert(Rule.QUEUE, "hc01", "za", ZERO, at(300), Level.RED, people=30)
    over = replace(base, place="w099", waiting=50)
    hall = desk(alerts=[few, over, many, queue])
    hall.judge(seeing("c2", 310), ())
    told = message(hall, 311)["alerts"]
    assert [(one["place"], one["severity"]) for one in told] == [
        ("za", 155.0),
        ("w002", 50.0),
        ("w001", 10.0),
        ("w099", 255.0),
    ]
