"""Rounds: a few threads that fetch the snapshots of many cameras, each when it is due."""

import heapq
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from camera_ingest.camera import Camera
from camera_ingest.link import Link, Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.pace import Pace
from camera_ingest.reception import Reception
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule
from camera_ingest.snapshot import Snapshot


class _Retries:
    """Cameras that were lost share half of the threads, at least one, and so cannot keep all of them."""

    def __init__(self) -> None:
        self._threads = self._under_way = 0
        self._lock = threading.Lock()

    def join(self) -> None:
        """One more thread is at work."""
        with self._lock:
            self._threads += 1

    def acquire(self) -> bool:
        """Whether one more may be tried again; never waits."""
        with self._lock:
            free = self._under_way < max(1, self._threads // 2)
            self._under_way += free
            return free

    def release(self) -> None:
        """It has answered, or not."""
        with self._lock:
            self._under_way -= 1


class _Post:
    """One camera on the round."""

    def __init__(self, camera: Camera, schedule: Schedule, timing: Timing, reception: Reception) -> None:
        self.camera = camera
        self.schedule = schedule
        self.link = Link(timing)
        self.snapshot = Snapshot(camera, timing.snapshot_s)
        self.lost: StreamLost | None = None
        self.reception = reception

    def look(self, now: float, retries: _Retries) -> bytes | StreamLost:
        """A JPEG, or why there is none; a camera that was lost is left alone for a while, and till others are done."""
        if self.reception.left_out:
            self.snapshot.close()
            return StreamLost(self.camera.id, "plan", "room on the line of its hall", "others' turn", Blind.UNWATCHED)
        if self.lost is None:
            return self._fetch()
        if now < self.link.retry_at or not retries.acquire():
            return self.lost
        try:
            return self._fetch()
        finally:
            retries.release()

    def _fetch(self) -> bytes | StreamLost:
        try:
            found = self.snapshot.fetch()
        except StreamLost as lost:
            self.lost = lost
            self.link.lost(time.monotonic(), lost.blind, random.random())
            return lost
        self.lost = None
        self.link.seen()
        self.reception.bytes += len(found)
        self.reception.fetched(8e-6 * len(found))
        return found


class Rounds:
    """Gives a look per camera and cadence to `deliver`."""

    def __init__(
        self,
        cameras: Sequence[tuple[Camera, Schedule]],
        timing: Timing,
        deliver: Callable[[Look], None],
        utc: Callable[[], datetime],
        pace: Pace | None = None,
        receptions: Mapping[str, Reception] | None = None,
    ) -> None:
        """`receptions`: by camera, how it is received; without them every camera is."""
        self._deliver = deliver
        self._pace = pace or Pace()
        self._utc = utc
        free = Reception(timing.mbit_s, 0.0, 0.0, timing.snapshot_mbit)
        posts = [
            _Post(camera, schedule, timing, (receptions or {}).get(camera.id) or replace(free))
            for camera, schedule in cameras
        ]
        self._due = [(_first(post, time.monotonic()), number, post) for number, post in enumerate(posts)]
        heapq.heapify(self._due)
        self._retries = _Retries()
        self._changed = threading.Condition()
        self._over = False

    def run(self) -> None:
        """The work of one thread; any number may share it. Returns after `stop()`."""
        self._retries.join()
        while (taken := self._take()) is not None:
            due, number, post = taken
            found = post.look(time.monotonic(), self._retries)
            stretch = post.reception.stretched(self._pace.stretch)
            following = post.schedule.after(time.monotonic(), stretch)
            self._deliver(Look(post.camera.id, self._utc(), found, due, following, post.snapshot.clock_off_s))
            with self._changed:
                heapq.heappush(self._due, (following, number, post))
                self._changed.notify()

    def stop(self) -> None:
        """Ends the round of every thread after its look under way."""
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def close(self) -> None:
        """Lets all connections go, after the threads have ended."""
        for _, _, post in self._due:
            post.snapshot.close()

    def _take(self) -> tuple[float, int, _Post] | None:
        """Waits for the camera that is due first."""
        with self._changed:
            while not self._over:
                pause = self._due[0][0] - time.monotonic() if self._due else None
                if pause is not None and pause <= 0:
                    return heapq.heappop(self._due)
                self._changed.wait(pause)
        return None


def _first(post: _Post, now: float) -> float:
    """When the first look is due: all at once, where no line is limited; that one is before the schedule begins."""
    if post.reception.limited:
        return post.schedule.origin
    post.schedule.counted += 1
    return now
