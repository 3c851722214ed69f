"""The simulated city in real time: its cameras over RTSP, its devices over MQTT, its truth into a file."""

import asyncio
import gc
import json
import os
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event
from urllib.parse import urlsplit

from config.settings import Settings
from simulation import rtsp_server, snapshot_server
from simulation.broadcast import Fault
from simulation.city import City, build
from simulation.devices import Devices
from simulation.failures import Failure
from simulation.gops import Library, cache, prepare
from simulation.kinds import Kind
from simulation.script import Script
from simulation.story import CameraStory, Clock
from simulation.switch import Switch
from simulation.truth import Line, lines

TICK_S = 0.5
"""How often devices, truth and faults are looked after."""
FAULTS = {failure: Fault(str(failure)) for failure in Failure if str(failure) in {str(fault) for fault in Fault}}
"""What the servers do; what is wrong with a picture is nothing to them."""


def run(
    settings: Settings,
    seed: int,
    seconds: float | None = None,
    truth: Path | None = None,
    stop: Event | None = None,
    rendered: Path | None = None,
    quiet: bool = False,
    city: City | None = None,
    switch: Switch | None = None,
) -> None:
    """Play the city that `simulation.city.plan` wrote into these settings, until `stop` or for so many seconds.

    A city made otherwise (`simulation.network.whole`) is given as `city`; its usual changes of state are rendered
    beforehand. `switch` lets somebody cut all cameras off for a while. Everything is rendered first, unless it is
    already in `rendered` (by default the user's cache); the truth file appears when the city begins. Raises OSError
    if the address of the cameras is taken; a broker that is not there is waited for.
    """
    moving = city is not None
    city = city or build(len(settings.halls), len(settings.cameras), seed)
    library = prepare((eye.stage for eye in city.eyes), rendered or cache(os.environ), quiet=quiet, moving=moving)
    script = Script(city)
    zero, began = time.monotonic(), datetime.now(UTC)
    stop = stop or Event()

    def clock() -> float:
        return time.monotonic() - zero

    broken: dict[str, Fault] = {}
    devices = Devices(script, (settings.broker.host, settings.broker.port), began, settings.scales)
    rest = partial(_tell, script, devices, clock, began, truth or Path(os.devnull), stop, broken)
    gc.freeze()  # the story and the library are there to stay: not to be searched for garbage again and again
    asyncio.run(_together(_cameras(settings, script, library, clock, broken, switch), rest, stop, seconds))


def _cameras(
    settings: Settings,
    script: Script,
    library: Library,
    clock: Clock,
    broken: Mapping[str, Fault],
    switch: Switch | None,
) -> list[Coroutine[None, None, None]]:
    """The servers of all cameras; `broken`: by path what befalls them now."""

    def fault(path: str, _: datetime) -> Fault | None:
        return broken.get(path)

    stories = {f"/{eye.id}": CameraStory(script, library, eye, clock) for eye in script.city.eyes}
    ports = {parts.scheme: parts.port or 0 for parts in map(urlsplit, (one.url for one in settings.cameras))}
    snapshots = {f"/{eye.id}" for eye in script.city.eyes if eye.stage.kind is Kind.JPEG}
    streams = {path: story for path, story in stories.items() if path not in snapshots}
    servers = [rtsp_server.serve(streams, port=ports["rtsp"], faults=fault, switch=switch)] if streams else []
    if snapshots:
        stills = {path: stories[path] for path in stories if path in snapshots}
        servers.append(snapshot_server.serve(stills, port=ports["http"], faults=fault, switch=switch))
    return servers


async def _together(
    cameras: list[Coroutine[None, None, None]], rest: Callable[[], None], stop: Event, seconds: float | None
) -> None:
    """Cameras and everything else, until one of them fails, the time is over or somebody says stop."""
    servers = [asyncio.create_task(one) for one in cameras]
    tasks = (
        *servers,
        asyncio.create_task(asyncio.to_thread(rest)),
        asyncio.create_task(asyncio.to_thread(stop.wait, seconds)),
    )
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stop.set()
    for server in servers:
        server.cancel()
    await asyncio.wait(tasks)
    for task in done:
        task.result()


def _tell(
    script: Script,
    devices: Devices,
    clock: Clock,
    began: datetime,
    truth: Path,
    stop: Event,
    broken: dict[str, Fault],
) -> None:
    """Let the devices speak, write down what is true and bring `broken` up to date, until `stop`."""
    facts = _facts(script, began)
    upcoming = next(facts)
    queues: dict[tuple[str, str], int] = {}
    unwritten = b""
    with truth.open("ab", buffering=0) as file:
        while True:
            now = clock()
            _befall(script, now, broken)
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


def _befall(script: Script, now: float, broken: dict[str, Fault]) -> None:
    """What befalls cameras at a time, by path; other threads read it meanwhile."""
    fails = {f"/{camera}": FAULTS[failure] for camera, failure in script.failing(now) if failure in FAULTS}
    for path in broken.keys() - fails.keys():
        del broken[path]
    broken.update(fails)


def _facts(script: Script, began: datetime) -> Iterator[tuple[float, Line]]:
    """The script's facts for ever, in the order in which they begin."""
    city = script.city
    start = {"at": began.isoformat(), "kind": "start", "seed": city.seed, "cameras": len(city.eyes)}
    yield 0.0, start
    for number in count():
        yield from sorted(lines(city, script.chapter(number), began), key=lambda fact: fact[0])


def _queue_lines(script: Script, now: float, began: datetime, known: dict[tuple[str, str], int]) -> Iterator[Line]:
    """How many stand in a queue, wherever that has changed since it was last asked; `known` is brought up to date."""
    at = (began + timedelta(seconds=now)).isoformat()
    for hall in script.city.halls:
        for zone in hall.zones:
            people = script.heads(hall.id, zone.id, now)
            if known.get((hall.id, zone.id)) != people:
                known[hall.id, zone.id] = people
                yield {"at": at, "kind": "queue", "hall": hall.id, "place": zone.id, "people": people}
