from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule, severity

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
