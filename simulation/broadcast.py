"""A broadcast: streams that play ready-made GOPs in real time to whoever watches, with their faults.

A GOP is packetised once; sending it costs a copy and a few patched header fields, so one process plays thousands.
"""

import asyncio
import enum
import heapq
import itertools
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from simulation.rtp import CLOCK_RATE, CODECS, Packets, parameter_sets, sender_report, without_sets

REPORT_S = 5.0
"""Between two sender reports."""
PACKETISED = 20_000
"""Frames, or pieces of them, whose packets are kept: 2 kB each on average."""
WRONG_BY_S = -8 * 3600.0
"""How far a wrong clock is off: somebody took Beijing's time for UTC."""


@dataclass(frozen=True, slots=True, eq=False)
class Gop:
    """A group of pictures: each frame one access unit (Annex B), the first an IDR."""

    frames: tuple[bytes, ...]
    fps: float
    codec: str = "h264"
    """"h264", "h265", or "jpeg" for a single snapshot."""
    sets: tuple[bytes, ...] = ()
    """Parameter sets that only the SDP tells; empty = they are in band."""
    pieces: tuple[bytes, ...] = ()
    """What the first frame was put together from: the same pieces come again, and are packetised once."""


def announced(gop: Gop) -> Gop:
    """The same GOP with its parameter sets in the SDP only."""
    codec = CODECS[gop.codec]
    first, *rest = gop.frames
    return Gop((without_sets(first, codec), *rest), gop.fps, gop.codec, parameter_sets(first, codec))


class Fault(enum.StrEnum):
    """What a camera can suffer; what is wrong with a picture is a GOP of its own, not a fault of the server."""

    DIE = "die"  # connections are reset, new ones closed
    STALL = "stall"  # connections stay open, RTSP is answered, no picture comes
    MUTE = "mute"  # TCP is accepted, nothing is ever answered
    GARBAGE = "garbage"  # random bytes instead of RTSP
    UNAUTHORISED = "unauthorised"  # 401 whatever the login
    NOT_FOUND = "not-found"  # 404
    BAD_SDP = "bad-sdp"  # a description without video, cut short, or none; who plays already goes on
    FLAP = "flap"  # plays for a few seconds, then resets
    WRONG_CLOCK = "wrong-clock"  # plays well, but the camera's clock is hours off


HARMLESS = frozenset({Fault.BAD_SDP, Fault.WRONG_CLOCK, Fault.FLAP})
"""Faults under which a stream plays, for a while at least."""
Story = Callable[[int], Gop]
"""The n-th GOP of a stream, n = 0, 1, 2 …, asked for at the moment it begins to be played, watched or not."""
Faults = Callable[[str, datetime], Fault | None]
"""The fault of a path at a time (UTC), asked for at every frame of a watched stream and at every request: be quick."""


def no_fault(path: str, now: datetime) -> Fault | None:
    """Every camera is well."""
    return None


class Viewer(Protocol):
    """Who watches a stream."""

    def show(self, packets: bytearray, *, begins: bool, now: float) -> None:
        """One frame; `begins`: of a GOP."""

    def suffer(self, fault: Fault, now: float) -> None:
        """What a fault does to a connection that plays."""


class Stream:
    """One camera: where it stands in its story and who is watching."""

    def __init__(self, path: str, story: Story, position: float) -> None:
        """`position` (0..1): how far it is into its first GOP; cameras of a city do not begin theirs together."""
        self.path = path
        self.viewers: set[Viewer] = set()
        self.gop = story(0)
        self._story = story
        self._number = 0
        self._frame = int(position * len(self.gop.frames))
        self._sequence, self._ticks = random.getrandbits(16), random.getrandbits(32)
        self._reports_at = 0.0
        self._packets = self._octets = 0

    def sets(self) -> tuple[bytes, ...]:
        """The parameter sets that its SDP tells."""
        return self.gop.sets or parameter_sets(self.gop.frames[0], CODECS[self.gop.codec])

    def step(self, broadcast: "Broadcast", now: float, utc: datetime) -> float:
        """Plays one frame to all viewers; seconds until the next one."""
        if self._frame >= len(self.gop.frames):
            self._number, self._frame = self._number + 1, 0
            self.gop = self._story(self._number)
        if self.viewers:
            self._show(broadcast, now, utc)
        self._frame += 1
        self._ticks += round(CLOCK_RATE / self.gop.fps)
        return 1 / self.gop.fps

    def _show(self, broadcast: "Broadcast", now: float, utc: datetime) -> None:
        fault = broadcast.faults(self.path, utc)
        if fault is not None:
            for viewer in tuple(self.viewers):
                viewer.suffer(fault, now)
            if fault not in HARMLESS:
                return
        frame = broadcast.packets(self.gop, self._frame)
        packets = frame.stamped(self._sequence, self._ticks)
        if now >= self._reports_at:
            self._reports_at = now + REPORT_S
            packets[:0] = self._report(utc.timestamp() + (WRONG_BY_S if fault is Fault.WRONG_CLOCK else 0))
        self._sequence += len(frame.headers)
        self._packets += len(frame.headers)
        self._octets += len(frame.packets) - 16 * len(frame.headers)
        for viewer in tuple(self.viewers):
            viewer.show(packets, begins=self._frame == 0, now=now)

    def _report(self, unix_s: float) -> bytes:
        return sender_report(unix_s, self._ticks, self._packets, self._octets)


class Broadcast:
    """All streams and the clock they are played by."""

    def __init__(self, streams: Mapping[str, Story], faults: Faults) -> None:
        self.faults = faults
        self.streams = {
            path: Stream(path, story, index * 0.618 % 1) for index, (path, story) in enumerate(streams.items())
        }
        self._packetised = lru_cache(maxsize=PACKETISED)(Packets.of)

    def packets(self, gop: Gop, number: int) -> Packets:
        """The packets of one frame; those of what was played lately are kept."""
        codec = CODECS[gop.codec]
        if number or not gop.pieces:
            return self._packetised(gop.frames[number], codec)
        return Packets.joined([self._packetised(piece, codec) for piece in gop.pieces])

    async def play(self, tend: Callable[[float], object] = lambda now: None) -> None:
        """Plays all streams until cancelled; `tend` is called with the loop's time before each round."""
        loop = asyncio.get_running_loop()
        order = itertools.count()
        due = [(loop.time() + 0.1 * random.random(), next(order), stream) for stream in self.streams.values()]
        heapq.heapify(due)
        while True:
            now, utc = loop.time(), datetime.now(UTC)
            tend(now)
            while due and due[0][0] <= now:
                at, _, stream = due[0]
                pause = stream.step(self, now, utc)
                heapq.heapreplace(due, (max(at, now - 1) + pause, next(order), stream))
            await asyncio.sleep(max(0.01, due[0][0] - loop.time()) if due else 0.1)
