"""Service hours over workdays, make-up workdays, holidays and years that are not published."""

from datetime import UTC, date, datetime, time

import pytest

from monitor.calendar import BEIJING, Calendar, DayKind, today
from monitor.hours import Hours
from monitor.places import Hall, HallLevel, Segment

CALENDAR = Calendar(
    holidays=frozenset({date(2026, 2, 16), date(2026, 10, 1)}),
    workdays=frozenset({date(2026, 2, 14)}),
    last_year=2026,
)
MORNING = Segment("上午", (1, 2, 3, 4, 5), time(8, 30), time(12))
SATURDAY = Segment("周六预约", (6,), time(9), time(11))
NIGHT = Segment("晚间延时", (5,), time(18), time(0))
ALWAYS = Segment("全天", (1, 2, 3, 4, 5, 6, 7), time(0), time(0))


def hall(*segments: Segment) -> Hall:
    return Hall("hc01", "环翠区政务服务中心", "371002", HallLevel.DISTRICT, segments, (), ())


def beijing(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2026, 2, 13), DayKind.WORKDAY),
        (date(2026, 2, 14), DayKind.MAKE_UP),
        (date(2026, 2, 15), DayKind.WEEKEND),
        (date(2026, 11, 20), DayKind.WORKDAY),
        (date(2026, 11, 21), DayKind.WEEKEND),
        (date(2026, 2, 16), DayKind.HOLIDAY),
        (date(2027, 1, 4), DayKind.UNPUBLISHED),
    ],
)
def test_kind(day: date, kind: DayKind) -> None:
    assert CALENDAR.kind(day) is kind


@pytest.mark.parametrize(
    ("at", "segment"),
    [
        (beijing(11, 20, 8, 29), None),
        (beijing(11, 20, 8, 30), MORNING),
        (beijing(11, 20, 11, 59), MORNING),
        (beijing(11, 20, 12), None),  # the end does not belong to it
        (beijing(11, 20, 23, 59), NIGHT),  # Friday until midnight
        (beijing(11, 21, 0), None),
        (beijing(11, 21, 10), SATURDAY),
        (beijing(2, 14, 10), MORNING),  # a Saturday with Monday's hours
        (beijing(2, 14, 19), None),
        (beijing(2, 16, 10), None),  # a Monday off
        (beijing(1, 4, 10, year=2027), MORNING),  # not published: Monday to Friday
        (beijing(1, 9, 10, year=2027), SATURDAY),
    ],
)
def test_which_segment_a_moment_is_in(at: datetime, segment: Segment | None) -> None:
    for moment in (at, at.astimezone(UTC)):
        service = Hours(hall(MORNING, SATURDAY, NIGHT), CALENDAR).at(None, moment)
        assert (service.segment if service else None) is segment


@pytest.mark.parametrize("at", [beijing(11, 21, 0), beijing(2, 16, 12), beijing(2, 14, 23, 59)])
def test_a_hall_that_lists_all_days_never_closes(at: datetime) -> None:
    service = Hours(hall(ALWAYS), CALENDAR).at(None, at)
    assert service is not None
    assert service.opens_at < at.replace(hour=0) < at.replace(hour=23) < service.closes_at


def test_today_is_the_day_in_beijing() -> None:
    assert today(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


@pytest.mark.parametrize(
    ("segments", "after", "until", "closes"),
    [
        ((MORNING,), beijing(11, 20, 9), beijing(11, 20, 11, 59), None),
        ((MORNING,), beijing(11, 20, 9), beijing(11, 23, 9), beijing(11, 20, 12)),
        ((ALWAYS,), beijing(11, 20, 9), beijing(11, 23, 9), None),
        ((MORNING,), beijing(11, 20, 9), beijing(11, 20, 8), None),
    ],
)
def test_when_a_hall_closes(
    segments: tuple[Segment, ...], after: datetime, until: datetime, closes: datetime | None
) -> None:
    assert Hours(hall(*segments), CALENDAR).closing(None, after, until) == closes
