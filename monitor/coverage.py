"""Coverage: of a window's service time, how much was observed, and what was seen in it.

A rate without its coverage is half a sentence: "absent 3.1 % of the 92 % that were observed".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

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
