"""A calendar: which days are worked, and which stretch of service a moment falls into."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

from monitor.places import Hall, Segment

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""China has kept one offset and no daylight saving time since 1991."""

ALL_DAYS = frozenset(range(1, 8))
MONDAY = 1


class DayKind(StrEnum):
    """What kind of day it is, in the words the boards show."""

    WORKDAY = "工作日"
    MAKE_UP = "调休上班"  # a Saturday or Sunday that is worked to make up for a holiday bridge
    HOLIDAY = "节假日"
    WEEKEND = "周末"
    UNPUBLISHED = "日历未公布"  # the year's holidays are not known yet; Monday to Friday are taken as worked


@dataclass(frozen=True, slots=True)
class Calendar:
    """The published holidays and make-up workdays, as data; the next year's list appears about November."""

    holidays: frozenset[date]
    workdays: frozenset[date]
    """Saturdays and Sundays that are worked (调休)."""
    last_year: int
    """The last year whose list is published and contained."""

    def kind(self, day: date) -> DayKind:
        """What kind of day it is; a day named in the data is known even beyond the last published year."""
        if day in self.workdays:
            return DayKind.MAKE_UP
        if day in self.holidays:
            return DayKind.HOLIDAY
        if day.year > self.last_year:
            return DayKind.UNPUBLISHED
        return DayKind.WEEKEND if day.isoweekday() > 5 else DayKind.WORKDAY


def today(at: datetime) -> date:
    """The date in Beijing at an aware time."""
    return at.astimezone(BEIJING).date()


def segment_at(hall: Hall, calendar: Calendar, at: datetime) -> Segment | None:
    """The stretch of service a hall is in at an aware time, or None outside service hours.

    A make-up workday has Monday's hours, whatever weekday it is. A holiday closes every segment except those that list
    all seven days: such a hall is open round the clock, all year. Beyond the published years the weekday alone decides.
    The start belongs to a segment, the end does not; an end of 00:00 is the midnight that follows.
    """
    local = at.astimezone(BEIJING)
    kind = calendar.kind(local.date())
    weekday = MONDAY if kind is DayKind.MAKE_UP else local.isoweekday()
    for segment in hall.segments:
        if kind is DayKind.HOLIDAY and ALL_DAYS.difference(segment.days):
            continue
        if weekday in segment.days and _covers(segment, local.time()):
            return segment
    return None


def closing(hall: Hall, calendar: Calendar, after: datetime, until: datetime) -> datetime | None:
    """The first whole minute after a time, up to another, at which a hall is not in service; None if it always is."""
    minute = timedelta(minutes=1)
    moment = after.replace(second=0, microsecond=0) + minute
    while moment <= until:
        if segment_at(hall, calendar, moment) is None:
            return moment
        moment += minute
    return None


def _covers(segment: Segment, moment: time) -> bool:
    return segment.start <= moment and (moment < segment.end or segment.end == time(0))
