"""An RTSP/TCP server of many cameras, each playing its own story by splicing ready-made GOPs."""

import asyncio
import contextlib
import random
import secrets
import threading
import zlib
from collections.abc import Callable, Coroutine, Iterator, Mapping
from datetime import UTC, datetime

from camera_ingest.camera import Login
from simulation.broadcast import HARMLESS, Broadcast, Faults, Stream, no_fault
from simulation.broadcast import Fault as Fault
from simulation.broadcast import Gop as Gop
from simulation.broadcast import Story as Story
from simulation.listener import Listener, reset
from simulation.rtsp_request import MD5, Request, challenges, take_request
from simulation.switch import Switch

SESSION_TIMEOUT = 60  # seconds without any request after which a viewer is dropped, as cameras do
LARGEST_BACKLOG = 1 << 20  # bytes a viewer may lag behind before it loses the rest of the GOP
LARGEST_REQUEST = 1 << 16  # bytes
FLAP_S = 3.0  # how long a flapping camera plays
BAD_SDPS = (b"", b"v=0\r\ns=camera\r\nt=0 0\r\nm=audio 0 RTP/AVP 0\r\n", b"v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpm")


async def serve(
    streams: Mapping[str, Story],
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
    algorithms: Mapping[str, tuple[str, ...]] | None = None,
    switch: Switch | None = None,
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Plays every stream in real time until cancelled; a path begins with a slash ("/hc01/c1").

    A path in `logins` asks for that login by digest (qop=auth), with MD5 or the `algorithms` of that path ("MD5",
    "SHA-256", RFC 7616), in the order in which they are offered. While `switch` is cut nothing listens, and every
    connection is reset. `ready` is told the port, chosen by the system if `port` is 0. Raises OSError if the address
    is taken.
    """
    server = _Server(streams, faults, dict(logins or {}), dict(algorithms or {}))
    listener = Listener(lambda: _Viewer(server), host, port)
    await listener.open()
    ready(listener.port)

    def tend(_: float) -> None:
        if listener.follow(switch is not None and switch.down):
            server.reset()

    try:
        await server.broadcast.play(tend)
    finally:
        await listener.end(lambda: (viewer.transport for viewer in server.viewers))


@contextlib.contextmanager
def running(
    streams: Mapping[str, Story],
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
    algorithms: Mapping[str, tuple[str, ...]] | None = None,
    switch: Switch | None = None,
) -> Iterator[str]:
    """The same in a thread of its own, for tests and small demonstrations; gives the base URL `rtsp://host:port`."""
    with in_thread(
        lambda ready: serve(
            streams, host, port, faults=faults, logins=logins, algorithms=algorithms, switch=switch, ready=ready
        )
    ) as port:
        yield f"rtsp://{host}:{port}"


@contextlib.contextmanager
def in_thread(server: Callable[[Callable[[int], None]], Coroutine[None, None, None]]) -> Iterator[int]:
    """Runs a server, which says its port when it is ready, in a thread of its own; gives the port."""
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    began = threading.Event()

    def ready(port: int) -> None:
        ports.append(port)
        began.set()

    task = loop.create_task(server(ready))
    task.add_done_callback(lambda _: began.set())

    thread = threading.Thread(
        target=loop.run_until_complete, args=(asyncio.wait([task]),), name="simulated-cameras", daemon=True
    )
    thread.start()
    began.wait()
    try:
        if not ports:
            task.result()
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(task.cancel)
        thread.join()
        loop.close()


class _Server:
    """What all connections share."""

    def __init__(
        self,
        streams: Mapping[str, Story],
        faults: Faults,
        logins: Mapping[str, Login],
        algorithms: Mapping[str, tuple[str, ...]],
    ) -> None:
        self.broadcast = Broadcast(streams, faults)
        self.logins, self.algorithms = logins, algorithms
        self.viewers: set[_Viewer] = set()

    def reset(self) -> None:
        """Every connection, at once."""
        for viewer in tuple(self.viewers):
            reset(viewer.transport)


class _Viewer(asyncio.Protocol):
    """One client connection."""

    def __init__(self, server: _Server) -> None:
        self.server = server
        self.stream: Stream | None = None
        self.nonce = secrets.token_hex(16)
        self.session = secrets.token_hex(8)
        self.pending = b""
        self.watching = False  # has been shown the beginning of the current GOP
        self.heard = 0.0
        self.plays_since = 0.0

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

    def suffer(self, fault: Fault, now: float) -> None:
        """What a fault does to a connection, new or playing."""
        if fault in HARMLESS and not (fault is Fault.FLAP and now - self.plays_since >= FLAP_S):
            return
        self.watching = False
        if fault in (Fault.DIE, Fault.UNAUTHORISED, Fault.NOT_FOUND, Fault.FLAP):
            reset(self.transport)
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
        fault = self.server.broadcast.faults(request.path, datetime.now(UTC))
        if fault in (Fault.DIE, Fault.MUTE, Fault.GARBAGE):
            self.suffer(fault, self.heard)
            return
        stream = self.server.broadcast.streams.get(request.path) if fault is not Fault.NOT_FOUND else None
        login, offered = self.server.logins.get(request.path), self.server.algorithms.get(request.path, (MD5,))
        if fault is Fault.UNAUTHORISED or (login is not None and not request.proves(login, self.nonce, offered)):
            response = request.response(401, challenges=challenges(self.nonce, offered))
        elif request.method == "OPTIONS":
            response = request.response(200, {"Public": "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN"})
        elif stream is None:
            response = request.response(404)
        else:
            response = self._control(request, stream, fault)
        self.transport.write(response)

    def _control(self, request: Request, stream: Stream, fault: Fault | None) -> bytes:
        session = {"Session": f"{self.session};timeout={SESSION_TIMEOUT}"}
        match request.method:
            case "DESCRIBE":
                base = {"Content-Base": request.url.rstrip("/") + "/", "Content-Type": "application/sdp"}
                text = stream.description()
                if fault is Fault.BAD_SDP:
                    text = BAD_SDPS[zlib.crc32(stream.path.encode()) % len(BAD_SDPS)]
                return request.response(200, base, text)
            case "SETUP" if "TCP" not in request.fields.get("transport", ""):
                return request.response(461)
            case "SETUP":
                return request.response(200, session | {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1"})
            case "PLAY":
                self._leave()
                self.stream, self.plays_since = stream, self.heard
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
