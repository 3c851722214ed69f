"""Coverage: of a window's service time, how much was observed, and what was seen in it.

A rate without its coverage is half a sentence: "absent 3.1 % of the 92 % that were observed".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from monitor.calendar import BEIJING
from monitor.hours import Hours
from monitor.posts import Post, Presence, presence


@dataclass(frozen=True, slots=True)
class Coverage:
    """Seconds of one window on one day, or their sum over several."""

    service_s: float = 0.0
    """In which the window was to be open."""
    observed_s: float = 0.0
    """Of those, in which its camera saw."""
    present_s: float = 0.0
    """Of the observed ones, in which somebody was at the post."""
    absent_s: float = 0.0
    """Of the observed ones, in which nobody was and nothing excused it."""

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(
            self.service_s + other.service_s,
            self.observed_s + other.observed_s,
            self.present_s + other.present_s,
            self.absent_s + other.absent_s,
        )

    @property
    def observed(self) -> float | None:
        """Share of the service time that was observed, 0..1; None = there was no service."""
        return self.observed_s / self.service_s if self.service_s else None

    @property
    def absent(self) -> float | None:
        """Share of the observed time in which the post was empty, 0..1; None = nothing was observed."""
        return self.absent_s / self.observed_s if self.observed_s else None


Days = dict[tuple[str, date], Coverage]
"""By window and day (Beijing)."""


def total(parts: Iterable[Coverage]) -> Coverage:
    """The sum."""
    whole = Coverage()
    for part in parts:
        whole += part
    return whole


def passed(before: datetime, at: datetime, opens_at: datetime, saw: bool, post: Post, vouched: timedelta) -> Coverage:
    """What the time from one look to the next adds, within the stretch of service that began with `opens_at`.

    `saw`: whether this look could; `vouched`: for how long before it the look before vouches, if it saw.
    """
    service_s = max(0.0, (at - max(before, opens_at)).total_seconds())
    observed_s = min(service_s, vouched.total_seconds()) if saw else 0.0
    value = presence(post)
    return Coverage(
        service_s,
        observed_s,
        observed_s if value is Presence.PRESENT else 0.0,
        observed_s if value is Presence.ABSENT else 0.0,
    )


LATE_S = 180.0
"""What is on record may lag behind by so much, in seconds."""


def unwatched(hours: Hours, kept: Days, days: Iterable[date], until: datetime) -> Days:
    """Service time of a hall, up to a time, that nothing was recorded of because no program watched: it is unobserved.

    On a day with nothing on record that is the whole service of every window that is usually open. On others it is what
    all windows lack alike; what one lacks more, the roster had closed. `kept`: what is on record of the hall.
    """
    found: Days = {}
    for day in days:
        start = datetime.combine(day, time(), BEIJING)
        end = min(until, start + timedelta(days=1))
        own = {window: one.service_s for (window, at), one in kept.items() if at == day}
        if end <= start or max(own.values(), default=0.0) >= hours.seconds(None, start, end) - LATE_S:
            continue
        usual = [window.id for window in hours.hall.windows if window.id in own or not (own or window.closed)]
        lacking = {id: hours.seconds(id, start, end) - own.get(id, 0.0) for id in usual}
        least = min(lacking.values(), default=0.0) if own else None
        for id, seconds in lacking.items():
            missing_s = seconds if least is None else least
            if missing_s > LATE_S:
                found[id, day] = Coverage(missing_s)
    return found
