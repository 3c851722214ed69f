"""A listener: a TCP server whose connections can all be reset and which can stop listening for a while."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Iterable

ROUNDS = 5
"""Of an event loop, from accepting a connection to its protocol, and from dropping it to its end."""


class Listener:
    """Accepts connections at one address while the switch before it has power."""

    def __init__(self, protocol: Callable[[], asyncio.Protocol], host: str, port: int) -> None:
        self._protocol, self._host, self.port = protocol, host, port
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Begins to listen; a port of 0 becomes one that is free, and stays. Raises OSError if it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._protocol, self._host, self.port, backlog=4096)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Stops listening; connections stay as they are."""
        if self._server is not None:
            self._server.close()
        self._server = None

    def follow(self, down: bool) -> bool:
        """Listens or not as the switch has power or not; True at the moment it went down."""
        if down and self._server is not None:
            self.close()
            return True
        if not down and self._server is None and (self._opening is None or self._opening.done()):
            if self._opening is not None:
                self._opening.result()
            self._opening = asyncio.get_running_loop().create_task(self.open())
        return False

    async def end(self, transports: Callable[[], Iterable[asyncio.Transport]]) -> None:
        """Stops listening and drops everybody, also those who are just being accepted.

        asyncio's server must not be closed before they are: it would forget their sockets.
        """
        loop = asyncio.get_running_loop()
        for listening in self._server.sockets if self._server is not None else ():
            loop.remove_reader(listening.fileno())
        for _ in range(ROUNDS):
            for transport in tuple(transports()):
                transport.abort()
            await asyncio.sleep(0)
        self.close()


def reset(transport: asyncio.Transport) -> None:
    """Ends a connection as a camera without power does that comes back: the other side sees a reset, no end."""
    connection = transport.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
