from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule, changed, family, lasted_s, resumed, severity

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ABSENCE = Alert(Rule.ABSENCE, "hc01", "w001", AT, AT + 5 * MINUTE, Level.YELLOW)
QUEUE = Alert(Rule.QUEUE, "hc01", "za", AT, AT + 3 * MINUTE, Level.RED)


@pytest.mark.parametrize(
    ("alert", "severe"),
    [
        (ABSENCE, 10.0),
        (replace(ABSENCE, waiting=0), 10.0),
        (replace(ABSENCE, waiting=3), 40.0),
        (replace(ABSENCE, waiting=3, people=9), 40.0),
        (replace(ABSENCE, waiting=3, unseen_s=120.0), 32.0),
        (replace(ABSENCE, waiting=3, until=AT + 6 * MINUTE), 24.0),
        (replace(QUEUE, people=9), 100.0),
        (QUEUE, 10.0),
    ],
)
def test_minutes_times_one_more_than_wait(alert: Alert, severe: float) -> None:
    assert severity(alert, AT + 10 * MINUTE) == severe


@pytest.mark.parametrize(
    ("rule", "stands"),
    [
        (Rule.ABSENCE, Rule.ABSENCE),
        (Rule.PAUSE, Rule.ABSENCE),
        (Rule.QUEUE, Rule.QUEUE),
        (Rule.UNSTAFFED, Rule.QUEUE),
        (Rule.HALL, Rule.HALL),
        (Rule.CAMERA, Rule.CAMERA),
    ],
)
def test_the_family_of_a_rule(rule: Rule, stands: Rule) -> None:
    assert family(rule) is stands


@pytest.mark.parametrize(
    ("yellow_s", "unseen_s", "kept_s"),
    [
        (240.0, 30.0, 30.0),
        (240.0, 90.0, 60.0),
        (300.0, 90.0, 0.0),
        (600.0, 0.5, 0.0),
        (None, 90.0, 90.0),
        (None, 400.0, 300.0),
    ],
)
def test_a_restart_keeps_of_the_unknown_time_what_can_lie_before_the_opening(
    yellow_s: float | None, unseen_s: float, kept_s: float
) -> None:
    """Five minutes lie between the beginning and the opening, of which the threshold was seen."""
    alert = replace(ABSENCE, unseen_s=unseen_s, values={} if yellow_s is None else {"yellow_s": yellow_s})
    assert resumed(alert) == replace(alert, sees=False, unseen_s=kept_s)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (None, None, False),
        (ABSENCE, None, False),
        (None, ABSENCE, True),
        (ABSENCE, ABSENCE, False),
        (ABSENCE, replace(ABSENCE, waiting=4, unseen_s=20.0), False),
        (ABSENCE, replace(ABSENCE, level=Level.RED), True),
        (ABSENCE, replace(ABSENCE, until=AT + 6 * MINUTE), True),
        (ABSENCE, replace(ABSENCE, sees=False), True),
        (ABSENCE, replace(ABSENCE, since=AT + MINUTE), True),
    ],
)
def test_what_is_worth_telling(before: Alert | None, after: Alert | None, told: bool) -> None:
    assert changed(before, after) is told


def test_an_alert_lasts_up_to_its_end_or_the_last_look_without_what_was_unseen() -> None:
    assert lasted_s(ABSENCE, AT + 10 * MINUTE) == 600
    assert lasted_s(replace(ABSENCE, until=AT + 6 * MINUTE, unseen_s=45.0), AT + 10 * MINUTE) == 315
    assert lasted_s(replace(ABSENCE, unseen_s=900.0), AT + 10 * MINUTE) == 0
