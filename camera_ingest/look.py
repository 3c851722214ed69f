"""A look: what came from a camera when a sample was due, not decoded yet; and the slots where looks wait."""

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from math import inf

from camera_ingest.depacketize import Keyframe
from camera_ingest.lost import StreamLost


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one camera: a keyframe, a JPEG, or why there is none."""

    camera: str
    at: datetime
    found: Keyframe | bytes | StreamLost
    due: float = 0.0
    """When it was due, in monotonic seconds."""
    expires: float = inf
    """When it is of no use any more."""
    clock_off_s: float | None = None
    """By how much the camera's clock was ahead; None = it did not say."""


class Slots:
    """Looks that wait to be decoded: one per camera, the newest; the camera keeps its place in the line."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}
        self._since: dict[str, float] = {}  # when the camera took its place in the line, in monotonic seconds
        self._changed = threading.Condition()
        self._closed = False
        self.replaced = 0
        """How many looks were overtaken by a newer one of their camera: the reader is too slow."""

    def put(self, look: Look) -> None:
        """Never waits."""
        with self._changed:
            self.replaced += look.camera in self._looks
            self._looks[look.camera] = look
            self._since.setdefault(look.camera, time.monotonic())
            self._changed.notify()

    def take(self) -> Look | None:
        """The look that waits longest; waits for one. None once closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._looks or self._closed)
            if self._closed:
                return None
            camera = next(iter(self._looks))
            del self._since[camera]
            return self._looks.pop(camera)

    def waiting_since(self) -> float | None:
        """Since when the camera that waits longest has its place in the line, monotonic; None if none waits."""
        with self._changed:
            return next(iter(self._since.values()), None)

    def close(self) -> None:
        """Wakes whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
