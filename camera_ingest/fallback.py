"""The fallback: cameras received by FFmpeg's own RTSP client (PyAV), each connection in a thread of its own.

For cameras that are declared so (`via: pyav`), because they do not get on with our client or send no keyframes; each
costs several times as much. A thread that hangs in a foreign library cannot be ended: it is left behind, and no camera
has more than a few of those.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from camera_ingest.camera import Camera
from camera_ingest.depacketize import Keyframe
from camera_ingest.fallback_stream import FallbackStream
from camera_ingest.link import Link, Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.pace import Pace
from camera_ingest.reception import Reception
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule
from camera_ingest.stream import not_yet

TURN_S = 0.2  # between two rounds of the watchdog
GRACE_S = 2.0  # beyond the deadlines of the link, after which a thread counts as hanging
MOST_HANGING = 3  # threads of one camera; beyond, it is not opened again before one of them has come back


@dataclass(eq=False, slots=True)
class _Post:
    """One camera: what its threads and the watchdog have in common."""

    camera: Camera
    schedule: Schedule
    link: Link
    due: float
    lost: StreamLost | None
    """Why it is blind; None while it sees."""
    reception: Reception
    counted: int = 0
    """Bytes of the present connection that stand in the reception."""
    every: bool = False
    """Whether every picture is decoded."""
    thread: threading.Thread | None = None
    """The one that receives."""
    hanging: list[threading.Thread] = field(default_factory=list)
    """Those that were given up, or whose camera was left out, and that have not ended."""


class Fallback:
    """Gives a look per camera and cadence to `deliver`: a keyframe, a JPEG where there are none, or why it is blind."""

    def __init__(
        self,
        cameras: Sequence[tuple[Camera, Schedule]],
        timing: Timing,
        deliver: Callable[[Look], None],
        utc: Callable[[], datetime],
        pace: Pace | None = None,
        receptions: Mapping[str, Reception] | None = None,
        connect: Callable[[Camera, Timing, bool], FallbackStream] = FallbackStream,
    ) -> None:
        """`receptions`: by camera, where its bytes are counted, and whether it is left out for the time being."""
        self._timing = timing
        self._deliver = deliver
        self._utc = utc
        self._pace = pace or Pace()
        self._connect = connect
        self._stop = threading.Event()
        self._crash: BaseException | None = None
        self._lock = threading.Lock()  # over all posts
        free = Reception(timing.mbit_s, 0.0, 0.0, 0.0)
        self._posts = [
            _Post(
                camera,
                schedule,
                Link(timing),
                schedule.origin,
                not_yet(camera),
                (receptions or {}).get(camera.id) or replace(free),
            )
            for camera, schedule in cameras
        ]

    def run(self) -> None:
        """The watchdog, the work of one thread: opens, says who is blind, gives up what hangs; ends after `stop()`.

        Raises what a thread died of that was no loss.
        """
        while not self._stop.wait(TURN_S):
            if self._crash is not None:
                raise self._crash
            for post in self._posts:
                if self._turn(post, time.monotonic()) and self._stop.wait(1 / self._timing.opens_per_s):
                    break
        until = time.monotonic() + GRACE_S
        for thread in [post.thread for post in self._posts if post.thread is not None]:
            thread.join(max(0.0, until - time.monotonic()))

    def stop(self) -> None:
        """Ends everything; a thread that waits for its camera ends with the next packet or at its deadline."""
        self._stop.set()

    def _turn(self, post: _Post, now: float) -> bool:
        """What is due for one camera; True if a connection is being opened."""
        with self._lock:
            if post.reception.left_out:  # a thread that receives ends with its next packet
                post.hanging += [post.thread] if post.thread is not None else []
                which, place = post.camera.id, "room on the line of its hall"
                post.thread, post.lost = None, StreamLost(which, "plan", place, "others' turn", Blind.UNWATCHED)
                post.link.left(now)
            if now >= post.due:
                post.link.wants(now)
                if post.lost is not None:
                    self._look(post, post.lost, now)
            overdue = post.link.overdue(now - GRACE_S)
            if post.thread is not None and overdue is not None:
                post.hanging.append(post.thread)
                self._lose(post, StreamLost(post.camera.id, "receive", *overdue, Blind.STALLED), now)
            post.hanging = [thread for thread in post.hanging if thread.is_alive()]
            if post.thread is not None or now < post.link.retry_at or post.reception.left_out:
                return False
            if len(post.hanging) >= MOST_HANGING:
                return False
            post.link.opened(now)
            post.counted = 0
            post.thread = threading.Thread(target=self._receive, args=(post,), name="pyav", daemon=True)
            post.thread.start()
            return True

    def _receive(self, post: _Post) -> None:
        """The work of one thread: a connection, from its opening to its loss."""
        try:
            with self._connect(post.camera, self._timing, post.every) as stream:
                self._show(post, stream, None, time.monotonic())
                for found in stream.received(lambda: post.link.wanted_at is not None or time.monotonic() >= post.due):
                    if not self._show(post, stream, found, time.monotonic()):
                        return
        except StreamLost as lost:
            with self._lock:
                if post.thread is threading.current_thread():
                    self._lose(post, lost, time.monotonic())
        except BaseException as error:
            self._crash = error

    def _show(self, post: _Post, stream: FallbackStream, found: Keyframe | bytes | None, now: float) -> bool:
        """Delivers what came, if anything that is wanted; False if this thread has been given up meanwhile."""
        with self._lock:
            if self._stop.is_set() or post.thread is not threading.current_thread():
                return False
            if not post.link.playing:
                post.link.plays(now)
            post.link.heard_at, post.every = now, stream.every
            post.reception.bytes += stream.bytes - post.counted
            post.counted = stream.bytes
            if found is not None:
                post.lost = None
                post.link.seen(now)
                self._look(post, found, now)
            return True

    def _look(self, post: _Post, found: Keyframe | bytes | StreamLost, now: float) -> None:
        due, post.due = post.due, post.schedule.after(now, self._pace.stretch)
        self._deliver(Look(post.camera.id, self._utc(), found, due, post.due))

    def _lose(self, post: _Post, lost: StreamLost, now: float) -> None:
        post.thread, post.lost = None, lost
        post.link.lost(now, lost.blind, random.random())
