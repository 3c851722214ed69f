"""A chapter: what happens in the simulated city in ten minutes, as a function of the city and the chapter's number.

Times are seconds since the start of the simulation. Everything begins and ends within its chapter. Windows take turns
from chapter to chapter, so that nobody who was away is away again soon.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from camera_ingest.camera import Role
from monitor.alerts import Rule
from monitor.places import Window
from simulation.city import City
from simulation.failures import Failure
from simulation.troubles import Companions, Trouble, small_zone, troubles

LENGTH_S = 600.0
FIRST_S = (12.0, 18.0)
"""When the first absence of all begins."""
SHORT_S, YELLOW_S, RED_S = (15.0, 45.0), (90.0, 110.0), (150.0, 230.0)
"""How long clerks are away: too short for an alert, long enough for yellow, and for red (demo: 60 s and 120 s)."""
PAUSE_S = (90.0, 200.0)
ESCORT_S = (75.0, 100.0)
"""How long a clerk is away with a citizen, too long for one who just left and not for this (demo: 60 s and 120 s)."""
OUTAGE_S = (30.0, 90.0)
LEAST_S = 25.0
"""Nobody is served for less: where less is left before a clerk leaves, the window waits."""
REFUSAL = Failure.UNAUTHORISED
REASONS = ("后台办件", "业务会商", "短时离席", "设备检修")
"""Why a window pauses: categories."""
RATED = 0.42
"""Share of services after which somebody rates."""
LEVELS = {5: 0.84, 4: 0.13, 3: 0.029, 2: 0.0006, 1: 0.0004}
TAGS = {5: ("510", "516", "517"), 4: ("407", "411", "413"), 3: ("309", "311", "314"), 2: ("213", "214"), 1: ("115",)}
"""National tag codes by level; the hundreds digit is the level."""


@dataclass(frozen=True, slots=True)
class Away:
    """A clerk away from a window; with a reason the window is paused meanwhile."""

    hall: str
    window: str
    since: float
    until: float
    reason: str = ""
    serving: bool = False
    """With the citizen who is served, to a terminal for instance: the ticket goes on."""


@dataclass(frozen=True, slots=True)
class Outage:
    """A camera that fails."""

    camera: str
    failure: Failure
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Given:
    """A rating somebody gives."""

    at: float
    level: int
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Visit:
    """A citizen before a window."""

    since: float
    until: float
    who: str
    """`a` or `b`: one of the two citizens drawn for the window."""
    served: bool
    """False: waits before an empty window."""
    rating: Given | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """Ten minutes."""

    aways: Mapping[tuple[str, str], tuple[Away, ...]]
    """By (hall, window)."""
    troubles: Mapping[tuple[str, str], tuple[Trouble, ...]]
    """By (hall, zone)."""
    companions: Mapping[tuple[str, str], tuple[Companions, ...]]
    """By (hall, zone)."""
    outages: Mapping[str, tuple[Outage, ...]]
    """By camera."""
    visits: Mapping[tuple[str, str], tuple[Visit, ...]]
    """By (hall, window), in order."""


Place = tuple[str, Window]
"""A hall's id and one of its windows."""


def write(city: City, number: int) -> Chapter:
    """The chapter with this number, 0 being the first."""
    rng = np.random.default_rng([city.seed, number])
    small = small_zone(city)
    windows = [(hall.id, one) for hall in city.halls for one in hall.windows if not one.closed]
    turn = [place for place in windows[number % 2 :: 2] if (place[0], place[1].zone) != small]
    order = [turn[i] for i in rng.permutation(len(turn))]
    order.sort(key=lambda place: number == 0 and (place[0], place[1].id) in city.silent)
    aways = tuple(_aways(rng, number, iter(order), 1 + len(windows) // 200))
    begin = number * LENGTH_S
    found = tuple(troubles(rng, city, number, begin, [(away.hall, away.window) for away in aways]))
    wrong = tuple(one for one in found if isinstance(one, Trouble))
    idle = {(one.hall, one.windows[0]): one for one in wrong if one.rule is Rule.IDLE}
    aways += tuple(_pauses(rng, wrong))
    outages = tuple(_outages(rng, city, number, aways, {(one.hall, id) for one in wrong for id in one.windows}))
    absent = _by(aways, lambda away: (away.hall, away.window))
    visits = {}
    for place, (hall, window) in enumerate(windows):
        own, key = np.random.default_rng([city.seed, number, place]), (hall, window.id)
        visits[key] = tuple(_visits(own, city, number, absent.get(key, ()), idle.get(key)))
    return Chapter(
        aways=absent,
        troubles=_by(wrong, lambda one: (one.hall, one.zone)),
        companions=_by((one for one in found if isinstance(one, Companions)), lambda one: (one.hall, one.zone)),
        outages=_by(outages, lambda outage: outage.camera),
        visits=visits,
    )


Thing = TypeVar("Thing")
Key = TypeVar("Key", bound=Hashable)


def _by(things: Iterable[Thing], key: Callable[[Thing], Key]) -> dict[Key, tuple[Thing, ...]]:
    grouped: dict[Key, tuple[Thing, ...]] = {}
    for thing in things:
        grouped[key(thing)] = (*grouped.get(key(thing), ()), thing)
    return grouped


def _between(rng: np.random.Generator, bounds: tuple[float, float]) -> float:
    return round(float(rng.uniform(*bounds)), 1)


def _aways(rng: np.random.Generator, number: int, places: Iterator[Place], tracks: int) -> Iterator[Away]:
    """Absences one after the other on each track; beside them short ones, pauses and one with a citizen."""
    begin = number * LENGTH_S
    for track in range(tracks):
        at = begin + _between(rng, FIRST_S if number == track == 0 else (20, 60))
        kinds = [YELLOW_S, RED_S, YELLOW_S]
        for bounds in kinds if number == track == 0 else [kinds[i] for i in rng.permutation(3)]:
            lasts = _between(rng, bounds)
            place = next(places, None)
            if place is not None and at + lasts < begin + LENGTH_S - 10:
                yield Away(place[0], place[1].id, at, at + lasts)
            at += lasts + _between(rng, (35, 65))
    for step in range(4):
        at = begin + 30 + 140 * step + _between(rng, (0, 80))
        if place := next(places, None):
            yield Away(place[0], place[1].id, at, at + _between(rng, SHORT_S))
    for step in range(2):
        at = begin + 70 + 260 * step + _between(rng, (0, 60))
        if place := next(places, None):
            yield Away(place[0], place[1].id, at, at + _between(rng, PAUSE_S), str(rng.choice(REASONS)))
    at = begin + _between(rng, (60, 100))
    if place := next(places, None):
        yield Away(place[0], place[1].id, at, at + _between(rng, ESCORT_S), serving=True)


def _pauses(rng: np.random.Generator, wrong: Sequence[Trouble]) -> Iterator[Away]:
    """The windows that a zone lacks have paused."""
    for one in wrong:
        for window in one.windows if one.rule in (Rule.FEW, Rule.UNSTAFFED) else ():
            yield Away(one.hall, window, one.since, one.until, str(rng.choice(REASONS)))


def _outages(
    rng: np.random.Generator, city: City, number: int, aways: tuple[Away, ...], watched: Collection[tuple[str, str]]
) -> Iterator[Outage]:
    """A few failures of different cameras; the first absence of all and the windows `watched` are always seen.

    Window cameras do not refuse logins: the product takes that for a mistake of configuration and tries again only
    after minutes, so nothing could be said of their windows for long after.
    """
    for camera, failure in city.broken.items():
        yield Outage(camera, failure, number * LENGTH_S, (number + 1) * LENGTH_S)
    spared = {*watched, *((away.hall, away.window) for away in aways[:1] if number == 0)}
    sound = [eye for eye in city.eyes if eye.id not in city.broken]
    eyes = [eye for eye in sound if not any((eye.hall, window) in spared for window in eye.windows)]
    for i in rng.permutation(len(eyes))[: min(len(eyes), 2 + len(city.eyes) // 100)]:
        at = number * LENGTH_S + _between(rng, (60, LENGTH_S - 120))
        failures = [one for one in city.failures if one is not REFUSAL or eyes[i].role is not Role.WINDOW]
        failure = failures[rng.integers(len(failures))]
        yield Outage(eyes[i].id, failure, at, at + _between(rng, OUTAGE_S))


def _visits(
    rng: np.random.Generator, city: City, number: int, aways: Sequence[Away], idle: Trouble | None
) -> Iterator[Visit]:
    """Citizens one after the other; nobody is served while the clerk is away, but somebody may wait."""
    at, end = number * LENGTH_S + _between(rng, (3, 20)), (number + 1) * LENGTH_S - _between(rng, (4, 20))
    if number == 0:  # the city does not begin with empty counters
        at -= 60
    turn, breaks = int(rng.integers(2)), list[Away | Trouble](aways) + ([idle] if idle is not None else [])
    breaks.sort(key=lambda one: one.since)
    while at < end:
        stop = next((one for one in breaks if one.until + 5 > at), None)
        until = min(
            at + _between(rng, city.visit_s), end if stop is None else stop.since - (40 if _serves(stop) else 5), end
        )
        if until - at >= LEAST_S:
            yield Visit(at, until, "ab"[turn % 2], True, _given(rng, until))
            at = until + _between(rng, city.idle_s)
            turn += 1
        elif stop is None:
            return
        elif _serves(stop):
            until = stop.until + 6
            yield Visit(stop.since - 20, until, "ab"[turn % 2], True, _given(rng, until))
            at = until + _between(rng, city.idle_s)
            turn += 1
        else:
            if isinstance(stop, Away) and stop.until - stop.since > 60 and rng.random() < 0.4:
                yield Visit(stop.since + 12, stop.until + 1, "ab"[turn % 2], False)
                turn += 1
            at = stop.until + _between(rng, (10, 30))


def _serves(stop: Away | Trouble) -> bool:
    return isinstance(stop, Away) and stop.serving


def _given(rng: np.random.Generator, until: float) -> Given | None:
    if rng.random() >= RATED:
        return None
    level = int(rng.choice(list(LEVELS), p=list(LEVELS.values())))
    tags = rng.choice(TAGS[level], size=min(len(TAGS[level]), int(rng.integers(1, 3))), replace=False)
    return Given(until + _between(rng, (1, 6)), level, tuple(sorted(str(tag) for tag in tags)))
