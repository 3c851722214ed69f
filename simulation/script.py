"""The script: what is so in the simulated city at any time; seconds since the start in, facts out."""

import math
import random
from collections.abc import Iterator
from functools import lru_cache

from monitor.alerts import Rule
from monitor.places import Window
from monitor.window_states import Service
from simulation import chapter
from simulation.chapter import LENGTH_S, Away, Chapter, Given, Visit
from simulation.city import City
from simulation.failures import Failure
from simulation.troubles import Trouble

PAUSE_EDGE_S = 3.0
"""A pause is declared this long before the clerk leaves, and ends as long after the return."""
QUEUE_STEP_S = 12.0
"""A queue changes at most this often."""


class Script:
    """The story of one city; the same city tells the same story."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.chapter = lru_cache(maxsize=4)(lambda number: chapter.write(city, number))
        self._usual = lru_cache(maxsize=2 * sum(len(hall.zones) for hall in city.halls))(self._queue)
        self._closed = {(hall.id, one.id) for hall in city.halls for one in hall.windows if one.closed}
        self._open: dict[tuple[str, str], int] = {}
        for hall in city.halls:
            for one in hall.windows:
                key = hall.id, one.zone
                self._open[key] = self._open.get(key, 0) + (not one.closed)

    def at(self, now: float) -> Chapter:
        """The chapter of a time."""
        return self.chapter(max(0, int(now // LENGTH_S)))

    def away(self, hall: str, window: str, now: float, edge: float = 0.0) -> Away | None:
        """The absence of a window's clerk now; `edge` widens it on both sides, in seconds."""
        for one in self.at(now).aways.get((hall, window), ()):
            if one.since - edge <= now < one.until + edge:
                return one
        return None

    def clerk(self, hall: str, window: str, now: float) -> bool:
        """Whether the window's clerk is at work."""
        return (hall, window) not in self._closed and self.away(hall, window, now) is None

    def visit(self, hall: str, window: str, now: float) -> Visit | None:
        """The citizen before a window now."""
        for one in self.at(now).visits.get((hall, window), ()):
            if one.since <= now < one.until:
                return one
        return None

    def waiting(self, hall: str, zone: str, now: float) -> int:
        """How many people in a zone wait with a ticket."""
        usual, more = self._usual(hall, zone, int(now // QUEUE_STEP_S))
        trouble = self.trouble(hall, zone, now)
        if trouble is None:
            return usual
        if trouble.exact:
            return trouble.people + (more if trouble.rule is Rule.QUEUE else 0)
        return max(trouble.people, usual)

    def heads(self, hall: str, zone: str, now: float) -> int:
        """How many people stand there: those who wait, and who has come along with them."""
        along = (one for one in self.at(now).companions.get((hall, zone), ()) if one.since <= now < one.until)
        return self.waiting(hall, zone, now) + sum(one.people for one in along)

    def trouble(self, hall: str, zone: str, now: float) -> Trouble | None:
        """What is wrong in a zone now."""
        for one in self.at(now).troubles.get((hall, zone), ()):
            if one.since <= now < one.until:
                return one
        return None

    def _queue(self, hall: str, zone: str, step: int) -> tuple[int, int]:
        """How many people queue in a zone at a step without a trouble, and how many more or fewer in a crowd."""
        more = random.Random(f"{self.city.seed} {hall} {zone} {step}").choice((-1, 0, 0, 1))
        windows = self._open[hall, zone]
        phase = random.Random(f"{self.city.seed} {hall} {zone}").uniform(0, 2 * math.pi)
        usual = min(0.6 * windows, 5.0) * (1 + 0.6 * math.sin(2 * math.pi * step * QUEUE_STEP_S / 420 + phase))
        return max(0, min(round(usual + more), 9, round(1.5 * windows))), more

    def failure(self, camera: str, now: float) -> Failure | None:
        """What a camera suffers now."""
        outages = self.at(now).outages.get(camera, ())
        return next((one.failure for one in outages if one.since <= now < one.until), None)

    def failing(self, now: float) -> Iterator[tuple[str, Failure]]:
        """Every camera that suffers something now, with what it is."""
        for camera, outages in self.at(now).outages.items():
            for one in outages:
                if one.since <= now < one.until:
                    yield camera, one.failure

    def state(self, hall: str, window: Window, now: float) -> tuple[Service, str] | None:
        """What a window declares, with the reason of a pause; None for one that never says anything."""
        if (hall, window.id) in self.city.silent:
            return None
        if window.closed:
            return Service.CLOSED, ""
        away = self.away(hall, window.id, now, PAUSE_EDGE_S)
        if away is not None and away.reason:
            return Service.PAUSED, away.reason
        visit = self.visit(hall, window.id, now)
        return (Service.SERVING if visit is not None and visit.served else Service.OPEN), ""

    def ratings(self, since: float, until: float) -> Iterator[tuple[str, str, Given]]:
        """Hall, window and rating of all that are given from `since` on and before `until`."""
        for number in range(max(0, int((since - 60) // LENGTH_S)), int(until // LENGTH_S) + 1):
            for (hall, window), visits in self.chapter(number).visits.items():
                for visit in visits:
                    if visit.rating is not None and since <= visit.rating.at < until:
                        yield hall, window, visit.rating
