"""The city: which halls, windows, cameras and devices there are, as a function of their number and a seed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from camera_ingest.camera import Role
from monitor.devices import Device, DeviceType
from monitor.places import Area, Hall, HallLevel, Segment, Window, Zone
from simulation.drawing import StageId
from simulation.failures import ORDINARY, Failure
from simulation.gops import regions
from simulation.kinds import Kind
from simulation.weihai import AREAS, HALLS, ZONES, HallName

CADENCE_S: Mapping[Role, float] = {Role.WINDOW: 5, Role.QUEUE: 5, Role.ENTRANCE: 15}
"""How often the demo looks, in seconds."""
VISIT_S, IDLE_S = (40.0, 110.0), (8.0, 60.0)
"""How long somebody is served in the demo, and how long a window waits for the next."""
CAMERAS = {HallLevel.CITY: 18, HallLevel.DISTRICT: 10, HallLevel.TOWN: 6}
"""Of a hall, unless a number is asked for."""
STAGES = {Role.WINDOW: 12, Role.QUEUE: 4, Role.ENTRANCE: 2}
"""Different places drawn per hall level and role; further cameras show them again."""
ALL_DAY = Segment("演示时段", (1, 2, 3, 4, 5, 6, 7), time(0), time(0), name_en="demonstration hours")
"""Round the clock, so that a demonstration in the night or on a holiday shows a working day; the name says so."""
SMALL_ZONE = 2
"""Windows of the last zone of a hall with several: the one whose queue can become long per window."""


class CityRefused(ValueError):
    """A city that was asked for and cannot be built: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Eye:
    """One camera of the city and what is before it."""

    id: str
    hall: str
    role: Role
    stage: StageId
    windows: tuple[str, ...] = ()
    """Ids of the windows it looks at, as they are numbered on its stage."""
    zone: str = ""
    """The zone whose queue it looks at."""


@dataclass(frozen=True, slots=True)
class City:
    """Everything there is."""

    seed: int
    areas: tuple[Area, ...]
    halls: tuple[Hall, ...]
    eyes: tuple[Eye, ...]
    devices: tuple[Device, ...]
    silent: frozenset[tuple[str, str]]
    """(hall, window) of windows that never tell their state."""
    cadence_s: Mapping[Role, float] = field(default_factory=lambda: CADENCE_S)
    """How often a camera of each role is looked at."""
    failures: tuple[Failure, ...] = ORDINARY
    """What befalls cameras now and then."""
    broken: Mapping[str, Failure] = field(default_factory=dict)
    """Cameras that fail for good, by id."""
    visit_s: tuple[float, float] = VISIT_S
    """How long somebody is served, from and to."""
    idle_s: tuple[float, float] = IDLE_S
    """How long a window waits for the next citizen, from and to."""
    ticketed: float = 1.0
    """Share of the services for which a number is taken, 0..1."""


def build(halls: int = 3, cameras: int | None = None, seed: int = 1) -> City:
    """A city of so many halls; without a number of cameras 18 in a city hall, 10 in a district's, 6 in a town's.

    Raises CityRefused when there is no hall, or when there are fewer than two cameras per hall.
    """
    if halls < 1:
        raise CityRefused(f"halls: expected at least one, found {halls}")
    names = [_name(number) for number in range(halls)]
    counts = _shares([CAMERAS[name.level] for name in names], cameras)
    built = [_hall(name, count) for name, count in zip(names, counts, strict=True)]
    used = {name.area for name in names} | {"371000"}
    return City(
        seed=seed,
        areas=tuple(area for area in AREAS if area.code in used),
        halls=tuple(hall for hall, _ in built),
        eyes=tuple(_staged([eye for _, eyes in built for eye in eyes], names, seed)),
        devices=tuple(device for hall, _ in built for device in devices_of(hall)),
        silent=frozenset((hall.id, window.id) for hall, _ in built[1:2] for window in hall.windows[2:3]),
    )


def plan(halls: int = 3, cameras: int | None = None, seed: int = 1, rtsp_port: int = 8554) -> dict[str, Any]:
    """The same city as a configuration is written, its cameras at rtsp://127.0.0.1:rtsp_port."""
    return plan_of(build(halls, cameras, seed), rtsp_port)


def plan_of(city: City, rtsp_port: int = 8554, http_port: int = 8081) -> dict[str, Any]:
    """A city as a configuration is written: `simulated`, `areas`, `halls`, `cameras` with regions, `devices`.

    Cameras are at rtsp://127.0.0.1:rtsp_port/ID, snapshot cameras at http://127.0.0.1:http_port/ID.
    """
    return {
        "simulated": True,
        "areas": [
            {"code": area.code, "name": area.name, "name_en": area.name_en, "parent": area.parent}
            for area in city.areas
        ],
        "halls": [_written_hall(hall) for hall in city.halls],
        "cameras": [_written_camera(eye, city.cadence_s[eye.role], rtsp_port, http_port) for eye in city.eyes],
        "devices": [
            {"id": one.id, "hall": one.hall, "type": str(one.type), "window": one.window, "scale_id": one.scale_id}
            for one in city.devices
        ],
    }


def _name(number: int) -> HallName:
    """The n-th hall; when all real ones are used up, further service points of the towns."""
    if number < len(HALLS):
        return HALLS[number]
    towns = [one for one in HALLS if one.level is HallLevel.TOWN]
    turn, place = divmod(number - len(HALLS), len(towns))
    town = towns[place]
    return HallName(
        f"{town.id}-{turn + 2}", f"{town.name}第{turn + 2}服务点", f"{town.name_en} {turn + 2}", town.area, town.level
    )


def _shares(weights: list[int], total: int | None) -> list[int]:
    """The cameras of each hall: by weight, at least two, as many in all as asked for."""
    if total is None:
        return weights
    if total < 2 * len(weights):
        raise CityRefused(f"cameras: expected at least two for each of {len(weights)} halls, found {total}")
    shares = [max(2, total * weight // sum(weights)) for weight in weights]
    place = 0
    while sum(shares) != total:
        if sum(shares) < total:
            shares[place % len(shares)] += 1
        elif shares[place % len(shares)] > 2:
            shares[place % len(shares)] -= 1
        place += 1
    return shares


def _hall(name: HallName, cameras: int) -> tuple[Hall, list[Eye]]:
    """One hall with its cameras, which have no stage yet."""
    queues = max(1, round(cameras * 0.22))
    entrances = min(round(cameras / 9), cameras - queues - 1)
    looking = cameras - queues - entrances
    zones = tuple(zone_of(name.level, place) for place in range(queues))
    windows = tuple(_windows(name.level, 2 * looking, zones))
    hall = Hall(name.id, name.name, name.area, name.level, (ALL_DAY,), zones, windows, name.name_en)
    return hall, list(_eyes(hall, looking, entrances))


def zone_of(level: HallLevel, place: int) -> Zone:
    """The zone with this number, from 0, of a hall."""
    name, name_en, _ = ZONES[level][place % len(ZONES[level])]
    return Zone(f"z{chr(ord('a') + place % 26)}{place // 26 or ''}", name, name_en)


def _windows(level: HallLevel, count: int, zones: tuple[Zone, ...]) -> Iterator[Window]:
    """Windows 01, 02, …, zone by zone; in larger halls the last of the first zone is tidal and closed today."""
    sizes = [count // len(zones)] * len(zones)
    if len(zones) > 2 and count >= 4 * len(zones):
        sizes = [(count - SMALL_ZONE) // (len(zones) - 1)] * (len(zones) - 1) + [SMALL_ZONE]
    sizes[0] += count - sum(sizes)
    number = 0
    for place, (zone, size) in enumerate(zip(zones, sizes, strict=True)):
        _, _, matters = ZONES[level][place % len(ZONES[level])]
        for turn in range(size):
            number += 1
            matter, matter_en = matters[turn * len(matters) // size]
            closed = count >= 12 and place == 0 and turn == size - 1
            yield Window(f"w{number:03d}", f"{number:02d} {matter}", zone.id, f"{number:02d} {matter_en}", closed)


def _eyes(hall: Hall, looking: int, entrances: int) -> Iterator[Eye]:
    roles = [Role.WINDOW] * looking + [Role.QUEUE] * len(hall.zones) + [Role.ENTRANCE] * entrances
    for number, role in enumerate(roles):
        first = 2 * number
        yield Eye(
            id=f"{hall.id}-c{number + 1:02d}",
            hall=hall.id,
            role=role,
            stage=StageId(role, "", 0, 0),
            windows=tuple(window.id for window in hall.windows[first : first + 2]) if role is Role.WINDOW else (),
            zone=hall.zones[number - looking].id if role is Role.QUEUE else "",
        )


def _staged(eyes: list[Eye], names: list[HallName], seed: int) -> Iterator[Eye]:
    """Every camera gets a stage; cameras beyond the number of stages share that of an earlier one."""
    levels = {name.id: name.level for name in names}
    drawn: dict[tuple[HallLevel, Role, int], StageId] = {}
    turns: dict[tuple[str, Role], int] = {}
    for eye in eyes:
        turn = turns.get((eye.hall, eye.role), 0)
        turns[eye.hall, eye.role] = turn + 1
        key = levels[eye.hall], eye.role, turn % STAGES[eye.role]
        if key not in drawn:
            numbers = (2 * turn + 1, 2 * turn + 2) if eye.role is Role.WINDOW else ()
            style = seed * 1000 + list(HallLevel).index(levels[eye.hall])
            drawn[key] = StageId(eye.role, eye.id, seed * 1000 + len(drawn), style, numbers)
        yield Eye(eye.id, eye.hall, eye.role, drawn[key], eye.windows, eye.zone)


def devices_of(hall: Hall) -> Iterator[Device]:
    """One rating device per window: keys and tablets, now and then a code to scan or a terminal."""
    kinds = [
        ("btn", DeviceType.BUTTON, "KEY5_DESC"),
        ("tab", DeviceType.TABLET, "NAT5"),
        ("btn", DeviceType.BUTTON, "KEY5_DESC"),
        ("tab", DeviceType.TABLET, "NAT5"),
        ("qr", DeviceType.QR, "NAT5"),
        ("btn", DeviceType.BUTTON, "KEY5_DESC"),
        ("tab", DeviceType.TABLET, "NAT5"),
        ("trm", DeviceType.TERMINAL, "GB39046"),
    ]
    for number, window in enumerate(hall.windows):
        short, kind, scale = kinds[number % len(kinds)]
        yield Device(f"{short}-{hall.id}-{window.id}", hall.id, kind, window.id, scale)


def _written_hall(hall: Hall) -> dict[str, Any]:
    return {
        "id": hall.id,
        "name": hall.name,
        "name_en": hall.name_en,
        "area": hall.area,
        "level": str(hall.level),
        "segments": [
            {
                "name": part.name,
                "name_en": part.name_en,
                "days": list(part.days),
                "start": f"{part.start:%H:%M}",
                "end": f"{part.end:%H:%M}",
            }
            for part in hall.segments
        ],
        "zones": [{"id": zone.id, "name": zone.name, "name_en": zone.name_en} for zone in hall.zones],
        "windows": [
            {"id": one.id, "name": one.name, "name_en": one.name_en, "zone": one.zone, "closed": one.closed}
            for one in hall.windows
        ],
    }


def _written_camera(eye: Eye, cadence_s: float, rtsp_port: int, http_port: int) -> dict[str, Any]:
    address = f"http://127.0.0.1:{http_port}" if eye.stage.kind is Kind.JPEG else f"rtsp://127.0.0.1:{rtsp_port}"
    shapes = regions(eye.stage)
    places: dict[str, dict[str, str]] = {"queue": {"kind": "queue", "zone": eye.zone}}
    for number, window in enumerate(eye.windows, 1):
        places[f"staff-{number}"] = {"kind": "staff", "window": window}
        places[f"citizen-{number}"] = {"kind": "citizen", "window": window}
    return {
        "id": eye.id,
        "hall": eye.hall,
        "url": f"{address}/{eye.id}",
        "role": str(eye.role),
        "cadence_s": cadence_s,
        "legal_basis": "现场管理",
        "regions": [
            places[name] | {"polygon": [list(corner) for corner in polygon]} for name, polygon in shapes.items()
        ],
    }
