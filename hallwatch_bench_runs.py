"""The runs of a bench: cameras, hallwatch, the floor and the rivals, one after the other over the same streams."""

from __future__ import annotations

import logging
import random
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from hallwatch_bench_figures import Result, Told, beside, detection, figures, memory_of, over_floor
from hallwatch_bench_processes import Child, Cost, measure, until
from hallwatch_bench_rivals import Standing, standings

LOG = logging.getLogger("hallwatch")
KINDS = {5: "h264", 15: "fast"}
"""Streams of the parts of `ingest`: frames per second, and the simulation's name for them."""
FEW = 16
"""Cameras that the base of memory is measured with, at least."""
FEW_S = 5.0
"""How long that is measured at most: memory does not take longer."""
DRAW_S = 3600.0
"""How long it may take to draw the cameras' pictures; they are kept."""
START_S = 120.0
"""How long a program may take to do its first work."""
LATE_CADENCES = 3
"""After so many cadences more than it should have taken, a first look is not waited for any longer."""
PORTS = range(20_000, 30_000)
"""Ports to choose from; Linux lends those from 32768 on to clients."""
FLOOR_CAMERAS = 24
"""Whose keyframes the floor of `ingest` is measured on."""
RIVALS_S = 30.0
"""How long each rival is weighed at most: what it does is the same every second."""
LOOKS_S = 20.0
"""How long single looks are weighed for the floor of `city`."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked to be measured."""

    cameras: int
    seconds: float
    rivals: bool
    seed: int
    cadence: float | None = None
    """Seconds between two samples of every camera; None = what a site has."""
    mix: str = ""
    """Shares of other kinds of camera, as `simulation.kinds.mix_of` reads them."""
    gate: bool = True
    broken: float = 0.0
    """Share of cameras (0..1) that fail for good, in all the ways the simulation knows."""


# --- ingest -----------------------------------------------------------------------------------------------------------


def ingest(wish: Wish, directory: Path) -> Result:
    """Reception and decoding, a part for each kind of stream; the first part's figures stand at the top as well."""
    parts = [_ingest(wish, fps, directory / "log") for fps in KINDS]
    return {**parts[0], "parts": parts}


def _ingest(wish: Wish, fps: int, log: Path) -> Result:
    LOG.info("%d fps: drawing cameras", fps)
    asked = ("--cameras", wish.cameras, "--kind", KINDS[fps], "--seed", wish.seed)
    with Child("simulator", program("streams", *asked), log) as simulator:
        until("simulator: its cameras", lambda: "port" in simulator.told, [simulator], DRAW_S)
        url = f"rtsp://127.0.0.1:{simulator.told['port']}"
        urls = [f"{url}/c{number}" for number in range(wish.cameras)]
        few = min(FEW, wish.cameras)
        *_, few_cost = _fleet(url, few, wish.cadence or 10.0, min(wish.seconds, FEW_S), simulator, log)
        before, after, costs = _fleet(url, wish.cameras, wish.cadence or 10.0, wish.seconds, simulator, log)
        look = _told_at_last(program("floor", *_some(urls, FLOOR_CAMERAS)), "decode_ms", [simulator], log)
        result = {"fps": fps, **figures(before, after, costs)}
        result |= over_floor(result, decode=look["decode_ms"])
        result |= memory_of(few, few_cost["hallwatch"].rss_mb, wish.cameras, costs["hallwatch"].rss_mb)
        return result | beside(result, _rivals(wish, urls, log))


def _fleet(
    url: str, cameras: int, cadence: float, seconds: float, simulator: Child, log: Path
) -> tuple[Told, Told, dict[str, Cost]]:
    """Weighs a fleet over so many cameras once it has a picture of each."""
    with Child("hallwatch", program("fleet", "--url", url, "--cameras", cameras, "--cadence", cadence), log) as fleet:
        limit = START_S + _opening_s(cameras) + LATE_CADENCES * cadence
        known = f"a first picture of each of {cameras} cameras"
        until(known, lambda: fleet.told.get("known") == cameras, [fleet, simulator], limit)
        LOG.info("measuring %d cameras over %g s", cameras, seconds)
        return _weighed(fleet, [fleet], simulator, seconds)


# --- city -------------------------------------------------------------------------------------------------------------


def city(wish: Wish, directory: Path) -> Result:
    """The whole city: intake and watch over its cameras and devices; raises CityRefused."""
    log, config = directory / "log", directory / "city.yaml"
    plan = _plan(wish, directory)
    _write(config, plan)
    with _playing(wish, config, log) as simulator:
        few_config, few = directory / "few.yaml", _few(plan)
        _write(few_config, few | {"stores": {"directory": str(directory / "few")}})
        *_, few_cost = _watch(wish, few_config, few, min(wish.seconds, FEW_S), simulator, log)
        before, after, costs = _watch(wish, config, plan, wish.seconds, simulator, log)
        looks = program("looks", config, "--seconds", min(LOOKS_S, wish.seconds))
        look = _told_at_last(looks, "find_ms", [simulator], log)
        urls = [one["url"] for one in plan["cameras"] if one["url"].startswith("rtsp")]
        rivals = _rivals(wish, urls, log)
    cameras, few_cameras = len(plan["cameras"]), len(few["cameras"])
    result = {
        "mix": wish.mix,
        "broken": wish.broken,
        "gate": wish.gate,
        "detector": look["detector"],
        **figures(before, after, costs),
    }
    result |= {"looks_per_sample": round(look["looks"], 3)}
    result |= over_floor(result, decode=look["decode_ms"], detect=look["look_ms"])
    result |= memory_of(few_cameras, few_cost["hallwatch"].rss_mb, cameras, costs["hallwatch"].rss_mb)
    detect_s = after["cpu_s"].get("detect", 0.0) - before["cpu_s"].get("detect", 0.0)
    return result | beside(result, rivals, detect_s / (after["at"] - before["at"]) / cameras)


def _watch(
    wish: Wish, config: Path, plan: Mapping[str, Any], seconds: float, simulator: Child, log: Path
) -> tuple[Told, Told, dict[str, Cost]]:
    """Weighs intake and watch once every camera was due at least once after there was time to connect to all."""
    longest = max(one["cadence_s"] for one in plan["cameras"])
    gate = "--gate" if wish.gate else "--no-gate"
    with (
        Child("intake", [sys.executable, "-m", "hallwatch", "intake", str(config)], log) as intake,
        Child("watch", program("watch", config, gate), log) as watch,
    ):
        ours = [intake, watch]
        until("watch: a first picture", lambda: watch.told.get("seen", 0) > 0, [*ours, simulator], START_S)
        LOG.info("%d cameras: waiting until each was due", len(plan["cameras"]))
        ready = time.monotonic() + _opening_s(len(plan["cameras"])) + longest
        until("every camera due", lambda: time.monotonic() >= ready, [*ours, simulator], START_S + longest + DRAW_S)
        LOG.info("measuring %d cameras over %g s", len(plan["cameras"]), seconds)
        return _weighed(watch, ours, simulator, seconds)


@contextmanager
def _playing(wish: Wish, config: Path, log: Path) -> Iterator[Child]:
    """The simulated city."""
    truth = config.with_suffix(".truth")
    words = [str(config), "--whole", "--seed", str(wish.seed), "--truth", str(truth), "--mix", wish.mix]
    words += ["--broken", str(wish.broken)]
    LOG.info("drawing the city")
    with Child("simulator", [sys.executable, "-m", "simulation", *words], log) as simulator:
        until("simulator: the city", truth.exists, [simulator], DRAW_S)
        yield simulator


def _plan(wish: Wish, directory: Path) -> dict[str, Any]:
    """The city as a configuration; with a cadence of one's own every camera has that."""
    import yaml

    from simulation import network
    from simulation.city import plan_of
    from simulation.kinds import mix_of

    base: dict[str, Any] = yaml.safe_load(
        (Path(network.__file__).parents[1] / "config" / "demo.yaml").read_text("utf-8")
    )
    rtsp, http, broker, board = _free_ports(4)
    base |= plan_of(network.whole(wish.cameras, wish.seed, mix_of(wish.mix)), rtsp, http)
    base["broker"] |= {"port": broker}
    base["board"] |= {"port": board}
    base["stores"] = {"directory": str(directory / "stores")}
    for camera in base["cameras"]:
        camera["cadence_s"] = wish.cadence or camera["cadence_s"]
    return base


def _few(plan: Mapping[str, Any]) -> dict[str, Any]:
    """The smallest halls of a city that have a few cameras together, by themselves."""
    halls: list[str] = []
    cameras: list[Any] = []
    for hall in reversed(plan["halls"]):
        halls.append(hall["id"])
        cameras = [one for one in plan["cameras"] if one["hall"] in halls]
        if len(cameras) >= FEW:
            break
    kept = {name: [one for one in plan[name] if one.get("hall", one["id"]) in halls] for name in ("halls", "devices")}
    return {**plan, **kept, "cameras": cameras, "broker": plan["broker"] | {"port": _free_ports(1)[0]}}


def _write(config: Path, plan: Mapping[str, Any]) -> None:
    import yaml

    config.write_text(yaml.safe_dump(dict(plan), allow_unicode=True, sort_keys=False), "utf-8")


# --- detect -----------------------------------------------------------------------------------------------------------


def detect(wish: Wish, directory: Path) -> Result:
    """Detection alone, of pictures of the city's cameras, on one thread; raises CityRefused.

    Cores are what detecting at the city's cadences would take, every sample analysed.
    """
    log, config = directory / "log", directory / "city.yaml"
    plan = _plan(wish, directory)
    _write(config, plan)
    with _playing(wish, config, log) as simulator:
        others = ["--others"] if wish.rivals else []
        look = _told_at_last(
            program("looks", config, "--seconds", wish.seconds, "--inputs", *others), "find_ms", [simulator], log
        )
    return detection(look, len(plan["cameras"]))


# --- what they share --------------------------------------------------------------------------------------------------


def _weighed(
    teller: Child, ours: Sequence[Child], simulator: Child, seconds: float
) -> tuple[Told, Told, dict[str, Cost]]:
    """What was told at both ends of some seconds, and what hallwatch's processes and the simulator cost between."""
    before = _told_now(teller)
    costs = measure(seconds, {"hallwatch": ours, "simulator": [simulator]})
    return before, _told_now(teller), costs


def _told_now(child: Child) -> Told:
    """What a child tells next."""
    now = time.monotonic()
    until(f"{child.name}: how it goes", lambda: child.told.get("at", 0) >= now, [child], START_S)
    return child.told


def _told_at_last(command: Sequence[str], key: str, needed: Sequence[Child], log: Path) -> Told:
    """The one line of a program that ends by itself."""
    with Child(command[3], command, log) as child:
        until(f"{child.name}: its result", lambda: key in child.told or not child.alive, needed, DRAW_S)
        child.hear_out()
        if key not in child.told:
            child.require_alive()
        return child.told


def _rivals(wish: Wish, urls: Sequence[str], log: Path) -> list[Standing]:
    """Each rival, or none if none is wished for."""
    from simulation.stages import HEIGHT, WIDTH

    found = []
    for one in standings(urls, WIDTH * HEIGHT * 3 // 2, min(wish.seconds, RIVALS_S), log) if wish.rivals else ():
        LOG.info("%s: %d cameras, %s per core", one.name, one.cameras, one.cameras_per_core)
        found.append(one)
    return found


def _opening_s(cameras: int) -> float:
    """How long a fleet takes to open its connections."""
    from camera_ingest.link import Timing

    return cameras / Timing().opens_per_s


def _some(urls: Sequence[str], count: int) -> Sequence[str]:
    return urls[:: max(1, len(urls) // count)][:count]


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, none of those that the system lends to clients.

    On a lent one a client that knocks again and again, before anybody listens, at last meets itself (TCP's
    simultaneous open), and the port is taken.
    """
    from dashboards.serve import is_free

    tried = random.sample(PORTS, len(PORTS))
    return list(islice((port for port in tried if is_free("127.0.0.1", port)), count))


def program(name: str, *words: object) -> list[str]:
    """The command of one of the programs in `hallwatch_bench_programs`."""
    return [sys.executable, "-m", "hallwatch_bench_programs", name, *map(str, words)]
