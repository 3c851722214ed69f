"""A broadcast: streams that play ready-made GOPs in real time to whoever watches, with their faults.

A GOP is packetised once; sending it costs a copy and a few patched header fields, so one process plays thousands.
"""

import asyncio
import enum
import heapq
import itertools
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol

from simulation.rtp import CLOCK_RATE, CODECS, Codec, Packets, describe, parameter_sets, sender_report, without_sets

REPORT_S = 5.0
"""Between two sender reports."""
PACKETISED = 40_000
"""Frames, or pieces of them, whose packets are kept: 2 kB each on average."""
GROUPS = 32
"""Streams that play their frames at the same moments."""
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
        self._story = story
        self._number = 0
        self._begin()
        self._frame = int(position * len(self._frames))
        self._sequence, self._ticks = random.getrandbits(16), random.getrandbits(32)
        self._reports_at = 0.0
        self._packets = self._octets = 0

    def description(self) -> bytes:
        """Its SDP."""
        sets = self._sets or parameter_sets(self._frames[0][0], self._codec)
        return describe(sets, self._fps, self._codec)

    def _begin(self) -> None:
        """The next GOP, of which only the pieces are kept: other streams play the same."""
        gop = self._story(self._number)
        self._frames = (gop.pieces or gop.frames[:1], *((frame,) for frame in gop.frames[1:]))
        self._fps, self._codec, self._sets = gop.fps, CODECS[gop.codec], gop.sets
        self._frame = 0

    def step(self, broadcast: "Broadcast", now: float, utc: datetime) -> float:
        """Plays one frame to all viewers; seconds until the next one."""
        if self._frame >= len(self._frames):
            self._number += 1
            self._begin()
        if self.viewers:
            self._show(broadcast, now, utc)
        self._frame += 1
        self._ticks += round(CLOCK_RATE / self._fps)
        return 1 / self._fps

    def _show(self, broadcast: "Broadcast", now: float, utc: datetime) -> None:
        fault = broadcast.faults(self.path, utc)
        if fault is not None:
            for viewer in tuple(self.viewers):
                viewer.suffer(fault, now)
            if fault not in HARMLESS:
                return
        frame = broadcast.packets(self._frames[self._frame], self._codec)
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

    def packets(self, pieces: Sequence[bytes], codec: Codec) -> Packets:
        """The packets of one frame; those of pieces that were played lately are kept."""
        if len(pieces) == 1:
            return self._packetised(pieces[0], codec)
        return Packets.joined([self._packetised(piece, codec) for piece in pieces])

    async def play(self, tend: Callable[[float], object] = lambda now: None) -> None:
        """Plays all streams until cancelled; `tend` is called with the loop's time before each round."""
        loop = asyncio.get_running_loop()
        order = itertools.count()
        groups = [[*self.streams.values()][place::GROUPS] for place in range(GROUPS)]
        due = [(loop.time() + 0.1 * random.random(), next(order), group) for group in groups if group]
        heapq.heapify(due)
        while True:
            now, utc = loop.time(), datetime.now(UTC)
            tend(now)
            while due and due[0][0] <= now:
                at, _, group = heapq.heappop(due)
                paused: dict[float, list[Stream]] = {}
                for stream in group:
                    paused.setdefault(stream.step(self, now, utc), []).append(stream)
                for pause, together in paused.items():  # they part if their stories go on at different rates
                    heapq.heappush(due, (max(at, now - 1) + pause, next(order), together))
            await asyncio.sleep(max(0.01, due[0][0] - loop.time()) if due else 0.1)
