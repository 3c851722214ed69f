"""The network: the whole of Weihai's halls with their windows and cameras, or a proportional part of it.

The amounts are made up, for such figures are not published; see `simulation.weihai` for what is real.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from camera_ingest.camera import CADENCE, Role
from monitor.places import Hall, Window, Zone
from simulation.city import ALL_DAY, City, CityRefused, Eye, devices_of, zone_of
from simulation.drawing import StageId
from simulation.failures import BROKEN, ORDINARY, Failure
from simulation.kinds import ONE_KIND, Kind, Mix, kind_of
from simulation.weihai import (
    AREAS,
    BRANCH_HALLS,
    CITY_HALL,
    DISTRICT_HALLS,
    NEW_AREA_HALLS,
    SUB_HALLS,
    TOWN_HALLS,
    ZONES,
    HallName,
)

FEWEST, MOST = 16, 2064
"""Cameras of the smallest part and of the whole."""
CADENCE_S = {role: cadence.total_seconds() for role, cadence in CADENCE.items()}
VISIT_S, IDLE_S = (60.0, 180.0), (10.0, 90.0)
"""How long somebody is served, and how long a window waits for the next."""
TICKETED = 0.14
"""Share of services with a ticket: about one event of one per window in five minutes, for the pictures are livelier."""
ROLES = (Role.WINDOW, Role.QUEUE, Role.ENTRANCE, Role.SELF_SERVICE, Role.PUBLIC)


class Sort(NamedTuple):
    """Halls of one sort."""

    names: tuple[HallName, ...]
    windows: int
    """Of each hall."""
    eyes: tuple[int, ...]
    """Cameras of each hall by role, in the order of `ROLES`."""


SORTS = (
    Sort((CITY_HALL,), 110, (96, 32, 13, 9, 10)),
    Sort(BRANCH_HALLS, 25, (23, 11, 5, 3, 3)),
    Sort(DISTRICT_HALLS, 60, (54, 14, 5, 3, 4)),
    Sort(NEW_AREA_HALLS, 15, (13, 9, 4, 3, 1)),
    Sort(SUB_HALLS, 14, (13, 6, 2, 2, 1)),
    Sort(TOWN_HALLS, 8, (4, 1, 1, 0, 0)),
)
STAGES: Mapping[tuple[Role, int], int] = {
    (Role.WINDOW, 1): 8,
    (Role.WINDOW, 2): 2,
    (Role.QUEUE, 0): 3,
    (Role.ENTRANCE, 0): 2,
    (Role.SELF_SERVICE, 0): 1,
    (Role.PUBLIC, 0): 1,
}
"""Different places drawn per level of hall, by role and number of windows in view; other cameras show them again."""
OF_A_KIND = 4
"""Only every fourth of these places is drawn for each further kind of camera."""


def whole(
    cameras: int = MOST,
    seed: int = 1,
    mix: Mix = ONE_KIND,
    failures: tuple[Failure, ...] = ORDINARY,
    broken: float = 0.0,
) -> City:
    """The whole city of 112 halls, 1,632 windows and 2,064 cameras, or so many cameras in proportion.

    Every window is looked at by exactly one camera, a window camera looks at one window or two, every zone has one
    queue camera; roles keep their shares within rounding. Cameras are sampled as in a real site (10, 15 and 60 s).
    `failures` befall cameras now and then; the share `broken` (0..1) of them fails for good, in each of `BROKEN` ways.
    Raises CityRefused for fewer than 16 cameras or more than 2,064.
    """
    if not FEWEST <= cameras <= MOST:
        raise CityRefused(f"cameras of the whole city: expected {FEWEST} to {MOST}, found {cameras}")
    halls: list[Hall] = []
    eyes: list[Eye] = []
    for name, sort, counts in _halls(cameras):
        hall = _hall(name, sort, counts)
        halls.append(hall)
        eyes += _eyes(hall, counts, seed)
    used = {hall.area for hall in halls} | {"371000"}
    return City(
        seed=seed,
        areas=tuple(area for area in AREAS if area.code in used),
        halls=tuple(halls),
        eyes=tuple(_staged(eyes, {hall.id: hall for hall in halls}, seed, mix)),
        devices=tuple(device for hall in halls for device in devices_of(hall)),
        silent=frozenset((hall.id, window.id) for hall in halls[1:2] for window in hall.windows[2:3]),
        cadence_s=CADENCE_S,
        failures=failures,
        broken={eye.id: BROKEN[place % len(BROKEN)] for place, eye in enumerate(_some(eyes, broken))},
        visit_s=VISIT_S,
        idle_s=IDLE_S,
        ticketed=TICKETED,
    )


def shares(total: int, weights: Sequence[float], least: int = 0) -> list[int]:
    """So many things divided in proportion, by the largest remainder; everybody has at least `least` of them."""
    exact = [total * weight / sum(weights) for weight in weights]
    got = [max(least, int(share)) for share in exact]
    while sum(got) < total:
        got[max(range(len(got)), key=lambda place: exact[place] - got[place])] += 1
    while sum(got) > total:
        got[max((place for place, has in enumerate(got) if has > least), key=lambda p: got[p] - exact[p])] -= 1
    return got


def _some(eyes: Sequence[Eye], share: float) -> list[Eye]:
    """This share of the cameras, evenly from all halls and roles."""
    return [eye for number, eye in enumerate(eyes, 1) if int(number * share) > int((number - 1) * share)]


def _halls(cameras: int) -> Iterator[tuple[HallName, Sort, tuple[int, ...]]]:
    """The halls of a part of the city, each with its sort and its cameras by role; the city's first."""
    number = max(1, round(sum(len(sort.names) for sort in SORTS) * cameras / MOST))
    others = shares(number - 1, [len(sort.names) for sort in SORTS[1:]])
    chosen = [(name, sort) for sort, many in zip(SORTS, (1, *others), strict=True) for name in sort.names[:many]]
    totals = shares(cameras, [sum(sort.eyes[role] * len(sort.names) for sort in SORTS) for role in range(len(ROLES))])
    needed = [1 if role in (Role.WINDOW, Role.QUEUE) else 0 for role in ROLES]
    by_role = [
        shares(total, [sort.eyes[role] for _, sort in chosen], needed[role]) for role, total in enumerate(totals)
    ]
    for (name, sort), counts in zip(chosen, zip(*by_role, strict=True), strict=True):
        yield name, sort, counts


def _hall(name: HallName, sort: Sort, counts: tuple[int, ...]) -> Hall:
    looking, queues = counts[:2]
    zones = tuple(zone_of(name.level, place) for place in range(queues))
    many = min(2 * looking, max(looking, round(looking * sort.windows / sort.eyes[0])))
    return Hall(name.id, name.name, name.area, name.level, (ALL_DAY,), zones,
                tuple(_windows(name, many, zones)), name.name_en)  # fmt: skip


def _windows(name: HallName, count: int, zones: tuple[Zone, ...]) -> Iterator[Window]:
    """Windows 001, 002, …, zone by zone; in larger halls the last of the first zone is tidal and closed today."""
    number = 0
    for place, (zone, size) in enumerate(zip(zones, shares(count, [1.0] * len(zones)), strict=True)):
        _, _, matters = ZONES[name.level][place % len(ZONES[name.level])]
        for turn in range(size):
            number += 1
            matter, matter_en = matters[turn * len(matters) // size]
            closed = count >= 12 and place == 0 and turn == size - 1
            yield Window(f"w{number:03d}", f"{number:02d} {matter}", zone.id, f"{number:02d} {matter_en}", closed)


def _eyes(hall: Hall, counts: tuple[int, ...], seed: int) -> Iterator[Eye]:
    """A hall's cameras, which have no stage yet; the first ones look at two windows as far as that is needed."""
    roles = [role for role, count in zip(ROLES, counts, strict=True) for _ in range(count)]
    windows = [window.id for window in hall.windows]
    two = len(windows) - counts[0]
    for number, role in enumerate(roles):
        seen: tuple[str, ...] = ()
        if role is Role.WINDOW:
            first = number + min(number, two)
            seen = tuple(windows[first : first + (2 if number < two else 1)])
        zone = hall.zones[number - counts[0]].id if role is Role.QUEUE else ""
        yield Eye(f"{hall.id}-c{number + 1:02d}", hall.id, role, StageId(role, "", seed, 0), seen, zone)


def _staged(eyes: Sequence[Eye], halls: Mapping[str, Hall], seed: int, mix: Mix) -> Iterator[Eye]:
    """Every camera gets a kind and a stage; cameras beyond the number of stages share those of earlier ones."""
    drawn: dict[tuple[object, ...], StageId] = {}
    turns: dict[tuple[object, ...], int] = {}
    for number, eye in enumerate(eyes):
        kind, level = kind_of(number, mix), halls[eye.hall].level
        key = level, eye.role, len(eye.windows), kind
        most = STAGES[eye.role, len(eye.windows)]
        turn = turns[key] = turns.get(key, -1) + 1
        place = *key, turn % (most if kind is Kind.H264 else -(-most // OF_A_KIND))
        if place not in drawn:
            signs = tuple(int(window[1:]) for window in eye.windows)
            style = seed * 1000 + list(type(level)).index(level)
            drawn[place] = StageId(eye.role, eye.id, seed * 1000 + len(drawn), style, signs, kind)
        yield Eye(eye.id, eye.hall, eye.role, drawn[place], eye.windows, eye.zone)
