"""An RTSP/TCP server of many cameras, each playing its own story by splicing ready-made GOPs.

A GOP is packetised once; sending it costs a copy and a few patched header fields, so one process plays thousands.
"""

import asyncio
import contextlib
import enum
import heapq
import itertools
import random
import secrets
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from camera_ingest.camera import Login
from simulation.rtp import CLOCK_RATE, Packets, describe
from simulation.rtsp_request import Request, challenge, take_request

SESSION_TIMEOUT = 60  # seconds without any request after which a viewer is dropped, as cameras do
LARGEST_BACKLOG = 1 << 20  # bytes a viewer may lag behind before it loses the rest of the GOP
LARGEST_REQUEST = 1 << 16  # bytes


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Gop:
    """A group of pictures: each frame one H.264 access unit (Annex B), the first an IDR with SPS and PPS in band."""

    frames: tuple[bytes, ...]
    fps: float


class Fault(enum.StrEnum):
    """What a camera can suffer; a black picture is a GOP of its own, not a fault of the server."""

    DIE = "die"  # connections are reset, new ones closed
    STALL = "stall"  # connections stay open, RTSP is answered, no picture comes
    MUTE = "mute"  # TCP is accepted, nothing is ever answered
    GARBAGE = "garbage"  # random bytes instead of RTSP
    UNAUTHORISED = "unauthorised"  # 401 whatever the login
    NOT_FOUND = "not-found"  # 404


Story = Callable[[int], Gop]
"""The n-th GOP of a stream, n = 0, 1, 2 …, asked for at the moment it begins to be played, watched or not."""
Faults = Callable[[str, datetime], Fault | None]
"""The fault of a path at a time (UTC), asked for at every frame of a watched stream and at every request: be quick."""


def no_fault(path: str, now: datetime) -> Fault | None:
    """Every camera is well."""
    return None


async def serve(
    streams: Mapping[str, Story],
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Plays every stream in real time until cancelled; a path begins with a slash ("/hc01/c1").

    A path in `logins` asks for that login by digest (MD5, qop=auth). `ready` is told the port, chosen by the
    system if `port` is 0. Raises OSError if the address is taken.
    """
    server = _Server(streams, faults, dict(logins or {}))
    listener = await asyncio.get_running_loop().create_server(lambda: _Viewer(server), host, port, backlog=1024)
    async with listener:
        ready(listener.sockets[0].getsockname()[1])
        await server.play()


@contextlib.contextmanager
def running(
    streams: Mapping[str, Story],
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
) -> Iterator[str]:
    """The same in a thread of its own, for tests and small demonstrations; gives the base URL `rtsp://host:port`."""
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    began = threading.Event()

    def ready(port: int) -> None:
        ports.append(port)
        began.set()

    task = loop.create_task(serve(streams, host, port, faults=faults, logins=logins, ready=ready))
    task.add_done_callback(lambda _: began.set())

    thread = threading.Thread(
        target=loop.run_until_complete, args=(asyncio.wait([task]),), name="rtsp-server", daemon=True
    )
    thread.start()
    began.wait()
    try:
        if not ports:
            task.result()
        yield f"rtsp://{host}:{ports[0]}"
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


class _Stream:
    """One camera: where it stands in its story and who is watching."""

    def __init__(self, path: str, story: Story, position: float) -> None:
        self.path = path
        self.viewers: set[_Viewer] = set()
        self.story = story
        self.number = 0
        self.gop = story(0)
        self.frame = int(position * len(self.gop.frames))  # cameras of a city do not begin their GOPs together
        self.sequence, self.ticks = random.getrandbits(16), random.getrandbits(32)

    def step(self, server: "_Server", now: float) -> float:
        """Plays one frame to all viewers; seconds until the next one."""
        if self.frame >= len(self.gop.frames):
            self.number, self.frame = self.number + 1, 0
            self.gop = self.story(self.number)
        if self.viewers:
            self._show(server, now)
        self.frame += 1
        self.ticks += round(CLOCK_RATE / self.gop.fps)
        return 1 / self.gop.fps

    def _show(self, server: "_Server", now: float) -> None:
        fault = server.faults(self.path, datetime.now(UTC))
        if fault is not None:
            for viewer in tuple(self.viewers):
                viewer.suffer(fault)
            return
        frame = server.frames(self.gop)[self.frame]
        packets = frame.stamped(self.sequence, self.ticks)
        self.sequence += len(frame.headers)
        for viewer in tuple(self.viewers):
            viewer.show(packets, begins=self.frame == 0, now=now)


class _Server:
    """All streams and the clock they are played by."""

    def __init__(self, streams: Mapping[str, Story], faults: Faults, logins: Mapping[str, Login]) -> None:
        self.faults, self.logins = faults, logins
        self.viewers: set[_Viewer] = set()
        self.streams = {
            path: _Stream(path, story, index * 0.618 % 1) for index, (path, story) in enumerate(streams.items())
        }
        self._packetised: WeakKeyDictionary[Gop, tuple[Packets, ...]] = WeakKeyDictionary()

    def frames(self, gop: Gop) -> tuple[Packets, ...]:
        """The packets of a GOP, made when it is first watched."""
        frames = self._packetised.get(gop)
        if frames is None:
            frames = self._packetised[gop] = tuple(Packets.of(access_unit) for access_unit in gop.frames)
        return frames

    async def play(self) -> None:
        """Plays all streams until cancelled, then drops every viewer."""
        loop = asyncio.get_running_loop()
        order = itertools.count()
        due = [(loop.time() + 0.1 * random.random(), next(order), stream) for stream in self.streams.values()]
        heapq.heapify(due)
        try:
            while True:
                now = loop.time()
                while due and due[0][0] <= now:
                    at, _, stream = due[0]
                    pause = stream.step(self, now)
                    heapq.heapreplace(due, (max(at, now - 1) + pause, next(order), stream))
                await asyncio.sleep(max(0.01, due[0][0] - loop.time()) if due else 3600)
        finally:
            for viewer in tuple(self.viewers):
                viewer.transport.abort()
            await asyncio.sleep(0)


class _Viewer(asyncio.Protocol):
    """One client connection."""

    def __init__(self, server: _Server) -> None:
        self.server = server
        self.stream: _Stream | None = None
        self.nonce = secrets.token_hex(16)
        self.session = secrets.token_hex(8)
        self.pending = b""
        self.watching = False  # has been shown the beginning of the current GOP
        self.heard = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.set_write_buffer_limits(high=LARGEST_BACKLOG)
        self.server.viewers.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.server.viewers.discard(self)
        self._leave()

    def show(self, packets: bytearray, *, begins: bool, now: float) -> None:
        """Sends one frame, from the next GOP border on; a viewer that lags loses the rest of the GOP."""
        if now - self.heard > SESSION_TIMEOUT:
            self.transport.close()
        elif self.transport.get_write_buffer_size() > LARGEST_BACKLOG:
            self.watching = False
        elif self.watching or begins:
            self.watching = True
            self.transport.write(packets)

    def suffer(self, fault: Fault) -> None:
        """What a fault does to a connection, new or playing."""
        self.watching = False
        if fault in (Fault.DIE, Fault.UNAUTHORISED, Fault.NOT_FOUND):
            connection = self.transport.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # reset, not close
            self.transport.abort()
        elif fault is Fault.GARBAGE and self.transport.get_write_buffer_size() < LARGEST_BACKLOG:
            self.transport.write(random.randbytes(512))

    def data_received(self, data: bytes) -> None:
        self.heard = asyncio.get_running_loop().time()
        self.pending += data
        try:
            while not self.transport.is_closing():
                request, self.pending = take_request(self.pending)
                if request is None:
                    break
                self._answer(request)
        except ValueError:  # not RTSP
            self.transport.abort()
        if len(self.pending) > LARGEST_REQUEST:
            self.transport.abort()

    def _answer(self, request: Request) -> None:
        fault = self.server.faults(request.path, datetime.now(UTC))
        if fault in (Fault.DIE, Fault.MUTE, Fault.GARBAGE):
            self.suffer(fault)
            return
        stream = self.server.streams.get(request.path) if fault is not Fault.NOT_FOUND else None
        login = self.server.logins.get(request.path)
        if fault is Fault.UNAUTHORISED or (login is not None and not request.proves(login, self.nonce)):
            response = request.response(401, {"WWW-Authenticate": challenge(self.nonce)})
        elif request.method == "OPTIONS":
            response = request.response(200, {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"})
        elif stream is None:
            response = request.response(404)
        else:
            response = self._control(request, stream)
        self.transport.write(response)

    def _control(self, request: Request, stream: _Stream) -> bytes:
        session = {"Session": f"{self.session};timeout={SESSION_TIMEOUT}"}
        match request.method:
            case "DESCRIBE":
                base = {"Content-Base": request.url.rstrip("/") + "/", "Content-Type": "application/sdp"}
                return request.response(200, base, describe(stream.gop.frames[0], stream.gop.fps))
            case "SETUP" if "TCP" not in request.fields.get("transport", ""):
                return request.response(461)
            case "SETUP":
                return request.response(200, session | {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
            case "PLAY":
                self._leave()
                self.stream = stream
                stream.viewers.add(self)
                return request.response(200, session)
            case "GET_PARAMETER":
                return request.response(200, session)
            case "TEARDOWN":
                self._leave()
                return request.response(200, session)
        return request.response(501)

    def _leave(self) -> None:
        if self.stream is not None:
            self.stream.viewers.discard(self)
        self.stream, self.watching = None, False
