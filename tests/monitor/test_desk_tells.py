"""What a desk tells of a hall, a zone and a window: why, by which thresholds, and until when."""

from dataclasses import asdict, replace
from datetime import time, timedelta

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.known import Known
from monitor.places import Segment, SegmentKind, Zone
from monitor.presence import AbsenceRule
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Family, Override, Thresholds
from monitor.window_states import Service
from tests.monitor.hall import (
    CALENDAR,
    CAMERAS,
    CITIZEN,
    CLERK_1,
    CLERK_2,
    HALL,
    REGIONS,
    ZERO,
    blind,
    declared,
    desk,
    seeing,
)
from tests.monitor.looking import BOOK, CLOSING, at, show, wide


def test_why_an_absence_was_told() -> None:
    entries = {"w002": (Entry("e1", "hc01", "w002", Arrangement.BACK_OFFICE, at(-2000), at(-1000)),)}
    hall = desk(known=Known({"w002": declared("w002", Service.OPEN)}, entries, {"za": BOOK}))
    changes: list[Alert] = []
    for second in range(0, 310, 10):
        show(hall, seeing("c2", second), (CITIZEN,))
        changes += show(hall, seeing("c1", second), (CLERK_1, CLERK_2) if second < 60 else (CLERK_1,))
    assert changes == []
    for second in range(310, 370, 10):
        changes += [one for one in show(hall, seeing("c1", second), (CLERK_1,)) if one.rule is Rule.ABSENCE]
    (alert,) = changes
    rule = {name: float(value) for name, value in asdict(AbsenceRule()).items()}
    assert alert.why == {
        "schema": "why/1",
        "at": at(360).isoformat(),
        "rule": "absence",
        "version": 2.0,
        "values": rule,
        "sources": dict.fromkeys(rule, "default"),
        "crossing": {
            "since": at(60).isoformat(),
            "opened_at": at(360).isoformat(),
            "red_at": at(360).isoformat(),
            "until": None,
            "unseen_s": 0.0,
        },
        "lanes": {
            "camera": [[ZERO.isoformat(), "present"], [at(60).isoformat(), "empty"]],
            "tickets": [[ZERO.isoformat(), "idle:1"]],
            "pause": [[ZERO.isoformat(), "none"]],
            "roster": [[ZERO.isoformat(), "open:上午"]],
        },
    }


def test_why_a_queue_was_told() -> None:
    hall = desk()
    changes: list[Alert] = []
    for second in range(0, 180, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        changes += show(hall, seeing("c2", second + 1), (CITIZEN,) * 3 if second else ())
    (alert,) = changes
    assert (alert.rule, alert.people, alert.waiting, alert.why is not None) == (Rule.FEW, 3, 3, True)
    assert alert.why is not None
    lanes = alert.why["lanes"]
    assert [state for _, state in lanes["camera"]] == ["0", "3"]
    assert [state for _, state in lanes["tickets"]] == ["no-signal"]
    assert [state for _, state in lanes["pause"]] == ["0"]
    assert [state for _, state in lanes["roster"]] == ["2/2", "1/2"]
    assert alert.why["values"]["few_s"] == 120.0
    assert set(alert.why["sources"]) == set(alert.why["values"])


def test_why_a_hall_was_told() -> None:
    hall = wide(4)
    changes: list[Alert] = []
    for second in range(0, 60, 10):
        changes += show(hall, seeing("c1", second), (CLERK_1,))
    for second in range(60, 420, 10):
        changes += show(hall, seeing("c1", second))
        changes += show(hall, seeing("c2", second + 1), (CITIZEN,))
    (alert,) = (one for one in changes if one.rule is Rule.HALL)
    assert (alert.hall, alert.place, alert.level) == ("hc01", "hc01", Level.RED)
    assert (alert.people, alert.waiting) == (4, 1)  # empty windows, and who waits in all zones
    assert alert.opened_at - alert.since == timedelta(seconds=300)
    assert alert.why is not None
    assert {lane: marks[-1][1] for lane, marks in alert.why["lanes"].items()} == {
        "camera": "4",
        "tickets": "1",
        "pause": "0",
        "roster": "4",
    }
    assert alert.why["values"]["empty_share"] == 0.4


def test_a_hall_of_two_windows_is_none_and_an_empty_half_hour_after_closing_is_none_either() -> None:
    hall = wide(2)
    assert not [
        one for second in range(0, 600, 10) for one in show(hall, seeing("c1", second)) if one.rule is Rule.HALL
    ]
    late = wide(4)
    evening = 4 * 3600
    assert [one for second in range(0, 600, 10) for one in show(late, seeing("c1", evening + second))] == []


def test_a_hall_in_shadow_mode_marks_every_alert() -> None:
    hall = desk(hall=replace(HALL, shadow=True))
    changes = [one for second in range(0, 310, 10) for one in show(hall, seeing("c1", second), (CLERK_1,))]
    assert [one.shadow for one in (*changes, *hall.alerts(at(300)))] == [True, True]


LUNCH = Segment("中午", (1, 2, 3, 4, 5), time(12), time(13), SegmentKind.LUNCH)
NOON = (ZERO.astimezone(BEIJING).replace(hour=12, minute=10) - ZERO).total_seconds()


def test_the_thresholds_of_the_segment_and_the_place_are_those_in_force_and_are_told() -> None:
    overrides = (
        Override("noon", {Family.QUEUE: {"few_s": 60}, Family.ABSENCE: {"yellow_s": 200}}, segment="lunch"),
        Override("w001", {Family.ABSENCE: {"yellow_s": 100, "hint_s": 90}}, hall="hc01", window="w001"),
        Override("share", {Family.HALL: {"empty_share": 0.9}}, segment="lunch"),
    )
    long_day = replace(HALL, segments=(*HALL.segments, LUNCH))
    hall = Desk(Hours(long_day, CALENDAR), CAMERAS, REGIONS, Thresholds(overrides=overrides))
    assert (hall.queue_rule("za", ZERO).few_s, hall.queue_rule("za", at(NOON)).few_s) == (120, 60)
    assert (hall.hall_rule(ZERO).empty_share, hall.hall_rule(at(NOON)).empty_share) == (0.4, 0.9)
    changes: list[Alert] = []
    for second in range(0, 130, 10):
        changes += show(hall, seeing("c1", second))
        changes += show(hall, seeing("c2", second + 1))
    assert [(one.place, one.opened_at) for one in changes] == [("w001", at(100))]
    assert changes[0].why is not None
    assert (changes[0].why["sources"]["yellow_s"], changes[0].why["sources"]["red_s"]) == ("w001", "default")
    noon: list[Alert] = []
    for second in range(0, 260, 10):
        noon += show(hall, seeing("c2", NOON + second), (CITIZEN,) * 3)
        noon += show(hall, seeing("c1", NOON + second + 1), (CLERK_1,))
    opened = {one.key: one for one in noon if one.opened_at > at(NOON)}
    assert [(one.rule, one.place, (one.opened_at - one.since).total_seconds()) for one in opened.values()] == [
        (Rule.FEW, "za", 60.0),
        (Rule.ABSENCE, "w002", 200.0),
    ]


def test_an_alert_about_a_zone_that_nobody_saw_ending_ends_at_the_closing() -> None:
    """At 12:00 the hall closes; its cameras are heard of again the next Monday."""
    hall = desk()
    for second in range(0, 180, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
        show(hall, seeing("c2", second), (CITIZEN,) * 3 if second else ())
    (opened,) = (one for one in hall.alerts(at(180)) if one.rule is Rule.FEW)
    monday = timedelta(days=3).total_seconds()
    (ended,) = (one for one in show(hall, seeing("c2", monday), (CITIZEN,) * 3) if one.key == opened.key)
    assert ended.until == CLOSING
    assert hall.zones["za"][Rule.FEW].closes_at == CLOSING + timedelta(days=3)


def test_a_hall_that_nobody_saw_closing_ends_its_alert_at_the_closing_too() -> None:
    hall = wide(4)
    for second in range(0, 360, 10):
        show(hall, seeing("c1", second))
    (opened,) = (one for one in hall.alerts(at(360)) if one.rule is Rule.HALL)
    changes = show(hall, seeing("c1", timedelta(days=3).total_seconds()))
    assert [one.until for one in changes if one.key == opened.key] == [CLOSING]


def test_why_a_pause_was_told() -> None:
    """Every alert about a window has the lanes of the window."""
    hall = desk(said={"w002": declared("w002", Service.PAUSED, "取件")})
    changes = [one for second in range(0, 610, 10) for one in show(hall, seeing("c1", second), (CLERK_1,))]
    (alert,) = changes
    assert (alert.rule, alert.why is not None) == (Rule.PAUSE, True)
    assert alert.why is not None
    assert [state for _, state in alert.why["lanes"]["pause"]] == ["PAUSED_OK:取件", "PAUSED_OVER:取件"]


def test_a_fault_of_a_camera_is_told_with_the_values_of_its_hall() -> None:
    hall = desk()
    changes = [one for second in range(0, 70, 10) for one in show(hall, blind("c2", second))]
    (alert,) = changes
    assert (alert.rule, alert.hall, alert.place, alert.since) == (Rule.CAMERA, "hc01", "c2", ZERO)
    assert alert.opened_at == at(60)
    assert alert.why is not None
    assert (alert.values["camera_s"], alert.why["sources"]["camera_s"]) == (60.0, "default")
    ended = [one for second in range(70, 200, 10) for one in show(hall, seeing("c2", second))]
    assert [(one.key, one.until) for one in ended] == [(alert.key, at(70))]


def test_a_zone_of_its_own_hours_is_judged_and_explained_by_its_own_segment() -> None:
    own = replace(HALL.segments[0], name="企业专场")
    zones = (replace(HALL.zones[0], segments=(own,)), Zone("zb", "综合"))
    windows = (*HALL.windows[:2], replace(HALL.windows[2], zone="zb", closed=False))
    place = replace(HALL, zones=zones, windows=windows)
    overrides = (
        Override("special", {Family.ABSENCE: {"yellow_s": 100}, Family.QUEUE: {"few_s": 60}}, segment="企业专场"),
        Override("morning", {Family.QUEUE: {"few_s": 90}, Family.HALL: {"empty_share": 0.9}}, segment="上午"),
    )
    hall = Desk(Hours(place, CALENDAR), CAMERAS, REGIONS, Thresholds(overrides=overrides))
    assert (hall.queue_rule("za", ZERO).few_s, hall.queue_rule("zb", ZERO).few_s) == (60, 90)
    assert hall.hall_rule(ZERO).empty_share == 0.9
    changes: list[Alert] = []
    for second in range(0, 200, 10):
        changes += show(hall, seeing("c1", second), (CLERK_1,))
        changes += show(hall, seeing("c2", second), (CITIZEN,) * 3)
    found = {one.rule: one for one in changes if one.why is not None}
    assert set(found) == {Rule.ABSENCE, Rule.FEW}
    names = {Rule.ABSENCE: "yellow_s", Rule.FEW: "few_s"}
    for rule, name in names.items():
        why = found[rule].why
        assert why is not None
        assert why["sources"][name] == "special"
        assert (found[rule].opened_at - found[rule].since).total_seconds() == why["values"][name]


def test_what_was_open_in_a_zone_that_closed_before_its_hall_ended_then() -> None:
    early = replace(HALL.segments[0], end=time(10, 30))
    zones = (replace(HALL.zones[0], segments=(early,)), Zone("zb", "综合"))
    windows = (*HALL.windows[:2], replace(HALL.windows[2], zone="zb", closed=False))
    few = Alert(Rule.FEW, "hc01", "za", ZERO, at(120), Level.YELLOW)
    hall = desk(hall=replace(HALL, zones=zones, windows=windows), alerts=[few])
    (ended,) = show(hall, seeing("c1", 2 * 3600), (CLERK_1,))
    assert (ended.key, ended.until) == (few.key, at(90 * 60))
