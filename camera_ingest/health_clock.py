"""The camera's clock: a note beside a good picture, for evidence carries its time; no blindness.

How far it is off comes from the sender reports of its stream (RFC 3550 §6.4.1) or the `Date` of its snapshots.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class ClockRule:
    """When a camera's clock is wrong."""

    most_s: float = 30.0
    """Seconds it may be fast or slow; it is right again below half of that."""
    readings: int = 3
    """In a row, before it is wrong or right again …"""
    lasting_s: float = 60.0
    """… and seconds from the first of them to the last."""


@dataclass(frozen=True, slots=True)
class Clock:
    """What is known of one camera's clock."""

    off_s: float | None = None
    """Seconds it is fast (above 0) or slow, as last read; None = never read."""
    wrong_since: datetime | None = None
    """None = it is right, or nothing is known."""
    contrary: int = 0
    """Readings in a row that say otherwise than `wrong_since` …"""
    contrary_since: datetime | None = None
    """… and the time of the first of them."""

    @property
    def wrong(self) -> bool:
        """Whether times in this camera's pictures must not be believed."""
        return self.wrong_since is not None


def read(before: Clock, off_s: float | None, at: datetime, rule: ClockRule) -> Clock:
    """The clock with one more reading, taken at a time; None = there was none, which changes nothing."""
    if off_s is None:
        return before
    clock = replace(before, off_s=off_s)
    contradicted = abs(off_s) < rule.most_s / 2 if before.wrong else abs(off_s) > rule.most_s
    if not contradicted:
        return replace(clock, contrary=0, contrary_since=None)
    since, readings = before.contrary_since or at, before.contrary + 1
    if readings < rule.readings or at - since < timedelta(seconds=rule.lasting_s):
        return replace(clock, contrary=readings, contrary_since=since)
    return Clock(off_s, None if before.wrong else since)
