"""An HTTP server of many snapshot cameras: each answers GET with the newest JPEG of its story."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http import HTTPStatus

from camera_ingest.camera import Login
from simulation.broadcast import WRONG_BY_S, Fault, Faults, Gop, Story, no_fault
from simulation.listener import Listener, reset
from simulation.rtsp_request import MD5, Request, challenges, take_request
from simulation.rtsp_server import FLAP_S, LARGEST_REQUEST, in_thread
from simulation.switch import Switch

TEND_S = 0.2
"""Between two looks at the switch."""


async def serve(
    stories: Mapping[str, Story],
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
    algorithms: Mapping[str, tuple[str, ...]] | None = None,
    switch: Switch | None = None,
    ready: Callable[[int], None] = lambda port: None,
) -> None:
    """Answers until cancelled, over HTTP/1.1 connections that are kept; the arguments are those of the RTSP server.

    A GOP of a story is one picture, shown for 1 / fps seconds. Every answer has a `Date`, the camera's clock. Faults
    mean the same as over RTSP as far as they can; BAD_SDP sends half a picture. Raises OSError if the address is
    taken.
    """
    server = _Server(stories, faults, dict(logins or {}), dict(algorithms or {}))
    listener = Listener(lambda: _Client(server), host, port)
    await listener.open()
    ready(listener.port)
    try:
        while True:
            if listener.follow(switch is not None and switch.down):
                for client in tuple(server.clients):
                    reset(client.transport)
            await asyncio.sleep(TEND_S)
    finally:
        await listener.end(lambda: (client.transport for client in server.clients))


@contextlib.contextmanager
def running(
    stories: Mapping[str, Story],
    *,
    faults: Faults = no_fault,
    logins: Mapping[str, Login] | None = None,
    algorithms: Mapping[str, tuple[str, ...]] | None = None,
    switch: Switch | None = None,
) -> Iterator[str]:
    """The same in a thread of its own, for tests; gives the base URL `http://127.0.0.1:port`."""
    with in_thread(
        lambda ready: serve(stories, faults=faults, logins=logins, algorithms=algorithms, switch=switch, ready=ready)
    ) as port:
        yield f"http://127.0.0.1:{port}"


class _Still:
    """One camera: the picture it shows now."""

    def __init__(self, story: Story, offset: float) -> None:
        self._story, self._offset = story, offset
        self._number = 0
        self._gop: Gop = story(0)

    def picture(self, now: float) -> bytes:
        number = int((now - self._offset) * self._gop.fps)
        if number != self._number:
            self._number, self._gop = number, self._story(number)
        return self._gop.frames[0]


class _Server:
    """What all connections share."""

    def __init__(
        self,
        stories: Mapping[str, Story],
        faults: Faults,
        logins: Mapping[str, Login],
        algorithms: Mapping[str, tuple[str, ...]],
    ) -> None:
        began = asyncio.get_running_loop().time()
        self.stills = {path: _Still(story, began - random.random()) for path, story in stories.items()}
        self.faults, self.logins, self.algorithms = faults, logins, algorithms
        self.clients: set[_Client] = set()


class _Client(asyncio.Protocol):
    """One client connection."""

    def __init__(self, server: _Server) -> None:
        self._server = server
        self._nonce = secrets.token_hex(16)
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._server.clients.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server.clients.discard(self)

    def data_received(self, data: bytes) -> None:
        self._pending += data
        try:
            while not self.transport.is_closing():
                request, self._pending = take_request(self._pending)
                if request is None:
                    break
                self._answer(request)
        except ValueError:  # not HTTP
            self.transport.abort()
        if len(self._pending) > LARGEST_REQUEST:
            self.transport.abort()

    def _answer(self, request: Request) -> None:
        server, now = self._server, asyncio.get_running_loop().time()
        fault = server.faults(request.path, datetime.now(UTC))
        still = server.stills.get(request.path) if fault is not Fault.NOT_FOUND else None
        login, offered = server.logins.get(request.path), server.algorithms.get(request.path, (MD5,))
        if fault is Fault.DIE or (fault is Fault.FLAP and int(now / FLAP_S) % 2):
            reset(self.transport)
        elif fault is Fault.GARBAGE:
            self.transport.write(random.randbytes(512))
            self.transport.close()
        elif fault in (Fault.STALL, Fault.MUTE):
            return
        elif fault is Fault.UNAUTHORISED or (login is not None and not request.proves(login, self._nonce, offered)):
            self._respond(401, fields=[f"WWW-Authenticate: {text}" for text in challenges(self._nonce, offered)])
        elif still is None:
            self._respond(404)
        elif request.method != "GET":
            self._respond(405)
        else:
            picture = still.picture(now)
            whole = len(picture) // (2 if fault is Fault.BAD_SDP else 1)
            late = WRONG_BY_S if fault is Fault.WRONG_CLOCK else 0.0
            self._respond(200, picture[:whole], late, ["Content-Type: image/jpeg"])

    def _respond(self, status: int, body: bytes = b"", late_s: float = 0.0, fields: list[str] | None = None) -> None:
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=late_s), usegmt=True)
        lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", f"Date: {date}", f"Content-Length: {len(body)}"]
        self.transport.write("\r\n".join((*lines, *(fields or []), "", "")).encode() + body)
