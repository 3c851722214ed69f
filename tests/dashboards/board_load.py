"""The whole city on one board: `python -m tests.dashboards.board_load [--seconds 30] [--picture FILE]`.

112 halls with 1,632 windows and 2,064 cameras are looked at in real time without cameras, their live messages go to the
hub as `hallwatch serve` puts them there, and a browser shows the situation page. It prints what that costs the server,
what goes over the wire and what the page costs the browser.
"""

import argparse
import json
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from heapq import heapify, heapreplace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import psutil
from playwright.sync_api import CDPSession, sync_playwright
from sqlalchemy import Engine
from werkzeug.serving import make_server

from camera_ingest.sample import Blind, Sample
from dashboards.app import build, keep_figures
from dashboards.heard import read
from dashboards.live import Hub
from monitor import live
from monitor.adapters import alert_records, issue_records
from monitor.adapters.database import open_database
from monitor.adapters.reporter import Reporter
from monitor.album import Album
from monitor.desk import Desk
from monitor.observation import observe
from monitor.places import Area
from tests.dashboards import city
from tests.dashboards.test_browser import SWITCHES, WALL
from tests.monitor.shard_cost import SIZES, hall_of, picture

AREAS = ("371000", "371002", "371003", "371081", "371082", "371083", "371091", "371092", "371093", "371094")
"""Ten areas, as Weihai has."""
ISSUES = 1200
"""In the ledger."""
BEFORE_S = 900.0
"""So much has happened when the measuring begins."""
NONE = live.Reception()
DARK = 0.008
"""Share of the cameras that cannot see."""


@dataclass(slots=True)
class Hubbed:
    """A bus that ends at the hub, as `hallwatch serve` listens to one."""

    hub: Hub
    sizes: list[int] = field(default_factory=list)
    spent_s: float = 0.0

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Straight to the hub."""
        began = time.thread_time()
        self.hub.put(read(payload))
        self.spent_s += time.thread_time() - began
        self.sizes.append(len(payload))
        return True


class City:
    """The halls, first in media time up to now, then in real time."""

    def __init__(self, directory: Path) -> None:
        sizes = [(windows, cameras) for halls, windows, cameras in SIZES for _ in range(halls)]
        built = [hall_of(number, *size) for number, size in enumerate(sizes, 1)]
        for number, (desk, _) in enumerate(built):
            desk.hall = replace(desk.hall, area=AREAS[number % len(AREAS)])
        self.desks = [desk for desk, _ in built]
        self.scenes = {camera: scene for _, scenes in built for camera, scene in scenes.items()}
        self.settings = replace(
            city.settings(directory),
            halls=tuple(desk.hall for desk in self.desks),
            hours={desk.hall.id: desk.hours for desk in self.desks},
            areas=tuple(Area(code, f"区市 {code}", f"Area {code}") for code in AREAS),
            cameras=tuple(camera for desk in self.desks for camera in desk.cameras.values()),
        )
        self.engine = open_database(self.settings.stores.database)
        self.hub = Hub(frozenset(hall.id for hall in self.settings.halls))
        self.bus = Hubbed(self.hub)
        albums = {desk.hall.id: Album(directory) for desk in self.desks}
        self.reporter = Reporter(self.bus, "load 416x256", False, albums)
        self.of = {id: (one.cadence.total_seconds(), desk) for desk in self.desks for id, one in desk.cameras.items()}
        random = Random(1)
        heapify(due := [(random.uniform(0, cadence), id) for id, (cadence, _) in self.of.items()])
        self.due, self.dark, self.shot = due, {id for id in self.of if random.random() < DARK}, picture()
        self.begun = datetime.now(UTC) - timedelta(seconds=BEFORE_S)

    def until(self, second: float) -> None:
        """All looks that are due by then."""
        while (turn := self.due[0])[0] <= second:
            at, id = turn
            cadence, desk = self.of[id]
            heapreplace(self.due, (at + cadence, id))
            self.look(desk, id, at)

    def look(self, desk: Desk, id: str, second: float) -> None:
        """One look, judged, recorded and reported."""
        found = None if id in self.dark else self.scenes[id].people(second)
        at = self.begun + timedelta(seconds=second)
        sample = Sample(id, at, self.shot) if found is not None else Sample(id, at, None, Blind.UNREACHABLE, "gone")
        for alert in desk.judge(sample, observe(at, desk.regions[id], found)):
            alert_records.save(self.engine, alert, at)
        self.reporter.report(desk, at)

    def live(self, stop: threading.Event) -> None:
        """In real time until told to stop."""
        while not stop.wait(0.02):
            self.until((datetime.now(UTC) - self.begun).total_seconds())


def fill(engine: Engine, now: datetime) -> None:
    """A ledger and the ratings of a day."""
    for number in range(ISSUES):
        at = now - timedelta(hours=number)
        issue_records.register(engine, replace(city.draft(f"i{number}", "A01", "窗口无人值守", at), hall="hc001"))
    city.record_ratings(engine, now, 413)


@contextmanager
def running(name: str, work: Any, *arguments: Any) -> Iterator[threading.Thread]:
    """A thread while the context lasts."""
    thread = threading.Thread(target=work, args=arguments, name=name)
    thread.start()
    yield thread
    thread.join()


def cpu_s(thread: threading.Thread) -> float:
    """CPU seconds of a thread so far."""
    return next(one.user_time + one.system_time for one in psutil.Process().threads() if one.id == thread.native_id)


def metrics(session: CDPSession) -> dict[str, float]:
    """What the browser says of its page."""
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}


def overload(town: City) -> None:
    """A shard that does not keep up, halls at their network limit, and cameras with wrong clocks."""
    limited = {"hc002": live.Reception(7), "hc012": live.Reception(3)}
    clocks = (live.WrongClock("hc001-c003", 125.0, town.begun), live.WrongClock("hc001-c040", -31.5, town.begun))
    town.reporter.pace = lambda: live.Pace(1.53, 0.83)
    town.reporter.reception = lambda hall: live.Reception(0, clocks) if hall == "hc001" else limited.get(hall, NONE)


def run(seconds: float, shot: Path | None, language: str, slow: bool) -> dict[str, Any]:
    """Let the city run for so many seconds in front of one page."""
    with TemporaryDirectory() as name:
        town, stop = City(Path(name)), threading.Event()
        if slow:
            overload(town)
        fill(town.engine, datetime.now(UTC))
        town.until(BEFORE_S)
        server = make_server("127.0.0.1", 0, build(town.settings, town.engine, town.hub, Path(name)), threaded=True)
        with (
            running("city", town.live, stop),
            running("figures", keep_figures, town.settings, town.engine, town.hub, stop) as keeper,
            running("server", server.serve_forever),
        ):
            try:
                return measured(town, keeper, f"http://127.0.0.1:{server.server_port}/?lang={language}", seconds, shot)
            finally:
                stop.set()
                town.hub.close()
                server.shutdown()


def measured(town: City, keeper: threading.Thread, address: str, seconds: float, shot: Path | None) -> dict[str, Any]:
    """The page is opened, settles, and is then watched."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        page = browser.new_context(viewport=WALL).new_page()
        session = page.context.new_cdp_session(page)
        session.send("Performance.enable")
        session.send("Network.enable")
        wire = {"bytes": 0}
        session.on("Network.dataReceived", lambda told: wire.update(bytes=wire["bytes"] + told["dataLength"]))
        began = time.monotonic()
        page.goto(address)
        page.wait_for_selector("#live-island.is-live")
        page.wait_for_function("document.querySelectorAll('#live-halls .hall-row').length === 112")
        opened_s, opened_bytes = time.monotonic() - began, wire["bytes"]
        before, sent, spent, kept = metrics(session), len(town.bus.sizes), town.bus.spent_s, cpu_s(keeper)
        wire["bytes"], began = 0, time.monotonic()
        page.wait_for_timeout(1000 * seconds)
        took = time.monotonic() - began
        after = metrics(session)
        if shot is not None:
            page.screenshot(path=str(shot))
        told = {
            "opened": {"s": round(opened_s, 2), "kB": round(opened_bytes / 1000)},
            "messages": {
                "per_s": round((len(town.bus.sizes) - sent) / took, 1),
                "kB_per_s": round(sum(town.bus.sizes[sent:]) / took / 1000, 1),
                "largest_kB": round(max(town.bus.sizes) / 1000, 1),
            },
            "page_kB_per_s": round(wire["bytes"] / took / 1000, 1),
            "server_cores": {
                "hub": round((town.bus.spent_s - spent) / took, 4),
                "figures": round((cpu_s(keeper) - kept) / took, 4),
            },
            "browser_cores": {
                name: round((after[name] - before[name]) / took, 3)
                for name in ("TaskDuration", "ScriptDuration", "LayoutDuration", "RecalcStyleDuration")
            },
        }
        browser.close()
    return told


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--picture", type=Path, help="of the page in the end")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--slow", action="store_true", help="as if the machine did not keep up")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    print(json.dumps(run(options.seconds, options.picture, options.language, options.slow), indent=2))
