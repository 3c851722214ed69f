"""Troubles: what goes wrong in the zones of the simulated city in ten minutes, so that each rule of zones has its case.

Times are seconds since the start of the simulation. In one zone one thing goes wrong at a time, because one yellow
alert speaks for a zone. Whose share of missed calls has risen once is left alone afterwards: it falls slowly.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from monitor.alerts import Rule
from simulation.city import City

LARGE = 5
"""Windows of a zone from which on it can bear that one of them is idle or that calls are missed."""
CROWD, FEW_PEOPLE, UNSTAFFED_PEOPLE, SOME = (11, 14), 5, 2, 2
"""People who wait: in a crowd (from, below), before one window of two, before none, and at least in other troubles."""
COMPANIONS = 7
"""People who come along with somebody and take no number."""


Place = tuple[str, str]
"""A hall's id and one of its zones'."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something in a zone that ought to be told."""

    rule: Rule
    """The rule that tells of it."""
    hall: str
    zone: str
    since: float
    until: float
    people: int
    """Who wait meanwhile: exactly so many in a crowd and where windows are missing, otherwise at least."""
    windows: tuple[str, ...] = ()
    """Those that pause, or the one that is idle."""

    @property
    def exact(self) -> bool:
        """Whether `people` wait, whatever is usual."""
        return self.rule in (Rule.QUEUE, Rule.FEW, Rule.UNSTAFFED)


@dataclass(frozen=True, slots=True)
class Companions:
    """A group in a queue of which only one has a ticket, so that heads and tickets disagree."""

    hall: str
    zone: str
    since: float
    until: float
    people: int = COMPANIONS


def small_zone(city: City) -> Place | None:
    """The zone that is soon too much for its windows: one with two of them in a hall with several zones."""
    for hall in city.halls:
        for zone in hall.zones if len(hall.zones) > 1 else ():
            if sum(window.zone == zone.id for window in hall.windows) == 2:
                return hall.id, zone.id
    return None


def troubles(
    rng: np.random.Generator, city: City, number: int, begin: float, away: Collection[tuple[str, str]]
) -> Iterator[Trouble | Companions]:
    """What goes wrong in the chapter with this number, which begins at `begin`.

    `away`: hall and window of those whose clerks are away in it, none of which is to be idle.
    """

    def when(since: tuple[float, float], lasts: tuple[float, float]) -> tuple[float, float]:
        start = round(begin + float(rng.uniform(*since)), 1)
        return start, round(start + float(rng.uniform(*lasts)), 1)

    def trouble(rule: Rule, place: Place, times: tuple[float, float], people: int, *windows: str) -> Trouble:
        return Trouble(rule, place[0], place[1], times[0], times[1], people, windows)

    small = small_zone(city)
    if small is not None:
        both = _open(city, small)
        if number % 2 == 0:
            paused = both[number // 2 % len(both)]
            yield trouble(Rule.FEW, small, when((25, 35), (90, 100)), FEW_PEOPLE, paused)
            yield trouble(Rule.QUEUE, small, when((180, 240), (150, 220)), int(rng.integers(*CROWD)))
        else:
            yield trouble(Rule.UNSTAFFED, small, when((180, 240), (100, 130)), UNSTAFFED_PEOPLE, *both)
    places = [(hall.id, zone.id) for hall in city.halls for zone in hall.zones]
    places = [place for place in places if len(_open(city, place)) >= LARGE]
    if len(places) > 1:
        missed = places.pop(city.seed % len(places))
        if number == 0:
            yield trouble(Rule.ABANDONMENT, missed, when((35, 45), (170, 180)), SOME)
    order = [places[turn] for turn in rng.permutation(len(places))]
    if order:
        yield trouble(Rule.WAIT, order[0], when((20, 60), (260, 300)), SOME)
    if len(order) > 1:
        there = [window for window in _open(city, order[1]) if (order[1][0], window) not in away]
        idle = there[rng.integers(len(there))]
        yield trouble(Rule.IDLE, order[1], when((140, 180), (210, 240)), SOME, idle)
    if len(order) > 2:
        (hall, zone), (since, until) = order[2], when((60, 120), (100, 150))
        yield Companions(hall, zone, since, until)


def _open(city: City, place: Place) -> list[str]:
    """The windows of a zone that are open today."""
    return [one.id for hall in city.halls if hall.id == place[0] for one in hall.windows
            if one.zone == place[1] and not one.closed]  # fmt: skip
