"""The reporter: live messages of the halls onto the bus, as few of them as a board needs."""

import json
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from monitor import live
from monitor.album import Album
from monitor.desk import Desk

LEAST_S = 1.0
"""Between two live messages of a hall, in seconds."""
CALM_S = 5.0
"""A hall in which only counts and times change tells of them this often, in seconds."""
CONSIDER_S = 0.25
"""How often halls are considered that were looked at within a second of their last message, in seconds."""
REPEAT_S = 15.0
"""A hall that is out of service and not looked at is told of again this often, so that boards know that it is heard."""
NEVER: tuple[float, live.News] = (-math.inf, ())


class Publishes(Protocol):
    """The one thing a reporter needs of the bus."""

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Give a message to the broker; False if it cannot be sent now."""
        ...


@dataclass(slots=True)
class Reporter:
    """One retained message per hall: within a second when a state, an alert or the sight of a camera has changed.

    What only counts or only grows older is told every five seconds, so a hall that is looked at is never silent for
    longer than that and one look. In service a hall that is not looked at is silent: its state is not known then.
    """

    bus: Publishes
    detector: str
    demo: bool
    albums: Mapping[str, Album]
    pace: Callable[[], live.Pace] = live.Pace
    """How well the shard keeps its cadences."""
    reception: Callable[[str], live.Reception] = lambda hall: live.Reception()
    """What is known of the reception of a hall's cameras besides whether they see."""
    clock: Callable[[], float] = time.monotonic
    versions: dict[str, int] = field(default_factory=dict)
    told: dict[str, tuple[float, live.News]] = field(default_factory=dict)
    """Of each hall: when it was last told of, in seconds of `clock`, and what was new then."""
    waiting: dict[str, tuple[Desk, datetime]] = field(default_factory=dict)
    """Halls that were looked at so soon after their last message that they are considered later."""
    desks: dict[str, Desk] = field(default_factory=dict)
    """The halls that were looked at."""
    considered: float = 0.0
    """When those that wait were considered last."""
    slow: datetime | None = None
    """Since when the shard does not keep up."""

    def report(self, desk: Desk, at: datetime) -> None:
        """Publish a hall's live state after a look at it, if there is reason to, and of others that had to wait."""
        now = self.clock()
        self.desks[desk.hall.id] = desk
        self.waiting[desk.hall.id] = desk, at
        if now - self.told.get(desk.hall.id, NEVER)[0] >= LEAST_S:
            self._consider(desk, at, now)
        if abs(now - self.considered) >= CONSIDER_S:
            self.considered = now
            for hall, (one, seen_at) in tuple(self.waiting.items()):
                if now - self.told.get(hall, NEVER)[0] >= LEAST_S:
                    self._consider(one, seen_at, now)
            self._repeat(at, now)

    def _consider(self, desk: Desk, at: datetime, now: float) -> None:
        hall, news = desk.hall.id, live.news(desk)
        told_at, told = self.told.get(hall, NEVER)
        del self.waiting[hall]
        if news != told or now - told_at >= CALM_S:
            self.told[hall] = now, news
            self._tell(desk, at)

    def _repeat(self, at: datetime, now: float) -> None:
        for hall, desk in self.desks.items():
            told_at, news = self.told.get(hall, NEVER)
            if now - told_at >= REPEAT_S and desk.hours.at(None, at) is None:
                self.told[hall] = now, news
                self._tell(desk, at)

    def _tell(self, desk: Desk, at: datetime) -> None:
        hall = desk.hall.id
        pace = self.pace()
        self.slow = live.slow_since(self.slow, pace, datetime.now(UTC))
        self.versions[hall] = self.versions.get(hall, 0) + 1
        message = live.message(
            desk,
            at,
            self.versions[hall],
            self.detector,
            self.demo,
            self.albums[hall].stills,
            max(0.0, (datetime.now(UTC) - at).total_seconds()),
            pace,
            self.slow,
            self.reception(hall),
        )
        payload = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
        self.bus.publish(f"hallwatch/v1/{hall}/live", payload, retain=True)
