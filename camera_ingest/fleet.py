"""The fleet: all cameras of a shard, whatever their kind, as one sequence of samples."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import TracebackType

from camera_ingest import clip
from camera_ingest.budget import Awake, Budget, Coverage
from camera_ingest.camera import Camera, Via
from camera_ingest.decode import Decoder
from camera_ingest.depacketize import Keyframe
from camera_ingest.fallback import Fallback
from camera_ingest.figures import Figures
from camera_ingest.frame import brightness
from camera_ingest.health import Health, examine
from camera_ingest.link import Timing
from camera_ingest.look import Look, Slots
from camera_ingest.lost import StreamLost
from camera_ingest.open_files import make_room
from camera_ingest.pace import Pace
from camera_ingest.receiver import Receiver
from camera_ingest.rounds import Rounds
from camera_ingest.sample import Blind, Decoded, Grey, Picture, Sample
from camera_ingest.schedule import Schedule, staggered
from camera_ingest.snapshot import decode_jpeg
from camera_ingest.stream import Stream

EMPTY = Health()
SNAPSHOT_THREADS = 32  # they wait most of the time; a dead camera keeps one for `snapshot_s`
DECODED_AHEAD = 8  # pictures that may wait for the reader; beyond, each camera keeps its newest look undecoded


def utc_now() -> datetime:
    """The time of day, at the edge."""
    return datetime.now(UTC)


class Fleet:
    """Looks at every camera once per cadence; a context manager.

    RTSP cameras (rtsp://…) share one receiving thread, HTTP snapshots (http://…, https://…) a few; anything else is
    the path of a recorded file, played once in real time. A camera that cannot see gives a sample without a picture,
    with its reason, at the same cadence.
    """

    def __init__(
        self,
        cameras: Sequence[Camera],
        timing: Timing | None = None,
        utc: Callable[[], datetime] = utc_now,
        recall: Callable[[str], Health] = lambda camera: Health(),
        keep: Callable[[str, Health], object] = lambda camera, health: None,
        awake: Awake | None = None,
        judge: Callable[[Health, Grey, datetime, float | None], Health] = examine,
    ) -> None:
        """`recall`: what was known of a camera's picture when the program last ran; `keep`: keeps it, if it changes.

        `awake`: whether a hall (its id) is in service, or about to be, at a time; None = always. `judge`: what one more
        picture says of a camera's health.
        """
        timing = timing or Timing()
        self._utc = utc
        self._stop = threading.Event()
        self._slots = Slots()
        self._samples: queue.Queue[tuple[Sample, float | None]] = queue.Queue(DECODED_AHEAD)
        self._crash: BaseException | None = None
        self._blind: dict[str, Blind | None] = {camera.id: Blind.CONNECTING for camera in cameras}
        self._recall, self._keep, self._judge = recall, keep, judge
        self._healths: dict[str, Health] = {}
        self._pace = Pace()
        self._cadences = {camera.id: camera.cadence.total_seconds() for camera in cameras}
        self._on_time = dict.fromkeys(self._cadences, 0)
        self._done = {"on_time": 0, "seen": 0, "blind": 0, "expired": 0}
        self._cpu_s = {"receive": 0.0, "decode": 0.0, "health": 0.0}
        self._schedules = schedules = staggered(list(self._cadences.values()), time.monotonic())
        self._schedule_of = dict(zip(self._cadences, schedules, strict=True))
        kinds: dict[str, list[tuple[Camera, Schedule]]] = {"rtsp": [], "http": [], "file": [], "pyav": []}
        self._budget = budget = Budget(list(zip(cameras, schedules, strict=True)), timing, awake, utc)
        for camera, schedule in zip(cameras, schedules, strict=True):
            if camera.id in budget.snapshots:
                camera = replace(camera, url=camera.snapshot_url or camera.url)
            kinds["pyav" if camera.via is Via.PYAV else _kind(camera.url)].append((camera, schedule))
        self._streams = streams = [
            Stream(camera, schedule, timing, self._take, utc, self._pace, budget.receptions[camera.id])
            for camera, schedule in kinds["rtsp"]
        ]
        budget.watch(streams)
        self._receiver = Receiver(streams, timing, budget if budget.active else None)
        self._rounds = Rounds(kinds["http"], timing, self._slots.put, utc, self._pace, budget.receptions)
        self._fallback = Fallback(kinds["pyav"], timing, self._slots.put, utc, self._pace, budget.receptions)
        works: list[tuple[str, Callable[[], None]]] = [("decode", self._decode)]
        works += [("fallback", self._fallback.run)] if kinds["pyav"] else []
        works += [("receive", partial(self._receiver.run, self._stop))] if streams else []
        works += [("network", partial(budget.run, self._stop))] if budget.active and not streams else []
        works += [("snapshot", self._rounds.run)] * min(SNAPSHOT_THREADS, len(kinds["http"]))
        works += [("clip", partial(self._play, camera)) for camera, _ in kinds["file"]]
        self._threads = [threading.Thread(target=self._run, args=(work,), name=name) for name, work in works]

    def __enter__(self) -> "Fleet":
        make_room(2 * len(self._cadences))  # each connection may have a successor for a moment
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for thread in self._threads:
            thread.join()
        self._rounds.close()

    def samples(self) -> Iterator[Sample]:
        """The samples of all cameras as they come; waits for the next; ends after `stop()`.

        If the reader is slow, a camera's older look gives way to its newer one. Raises what a thread of the fleet
        died of.
        """
        while not self._stop.is_set():
            self._pace.judge(time.monotonic(), self._waited_s())
            try:
                sample, due = self._samples.get(timeout=0.2)
            except queue.Empty:
                continue
            self._count(sample, due)
            yield sample
        if self._crash is not None:
            raise self._crash

    def stop(self) -> None:
        """Ends `samples()` and all reception; may be called from any thread or a signal handler."""
        self._stop.set()
        self._slots.close()
        self._rounds.stop()
        self._fallback.stop()

    def status(self) -> Mapping[str, Blind | None]:
        """What the last look at each camera gave: None = it sees, otherwise why not."""
        return dict(self._blind)

    def health(self, camera: str) -> Health:
        """What is known of a camera's picture and clock; empty before its first picture."""
        return self._healths.get(camera, EMPTY)

    def figures(self) -> Figures:
        """What was done until now; from any thread."""
        now = time.monotonic()
        return Figures(
            cameras=len(self._cadences),
            due=sum(schedule.due_until(now) for schedule in self._schedules),
            on_time=self._done["on_time"],
            seen=self._done["seen"],
            blind=self._done["blind"],
            overtaken=self._slots.replaced,
            expired=self._done["expired"],
            received_bytes=sum(reception.bytes for reception in self._budget.receptions.values()),
            opened=self._receiver.turns.passed,
            opened_most_per_s=self._receiver.turns.most_per_s,
            stretch=self._pace.stretch,
            waited_s=self._waited_s(),
            cpu_s=dict(self._cpu_s),
        )

    def punctuality(self) -> Mapping[str, tuple[int, int]]:
        """Of each camera: looks that its cadence asked for until now, and how many of them were pictures in time."""
        now = time.monotonic()
        due = (schedule.due_until(now) for schedule in self._schedules)
        return {id: (asked, self._on_time[id]) for id, asked in zip(self._cadences, due, strict=True)}

    def coverage(self) -> Mapping[str, Coverage]:
        """By hall: how many of its cameras the network lets be seen, and how often; from any thread."""
        return self._budget.coverage()

    def _waited_s(self) -> float:
        oldest = self._slots.waiting_since()
        return 0.0 if oldest is None else time.monotonic() - oldest

    def _count(self, sample: Sample, due: float | None) -> None:
        if sample.shown is None:
            self._done["blind"] += 1
            return
        self._done["seen"] += 1
        if due is None or time.monotonic() <= due + self._schedule_of[sample.camera].cadence:
            self._done["on_time"] += 1
            self._on_time[sample.camera] += 1

    def _take(self, look: Look) -> None:
        self._slots.put(look)
        self._cpu_s["receive"] = time.thread_time()  # of the receiving thread, in which this is

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._crash = error
            self.stop()

    def _decode(self) -> None:
        decoder = Decoder()
        while (look := self._slots.take()) is not None:
            if time.monotonic() > look.expires and not isinstance(look.found, StreamLost):
                self._done["expired"] += 1
                continue
            began = time.thread_time()
            examined = self._cpu_s["health"]
            sample = self._develop(look, decoder)
            self._cpu_s["decode"] += time.thread_time() - began - (self._cpu_s["health"] - examined)
            self._offer(sample, look.due)

    def _develop(self, look: Look, decoder: Decoder) -> Sample:
        shown: Decoded | Picture | None
        match look.found:
            case StreamLost() as lost:
                return _blind(look.camera, look.at, lost)
            case Keyframe() as keyframe:
                shown, size = decoder.decode(keyframe), len(keyframe.access_unit)
            case jpeg:
                shown, size = decode_jpeg(jpeg), len(jpeg)
        if shown is not None:
            return self._judged(look, shown)
        lost = StreamLost(look.camera, "decode", "a picture", f"{size} bytes that are none", Blind.UNDECODABLE)
        return _blind(look.camera, look.at, lost)

    def _judged(self, look: Look, shown: Decoded | Picture) -> Sample:
        """The picture, or why nothing may be concluded from it."""
        camera, began = look.camera, time.thread_time()
        before = self._healths[camera] if camera in self._healths else self._recall(camera)
        now = self._healths[camera] = self._judge(before, brightness(shown), look.at, look.clock_off_s)
        if now.moved != before.moved or _hour(now) != _hour(before):
            self._keep(camera, now)
        self._cpu_s["health"] += time.thread_time() - began
        if now.fault is None:
            return Sample(camera, look.at, shown)
        return Sample(camera, look.at, None, now.fault, f"{camera}: {now.detail}")

    def _play(self, camera: Camera) -> None:
        """A recorded file in real time, then nothing more."""
        lost = StreamLost(camera.id, "play", "another frame", "the end of the file", Blind.ENDED)
        sample = _blind(camera.id, self._utc(), lost)
        for sample in clip.samples(camera, Path(camera.url), self._utc()):
            if self._stop.wait((sample.at - self._utc()).total_seconds()):
                return
            self._offer(sample)
        last = sample if sample.blind else _blind(camera.id, sample.at, lost)
        while not self._stop.wait(camera.cadence.total_seconds()):
            self._offer(replace(last, at=self._utc()))

    def _offer(self, sample: Sample, due: float | None = None) -> None:
        """Hands a sample to the reader; waits while it has enough. `due`: when it was, None = now."""
        self._blind[sample.camera] = sample.blind
        while not self._stop.is_set():
            with contextlib.suppress(queue.Full):
                self._samples.put((sample, due), timeout=0.2)
                return


def _hour(health: Health) -> int:
    """The hour of its last picture, by which what is known is kept however little changes."""
    return -1 if health.at is None else int(health.at.timestamp() // 3600)


def _kind(url: str) -> str:
    scheme, mark, _ = url.lower().partition("://")
    if not mark:
        return "file"
    if scheme in ("http", "https"):
        return "http"
    if scheme == "rtsp":
        return "rtsp"
    raise ValueError(f"a camera's url: expected rtsp://, http://, https:// or a path, found {scheme}://")


def _blind(camera: str, at: datetime, lost: StreamLost) -> Sample:
    return Sample(camera, at, None, lost.blind, str(lost))
