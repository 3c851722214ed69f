"""Where the looks at one hall meet."""

from dataclasses import replace
from datetime import time, timedelta

from camera_ingest.sample import Sample
from models.detection import Detection
from models.regions import Region
from monitor.alerts import CROWD, Alert, Ending, Level, Rule, lasted_s
from monitor.desk import Desk
from monitor.observation import observe
from monitor.places import Segment, Window, Zone
from monitor.posts import Post
from monitor.queues import Crowd
from monitor.window_states import Service
from tests.monitor.hall import (
    CITIZEN,  # fmt: skip
    CLERK_1,
    CLERK_2,
    EVERY,
    HALL,
    REGIONS,
    ZERO,
    blind,
    camera,
    declared,
    desk,
    seeing,
)


def show(desk: Desk, sample: Sample, people: tuple[Detection, ...] = ()) -> tuple[Alert, ...]:
    seen = people if sample.picture is not None else None
    return desk.judge(sample, observe(sample.at, desk.regions[sample.camera], seen))


def posts(desk: Desk) -> dict[str, Post]:
    return {id: watch.post for id, watch in desk.windows.items()}


def test_each_window_by_its_own_region() -> None:
    hall = desk()
    for second in range(0, 70, 10):
        show(hall, seeing("c1", second), (CLERK_1, CITIZEN))
    assert posts(hall) == {"w001": Post.SERVING, "w002": Post.AWAY_TIMER, "w003": Post.CLOSED}


def test_who_waits_makes_an_absence_red() -> None:
    hall = desk()
    alerts: list[Alert] = []
    for second in range(0, 320, 10):
        show(hall, seeing("c2", second), (CITIZEN,))
        alerts += show(hall, seeing("c1", second + 1), (CLERK_1,))
    (alert,) = alerts
    assert (alert.place, alert.level, alert.waiting, alert.pause_signal) == ("w002", Level.RED, 1, False)


def test_how_many_waited_long_ago_is_not_known() -> None:
    hall = desk()
    show(hall, seeing("c2", 0), (CITIZEN,))
    alerts = [alert for second in range(0, 320, 10) for alert in show(hall, seeing("c1", second + 1), (CLERK_1,))]
    assert [(alert.level, alert.waiting) for alert in alerts] == [(Level.YELLOW, None)]


def test_a_window_may_be_seen_by_two_cameras() -> None:
    second_view = replace(REGIONS[0], camera="c2")
    hall = desk(regions=(*REGIONS, second_view))
    for second in range(0, 70, 10):
        show(hall, seeing("c1", second))
        show(hall, seeing("c2", second + 1), (CLERK_1,))
    assert posts(hall)["w001"] is Post.ON_DUTY
    show(hall, blind("c2", 72))
    assert posts(hall)["w001"] is Post.ON_DUTY  # the other camera still looks
    show(hall, blind("c1", 73))
    assert posts(hall)["w001"] is Post.UNKNOWN


def test_one_look_counts_once_however_often_another_camera_is_blind() -> None:
    hall = desk(regions=(*REGIONS, replace(REGIONS[0], camera="c2")))
    show(hall, seeing("c1", 0))
    for second in range(1, 10):
        show(hall, blind("c2", second))
    assert posts(hall)["w001"] is Post.UNKNOWN
    assert hall.sights[Rule.ABSENCE, "w001"].seen_at == ZERO


def test_a_zone_of_which_one_part_is_blind_is_not_counted() -> None:
    part = Region("za-2", "c1", REGIONS[3].kind, "za", REGIONS[3].polygon, REGIONS[3].anchor)
    hall = desk(regions=(*REGIONS, part))
    show(hall, seeing("c2", 0), (CITIZEN,))
    assert hall.sights[Rule.QUEUE, "za"].people is None
    show(hall, seeing("c1", 1), (CITIZEN,))
    assert hall.sights[Rule.QUEUE, "za"].people == 2
    show(hall, blind("c1", 2))
    assert hall.sights[Rule.QUEUE, "za"].people is None


def test_a_pause_with_a_reason_is_heard() -> None:
    said = {"w002": declared("w002", Service.PAUSED, "取件")}
    hall = desk(said=said)
    alerts = [alert for second in range(0, 400, 10) for alert in show(hall, seeing("c1", second), (CLERK_1,))]
    assert alerts == []
    assert posts(hall)["w002"] is Post.PAUSED_OK
    said["w002"] = declared("w002", Service.OPEN)
    alerts = [alert for second in range(400, 710, 10) for alert in show(hall, seeing("c1", second), (CLERK_1,))]
    assert [(alert.since, alert.pause_signal) for alert in alerts] == [(ZERO + timedelta(seconds=400), True)]


def test_open_windows_are_those_that_may_be_serving() -> None:
    hall = desk()
    assert hall.open_windows("za", ZERO) == 2  # never seen, but nobody can say that they are empty; w003 is closed
    for second in range(0, 70, 10):
        show(hall, seeing("c1", second), (CLERK_1,))
    assert hall.open_windows("za", ZERO) == 1
    assert hall.duty("w003", ZERO).closed == "configured"


def test_a_crowd() -> None:
    hall = desk()
    crowd = (CITIZEN,) * 8
    alerts = [alert for second in range(0, 200, 10) for alert in show(hall, seeing("c2", second), crowd)]
    assert [(alert.rule, alert.place, alert.people, alert.since) for alert in alerts] == [(Rule.QUEUE, "za", 8, ZERO)]
    assert hall.crowd("za", ZERO + timedelta(seconds=190)) is Crowd.YELLOW


def test_outside_service_hours_nothing_is_judged() -> None:
    hall = desk()
    evening = timedelta(hours=12).total_seconds()
    for second in range(0, 900, 10):
        assert show(hall, seeing("c1", evening + second)) == ()
    assert set(posts(hall).values()) == {Post.NOT_IN_SERVICE}


def test_a_camera_says_since_when_it_is_blind() -> None:
    hall = desk()
    show(hall, seeing("c1", 0))
    show(hall, blind("c1", 10))
    show(hall, blind("c1", 20))
    eye = hall.eyes["c1"]
    assert (eye.blind, eye.since, eye.seen_at) == ("unreachable", ZERO + EVERY, ZERO)
    assert eye.detail == "camera c1: no connection"


def test_open_alerts_go_on_after_a_restart_and_ended_ones_leave_the_board() -> None:
    hall = desk()
    (opened,) = [alert for second in range(0, 310, 10) for alert in show(hall, seeing("c1", second), (CLERK_1,))]
    again = desk(alerts=[opened])
    assert again.alerts(opened.opened_at) == (replace(opened, sees=False),)
    changes = [alert for s in range(330, 380, 10) for alert in show(again, seeing("c1", s), (CLERK_1, CLERK_2))]
    assert [(alert.key, alert.until is None) for alert in changes] == [(opened.key, True), (opened.key, False)]
    end = ZERO + timedelta(seconds=330)
    assert changes[-1].until == end
    assert len(again.alerts(end + timedelta(minutes=9))) == 1
    assert again.alerts(end + timedelta(minutes=10)) == ()


def test_an_open_alert_whose_place_nobody_looks_at_any_more_ends() -> None:
    gone = Alert(Rule.ABSENCE, "hc01", "w099", ZERO, ZERO, Level.RED)
    other = Alert(Rule.ABSENCE, "hc02", "w001", ZERO, ZERO, Level.RED)
    hall = desk(alerts=[gone, other])
    assert hall.alerts(ZERO) == (gone,)
    assert show(hall, seeing("c1", 10)) == (replace(gone, until=ZERO + EVERY, ending=Ending.UNWATCHED, unseen_s=10.0),)


def test_an_alert_that_was_open_when_the_hall_closed_does_not_go_on_the_next_day() -> None:
    opened = Alert(Rule.ABSENCE, "hc01", "w002", ZERO, ZERO + timedelta(minutes=5), Level.RED)
    crowd = Alert(Rule.QUEUE, "hc01", "za", ZERO, ZERO + timedelta(minutes=5), Level.RED)
    hall = desk(alerts=[opened, crowd])
    monday = timedelta(days=3).total_seconds()
    changes = show(hall, seeing("c1", monday), (CLERK_1,))
    assert [(alert.key, alert.until) for alert in changes] == [
        (opened.key, ZERO + timedelta(hours=3)),
        (crowd.key, ZERO + timedelta(hours=3)),
    ]
    assert [lasted_s(alert, ZERO) for alert in changes] == [300, 300]
    later = [a for s in range(10, 310, 10) for a in show(hall, seeing("c1", monday + s), (CLERK_1,))]
    assert [(alert.since, alert.until) for alert in later] == [(ZERO + timedelta(days=3), None)]


def test_of_two_open_alerts_of_one_place_the_older_one_ends() -> None:
    """Two programs that watched the same hall leave such a record."""
    older = Alert(Rule.ABSENCE, "hc01", "w001", ZERO, ZERO + EVERY, Level.RED)
    newer = replace(older, since=ZERO + EVERY)
    hall = desk(alerts=[older, newer])
    changes = show(hall, seeing("c1", 20))
    assert [(alert.key, alert.until is None) for alert in changes] == [(older.key, False), (newer.key, True)]
    assert show(hall, seeing("c1", 20)) == ()


def test_cameras_of_other_halls_are_passed_over() -> None:
    assert set(desk(cameras=(camera("c1"), replace(camera("c9"), hall="hc02"))).cameras) == {"c1"}


def test_a_look_that_comes_late_changes_nothing_and_one_of_a_clock_that_was_set_back_counts() -> None:
    hall = desk()
    show(hall, seeing("c2", 100), (CITIZEN,))
    show(hall, seeing("c2", 60), ())
    assert hall.measured["za"].counted == 1
    show(hall, seeing("c2", -100), ())
    assert hall.measured["za"].counted == 0


def test_a_zone_that_has_closed_is_not_judged_though_the_hall_goes_on() -> None:
    noon = Segment("上午", (1, 2, 3, 4, 5), time(8, 30), time(9, 10))
    hall = replace(
        HALL,
        zones=(Zone("za", "综合受理区", segments=(noon,)), Zone("zb", "税务区")),
        windows=(*HALL.windows, Window("w009", "09 税务", "zb")),
    )
    one = desk(hall=hall)
    crowd = [Detection(0.1 * n, 0.3, 0.1 * n + 0.08, 0.8, 0.9) for n in range(1, 9)]

    def crowded(second: float) -> list[Alert]:
        return [alert for alert in show(one, seeing("c2", second), tuple(crowd)) if alert.rule in CROWD]

    before = [alert for second in range(300, 600, 10) for alert in crowded(second)]
    assert [alert.rule for alert in before if alert.until is None]
    assert {alert.until for alert in crowded(610)} == {ZERO + timedelta(minutes=10)}
    assert not [alert for second in range(620, 1500, 10) for alert in crowded(second)]
