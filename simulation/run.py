"""The simulated city in real time: its cameras over RTSP, its devices over MQTT, its truth into a file."""

import asyncio
import json
import os
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from camera_ingest.camera import Role
from config.settings import Settings
from simulation.chapter import Failure
from simulation.city import City, Eye, build
from simulation.devices import Devices
from simulation.gops import LONGEST_QUEUE, PASSING, Library, cache, prepare
from simulation.rtsp_server import Fault, Gop, serve
from simulation.script import Script
from simulation.truth import Line, lines

TICK_S = 0.5
"""How often devices and truth are looked after."""
PASSERS = 0.12
"""Share of GOPs in which somebody walks past."""
FAULTS = {Failure.DIE: Fault.DIE, Failure.STALL: Fault.STALL, Failure.UNAUTHORISED: Fault.UNAUTHORISED}
"""What the server does; a black picture is nothing to it."""
Clock = Callable[[], float]
"""Seconds since the start."""


def run(
    settings: Settings,
    seed: int,
    seconds: float | None = None,
    truth: Path | None = None,
    stop: Event | None = None,
    rendered: Path | None = None,
    quiet: bool = False,
    city: City | None = None,
) -> None:
    """Play the city that `simulation.city.plan` wrote into these settings, until `stop` or for so many seconds.

    A city made otherwise (`simulation.network.whole`) is given as `city`.

    Everything is rendered first, unless it is already in `rendered` (by default the user's cache); the truth file
    appears when the city begins. Raises OSError if the address of the cameras is taken; a broker that is not there is
    waited for.
    """
    city = city or build(len(settings.halls), len(settings.cameras), seed)
    library = prepare((eye.stage for eye in city.eyes), rendered or cache(os.environ), quiet=quiet)
    script = Script(city)
    zero, began = time.monotonic(), datetime.now(UTC)
    stop = stop or Event()

    def clock() -> float:
        return time.monotonic() - zero

    def fault(path: str, _: datetime) -> Fault | None:
        failure = script.failure(path.removeprefix("/"), clock())
        return FAULTS.get(failure) if failure else None

    devices = Devices(script, (settings.broker.host, settings.broker.port), began, settings.scales)
    streams = {f"/{eye.id}": _story(script, library, eye, clock) for eye in city.eyes}
    cameras = serve(streams, port=urlsplit(settings.cameras[0].url).port or 554, faults=fault)
    rest = partial(_tell, script, devices, clock, began, truth or Path(os.devnull), stop)
    asyncio.run(_together(cameras, rest, stop, seconds))


async def _together(
    cameras: Coroutine[None, None, None], rest: Callable[[], None], stop: Event, seconds: float | None
) -> None:
    """Cameras and everything else, until one of them fails, the time is over or somebody says stop."""
    tasks = (
        asyncio.create_task(cameras),
        asyncio.create_task(asyncio.to_thread(rest)),
        asyncio.create_task(asyncio.to_thread(stop.wait, seconds)),
    )
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    tasks[0].cancel()
    await asyncio.wait(tasks)
    for task in done:
        task.result()


def shown(script: Script, eye: Eye, now: float) -> str:
    """The state of a camera's stage at a time (see `gops.states`), nobody passing."""
    if eye.role is Role.QUEUE:
        return str(min(script.waiting(eye.hall, eye.zone, now), LONGEST_QUEUE))
    if eye.role is not Role.WINDOW:
        return str(random.Random(f"{eye.id} {now // 2}").randrange(PASSING))
    marks = []
    for window in eye.windows:
        visit = script.visit(eye.hall, window, now)
        marks += ["s" if script.clerk(eye.hall, window, now) else "-", visit.who if visit else "-"]
    return "".join(marks)


def _story(script: Script, library: Library, eye: Eye, clock: Clock) -> Callable[[int], Gop]:
    dice = random.Random(eye.id)

    def gop(_: int) -> Gop:
        now = clock()
        if script.failure(eye.id, now) is Failure.BLACK:
            return library.black
        state = shown(script, eye, now)
        passing = f"{state}+"
        return library.gop(eye.stage, passing if dice.random() < PASSERS and library.has(eye.stage, passing) else state)

    return gop


def _tell(script: Script, devices: Devices, clock: Clock, began: datetime, truth: Path, stop: Event) -> None:
    """Let the devices speak and write down what is true, until `stop`."""
    facts = _facts(script, began)
    upcoming = next(facts)
    queues: dict[tuple[str, str], int] = {}
    unwritten = b""
    with truth.open("ab", buffering=0) as file:
        while True:
            now = clock()
            told: list[Line] = []
            while upcoming[0] <= now:
                told.append(upcoming[1])
                upcoming = next(facts)
            told += [*_queue_lines(script, now, began, queues), *devices.step(now)]
            unwritten += "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told).encode()
            with suppress(OSError):  # a full disk: what is true is written once there is room
                unwritten = unwritten[file.write(unwritten) :]
            if stop.wait(TICK_S):
                break
    devices.close()


def _facts(script: Script, began: datetime) -> Iterator[tuple[float, Line]]:
    """The script's facts for ever, in the order in which they begin."""
    city = script.city
    start = {"at": began.isoformat(), "kind": "start", "seed": city.seed, "cameras": len(city.eyes)}
    yield 0.0, start
    for number in count():
        yield from sorted(lines(city, script.chapter(number), began), key=lambda fact: fact[0])


def _queue_lines(script: Script, now: float, began: datetime, known: dict[tuple[str, str], int]) -> Iterator[Line]:
    """How many wait, wherever that has changed since it was last asked; `known` is brought up to date."""
    at = (began + timedelta(seconds=now)).isoformat()
    for hall in script.city.halls:
        for zone in hall.zones:
            people = script.waiting(hall.id, zone.id, now)
            if known.get((hall.id, zone.id)) != people:
                known[hall.id, zone.id] = people
                yield {"at": at, "kind": "queue", "hall": hall.id, "place": zone.id, "people": people}
