"""A value against its limits: what is remembered from look to look, at the edges of every run."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.limits import Limit, Run, Seen, Watch, level, step

ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
EVERY = timedelta(seconds=10)
LIMIT = Limit(4, 3, 60, 8, 6, 120, clear_s=30)
EMPTY = Watch(Rule.QUEUE, "h", "za")
ENDED = Alert(Rule.QUEUE, "h", "za", ZERO - 9 * EVERY, ZERO - 6 * EVERY, Level.YELLOW, until=ZERO - EVERY)
CLOSING = ZERO + timedelta(hours=2)


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def seen(second: float, value: float | None, **more: object) -> Seen:
    return replace(Seen(at(second), value, True, EVERY, CLOSING), **more)  # type: ignore[arg-type]


def played(*parts: tuple[float | None, int], watch: Watch = EMPTY, begin: int = 0) -> tuple[Watch, list[Alert]]:
    """(value, looks) one after the other, a look every ten seconds."""
    told, second = [], begin
    for value, looks in parts:
        for _ in range(looks):
            watch, alert = step(LIMIT, watch, seen(second, value), {"version": 1.0})
            told += [alert] if alert else []
            second += 10
    return watch, told


def test_of_a_calm_look_nothing_is_remembered_but_when_it_was() -> None:
    watch = replace(EMPTY, at=at(-10), seen_at=at(-30), blind=True, alert=ENDED)
    after, alert = step(LIMIT, watch, seen(0, 1), {})
    assert after == replace(EMPTY, at=ZERO, seen_at=ZERO, closes_at=CLOSING, alert=ENDED)
    assert alert is None


def test_outside_service_nothing_is_remembered() -> None:
    watch, _ = played((5, 3))
    after, alert = step(LIMIT, watch, seen(30, 5, in_service=False, closes_at=None), {})
    assert (after, alert) == (replace(EMPTY, at=at(30)), None)


def test_a_blind_look_keeps_every_run_and_the_next_that_sees_takes_the_time_off() -> None:
    watch, _ = played((9, 3), (None, 4))
    assert (watch.blind, watch.seen_at, watch.at) == (True, at(20), at(60))
    assert watch.yellow == watch.red == Run(ZERO)
    after, _ = step(LIMIT, watch, seen(70, 9), {})
    assert (after.blind, after.seen_at) == (False, at(70))
    assert after.yellow == after.red == Run(ZERO, 40.0)  # 50 s, of which the look before vouches for 10
    assert level(LIMIT, after, at(99)) is None
    assert level(LIMIT, after, at(100)) is Level.YELLOW
    assert level(LIMIT, after, at(159)) is Level.YELLOW
    assert level(LIMIT, after, at(160)) is Level.RED


def test_after_a_long_blindness_every_run_begins_anew() -> None:
    watch, _ = played((9, 3), (None, 18), (9, 1))
    assert watch.yellow == watch.red == Run(at(210))
    short, _ = played((9, 3), (None, 17), (9, 1))  # exactly as long as may be
    assert short.yellow == short.red == Run(ZERO, 170.0)
    ending, told = played((5, 7), (1, 2), (None, 18), (1, 3))
    assert ending.opened is not None
    assert ending.clear == Run(at(270))  # not since before the blindness
    assert [one.until for one in told] == [None] * 3


def test_a_run_is_over_below_its_closing_threshold_only() -> None:
    watch, _ = played((4, 2), (3, 2), (2.9, 1))
    assert watch.yellow is None
    assert played((4, 2), (3, 2))[0].yellow == Run(ZERO)
    assert played((3.9, 3))[0].yellow is None
    assert played((7.9, 3))[0].red is None
    assert played((8, 2), (6, 2))[0].red == Run(ZERO)
    assert played((8, 2), (5.9, 1))[0].red is None


def test_an_alert_ends_with_the_first_look_of_the_calm_and_without_what_was_unseen_in_it() -> None:
    watch, told = played((5, 7), (2, 1), (None, 3), (2, 5))
    opened, lost, found, ended = told
    assert (opened.since, opened.opened_at, opened.values) == (ZERO, at(60), {"version": 1.0})
    assert (lost.sees, found.sees) == (False, True)
    assert found.unseen_s == 30.0
    assert (ended.until, ended.unseen_s) == (at(70), 0.0)
    assert (watch.clear, watch.opened, watch.alert) == (None, None, ended)


def test_a_rise_while_the_calm_is_measured_begins_it_anew() -> None:
    watch, told = played((5, 7), (2, 2), (3, 1), (2, 3))
    assert watch.clear == Run(at(100))
    assert len(told) == 1


def test_who_waits_is_told_with_every_look_at_an_open_alert() -> None:
    watch, _ = played((5, 7))
    after, _ = step(LIMIT, watch, seen(70, 5, people=7, waiting=6), {})
    assert after.opened is not None
    assert (after.opened.people, after.opened.waiting) == (7, 6)


@pytest.mark.parametrize(
    ("back_s", "ignored"),
    [(0, True), (10, True), (180, True), (181, False)],
)
def test_a_look_that_comes_late_is_ignored_unless_the_clock_was_set_back(back_s: float, ignored: bool) -> None:
    watch, _ = played((5, 30))
    after, alert = step(LIMIT, watch, seen(290 - back_s, 1), {})
    if ignored:
        assert (after, alert) == (watch, None)
    else:
        assert (after.at, after.yellow) == (at(290 - back_s), None)


def test_a_clock_set_back_keeps_the_place_and_forgets_the_runs() -> None:
    watch, _ = played((5, 3), begin=7200)
    after, _ = step(LIMIT, watch, seen(0, 5), {})
    assert after == replace(EMPTY, at=ZERO, seen_at=ZERO, closes_at=CLOSING, yellow=Run(ZERO))


def test_a_break_that_nobody_looked_at_ends_an_alert_at_the_closing() -> None:
    watch, _ = played((5, 7))
    later = seen(7260, 5, closes_at=CLOSING + timedelta(hours=3))
    after, alert = step(LIMIT, watch, later, {})
    assert alert is not None
    assert (alert.until, alert.unseen_s) == (CLOSING, (CLOSING - at(60) - EVERY).total_seconds())
    assert (after.yellow, after.opened, after.closes_at) == (Run(later.at), None, later.closes_at)


def test_a_closing_ends_an_alert_with_the_look_that_tells_it() -> None:
    watch, _ = played((5, 7))
    after, alert = step(LIMIT, watch, seen(80, 5, in_service=False, closes_at=None), {})
    assert alert is not None
    assert (alert.until, alert.unseen_s, after.opened) == (at(80), 0.0, None)


def test_what_is_calm_and_what_is_still() -> None:
    run = Run(ZERO)
    opened = replace(ENDED, until=None)
    states = [{}, {"yellow": run}, {"red": run}, {"clear": run}, {"alert": opened}, {"alert": ENDED}]
    watches = [replace(EMPTY, **state) for state in states]  # type: ignore[arg-type]
    assert [watch.calm for watch in watches] == [True, False, False, True, False, True]
    assert [watch.still for watch in watches] == [True, False, False, False, False, True]
    assert [bool(watch.moments) for watch in watches] == [False, True, False, True, False, False]
    assert [watch.opened for watch in watches] == [None, None, None, None, opened, None]


def test_the_lowest_value_that_begins_to_count() -> None:
    assert (LIMIT.lowest, Limit(4, 3).lowest, replace(LIMIT, yellow_open=9).lowest) == (4, 4, 8)


def test_red_at_once_where_there_is_no_yellow() -> None:
    only = Limit(float("inf"), 1, 0, 1, 1, 20)
    watch = EMPTY
    for second in (0, 10, 20):
        watch, alert = step(only, watch, seen(second, 1, people=1), {})
    assert alert is not None
    assert (alert.level, alert.since, alert.red_at, alert.people) == (Level.RED, ZERO, at(20), 1)


def test_one_blind_look_is_unknown_time_too() -> None:
    watch, _ = played((9, 3), (None, 1), (9, 1))
    assert watch.red == Run(ZERO, 10.0)
    unbroken, _ = played((9, 5))
    assert unbroken.red == Run(ZERO)


def test_an_ended_alert_leaves_no_calm_behind() -> None:
    watch, told = played((5, 7), (2, 4))
    assert (watch.clear, told[-1].until) == (None, at(70))
