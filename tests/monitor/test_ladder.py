"""Who is told of an alert, and when."""

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.ladder import Person, Role, due, is_quiet, retry_at

ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
ALERT = Alert(Rule.ABSENCE, "hc01", "w001", ZERO - timedelta(minutes=5), ZERO, Level.YELLOW)
RED = replace(ALERT, level=Level.RED, red_at=ZERO + timedelta(minutes=5))
DUTY, DISTRICT, CITY = Person("duty", Role.DUTY), Person("district", Role.DISTRICT), Person("city", Role.CITY)
EVERYBODY = (DUTY, DISTRICT, CITY)


def told(
    *alerts: Alert,
    minutes: float = 0,
    people: tuple[Person, ...] = EVERYBODY,
    sent: set[tuple[str, str, str]] | None = None,
    stopped: set[str] | None = None,
    groups: dict[str, str] | None = None,
) -> list[tuple[str, str]]:
    at = ZERO + timedelta(minutes=minutes)
    return [(one.stage, one.person) for one in due(alerts, groups or {}, people, at, sent or set(), stopped or set())]


@pytest.mark.parametrize(
    ("alert", "minutes", "stages"),
    [
        (ALERT, 0, [("opened", "duty")]),
        (ALERT, 90, [("opened", "duty")]),  # yellow goes no higher however long it lasts
        (RED, 5, [("opened", "duty"), ("red", "duty")]),
        (RED, 14.9, [("opened", "duty"), ("red", "duty")]),
        (RED, 15, [("opened", "duty"), ("red", "duty"), ("district", "district")]),
        (RED, 35, [("opened", "duty"), ("red", "duty"), ("district", "district"), ("city", "city")]),
        (replace(RED, red_at=ZERO), 0, [("red", "duty")]),  # red from the first: one message
        (replace(RED, until=ZERO + timedelta(minutes=8)), 35, []),  # over
        (replace(ALERT, shadow=True), 0, []),
        (replace(ALERT, rule=Rule.CAMERA), 0, []),
    ],
)
def test_who_is_told(alert: Alert, minutes: float, stages: list[tuple[str, str]]) -> None:
    assert told(alert, minutes=minutes) == stages


def test_once_for_each_stage_and_person() -> None:
    assert told(RED, minutes=5, sent={(RED.key, "opened", "duty")}) == [("red", "duty")]
    assert told(RED, minutes=5, sent={(RED.key, "opened", "duty"), (RED.key, "red", "duty")}) == []


def test_whoever_confirmed_or_judged_has_stopped_it() -> None:
    assert told(RED, minutes=35, stopped={RED.key}) == []


def test_only_those_of_the_hall() -> None:
    people = (replace(DUTY, halls=frozenset({"hc02"})), replace(DUTY, name="own", halls=frozenset({"hc01"})))
    assert told(ALERT, people=people) == [("opened", "own")]


def test_a_group_is_one_message_that_names_its_windows() -> None:
    other = replace(ALERT, place="w002")
    groups = {one.key: ALERT.key for one in (ALERT, other)}
    (message,) = due([ALERT, other], groups, [DUTY], ZERO)
    assert message.members == ("w001", "w002")
    left = replace(ALERT, until=ZERO)
    assert told(left, other, groups=groups) == [("opened", "duty")]  # its head is over, the others are still told


@pytest.mark.parametrize(
    ("quiet", "hour", "silent"),
    [
        (None, 23, False),
        ((time(22), time(7)), 23, True),
        ((time(22), time(7)), 6, True),
        ((time(22), time(7)), 7, False),
        ((time(12), time(13)), 12, True),
        ((time(12), time(13)), 13, False),
    ],
)
def test_quiet_hours(quiet: tuple[time, time] | None, hour: int, silent: bool) -> None:
    assert is_quiet(replace(DUTY, quiet=quiet), ZERO.replace(hour=hour)) is silent


def test_in_quiet_hours_a_message_waits_and_is_dropped_if_the_alert_is_over() -> None:
    person = replace(DUTY, quiet=(time(9), time(11)))
    assert told(ALERT, minutes=59, people=(person,)) == []
    assert told(ALERT, minutes=60, people=(person,)) == [("opened", "duty")]
    assert told(replace(ALERT, until=ZERO + timedelta(minutes=20)), minutes=60, people=(person,)) == []


def test_a_message_that_fails_is_tried_again_and_then_given_up() -> None:
    waits = [retry_at(tried, ZERO) for tried in range(1, 6)]
    assert [wait and (wait - ZERO).total_seconds() for wait in waits] == [30, 120, 600, 1800, None]


def test_an_alert_of_no_group_stands_alone_and_the_members_of_one_do_not_hide_the_rest() -> None:
    others = [replace(ALERT, place=f"w00{number}") for number in (2, 3, 4)]
    groups = {one.key: ALERT.key for one in (ALERT, others[0])}
    messages = list(due([ALERT, *others], groups, [DUTY], ZERO))
    assert [(one.alert.place, one.members) for one in messages] == [
        ("w001", ("w001", "w002")),
        ("w003", ()),
        ("w004", ()),
    ]
    assert [one.key for one in messages] == [(one.alert.key, "opened", "duty") for one in messages]
