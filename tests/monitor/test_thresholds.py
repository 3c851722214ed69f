"""Which values are in force where: the nearest setting wins, value by value, and says where it is written."""

from dataclasses import replace
from datetime import time

import pytest

from monitor.alerts import Rule
from monitor.halls import HallRule
from monitor.places import HallLevel, Segment, SegmentKind, Zone
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from monitor.thresholds import Family, Override, Thresholds
from tests.monitor.hall import HALL as ONE_ZONE

HALL = replace(
    ONE_ZONE,
    zones=(*ONE_ZONE.zones, Zone("zb", "企业区")),
    windows=(*ONE_ZONE.windows[:2], replace(ONE_ZONE.windows[2], zone="zb")),
)
MORNING = HALL.segments[0]
LUNCH = Segment("中午", (1,), time(12), time(13), SegmentKind.LUNCH)
ANY = Override("any", {})


@pytest.mark.parametrize(
    ("override", "rank"),
    [
        (ANY, (False, 0)),
        (replace(ANY, level=HallLevel.DISTRICT), (False, 1)),
        (replace(ANY, hall="hc01"), (False, 2)),
        (replace(ANY, hall="hc01", zone="za"), (False, 3)),
        (replace(ANY, hall="hc01", window="w001"), (False, 4)),
        (replace(ANY, segment="上午"), (True, 0)),
        (replace(ANY, segment="usual", hall="hc01"), (True, 2)),
        (replace(ANY, segment="lunch"), None),
        (replace(ANY, level=HallLevel.TOWN), None),
        (replace(ANY, hall="hc02"), None),
        (replace(ANY, hall="hc01", zone="zb"), None),
        (replace(ANY, hall="hc01", window="w002"), None),
    ],
)
def test_how_near_a_setting_is(override: Override, rank: tuple[bool, int] | None) -> None:
    assert override.rank(HALL, "za", "w001", MORNING) == rank
    assert replace(ANY, segment="上午").rank(HALL, "za", "w001", None) is None


def absence(source: str, value: float, **where: str) -> Override:
    return Override(source, {Family.ABSENCE: {"yellow_s": value}}, **where)  # type: ignore[arg-type]


def test_a_window_has_the_values_of_its_own_zone() -> None:
    rules = Thresholds(overrides=(absence("a", 310, hall="hc01", zone="za"), absence("b", 320, hall="hc01", zone="zb")))
    assert [rules.absence(HALL, window, None).yellow_s for window in ("w001", "w002", "w003")] == [310, 310, 320]


def test_where_each_value_of_an_alert_comes_from() -> None:
    rules = Thresholds(
        AbsenceRule(),
        QueueRule(),
        HallRule(),
        (
            absence("window", 310, hall="hc01", window="w001"),
            absence("lunch", 900, segment="lunch"),
            Override("zone", {Family.QUEUE: {"few_s": 60}}, hall="hc01", zone="za"),
            Override("noon queue", {Family.QUEUE: {"few_s": 90}}, segment="lunch"),
            Override("hall", {Family.HALL: {"empty_share": 0.3}}, hall="hc01"),
            Override("noon hall", {Family.HALL: {"empty_share": 0.5}}, segment="lunch"),
        ),
        {Family.QUEUE: {"red_s": "site"}},
    )
    wanted = [
        (Rule.ABSENCE, "w001", None, "yellow_s", "window"),
        (Rule.PAUSE, "w002", None, "yellow_s", "default"),
        (Rule.LATE, "w001", LUNCH, "yellow_s", "lunch"),
        (Rule.WAIT, "za", None, "few_s", "zone"),
        (Rule.WAIT, "zb", None, "few_s", "default"),
        (Rule.QUEUE, "za", LUNCH, "few_s", "noon queue"),
        (Rule.QUEUE, "za", None, "red_s", "site"),
        (Rule.HALL, "hc01", None, "empty_share", "hall"),
        (Rule.HALL, "hc01", LUNCH, "empty_share", "noon hall"),
        (Rule.CAMERA, "c1", None, "empty_share", "hall"),
    ]
    for rule, place, segment, name, source in wanted:
        assert rules.sources(HALL, rule, place, segment)[name] == source, (rule, place)
    assert set(rules.sources(HALL, Rule.CAMERA, "c1", None)) == set(HallRule.__slots__)
    assert rules.queue(HALL, "za", LUNCH).few_s == 90
    assert (rules.hall(HALL, None).empty_share, rules.hall(HALL, LUNCH).empty_share) == (0.3, 0.5)


def test_sources_without_anything_asked_before() -> None:
    for rule, place in ((Rule.ABSENCE, "w001"), (Rule.QUEUE, "za"), (Rule.HALL, "hc01")):
        assert set(Thresholds().sources(HALL, rule, place, MORNING).values()) == {"default"}
