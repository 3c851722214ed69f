"""What is measured of a zone and of a hall, which alert each value deserves, groups, coverage, and restarts."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor import limits
from monitor.alerts import Alert, Level, Rule, resumed
from monitor.calendar import BEIJING
from monitor.coverage import Coverage, passed, total
from monitor.halls import HallRule, camera_limit, empty_limit, empty_share, gathered, groups, needs_a_person
from monitor.limits import Limit, Seen, Watch, level, step
from monitor.posts import Post
from monitor.queues import Measured, QueueRule, disagree, values
from monitor.queues import limits as zone_limits

RULE = QueueRule()
ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
EVERY = timedelta(seconds=15)
CALM = Measured(tickets=None, counted=0, open_windows=2, staffed=2, due_windows=2)


@pytest.mark.parametrize(
    ("measured", "rule", "value"),
    [
        (replace(CALM, counted=6), Rule.QUEUE, 3.0),
        (replace(CALM, counted=6, open_windows=0), Rule.QUEUE, 6.0),
        (replace(CALM, counted=None), Rule.QUEUE, None),
        (replace(CALM, counted=6, tickets=2), Rule.QUEUE, 1.0),  # tickets are preferred
        (replace(CALM, counted=None, tickets=0), Rule.QUEUE, 0.0),
        (replace(CALM, counted=3, staffed=0), Rule.UNSTAFFED, 3.0),
        (replace(CALM, counted=3, staffed=1), Rule.UNSTAFFED, 0.0),
        (replace(CALM, counted=3, staffed=None), Rule.UNSTAFFED, None),
        (replace(CALM, counted=0, staffed=None), Rule.UNSTAFFED, 0.0),
        (replace(CALM, counted=None, staffed=0), Rule.UNSTAFFED, None),
        (replace(CALM, counted=3, staffed=0, due_windows=0), Rule.UNSTAFFED, 0.0),
        (replace(CALM, counted=5, open_windows=1), Rule.FEW, 5.0),
        (replace(CALM, counted=5, open_windows=2), Rule.FEW, 0.0),
        (replace(CALM, counted=5, open_windows=1, due_windows=1), Rule.FEW, 0.0),
        (replace(CALM, counted=None, open_windows=1), Rule.FEW, None),
        (replace(CALM, oldest_s=700.0), Rule.WAIT, 700.0),
        (CALM, Rule.WAIT, None),
        (replace(CALM, counted=2, idle_s=400.0), Rule.IDLE, 400.0),
        (replace(CALM, counted=None, idle_s=400.0), Rule.IDLE, None),
        (replace(CALM, tickets=9, closes_in_s=1800.0, served_s=600.0), Rule.CAPACITY, 3.0),  # two windows serve six
        (replace(CALM, tickets=9, closes_in_s=1801.0, served_s=600.0), Rule.CAPACITY, 0.0),
        (replace(CALM, tickets=9, closes_in_s=1800.0), Rule.CAPACITY, 3.0),  # 600 s each until it is known
        (replace(CALM, tickets=None, counted=9, closes_in_s=60.0), Rule.CAPACITY, 0.0),
        (replace(CALM, tickets=1, closes_in_s=1800.0, served_s=600.0), Rule.CAPACITY, 0.0),
        (replace(CALM, abandoned=(2, 20)), Rule.ABANDONMENT, 0.1),
        (replace(CALM, abandoned=(9, 19)), Rule.ABANDONMENT, 0.0),  # too few to say
        (CALM, Rule.ABANDONMENT, 0.0),
    ],
)
def test_what_is_measured(measured: Measured, rule: Rule, value: float | None) -> None:
    assert values(RULE, measured)[rule] == value


def played(rule: Rule, value: float, minutes: float) -> Alert | None:
    """The alert after a value has lasted for so long."""
    watch, alert = Watch(rule, "h", "za"), None
    for number in range(int(minutes * 4) + 1):
        seen = Seen(ZERO + number * EVERY, value, True, EVERY, people=3, waiting=2)
        watch, alert = step(zone_limits(RULE)[rule], watch, seen, {"version": 2.0})
        if alert is not None:
            break
    return watch.opened


@pytest.mark.parametrize(
    ("rule", "value", "minutes", "opens", "level"),
    [
        (Rule.QUEUE, 4, 2.75, False, None),
        (Rule.QUEUE, 4, 3, True, Level.YELLOW),
        (Rule.UNSTAFFED, 1, 1.75, False, None),
        (Rule.UNSTAFFED, 1, 2, True, Level.RED),
        (Rule.FEW, 2, 10, False, None),
        (Rule.FEW, 3, 2, True, Level.YELLOW),
        (Rule.WAIT, 899, 1, False, None),
        (Rule.WAIT, 900, 0, True, Level.YELLOW),
        (Rule.WAIT, 1800, 0, True, Level.RED),
        (Rule.CAPACITY, 1, 0.75, False, None),
        (Rule.CAPACITY, 1, 1, True, Level.YELLOW),
        (Rule.IDLE, 299, 10, False, None),
        (Rule.IDLE, 300, 0, True, Level.YELLOW),
        (Rule.ABANDONMENT, 0.049, 1, False, None),
        (Rule.ABANDONMENT, 0.05, 0, True, Level.YELLOW),
        (Rule.ABANDONMENT, 0.10, 0, True, Level.RED),
    ],
)
def test_when_a_value_deserves_an_alert(
    rule: Rule, value: float, minutes: float, opens: bool, level: Level | None
) -> None:
    alert = played(rule, value, minutes)
    assert (alert is not None) is opens
    if alert is not None:
        assert (alert.level, alert.rule, alert.hall, alert.place) == (level, rule, "h", "za")
        assert (alert.since, alert.people, alert.waiting, alert.values) == (ZERO, 3, 2, {"version": 2.0})
        assert alert.red_at == (alert.opened_at if level is Level.RED else None)


@pytest.mark.parametrize(
    ("tickets", "counted", "differ"),
    [(4, 9, False), (4, 10, True), (None, 50, False), (50, None, False), (30, 60, False), (30, 61, True)],
)
def test_tickets_and_heads_may_differ_by_five_or_by_half(
    tickets: int | None, counted: int | None, differ: bool
) -> None:
    assert disagree(RULE, replace(CALM, tickets=tickets, counted=counted)) is differ


LIMIT = Limit(4, 3, 60, 8, 6, 120, clear_s=30)


def story(
    *parts: tuple[float | None, float], watch: Watch | None = None, begin: float = 0
) -> list[tuple[Watch, Alert | None]]:
    """(value, seconds) one after the other, looked at every 10 s."""
    watch, told, at = watch or Watch(Rule.QUEUE, "h", "za"), [], begin
    for value, seconds in parts:
        for _ in range(int(seconds / 10)):
            seen = Seen(ZERO + timedelta(seconds=at), value, True, timedelta(seconds=10), people=int(value or 0))
            watch, alert = step(LIMIT, watch, seen, {})
            told.append((watch, alert))
            at += 10
    return told


def test_an_alert_escalates_and_ends_with_what_was_unseen_taken_off() -> None:
    told = story((5, 60), (9, 200), (None, 100), (9, 20), (1, 50))
    changes = [alert for _, alert in told if alert is not None]
    assert [(alert.level, alert.sees, alert.until is None) for alert in changes] == [
        (Level.YELLOW, True, True),
        (Level.RED, True, True),
        (Level.RED, False, True),
        (Level.RED, True, True),
        (Level.RED, True, False),
    ]
    last = changes[-1]
    assert (last.unseen_s, last.people) == (100.0, 1)
    assert last.until == ZERO + timedelta(seconds=380)
    assert changes[1].red_at == ZERO + timedelta(seconds=180)


def test_an_idle_window_that_serves_again_ends_the_alert_though_others_are_free_for_a_moment() -> None:
    watch, limit, at = Watch(Rule.IDLE, "h", "za"), zone_limits(RULE)[Rule.IDLE], ZERO
    for idle_s in (290, 305, 20, 35, 50, 5, 20):
        seen = Seen(at, idle_s, True, EVERY, people=1)
        watch, _ = step(limit, watch, seen, {})
        at += EVERY
    assert watch.alert is not None
    assert (watch.alert.since, watch.alert.until) == (ZERO + EVERY, ZERO + 2 * EVERY)


def test_a_quiet_place_opens_nothing_yellow_but_everything_red() -> None:
    watch = Watch(Rule.QUEUE, "h", "za")
    for number in range(30):
        value = 5 if number < 10 else 9
        seen = Seen(ZERO + number * timedelta(seconds=10), value, True, timedelta(seconds=10), quiet=True)
        watch, alert = step(LIMIT, watch, seen, {})
        if alert is not None:
            break
    assert watch.opened is not None
    assert (watch.opened.level, watch.opened.since) == (Level.RED, ZERO)
    assert watch.opened.opened_at == ZERO + timedelta(seconds=220)


def test_a_restart_without_a_memory_finds_the_alert_unseen() -> None:
    opened = next(alert for _, alert in story((5, 70)) if alert is not None)
    watch = limits.resume(opened)
    assert (watch.rule, watch.hall, watch.place, watch.blind) == (Rule.QUEUE, "h", "za", True)
    assert (watch.seen_at, watch.opened) == (opened.opened_at, resumed(opened))
    assert watch.moments == frozenset()
    assert not watch.calm
    assert level(LIMIT, watch, ZERO) is None


def test_a_clock_set_back_and_a_look_that_comes_late() -> None:
    watch, _ = story((5, 70))[-1]
    assert watch.opened is not None
    late = Seen(ZERO + timedelta(seconds=20), 0, True, timedelta(seconds=10))
    assert step(LIMIT, watch, late, {}) == (watch, None)
    back = replace(late, at=ZERO - timedelta(hours=1))
    after, alert = step(LIMIT, watch, back, {})
    assert alert is not None
    assert (alert.key, after.at) == (watch.opened.key, back.at)


def test_the_next_day_ends_what_nobody_saw_ending() -> None:
    closing = ZERO + timedelta(hours=2)
    watch = Watch(Rule.QUEUE, "h", "za")
    for number in range(8):
        seen = Seen(ZERO + number * timedelta(seconds=10), 5, True, timedelta(seconds=10), closing)
        watch, _ = step(LIMIT, watch, seen, {})
    assert watch.opened is not None
    tomorrow = Seen(ZERO + timedelta(days=1), 5, True, timedelta(seconds=10), closing + timedelta(days=1))
    watch, alert = step(LIMIT, watch, tomorrow, {})
    assert alert is not None
    assert alert.until == closing
    assert watch.yellow is not None
    assert watch.yellow.since == tomorrow.at


def test_the_whole_hall_and_its_cameras() -> None:
    posts = [Post.AWAY_TIMER, Post.VACANT_WITH_REASON, Post.ON_DUTY, Post.UNKNOWN, Post.PAUSED_OK, Post.CLOSED]
    assert empty_share(HallRule(), posts) == 2 / 5
    assert empty_share(HallRule(), posts[:2]) == 0.0  # too few to be a hall
    limit = empty_limit(HallRule())
    assert (limit.red_open, limit.red_s) == (0.4, 300.0)
    assert limit.yellow_close == pytest.approx(0.3)
    assert limit.yellow_open > 1
    camera = camera_limit(HallRule())
    assert (camera.yellow_open, camera.yellow_s, camera.clear_s) == (1, 60.0, 60.0)


def absences(*seconds: float) -> list[Alert]:
    return [
        Alert(Rule.ABSENCE, "h", f"w{number:03}", ZERO, ZERO + timedelta(seconds=at), Level.YELLOW)
        for number, at in enumerate(seconds)
    ]


def test_ten_windows_within_two_minutes_are_one() -> None:
    rule = HallRule()
    assert groups(rule, absences(*range(0, 90, 10))) == {}  # nine
    together = absences(*range(0, 100, 10))
    assert groups(rule, together) == {one.key: together[0].key for one in together}
    edge = absences(*range(0, 90, 10), 120)
    assert len(groups(rule, edge)) == 10
    assert groups(rule, absences(*range(0, 90, 10), 120.1)) == {}
    late = absences(-500, *range(0, 100, 10), 900)
    found = groups(rule, late)
    assert set(found) == {one.key for one in late[1:-1]}
    assert set(found.values()) == {late[1].key}
    other = replace(together[0], rule=Rule.QUEUE, place="za")
    assert other.key not in groups(rule, [*together, other])


def test_two_groups_one_after_the_other() -> None:
    first, second = absences(*range(0, 100, 10)), absences(*range(1000, 1100, 10))
    second = [replace(one, place=f"x{one.place}") for one in second]
    found = groups(HallRule(), [*first, *second])
    assert {found[one.key] for one in second} == {second[0].key}
    assert {found[one.key] for one in first} == {first[0].key}


def test_who_is_asked() -> None:
    (alert,) = absences(0)
    assert needs_a_person(alert)
    assert not needs_a_person(replace(alert, shadow=True))
    assert not needs_a_person(replace(alert, rule=Rule.CAMERA))


def test_coverage_adds_up() -> None:
    opens, minute = ZERO, timedelta(seconds=60)
    seen = passed(ZERO, ZERO + minute, opens, True, Post.ON_DUTY, minute)
    away = passed(ZERO, ZERO + minute, opens, True, Post.AWAY_WARN, minute)
    gap = passed(ZERO, ZERO + 3 * minute, opens, True, Post.SERVING, timedelta(seconds=10))
    blind = passed(ZERO, ZERO + minute, opens, False, Post.UNKNOWN, minute)
    early = passed(ZERO - minute, ZERO + minute, opens, True, Post.BACK_OFFICE, 2 * minute)
    assert (seen.service_s, seen.observed_s, seen.present_s, seen.absent_s) == (60, 60, 60, 0)
    assert (away.present_s, away.absent_s) == (0, 60)
    assert (gap.service_s, gap.observed_s, gap.present_s) == (180, 10, 10)
    assert (blind.service_s, blind.observed_s) == (60, 0)
    assert (early.service_s, early.observed_s, early.present_s, early.absent_s) == (60, 60, 0, 0)
    assert passed(ZERO + minute, ZERO, opens, True, Post.ON_DUTY, minute) == Coverage()  # a clock that was set back
    whole = total([seen, away, gap, blind])
    assert whole == Coverage(360, 130, 70, 60)
    assert (whole.observed, whole.absent) == (130 / 360, 60 / 130)
    assert (Coverage().observed, Coverage().absent) == (None, None)


def told(alerts: list[Alert], second: float, known: dict[str, str] | None = None, windows: int = 100) -> list[str]:
    """Which places are told at a time, and together with which."""
    at = ZERO + timedelta(seconds=second)
    places = {one.key: one.place for one in alerts}
    found = gathered(HallRule(), windows, [one for one in alerts if one.opened_at <= at], known or {}, at)
    return [f"{places[key]} with {places[head]}" for key, head in found.items()]


def test_one_window_is_held_for_half_a_minute_and_not_where_no_group_can_be() -> None:
    alone = absences(0)
    assert told(alone, 29.9) == []
    assert told(alone, 30) == ["w000 with w000"]
    assert told(alone, 0, windows=9) == ["w000 with w000"]
    crowd = [replace(alone[0], rule=Rule.QUEUE, place="za")]
    assert told(crowd, 0) == ["za with za"]
    assert told([replace(alone[0], shadow=True)], 60) == []
    assert told([replace(alone[0], until=ZERO)], 60) == []


def test_a_group_is_told_when_no_other_follows_and_after_two_minutes_at_the_latest() -> None:
    ten = absences(*range(0, 100, 10))
    assert told(ten, 119) == []
    assert told(ten, 120) == [f"{one.place} with w000" for one in ten]
    ended = [replace(ten[0], until=ZERO + timedelta(seconds=5)), *ten[1:]]
    assert told(ended, 120) == [f"{one.place} with w001" for one in ten[1:]]  # nine are left of it
    endless = absences(*range(0, 600, 10))
    assert told(endless, 119.9) == []
    assert told(endless, 120) == [f"{one.place} with w000" for one in endless[:13]]


def test_what_was_told_stays_and_what_follows_is_told_by_itself() -> None:
    ten = absences(*range(0, 100, 10), 110)
    known = dict.fromkeys((one.key for one in ten[:10]), ten[0].key)
    assert told(ten, 140, known) == ["w010 with w010"]
    five = absences(*[0.0] * 5, *[60.0] * 5)
    known = {one.key: one.key for one in five[:5]}
    assert told(five, 90, known) == [f"{one.place} with w005" for one in five[5:]]


def test_two_that_are_no_group_are_told_apart() -> None:
    assert told(absences(0, 10), 60) == ["w000 with w000", "w001 with w001"]
