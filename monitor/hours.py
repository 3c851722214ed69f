"""Hours: when a hall, a zone or a window is in service, by calendar, season, rota and its own segments."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from monitor.calendar import ALL_DAYS, BEIJING, MONDAY, Calendar, DayKind
from monitor.places import Hall, Segment

DAY = timedelta(days=1)
Span = tuple[datetime, datetime]
"""From when, and until when."""
KEPT = 4
"""Days whose services are remembered for each place."""


@dataclass(frozen=True, slots=True)
class Service:
    """A stretch of service that a moment falls into."""

    segment: Segment
    opens_at: datetime
    """When the uninterrupted stretch began: segments that adjoin are one, so that noon with a rota is no opening."""
    closes_at: datetime
    """When it ends: at the next moment without service."""


class Hours:
    """The service hours of one hall. Of a window its own segments count, else its zone's, else the hall's."""

    def __init__(self, hall: Hall, calendar: Calendar) -> None:
        self.hall = hall
        self.calendar = calendar
        self._segments = _segments(hall)
        self._days: dict[str | None, dict[date, tuple[tuple[Span, Service], ...]]] = {}
        self._asked: dict[str | None, tuple[datetime, Service | None]] = {}

    def at(self, place: str | None, at: datetime) -> Service | None:
        """The service of a window or a zone (by id), or of the hall (None), at an aware time; None = there is none.

        A zone is in service when any of its windows is, the hall when any zone is; one without windows has its hours.
        The start belongs to a segment, the end does not.
        """
        asked, service = self._asked.get(place, (None, None))
        if asked is not at:  # one look asks for the same moment many times
            local = at.astimezone(BEIJING)
            found = (one for (start, end), one in self._on(place, local.date()) if start <= local < end)
            service = next(found, None)
            self._asked[place] = at, service
        return service

    def day(self, place: str | None, day: date) -> tuple[Service, ...]:
        """Every service that begins on a day in Beijing, in order; each segment with its uninterrupted stretch.

        A make-up workday has Monday's hours, whatever weekday it is. A holiday closes every segment except those that
        list all seven days: such a place is open round the clock, all year. Beyond the published years the weekday
        alone decides.
        """
        return tuple(service for _, service in self._on(place, day))

    def closing(self, place: str | None, after: datetime, until: datetime) -> datetime | None:
        """The first moment after a time, up to another, at which a place is not in service; None if it always is."""
        moment = after
        while moment <= until:
            service = self.at(place, moment)
            if service is None:
                return max(moment, after)
            moment = service.closes_at
        return None

    def seconds(self, place: str | None, start: datetime, end: datetime) -> float:
        """Seconds of service between two aware times."""
        total, day = 0.0, start.astimezone(BEIJING).date() - DAY
        while day <= end.astimezone(BEIJING).date():
            for begin, finish in _stretches(self._spans(place, day)):
                total += max(0.0, (min(finish, end) - max(begin, start)).total_seconds())
            day += DAY
        return total

    def _on(self, place: str | None, day: date) -> tuple[tuple[Span, Service], ...]:
        known = self._days.setdefault(place, {})
        if day not in known:
            if len(known) >= KEPT:
                known.clear()
            known[day] = tuple(self._services(place, day))
        return known[day]

    def _services(self, place: str | None, day: date) -> Iterable[tuple[Span, Service]]:
        """Each segment of a day; stretches reach into the days beside it where service does not stop at midnight."""
        spans = [span for beside in (day - DAY, day, day + DAY) for span in self._spans(place, beside)]
        stretches = _stretches(spans)
        for segment in self._in_force(place, day):
            start, end = _span(segment, day)
            opens_at, closes_at = next((a, b) for a, b in stretches if a <= start and end <= b)
            yield (start, end), Service(segment, opens_at, closes_at)

    def _spans(self, place: str | None, day: date) -> list[Span]:
        return [_span(segment, day) for segment in self._in_force(place, day)]

    def _in_force(self, place: str | None, day: date) -> list[Segment]:
        """The segments of a day, by their beginning."""
        kind = self.calendar.kind(day)
        weekday = MONDAY if kind is DayKind.MAKE_UP else day.isoweekday()
        found = [
            segment
            for segment in self._segments.get(place, ())
            if weekday in segment.days
            and not (kind is DayKind.HOLIDAY and ALL_DAYS.difference(segment.days))
            and in_season(segment, day)
        ]
        return sorted(found, key=lambda segment: segment.start)


def in_season(segment: Segment, day: date) -> bool:
    """Whether a segment is in force on a day of the year; a season may reach over New Year."""
    if not segment.first or not segment.last:
        return True
    text = f"{day:%m-%d}"
    if segment.first <= segment.last:
        return segment.first <= text <= segment.last
    return text >= segment.first or text <= segment.last


def _segments(hall: Hall) -> dict[str | None, tuple[Segment, ...]]:
    """What counts for each window and zone, and for the hall."""
    zones = {zone.id: zone.segments or hall.segments for zone in hall.zones}
    found: dict[str | None, tuple[Segment, ...]] = {
        window.id: tuple(
            segment
            for segment in window.segments or zones.get(window.zone, hall.segments)
            if not segment.windows or window.id in segment.windows
        )
        for window in hall.windows
    }
    for zone, own in zones.items():
        parts = [found[window.id] for window in hall.windows if window.zone == zone]
        found[zone] = tuple(dict.fromkeys(segment for part in parts or [_without_rota(own)] for segment in part))
    served = dict.fromkeys(segment for part in found.values() for segment in part)
    usual = tuple(segment for segment in hall.segments if segment in served or not found)
    found[None] = (*usual, *(segment for segment in served if segment not in usual))
    return found


def _without_rota(segments: Iterable[Segment]) -> tuple[Segment, ...]:
    return tuple(segment for segment in segments if not segment.windows)


def _span(segment: Segment, day: date) -> Span:
    """From when to when on a day; an end of 00:00 is the midnight that follows."""
    start, end = (datetime.combine(day, moment, BEIJING) for moment in (segment.start, segment.end))
    return start, end + DAY if segment.end == time(0) else end


def _stretches(spans: Iterable[Span]) -> list[Span]:
    """The same time without a cut where one span ends and another begins, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined
