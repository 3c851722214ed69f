"""What follows the detector at the scale of a city, without a camera: `python -m tests.monitor.shard_cost`.

112 halls with 2,064 cameras and 1,632 windows are looked at in media time, ready detections standing for what a network
found; broker, database, telemetry and evidence are real. It prints milliseconds of CPU per sample, part by part, and
bytes and counts besides. All clocks are those of the samples, so the figures hold for the real cadence.
"""

import argparse
import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import psutil

from camera_ingest.camera import CADENCE, Camera, Role
from camera_ingest.sample import Blind, Picture, Sample
from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from monitor.adapters.database import open_database
from monitor.adapters.draws import Draws
from monitor.adapters.memories import Memories
from monitor.adapters.mqtt import Broker, Bus, embedded
from monitor.adapters.projection import Projection
from monitor.adapters.reporter import Reporter
from monitor.adapters.shard import Recorder, Retention
from monitor.adapters.telemetry import SqliteTelemetry
from monitor.album import Album, Room
from monitor.calendar import Calendar
from monitor.desk import Desk
from monitor.hours import Hours
from monitor.observation import observe
from monitor.places import Hall, HallLevel, Segment, Window, Zone
from monitor.scenery import Scenery
from monitor.thresholds import Thresholds
from tests.monitor.adapters.conftest import free_port
from tests.monitor.hall import ZERO, box

SIZES = ((1, 110, 160), (8, 25, 45), (7, 60, 80), (2, 15, 30), (20, 14, 24), (74, 8, 6))
"""Halls of a kind, windows and cameras of each: 112 halls with 1,632 windows and 2,064 cameras."""
QUEUES, OTHERS = 430 / 2064, 394 / 2064
"""Shares of the cameras that look at queues, and at neither queues nor windows."""
DAY = Segment("全天", (1, 2, 3, 4, 5, 6, 7), datetime.min.time(), datetime.min.time())
CALENDAR = Calendar(frozenset(), frozenset(), 2026)


@dataclass(slots=True)
class Scene:
    """What happens before one camera: clerks who leave now and then and applicants, or a crowd that changes."""

    seats: int
    queue: bool
    random: Random
    away_until: list[float] = field(default_factory=list)
    crowd: float = 3.0

    def people(self, second: float) -> list[Detection]:
        """Who is found: a clerk is away for 3 minutes every 40 or so, and one look in fifty misses somebody."""
        if self.queue:
            self.crowd = min(12.0, max(0.0, self.crowd + self.random.uniform(-1, 1)))
            lefts = [0.05 + 0.07 * number for number in range(int(self.crowd))]
            return [Detection(left, 0.3, left + 0.05, 0.8, 0.9) for left in lefts]
        self.away_until = self.away_until or [0.0] * self.seats
        found = []
        for number, until in enumerate(self.away_until):
            if second >= until and self.random.random() < 10 / 2400:
                self.away_until[number] = second + self.random.expovariate(1 / 180)
            if second >= until and self.random.random() < 0.98:
                left = number / self.seats + 0.1
                found.append(Detection(left, 0.1, left + 0.1, 0.4, 0.9))
                if self.random.random() < 0.6:
                    found.append(Detection(left, 0.5, left + 0.1, 0.95, 0.9))
        return found


def hall_of(number: int, windows: int, cameras: int) -> tuple[Desk, dict[str, Scene]]:
    """One hall and what its cameras see."""
    id = f"hc{number:03d}"
    queues, others = max(1, round(cameras * QUEUES)), round(cameras * OTHERS)
    looking = cameras - queues - others
    zones = tuple(Zone(f"z{place:02d}", f"{place:02d} 综合受理区") for place in range(max(1, queues // 2)))
    posts = tuple(Window(f"w{n:03d}", f"{n:02d} 综合受理", zones[n % len(zones)].id) for n in range(windows))
    roles = [Role.WINDOW] * looking + [Role.QUEUE] * queues + [Role.PUBLIC] * others
    eyes = [Camera(f"{id}-c{n:03d}", id, "rtsp://10.0.0.1/c", role, CADENCE[role], "现场管理")
            for n, role in enumerate(roles)]  # fmt: skip
    regions = []
    for n, window in enumerate(posts):
        eye, seats = eyes[n % looking].id, len(range(n % looking, windows, looking))
        left, right = (n // looking) / seats, (n // looking + 1) / seats
        seat, front = box(left, 0.0, right, 0.5), box(left, 0.5, right, 1)
        regions.append(Region(window.id, eye, RegionKind.STAFF, window.id, seat, Anchor.CENTRE))
        regions.append(Region(f"{window.id}.citizen", eye, RegionKind.CITIZEN, window.id, front, Anchor.FOOT))
    for n, camera in enumerate(eyes[looking : looking + queues]):
        zone = zones[n % len(zones)].id
        regions.append(Region("q", camera.id, RegionKind.QUEUE, zone, box(0, 0, 1, 1), Anchor.FOOT))
    hall = Hall(id, f"{id} 政务服务中心", "371002", HallLevel.DISTRICT, (DAY,), zones, posts)
    desk = Desk(Hours(hall, CALENDAR), eyes, regions, Thresholds())
    kinds = {camera: [one.kind for one in own] for camera, own in desk.regions.items()}
    scenes = {
        camera: Scene(own.count(RegionKind.STAFF), RegionKind.QUEUE in own, Random(camera))
        for camera, own in kinds.items()
    }
    return desk, scenes


def picture() -> Picture:
    """Something with the detail of a hall on a sub-stream: smooth shapes and a little noise."""
    random = np.random.default_rng(1)
    coarse = random.integers(40, 220, (18, 32, 3), dtype=np.uint8)
    smooth = cv2.resize(coarse, (640, 360), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(smooth + random.normal(0, 4, smooth.shape), 0, 255), np.uint8)


@dataclass(slots=True)
class Meter:
    """CPU seconds of this thread by part; what measuring costs itself is taken off."""

    spent: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Counts what is done meanwhile."""
        began = time.thread_time_ns()
        yield
        self.spent[name] += time.thread_time_ns() - began

    def ms(self, samples: int, others_s: float) -> dict[str, float]:
        """Milliseconds per sample."""
        idle = self.spent.pop("idle")
        each = {name: round((spent - idle) / 1e6 / samples, 4) for name, spent in self.spent.items()}
        each["other threads"] = round(1000 * others_s / samples, 4)
        return each | {"total": round(sum(each.values()), 4)}


@dataclass(slots=True)
class Counted:
    """A bus that counts what it passes on."""

    bus: Bus
    sizes: list[int] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """As the bus does."""
        self.sizes.append(len(payload))
        return self.bus.publish(topic, payload, retain=retain)


class Shard:
    """The whole city in one shard, in media time."""

    def __init__(self, bus: Bus, telemetry: SqliteTelemetry, directory: Path) -> None:
        built, number = [], 0
        for halls, windows, cameras in SIZES:
            for _ in range(halls):
                number += 1
                built.append(hall_of(number, windows, cameras))
        engine = open_database(f"sqlite:///{directory / 'hallwatch.db'}")
        self.second = 0.0
        self.desks = [desk for desk, _ in built]
        self.scenes = {camera: scene for _, scenes in built for camera, scene in scenes.items()}
        self.room = Room.of(len(self.scenes))
        self.albums = {desk.hall.id: Album(directory / "evidence", self.room) for desk in self.desks}
        self.bus = Counted(bus)
        self.recorder, self.scenery = Recorder(engine), Scenery()
        self.reporter = Reporter(self.bus, "cost 416x256", False, self.albums, clock=lambda: self.second)
        self.projection, self.retention = Projection(telemetry), Retention(engine, directory / "evidence")
        self.draws, self.memories = (
            Draws(engine, directory / "evidence", directory / "draws"),
            Memories(directory, lambda: self.second),
        )
        self.meter, self.samples, self.changes, self.shot = Meter(), 0, 0, picture()

    def watch(self, seconds: float, blind: float) -> None:
        """As flow.watch does, part by part."""
        random = Random(1)
        of = {
            camera.id: (camera.cadence.total_seconds(), desk) for desk in self.desks for camera in desk.cameras.values()
        }
        heapify(due := [(random.uniform(0, cadence), id) for id, (cadence, _) in of.items()])
        dark = {id for id in of if random.random() < blind}
        while (turn := due[0])[0] <= seconds:
            self.second, id = turn
            cadence, desk = of[id]
            heapreplace(due, (self.second + cadence, id))
            found = None if id in dark else self.scenes[id].people(self.second)
            at = ZERO + timedelta(seconds=self.second)
            sample = Sample(id, at, self.shot) if found is not None else Sample(id, at, None, Blind.UNREACHABLE, "gone")
            self.look(desk, sample, found)

    def look(self, desk: Desk, sample: Sample, found: list[Detection] | None) -> None:
        """One sample."""
        part, album = self.meter.part, self.albums[desk.hall.id]
        with part("idle"):
            pass
        with part("scenery"):
            people = self.scenery.people(desk, sample, found)
        with part("observe"):
            looks = observe(sample.at, desk.regions[sample.camera], people)
        with part("judge"):
            alerts = desk.judge(sample, looks)
        with part("keep"):
            album.keep(desk, sample, found, alerts)
        with part("draw"):
            self.draws.offer(desk, sample, found)
        with part("record"):
            for alert in alerts:
                self.recorder.record(alert, album.develop(alert), sample.at)
            self.retention.retain(sample.at)
        with part("report"):
            self.reporter.report(desk, sample.at)
        with part("remember"):
            self.memories.keep(desk)
        with part("project"):
            self.projection.project(desk, sample.at)
        self.samples, self.changes = self.samples + 1, self.changes + len(alerts)


def run(seconds: float, blind: float) -> dict[str, Any]:
    """Look at the city for so many seconds of media time; `blind`: the share of cameras that cannot see."""
    process, broker = psutil.Process(), Broker(port=free_port())
    with (
        TemporaryDirectory() as name,
        embedded(broker),
        Bus(broker, "cost") as bus,
        SqliteTelemetry(Path(name) / "telemetry.db") as telemetry,
    ):
        base = process.memory_info().rss
        shard = Shard(bus, telemetry, Path(name))
        with shard.recorder.recording():
            while not bus.link.connected:
                time.sleep(0.01)
            began, own = time.process_time(), time.thread_time()
            shard.watch(seconds, blind)
            others = time.process_time() - began - (time.thread_time() - own)
        grown = process.memory_info().rss - base
        written = sum(path.stat().st_size for path in Path(name).glob("telemetry.db*"))
    return {
        "samples_per_s": round(shard.samples / seconds, 1),
        "alerts_changed": shard.changes,
        "ms_per_sample": shard.meter.ms(shard.samples, others),
        "messages_per_s": round(len(shard.bus.sizes) / seconds, 1),
        "message_kB": {
            "per_s": round(sum(shard.bus.sizes) / seconds / 1000, 1),
            "largest": max(shard.bus.sizes) / 1000,
        },
        "pictures": {
            "kept": sum(album.pictures for album in shard.albums.values()),
            "MB": round(shard.room.used / 1e6, 1),
        },
        "telemetry_MB": round(written / 1e6, 1),
        "grown_MB": round(grown / 1e6, 1),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=600, help="of media time")
    parser.add_argument("--blind", type=float, default=0.008, help="share of cameras that cannot see")
    options = parser.parse_args()
    print(json.dumps(run(options.seconds, options.blind), indent=2))
