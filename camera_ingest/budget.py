"""The budget: applies the plan to the cameras of a fleet, with what was measured and which halls are in service.

Every camera has a reception here; its stream or round reads from it how to go about, and says in it what came.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from camera_ingest.camera import Camera, Via
from camera_ingest.line import Line
from camera_ingest.link import Timing
from camera_ingest.plan import KEPT, Demand, Limits, Means, Way, mbit_s, plan
from camera_ingest.reception import Reception
from camera_ingest.schedule import Schedule
from camera_ingest.stream import Stream

TURN_S = 1.0
PLAN_S = 10.0
"""Between two plans, and between two looks at the clock of service."""
RTSP_PORT = 554
NOISE = 0.05
"""Changes of the stretch by less than this share are left: measurements vary, and every change moves the looks."""

Awake = Callable[[str, datetime], bool]
"""Whether a hall (its id) is in service, or about to be, at an aware time."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the network lets be seen of one hall."""

    cameras: int
    left_out: int
    """Cameras that are not looked at for the time being."""
    stretch: float
    """The most by which the cadence of a camera is stretched; 1 = not at all."""
    mbit_s: float
    """What its cameras take on average, as far as measured."""
    asleep: bool
    """Not in service: looked at for health only."""


class Budget:
    """Of one fleet. Time is given, monotonic; `turn` is called once a second or so, by one thread."""

    def __init__(
        self,
        cameras: Sequence[tuple[Camera, Schedule]],
        timing: Timing,
        awake: Awake | None,
        utc: Callable[[], datetime],
    ) -> None:
        """`awake`: None = every hall is always in service."""
        self._timing, self._awake, self._utc = timing, awake, utc
        self._limits = limits_of(timing)
        self._cameras = [(camera, schedule, schedule.cadence) for camera, schedule in cameras]
        self._cadences = {camera.id: schedule.cadence for camera, schedule in cameras}  # as service asks for them
        self.receptions = {camera.id: _expected(camera, timing) for camera, _ in cameras}
        """By the camera's id."""
        self._streams: Sequence[Stream] = ()
        self._bytes: dict[str, int] = {}
        self._always_open = Counter(host_of(camera.url) for camera, _ in cameras if camera.via is Via.PYAV)
        self._open = self._always_open.copy()
        self._starts: Mapping[str, int] = {}
        self._next_starts: Mapping[str, int] = {}
        self._turn_at = self._plan_at = 0.0
        self._term_at: float | None = None
        halls = dict.fromkeys(camera.hall for camera, _ in cameras)
        limits = {hall: self._limits.of_hall(hall) for hall in halls}
        self._lines = {hall: Line(KEPT * limit) for hall, limit in limits.items() if limit is not None}
        self._asleep = dict.fromkeys(halls, False)
        for camera, _ in cameras:
            self.receptions[camera.id].limited = camera.hall in self._lines
        self._hosts = {camera.id: host_of(camera.url) for camera, _ in cameras}
        self._asked = {
            camera.id: _demand(camera, schedule.cadence, self.receptions[camera.id]) for camera, schedule in cameras
        }
        means, _ = plan(list(self._asked.values()), self._limits)
        self.snapshots = {id for id, one in means.items() if one.way is Way.SNAPSHOT}
        """The cameras that are received by snapshots, for good."""
        self.active = awake is not None or self._limits != Limits()
        """Whether there is anything to do for it."""
        self._apply(means)

    def watch(self, streams: Sequence[Stream]) -> None:
        """The streams that it measures."""
        self._streams = streams

    def run(self, stop: threading.Event) -> None:
        """Turns by itself, for a fleet without streams."""
        while not stop.wait(TURN_S):
            self.turn(time.monotonic())

    def turn(self, now: float) -> None:
        """Measures, and plans anew if it is time."""
        if not self.active or now < self._turn_at:
            return
        self._turn_at = now + TURN_S
        limited = self._limits != Limits()
        if limited:
            self._measure(now)
        if now >= self._plan_at:
            self._plan_at = now + PLAN_S
            self._sleep()
            if limited:
                self._plan(now)
            self._space(now)

    def may(self, stream: Stream, now: float) -> bool:
        """Whether a connection may be opened; if so, it is taken for opened."""
        camera, reception = stream.camera, self.receptions[stream.camera.id]
        host, line = self._hosts[camera.id], self._lines.get(camera.hall)
        most = self._limits.of_host(host)
        if most is not None and self._open[host] >= most:
            return False
        if line is not None and reception.on_demand:
            if not line.may(reception.look_mbit, now):
                return False
            line.promised += reception.look_mbit
        self._open[host] += 1
        return True

    def coverage(self) -> Mapping[str, Coverage]:
        """By hall."""
        members: dict[str, list[tuple[Demand, Reception]]] = {hall: [] for hall in self._asleep}
        for camera, _, _ in self._cameras:
            members[camera.hall].append((self._asked[camera.id], self.receptions[camera.id]))
        return {
            hall: Coverage(
                len(ones),
                sum(one.left_out for _, one in ones),
                max((one.means.stretch for _, one in ones if not one.left_out), default=1.0),
                sum(mbit_s(demand, _way(one), one.means.stretch) for demand, one in ones),
                self._asleep[hall],
            )
            for hall, ones in members.items()
        }

    def _measure(self, now: float) -> None:
        for each in self._lines.values():
            each.promised = 0.0
        self._open = self._always_open.copy()
        for stream in self._streams:
            camera, link, reception = stream.camera, stream.link, self.receptions[stream.camera.id]
            if link.opened_at is not None:
                self._open[self._hosts[camera.id]] += 1
            if (line := self._lines.get(camera.hall)) is None:
                continue
            reception.streams(link.playing and not reception.on_demand, now)
            came = reception.bytes - self._bytes.get(camera.id, 0)
            self._bytes[camera.id] = reception.bytes
            if reception.on_demand:
                line.spend(8e-6 * came, now)
                if link.opened_at is not None:
                    line.promised += max(0.0, reception.look_mbit - 8e-6 * stream.received_now)

    def _sleep(self) -> None:
        """Asks which halls are in service; outside, looks come at the cadence of health."""
        if self._awake is None:
            return
        utc = self._utc()
        self._asleep = {hall: not self._awake(hall, utc) for hall in self._asleep}
        for camera, _, cadence in self._cameras:
            asleep = self.receptions[camera.id].asleep = self._asleep[camera.hall]
            self._cadences[camera.id] = max(cadence, self._timing.off_hours_s) if asleep else cadence

    def _plan(self, now: float) -> None:
        if self._term_at is None or now >= self._term_at:
            self._term_at, self._starts = now + self._timing.term_s, self._next_starts
            for camera, _, _ in self._cameras:
                if (reception := self.receptions[camera.id]).left_out:
                    reception.unlooked(_expected(camera, self._timing).look_mbit)
        self._asked = {  # whether a camera is received by snapshots was decided at the start
            camera.id: _demand(camera, cadence_s, self.receptions[camera.id], camera.id in self.snapshots)
            for (camera, _, _), cadence_s in zip(self._cameras, self._cadences.values(), strict=True)
        }
        means, self._next_starts = plan(list(self._asked.values()), self._limits, self._starts)
        self._apply(means)

    def _space(self, now: float) -> None:
        """Every schedule follows the hours of service and the network, so that what is due is what can be had."""
        for camera, schedule, _ in self._cameras:
            stretch = self.receptions[camera.id].means.stretch
            cadence = self._cadences[camera.id] * stretch
            if stretch == 1.0 or abs(cadence / schedule.cadence - 1) > NOISE:
                schedule.change(cadence, now)

    def _apply(self, means: Mapping[str, Means]) -> None:
        streams = dict.fromkeys(self._asleep, 0.0)
        for camera, _, _ in self._cameras:
            reception = self.receptions[camera.id]
            reception.means = means[camera.id]
            if not reception.on_demand:
                streams[camera.hall] += mbit_s(self._asked[camera.id], reception.means.way, reception.means.stretch)
        for hall, line in self._lines.items():
            line.steady_mbit_s = streams[hall]


def host_of(url: str) -> str:
    """host:port of an RTSP camera, as the connections to it are counted; empty for what is none."""
    try:
        parts = urlsplit(url)
        return f"{parts.hostname}:{parts.port or RTSP_PORT}" if parts.scheme.lower() == "rtsp" else ""
    except ValueError:  # no such port
        return ""


def limits_of(timing: Timing) -> Limits:
    """What the configuration says of lines and recorders."""
    return Limits(timing.hall_mbit_s, timing.mbit_s_by_hall, timing.connections_per_host, timing.connections_by_host)


def expected(cameras: Sequence[Camera], timing: Timing) -> Mapping[str, tuple[Demand, Means]]:
    """By camera: what it is expected to ask of the network in service hours, and how it will be received."""
    demands = [_demand(camera, camera.cadence.total_seconds(), _expected(camera, timing)) for camera in cameras]
    means, _ = plan(demands, limits_of(timing))
    return {demand.id: (demand, means[demand.id]) for demand in demands}


def _expected(camera: Camera, timing: Timing) -> Reception:
    if "://" not in camera.url:  # a recorded file
        return Reception(0.0, 0.0, timing.look_s, 0.0)
    rate = camera.mbit_s or timing.mbit_s
    return Reception(rate, rate * timing.look_s, timing.look_s, timing.snapshot_mbit)


def _demand(camera: Camera, cadence_s: float, reception: Reception, snapshots: bool | None = None) -> Demand:
    """`snapshots`: whether it is received by them, once that is decided."""
    by_http = urlsplit(camera.url).scheme.lower() in ("http", "https")
    has_address = camera.snapshot_url != "" and camera.via is not Via.PYAV if snapshots is None else snapshots
    return Demand(
        camera.id,
        camera.hall,
        host_of(camera.url),
        cadence_s,
        reception.mbit_s,
        reception.look_mbit,
        reception.look_s,
        reception.snapshot_mbit if has_address or by_http else None,
        only=Way.SNAPSHOT if by_http or snapshots is True else Way.STREAM if camera.via is Via.PYAV else None,
        known=snapshots is None or (reception.known and not reception.asleep),
    )


def _way(reception: Reception) -> Way:
    return Way.ON_DEMAND if reception.on_demand else reception.means.way
