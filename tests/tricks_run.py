"""`python -m tests.tricks_run`: what each way of saving costs in accuracy, on the simulated city in media time.

The same story is looked at in several ways side by side: every camera's stream is played GOP by GOP, each sample's
keyframe is decoded once, and every way judges it with desks of its own. One JSON line per way: the error of occupancy
and of head counts against the script, the absences and crowds found, and the CPU. No sockets: reception is the same for
all, but the bytes of the P-frames between two looks are counted as a receiver would.
"""

import argparse
import json
import os
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from camera_ingest.camera import Role
from camera_ingest.decode import Decoder
from camera_ingest.depacketize import H264, Keyframe
from camera_ingest.sample import Picture, Sample
from config.schema import load
from config.settings import Settings
from hallwatch_watch import desks_of
from hallwatch_wiring import finder_of
from models.detection import Detection
from models.openvino import OpenVinoDetector
from models.regions import Region, RegionKind
from models.weights import resolve
from monitor.alerts import Alert
from monitor.attention import Attention, Find
from monitor.desk import Desk
from monitor.known import NOTHING
from monitor.observation import observe
from simulation.chapter import LENGTH_S
from simulation.city import City, plan_of
from simulation.gops import Library, cache, prepare
from simulation.network import whole
from simulation.script import Script
from simulation.story import CameraStory
from simulation.truth import lines, score

ZERO = datetime(2026, 11, 25, 1, tzinfo=UTC)
CONFIG = Path(__file__).parents[1] / "config" / "demo.yaml"
QUIET = 1.15
"""P-frames count as quiet up to so much more than the camera's usual largest one between two looks."""
FORCED_S = 30.0


@dataclass(slots=True)
class Way:
    """One way of looking, with desks of its own."""

    name: str
    attention: Attention
    desks: Mapping[str, Desk]
    by_bytes: bool = False
    """Whether looks are passed undecoded while the P-frames stay small."""
    looks: int = 0
    undecoded: int = 0
    spent_s: float = 0.0
    wrong: dict[RegionKind, int] = field(default_factory=dict)
    off: dict[RegionKind, int] = field(default_factory=dict)
    told: dict[RegionKind, int] = field(default_factory=dict)
    alerts: dict[str, Alert] = field(default_factory=dict)
    before: dict[str, tuple[float, Sequence[Detection]]] = field(default_factory=dict)
    """By camera: when it was last analysed, and whom it showed."""

    def see(self, sample: Sample, camera: str, hall: str, now: float, quiet: bool, truth: Mapping[str, int]) -> None:
        """One sample, judged against the truth by region."""
        desk, began = self.desks[hall], time.thread_time()
        at, people = self.before.get(camera, (-FORCED_S, ()))
        if self.by_bytes and quiet and now - at < FORCED_S and desk.settled(camera):
            self.undecoded += 1
        else:
            people = self.attention.people(desk, sample)
            self.before[camera] = now, people
        self.spent_s += time.thread_time() - began
        self.looks += 1
        observations = observe(sample.at, desk.regions[camera], people)
        for one in observations:
            assert one.people is not None
            self.told[one.kind] = self.told.get(one.kind, 0) + 1
            self.off[one.kind] = self.off.get(one.kind, 0) + abs(one.people - truth[one.region])
            self.wrong[one.kind] = self.wrong.get(one.kind, 0) + ((one.people > 0) != (truth[one.region] > 0))
        self.alerts |= {alert.key: alert for alert in desk.judge(sample, observations)}

    def line(self, settings: Settings, facts: Sequence[Mapping[str, object]]) -> dict[str, object]:
        """What came of it."""
        outcome = score([dict(fact) for fact in facts], list(self.alerts.values()), settings)
        analysed = self.attention.analysed
        return {
            "way": self.name,
            "looks": self.looks,
            "analysed": round(analysed / self.looks, 3),
            "undecoded": round(self.undecoded / self.looks, 3),
            "cpu_ms": round(1000 * self.spent_s / self.looks, 2),
            **{f"{kind}_wrong": round(self.wrong[kind] / self.told[kind], 4) for kind in self.told},
            **{f"{kind}_off": round(self.off[kind] / self.told[kind], 3) for kind in self.told},
            "found": outcome["found"],
            "missed": len(outcome["missed"]),
            "false": len(outcome["false"]),
        }


def whole_picture(settings: Settings) -> Find:
    """The network in its own input over the whole picture, whatever the regions ask for."""
    detector = OpenVinoDetector(resolve(settings.detector.weights, os.environ).path, settings.detector.threshold)

    def find(picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
        return detector.detect(picture)

    return find


def ways(settings: Settings) -> list[Way]:
    """What is compared; the first is the reference."""

    def desks() -> dict[str, Desk]:
        return {desk.hall.id: desk for desk in desks_of(settings, lambda hall: NOTHING)}

    plain, chosen = whole_picture(settings), finder_of(settings)
    return [
        Way("whole picture, every look", Attention(plain, gated=False), desks()),
        Way("input by region, every look", Attention(chosen.find, gated=False), desks()),
        Way("input by region, gate", Attention(chosen.find), desks()),
        Way("input by region, P-frame bytes", Attention(chosen.find, gated=False), desks(), by_bytes=True),
    ]


def truth_of(script: Script, regions: Sequence[Region], hall: str, shown_at: float) -> dict[str, int]:
    """How many people each region of a camera holds, by its id."""
    found = {}
    for region in regions:
        if region.kind is RegionKind.QUEUE:
            found[region.id] = script.heads(hall, region.place, shown_at)
        elif region.kind is RegionKind.STAFF:
            found[region.id] = int(script.clerk(hall, region.place, shown_at))
        elif region.kind is RegionKind.CITIZEN:
            found[region.id] = int(script.visit(hall, region.place, shown_at) is not None)
    return found


def play(city: City, library: Library, settings: Settings, seconds: float) -> list[Way]:
    """All cameras that have regions, each for itself, in every way."""
    script, compared, decoder = Script(city), ways(settings), Decoder()
    moment = 0.0
    cameras = {camera.id: camera for camera in settings.cameras}
    streams = []
    for eye in city.eyes:
        if eye.role in (Role.WINDOW, Role.QUEUE):
            own = [region for region in settings.regions if region.camera == eye.id]
            streams.append((eye, CameraStory(script, library, eye, lambda: moment), own, Activity()))
    phases = {eye.id: random.Random(eye.id).random() for eye, *_ in streams}
    due = {eye.id: phases[eye.id] * cameras[eye.id].cadence.total_seconds() for eye, *_ in streams}
    for number in range(int(seconds // 2)):
        moment = 2.0 * number
        for eye, story, own, activity in streams:
            story(number)
            gop = story(number)  # what has to be made first is made by now
            if moment >= due[eye.id]:
                due[eye.id] += cameras[eye.id].cadence.total_seconds()
                picture = decoder.decode(Keyframe(H264, gop.frames[0], 0))
                if picture is not None:
                    sample = Sample(eye.id, ZERO + timedelta(seconds=moment), picture)
                    truth, quiet = truth_of(script, own, eye.hall, moment), activity.quiet()
                    for way in compared:
                        way.see(sample, eye.id, eye.hall, moment, quiet, truth)
            activity.add([len(frame) for frame in gop.frames[1:]])
    return compared


class Activity:
    """The bytes of a camera's P-frames between looks, as a receiver can count them without decoding."""

    def __init__(self) -> None:
        self._largest = 0
        self._usual: list[int] = []

    def add(self, sizes: Sequence[int]) -> None:
        """The P-frames of one GOP."""
        self._largest = max(self._largest, *sizes)

    def quiet(self) -> bool:
        """Whether none since the last look was larger than the largest one usually is; begins anew."""
        largest, self._largest = self._largest, 0
        usual = sorted(self._usual)[len(self._usual) // 2] if len(self._usual) >= 6 else 0
        self._usual = [*self._usual[-30:], largest]
        return 0 < largest <= QUIET * usual


def main(arguments: Sequence[str], say: Callable[[str], object] = print) -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m tests.tricks_run", description=__doc__)
    parser.add_argument("--cameras", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=1800)
    parser.add_argument("--seed", type=int, default=20261125)
    asked = parser.parse_args(arguments)
    city = whole(asked.cameras, asked.seed)
    library = prepare((eye.stage for eye in city.eyes), cache(os.environ))
    with TemporaryDirectory() as name:
        file = Path(name) / "city.yaml"
        content = yaml.safe_load(CONFIG.read_text("utf-8")) | plan_of(city) | {"stores": {"directory": name}}
        file.write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
        settings = load(file)
    script = Script(city)
    facts = [
        line for n in range(int(asked.seconds // LENGTH_S) + 1) for _, line in lines(city, script.chapter(n), ZERO)
    ]
    facts = [
        line for line in facts if datetime.fromisoformat(str(line["at"])) < ZERO + timedelta(seconds=asked.seconds)
    ]
    for way in play(city, library, settings, asked.seconds):
        say(json.dumps({"seed": asked.seed, **way.line(settings, facts)}, ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
