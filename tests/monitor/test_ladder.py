"""Who is told of an alert, and when."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.ladder import LADDER, History, Known, Person, Role, Rung, due, is_quiet, retry_at, standing

ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
ALERT = Alert(Rule.ABSENCE, "hc01", "w001", ZERO - timedelta(minutes=5), ZERO, Level.YELLOW)
RED = replace(ALERT, level=Level.RED, red_at=ZERO + timedelta(minutes=5))
DUTY, DISTRICT, CITY = Person("duty", Role.DUTY), Person("district", Role.DISTRICT), Person("city", Role.CITY)
EVERYBODY = (DUTY, DISTRICT, CITY)


def after(minutes: float) -> datetime:
    return ZERO + timedelta(minutes=minutes)


def told(
    *alerts: Alert,
    minutes: float = 0,
    people: tuple[Person, ...] = EVERYBODY,
    sent: Collection[tuple[str, str, str]] = (),
    ladder: tuple[Rung, ...] = LADDER,
    **known: Any,
) -> list[tuple[str, str]]:
    record = Known(messages=dict.fromkeys(sent, True), **known)
    return [(one.stage, one.person) for one in due(alerts, people, after(minutes), record, ladder)]


@pytest.mark.parametrize(
    ("alert", "minutes", "stages"),
    [
        (ALERT, 0, [("opened", "duty")]),
        (ALERT, 90, [("opened", "duty")]),  # yellow goes no higher however long it lasts
        (RED, 5, [("red", "duty")]),  # whoever was not told of yellow hears of red alone
        (RED, 14.9, [("red", "duty")]),
        (RED, 15, [("red", "duty"), ("district", "district")]),
        (RED, 35, [("red", "duty"), ("district", "district"), ("city", "city")]),
        (replace(RED, red_at=ZERO), 0, [("red", "duty")]),  # red from the first: one message
        (replace(RED, until=after(8)), 35, []),  # over
        (replace(ALERT, shadow=True), 0, []),
        (replace(ALERT, rule=Rule.CAMERA), 0, []),
    ],
)
def test_who_is_told(alert: Alert, minutes: float, stages: list[tuple[str, str]]) -> None:
    assert told(alert, minutes=minutes) == stages


def test_once_for_each_stage_and_person() -> None:
    assert told(ALERT, sent={(ALERT.key, "opened", "duty")}) == []
    assert told(RED, minutes=5, sent={(RED.key, "opened", "duty")}) == [("red", "duty")]
    assert told(RED, minutes=5, sent={(RED.key, "opened", "duty"), (RED.key, "red", "duty")}) == []
    assert told(ALERT, minutes=5, sent={(RED.key, "red", "duty")}) == []  # nobody is told less than he knows


def test_whoever_confirmed_or_judged_has_stopped_it() -> None:
    assert told(RED, minutes=35, stopped={RED.key}) == []


def test_only_those_of_the_hall() -> None:
    people = (replace(DUTY, halls=frozenset({"hc02"})), replace(DUTY, name="own", halls=frozenset({"hc01"})))
    assert told(ALERT, people=people) == [("opened", "own")]


def test_a_group_is_one_message_that_names_its_windows_whoever_of_it_has_returned() -> None:
    other, third = replace(ALERT, place="w002"), replace(ALERT, place="w003")
    heads = {one.key: ALERT.key for one in (ALERT, other, third)}
    (message,) = due([ALERT, other, third], [DUTY], ZERO, Known(heads))
    assert (message.members, message.key) == (("w001", "w002", "w003"), (ALERT.key, "opened", "duty"))
    sent = {message.key}
    for gone in (ALERT, other):  # the first of them, and another
        left = [replace(one, until=after(1)) if one == gone else one for one in (ALERT, other, third)]
        assert told(*left, minutes=2, heads=heads, sent=sent) == []
        assert told(*left, minutes=2, heads=heads, stopped={third.key}) == [("opened", "duty")]


def test_a_group_climbs_by_its_reddest() -> None:
    red = [replace(RED, place=f"w{n:03d}") for n in range(2, 5)]
    heads = {one.key: ALERT.key for one in (ALERT, *red)}
    stages = [("red", "duty"), ("district", "district")]
    assert told(ALERT, *red, minutes=20, heads=heads) == stages
    (message, _) = due([ALERT, *red], EVERYBODY, after(20), Known(heads))
    assert (message.alert.place, message.members, message.head) == (
        "w002",
        ("w001", "w002", "w003", "w004"),
        ALERT.key,
    )
    assert told(replace(ALERT, until=after(6)), *red, minutes=20, heads=heads) == stages


def test_what_cannot_be_seen_climbs_no_further() -> None:
    blind = replace(RED, sees=False)
    said: History = ((ZERO, ALERT), (after(5), RED), (after(12), blind))
    assert told(blind, minutes=60, histories={RED.key: said}) == [("red", "duty")]
    assert told(blind, minutes=60) == [("red", "duty")]  # not knowing since when
    late: History = (
        (ZERO, ALERT),
        (after(5), RED),
        (after(15.05), blind),
    )  # due, and told when it is seen again
    assert told(blind, minutes=60, histories={RED.key: late}) == [("red", "duty")]
    assert [one.stage for one in standing([blind], [DISTRICT], after(60), Known(histories={RED.key: late}))] == [
        "district"
    ]
    again = replace(RED, unseen_s=20 * 60)
    sighted: dict[str, History] = {RED.key: (*said, (after(32), again))}
    assert told(again, minutes=34.9, histories=sighted) == [("red", "duty")]  # 7 minutes, then 2.9
    assert told(again, minutes=35, histories=sighted) == [("red", "duty"), ("district", "district")]


def test_what_was_unseen_before_a_level_was_reached_is_not_taken_off_it() -> None:
    unseen = replace(RED, unseen_s=90.0)
    said = ((ZERO, replace(ALERT, unseen_s=60.0)), (after(5), unseen))
    known = Known(histories={RED.key: said})
    assert known.seen_s(unseen, Level.RED, after(6)) == 60
    assert known.seen_s(unseen, Level.YELLOW, after(6)) == 330
    assert known.seen_s(ALERT, Level.RED, after(6)) is None


def test_what_was_due_once_stays_due_though_nobody_knows_how_long_it_was_seen() -> None:
    """Its watching program has died, and the message is still to be tried again."""
    gone = replace(RED, sees=False)
    waiting = {(RED.key, "district", "district"): False}
    (message,) = standing([gone], [DISTRICT], after(20), Known(messages=waiting, counts_to={RED.key: after(5)}))
    assert message.held
    assert list(standing([replace(ALERT, sees=False)], [DISTRICT], after(20), Known(messages=waiting))) == []


def test_another_ladder() -> None:
    ladder = (*LADDER[:2], Rung("again", Role.DUTY, Level.RED, 300), Rung("district", Role.DISTRICT, Level.RED, 60))
    sent = {(RED.key, "red", "duty")}
    assert told(RED, minutes=6, ladder=ladder, sent=sent) == [("district", "district")]
    assert told(RED, minutes=10, ladder=ladder, sent=sent) == [("again", "duty"), ("district", "district")]


@pytest.mark.parametrize(
    ("quiet", "hour", "silent"),
    [
        (None, 23, False),
        ((time(22), time(7)), 23, True),
        ((time(22), time(7)), 6, True),
        ((time(22), time(7)), 7, False),
        ((time(12), time(13)), 12, True),
        ((time(12), time(13)), 13, False),
        ((time(12), time(12)), 12, False),  # no time at all, not the whole day
    ],
)
def test_quiet_hours(quiet: tuple[time, time] | None, hour: int, silent: bool) -> None:
    assert is_quiet(replace(DUTY, quiet=quiet), ZERO.replace(hour=hour)) is silent


def test_in_quiet_hours_a_message_waits_and_is_dropped_if_the_alert_is_over() -> None:
    person = replace(DUTY, quiet=(time(9), time(11)))
    assert told(ALERT, minutes=59, people=(person,)) == []
    assert [one.held for one in standing([ALERT], [person], after(59))] == [True]
    assert told(ALERT, minutes=60, people=(person,)) == [("opened", "duty")]
    assert told(replace(ALERT, until=after(20)), minutes=60, people=(person,)) == []


def test_a_message_that_fails_is_tried_again_and_then_given_up() -> None:
    waits = [retry_at(tried, ZERO) for tried in range(1, 6)]
    assert [wait and (wait - ZERO).total_seconds() for wait in waits] == [30, 120, 600, 1800, None]


def test_an_alert_of_no_group_stands_alone_and_the_members_of_one_do_not_hide_the_rest() -> None:
    others = [replace(ALERT, place=f"w00{number}") for number in (2, 3, 4)]
    groups = {one.key: ALERT.key for one in (ALERT, others[0])}
    messages = list(due([ALERT, *others], [DUTY], ZERO, Known(groups)))
    assert [(one.alert.place, one.members) for one in messages] == [
        ("w001", ("w001", "w002")),
        ("w003", ()),
        ("w004", ()),
    ]
    assert [one.key for one in messages] == [(one.alert.key, "opened", "duty") for one in messages]


def test_up_to_when_an_alert_counts_is_known_best_where_it_is_told() -> None:
    blind = replace(ALERT, sees=False)
    known = Known(counts_to={ALERT.key: after(3)})
    assert (known.until(blind, after(9)), Known().until(blind, after(9))) == (after(3), ALERT.opened_at)
    assert (known.until(ALERT, after(9)), Known().until(ALERT, after(9))) == (after(3), after(9))
    (message,) = due([ALERT], [DUTY], after(2), Known())
    assert message.counts_to == after(2)
