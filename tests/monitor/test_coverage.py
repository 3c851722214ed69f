"""What nobody watched is service time that was not observed, and never leaves the denominator."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from monitor.calendar import BEIJING
from monitor.coverage import Coverage, Days, total, unwatched
from monitor.hours import Hours
from tests.monitor.hall import CALENDAR, HALL

FRIDAY = date(2026, 11, 20)
MORNING_S = 3.5 * 3600
"""08:30 to 12:00."""
EVENING = datetime(2026, 11, 20, 20, tzinfo=BEIJING)
HOURS = Hours(HALL, CALENDAR)


def seen(share: float, window: str = "w001", day: date = FRIDAY) -> Days:
    return {(window, day): Coverage(share * MORNING_S, share * MORNING_S, share * MORNING_S, 0.0)}


def test_a_day_without_anything_on_record_is_unobserved() -> None:
    missing = unwatched(HOURS, {}, [FRIDAY], EVENING)
    assert missing == {(window, FRIDAY): Coverage(MORNING_S) for window in ("w001", "w002")}  # w003 is usually closed


def test_what_is_to_come_is_not_missing() -> None:
    ten = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
    assert unwatched(HOURS, {}, [FRIDAY], ten)["w001", FRIDAY].service_s == 1.5 * 3600
    assert unwatched(HOURS, {}, [FRIDAY, FRIDAY + timedelta(days=1)], ten.replace(hour=8)) == {}
    assert unwatched(HOURS, {}, [date(2026, 11, 21)], EVENING + timedelta(days=3)) == {}  # a Saturday


def test_a_program_that_died_at_noon_of_the_service_leaves_half_unobserved() -> None:
    kept = seen(0.5) | seen(0.5, "w002")
    missing = unwatched(HOURS, kept, [FRIDAY], EVENING)
    assert {key: one.service_s for key, one in missing.items()} == dict.fromkeys(kept, MORNING_S / 2)
    whole = total([*kept.values(), *missing.values()])
    assert whole.observed == pytest.approx(0.5)


def test_what_the_roster_closed_is_not_missing() -> None:
    kept = seen(1.0) | seen(0.2, "w002")  # closed after a fifth of the time
    assert unwatched(HOURS, kept, [FRIDAY], EVENING) == {}
    kept = seen(0.5) | seen(0.2, "w002")  # and the program died as well
    assert {one.service_s for one in unwatched(HOURS, kept, [FRIDAY], EVENING).values()} == {MORNING_S / 2}
    assert unwatched(HOURS, seen(1.0), [FRIDAY], EVENING) == {}  # w002 closed all day


def test_a_minute_is_not_missing_and_an_empty_hall_has_none() -> None:
    kept = seen(1 - 60 / MORNING_S) | seen(1 - 60 / MORNING_S, "w002")
    assert unwatched(HOURS, kept, [FRIDAY], EVENING) == {}
    assert unwatched(Hours(replace(HALL, windows=()), CALENDAR), {}, [FRIDAY], EVENING) == {}


def test_each_window_lacks_its_own_hours() -> None:
    short = replace(HALL.windows[1], segments=(replace(HALL.segments[0], end=time(10)),))
    hours = Hours(replace(HALL, windows=(HALL.windows[0], short)), CALENDAR)
    missing = unwatched(hours, {}, [date(2026, 11, 21), FRIDAY], EVENING)  # a Saturday before it takes nothing away
    assert {window: one.service_s for (window, _), one in missing.items()} == {"w001": MORNING_S, "w002": 1.5 * 3600}
