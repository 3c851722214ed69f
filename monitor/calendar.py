"""A calendar: which days are worked."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

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
