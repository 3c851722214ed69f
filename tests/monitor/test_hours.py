"""Service hours of halls, zones and windows: seasons, rota, own segments, uninterrupted stretches."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.calendar import BEIJING, Calendar
from monitor.hours import Hours, Service, in_season
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone

WEEK = (1, 2, 3, 4, 5)
MORNING = Segment("上午", WEEK, time(8, 30), time(12))
LUNCH = Segment("中午", WEEK, time(12), time(13, 30), SegmentKind.LUNCH, windows=("w001",))
WINTER = Segment("冬季下午", WEEK, time(13, 30), time(17), first="10-01", last="05-31")
SUMMER = Segment("夏季下午", WEEK, time(14), time(17, 30), first="06-01", last="09-30")
SATURDAY = Segment("周六预约", (6,), time(8, 30), time(12), SegmentKind.APPOINTMENT, windows=("w001",))
NIGHT = Segment("自助", (1, 2, 3, 4, 5, 6, 7), time(0), time(0))
HALL = Hall(
    "hc01",
    "威海市政务服务中心",
    "371002",
    HallLevel.CITY,
    (MORNING, LUNCH, WINTER, SUMMER, SATURDAY),
    (Zone("za", "综合受理区"), Zone("zb", "自助区", segments=(NIGHT,))),
    (
        Window("w001", "01 综合受理", "za"),
        Window("w002", "02 综合受理", "za"),
        Window("w003", "03 晚间窗口", "za", segments=(replace(MORNING, start=time(9)),)),
        Window("w004", "04 自助", "zb"),
    ),
)
CALENDAR = Calendar(frozenset({date(2026, 10, 1)}), frozenset({date(2026, 2, 14)}), 2026)
HOURS = Hours(HALL, CALENDAR)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING)


def told(service: Service | None) -> tuple[str, str, str] | None:
    if service is None:
        return None
    return service.segment.name, f"{service.opens_at:%d %H:%M}", f"{service.closes_at:%d %H:%M}"


@pytest.mark.parametrize(
    ("window", "moment", "service"),
    [
        ("w002", "2026-11-20T09:00", ("上午", "20 08:30", "20 12:00")),
        ("w002", "2026-11-20T12:30", None),  # not on the rota
        ("w001", "2026-11-20T09:00", ("上午", "20 08:30", "20 17:00")),  # the rota joins morning and afternoon
        ("w001", "2026-11-20T12:30", ("中午", "20 08:30", "20 17:00")),
        ("w001", "2026-11-20T12:00", ("中午", "20 08:30", "20 17:00")),
        ("w002", "2026-05-29T13:30", ("冬季下午", "29 13:30", "29 17:00")),
        ("w002", "2026-06-01T13:30", None),
        ("w002", "2026-06-01T14:00", ("夏季下午", "01 14:00", "01 17:30")),
        ("w002", "2026-09-30T17:15", ("夏季下午", "30 14:00", "30 17:30")),
        ("w002", "2026-10-09T17:15", None),
        ("w001", "2026-11-21T10:00", ("周六预约", "21 08:30", "21 12:00")),
        ("w002", "2026-11-21T10:00", None),
        ("w002", "2026-02-14T14:00", ("冬季下午", "14 13:30", "14 17:00")),  # a make-up Saturday is a Monday
        ("w001", "2026-10-01T10:00", None),  # a holiday
        ("w003", "2026-11-20T08:45", None),  # its own hours
        ("w003", "2026-11-20T09:00", ("上午", "20 09:00", "20 12:00")),
        ("w004", "2026-10-01T03:00", ("自助", "30 00:00", "03 00:00")),  # never closes, holidays included
        ("zb", "2026-11-22T03:00", ("自助", "21 00:00", "24 00:00")),
        ("za", "2026-11-20T12:30", ("中午", "20 08:30", "20 17:00")),
    ],
)
def test_service(window: str, moment: str, service: tuple[str, str, str] | None) -> None:
    assert told(HOURS.at(window, at(moment))) == service


def test_the_hall_is_in_service_when_any_part_of_it_is() -> None:
    assert HOURS.at(None, at("2026-10-01T03:00")) is not None
    hall = Hours(replace(HALL, zones=HALL.zones[:1], windows=HALL.windows[:2]), CALENDAR)
    assert hall.at(None, at("2026-11-20T12:30")) is not None
    assert hall.at(None, at("2026-11-20T08:29")) is None
    assert hall.closing(None, at("2026-11-20T09:00"), at("2026-11-23T09:00")) == at("2026-11-20T17:00")


def test_neither_hall_nor_zone_is_in_service_when_none_of_its_windows_is() -> None:
    """w001 alone is on the rota, and no window keeps the hall's own hours."""
    zones = (Zone("za", "综合受理区"), Zone("zb", "企业区"), Zone("zc", "咨询台"))
    windows = (Window("w001", "01", "za"), Window("w002", "02", "zb"))
    hours = Hours(replace(HALL, zones=zones, windows=windows), CALENDAR)
    noon = at("2026-11-20T12:30")
    assert [hours.at(place, noon) is not None for place in ("za", "zb", "zc", None)] == [True, False, False, True]
    early = (replace(MORNING, end=time(10)),)
    shorter = Hours(replace(HALL, zones=(replace(zones[0], segments=early),), windows=windows[:1]), CALENDAR)
    assert [shorter.at(None, at(f"2026-11-20T{hour}")) is not None for hour in ("09:59", "10:00")] == [True, False]
    assert told(Hours(replace(HALL, zones=(), windows=()), CALENDAR).at(None, noon)) == ("中午", "20 08:30", "20 17:00")


@pytest.mark.parametrize(
    ("first", "last", "day", "within"),
    [
        ("", "", date(2026, 2, 28), True),
        ("10-01", "05-31", date(2026, 12, 31), True),
        ("10-01", "05-31", date(2026, 5, 31), True),
        ("10-01", "05-31", date(2026, 6, 1), False),
        ("10-01", "05-31", date(2026, 10, 1), True),
        ("10-01", "05-31", date(2026, 9, 30), False),
        ("06-01", "09-30", date(2026, 6, 1), True),
        ("06-01", "09-30", date(2026, 10, 1), False),
    ],
)
def test_season(first: str, last: str, day: date, within: bool) -> None:
    assert in_season(replace(MORNING, first=first, last=last), day) is within


times = st.integers(0, 24 * 12 - 1).map(lambda five: time(five // 12, five % 12 * 5))


@st.composite
def halls(draw: st.DrawFn) -> Hall:
    """A hall with up to four segments, some of them through midnight or of a season."""
    segments = []
    for number in range(draw(st.integers(0, 4))):
        start, end = draw(times), draw(times)
        if end <= start:
            end = time(0)
        days = tuple(sorted(draw(st.sets(st.integers(1, 7), min_size=1))))
        season = draw(st.sampled_from([("", ""), ("06-01", "09-30"), ("11-21", "02-10")]))
        segments.append(Segment(f"s{number}", days, start, end, first=season[0], last=season[1]))
    return replace(HALL, segments=tuple(segments), zones=HALL.zones[:1], windows=HALL.windows[:1])


@settings(deadline=None)
@given(halls(), st.integers(0, 3 * 288), st.integers(0, 288))
def test_seconds_are_what_the_moments_add_up_to(hall: Hall, since: int, length: int) -> None:
    hours, start = Hours(hall, CALENDAR), at("2026-11-20T00:00")
    begin, end = (start + timedelta(minutes=5 * n) for n in (since, since + length))
    moments = [begin + timedelta(minutes=5 * n) for n in range(length)]
    assert hours.seconds("w001", begin, end) == 300 * sum(hours.at("w001", one) is not None for one in moments)


@settings(deadline=None)
@given(halls(), st.integers(0, 3 * 288))
def test_a_stretch_has_no_gap_and_something_else_on_both_sides(hall: Hall, since: int) -> None:
    hours = Hours(hall, CALENDAR)
    moment = at("2026-11-20T00:00") + timedelta(minutes=5 * since)
    service = hours.at("w001", moment)
    if service is None:
        return
    assert service.opens_at <= moment < service.closes_at
    step = service.opens_at
    while step < service.closes_at:
        assert hours.at("w001", step) is not None
        step += timedelta(minutes=5)
    if service.closes_at - moment < timedelta(days=1):  # a stretch is followed over one midnight only
        assert hours.at("w001", service.closes_at) is None


def slowly(hall: Hall, moment: datetime) -> str | None:
    """The name of the segment that a moment is in, read off the definition."""
    day, holiday = moment.date(), moment.date() in CALENDAR.holidays
    weekday = 1 if day in CALENDAR.workdays else day.isoweekday()
    of_day, of_year = f"{moment:%H:%M}", f"{moment:%m-%d}"
    for one in sorted(hall.segments, key=lambda segment: segment.start):
        wraps = one.first > one.last
        season = (of_year >= one.first or of_year <= one.last) if wraps else one.first <= of_year <= one.last
        until = "24:00" if one.end == time(0) else f"{one.end:%H:%M}"
        if (
            weekday in one.days
            and (not holiday or len(one.days) == 7)
            and (season or not one.first)
            and f"{one.start:%H:%M}" <= of_day < until
        ):
            return one.name
    return None


DAYS = ["2026-02-14", "2026-05-31", "2026-06-01", "2026-09-30", "2026-10-01", "2026-10-02", "2027-01-04"]


@settings(deadline=None)
@given(halls(), st.sampled_from(DAYS), st.integers(0, 1439))
def test_a_moment_is_in_the_segment_that_the_definition_says(hall: Hall, day: str, minute: int) -> None:
    moment = at(f"{day}T00:00") + timedelta(minutes=minute)
    service = Hours(hall, CALENDAR).at("w001", moment)
    assert (service.segment.name if service else None) == slowly(hall, moment)


def test_every_service_of_a_day() -> None:
    assert [told(one) for one in HOURS.day("w001", date(2026, 11, 20))] == [
        ("上午", "20 08:30", "20 17:00"),
        ("中午", "20 08:30", "20 17:00"),
        ("冬季下午", "20 08:30", "20 17:00"),
    ]
    assert [told(one) for one in HOURS.day("w003", date(2026, 11, 20))] == [("上午", "20 09:00", "20 12:00")]
    assert HOURS.day("w003", date(2026, 11, 21)) == ()


def test_a_place_that_the_hall_does_not_have_has_no_service() -> None:
    assert HOURS.at("w099", at("2026-11-20T09:00")) is None
    assert HOURS.day("w099", date(2026, 11, 20)) == ()


def test_a_window_of_no_zone_has_the_hours_of_the_hall() -> None:
    lost = replace(HALL, windows=(Window("w001", "01", "zx"),))
    assert told(Hours(lost, CALENDAR).at("w001", at("2026-11-20T09:00"))) == ("上午", "20 08:30", "20 17:00")


def test_seconds_of_one_window_and_of_a_night() -> None:
    day = at("2026-11-20T00:00"), at("2026-11-21T00:00")
    assert HOURS.seconds("w003", *day) == 3 * 3600
    assert HOURS.seconds("w002", *day) == 7 * 3600
    assert HOURS.seconds("w004", day[0], day[0] + timedelta(hours=6)) == 6 * 3600  # still yesterday in Greenwich
    assert HOURS.seconds("w004", *day) == 24 * 3600


def test_the_first_moment_without_service() -> None:
    hall = Hours(replace(HALL, zones=HALL.zones[:1], windows=HALL.windows[1:2]), CALENDAR)
    noon, one, five = (at(f"2026-11-20T{hour}") for hour in ("12:00", "13:30", "17:00"))
    assert hall.closing(None, at("2026-11-20T09:00"), five) == noon
    assert hall.closing(None, at("2026-11-20T09:00"), noon) == noon
    assert hall.closing(None, at("2026-11-20T09:00"), noon - timedelta(seconds=1)) is None
    assert hall.closing(None, at("2026-11-20T12:30"), one) == at("2026-11-20T12:30")
    assert hall.closing(None, one, five) == five


def test_a_season_of_one_day() -> None:
    only = replace(MORNING, first="06-01", last="06-01")
    assert [in_season(only, date(2026, *day)) for day in ((5, 31), (6, 1), (6, 2))] == [False, True, False]
    for half in (replace(MORNING, first="06-01"), replace(MORNING, last="06-01")):
        assert in_season(half, date(2026, 12, 31))
