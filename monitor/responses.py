"""Responses: how fast alerts are seen, acted upon and corrected; each figure with how many it rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from monitor.alerts import CORRECTED, Alert
from monitor.halls import needs_a_person


@dataclass(frozen=True, slots=True)
class Response:
    """What is known of the response to one alert."""

    alert: Alert
    seen_at: datetime | None = None
    """When somebody first had its page before them; None = that is not known."""
    acted_at: datetime | None = None
    """The first confirmation or verdict."""

    @property
    def looked_at(self) -> datetime | None:
        """When it was seen, if that was before anybody acted."""
        return None if self.seen_at and self.acted_at and self.seen_at > self.acted_at else self.seen_at


@dataclass(frozen=True, slots=True)
class Delay:
    """A distribution of seconds."""

    n: int
    """Alerts of which it is known."""
    of: int
    """Alerts in all."""
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast one hall, or all of them, respond."""

    seen: Delay
    """From the opening of an alert until somebody sees it; of one who acts unseen, until then."""
    acted: Delay
    """From then until somebody acts; from the opening where it is not known when it was seen."""
    returned: Delay
    """From the opening until the post is staffed again or covered, or the queue has eased; other endings are none."""


def quantile(values: list[float], share: float) -> float | None:
    """The smallest value that at least this share does not exceed (nearest rank); None = of nothing."""
    if not values:
        return None
    rank = max(1, -(-len(values) * share // 1))
    return sorted(values)[int(rank) - 1]


def speed(responses: Iterable[Response]) -> Speed:
    """Of alerts that ask a person; those in shadow mode and of equipment are left out."""
    asked = [one for one in responses if needs_a_person(one.alert)]
    seen = [_s(one.alert.opened_at, one.looked_at or one.acted_at) for one in asked]
    acted = [_s(one.looked_at or one.alert.opened_at, one.acted_at) for one in asked]
    returned = [_s(one.alert.opened_at, one.alert.until if one.alert.ending in CORRECTED else None) for one in asked]
    return Speed(_delay(seen), _delay(acted), _delay(returned))


def _s(since: datetime, until: datetime | None) -> float | None:
    return None if until is None else max(0.0, (until - since).total_seconds())


def _delay(seconds: list[float | None]) -> Delay:
    known = [one for one in seconds if one is not None]
    return Delay(len(known), len(seconds), quantile(known, 0.5), quantile(known, 0.9))
