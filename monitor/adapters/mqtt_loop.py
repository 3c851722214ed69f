"""The loop of an MQTT connection: a thread that connects, reads, writes, and connects again.

paho's own loop waits with select(2), which cannot name a descriptor from 1,024 on, and a shard holds a socket per
camera. This one waits with poll(2), through the functions that paho offers to loops of others.
"""

import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, cast

import paho.mqtt.client as paho

TURN_S = 1.0
"""Keep-alives are looked after at least this often, in seconds."""
LEAVE_S = 5.0
"""How long the broker is given to take what is still to be sent when the loop stops, in seconds."""


class Loop:
    """Keeps one client connected, from `start` to `stop`. Callbacks of the client run in its thread.

    The client must have been told where to connect (`connect_async`). Other threads may publish and acknowledge.
    """

    def __init__(
        self, client: paho.Client, failed: Callable[[OSError], object], wait_s: Callable[[], float], name: str
    ) -> None:
        """`failed` hears why an attempt to connect failed, `wait_s` says how long to wait before the next one."""
        self._client = client
        self._failed = failed
        self._wait_s = wait_s
        self._stop = threading.Event()
        self._crash: BaseException | None = None
        self._wake, self._woken = socket.socketpair()
        for end in (self._wake, self._woken):
            end.setblocking(False)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        client.on_socket_register_write = self._rouse

    def start(self) -> None:
        """Begin to connect."""
        self._thread.start()

    def stop(self) -> None:
        """Send what waits, take leave of the broker and end the thread."""
        self._stop.set()
        self._rouse()
        self._thread.join()
        self._wake.close()
        self._woken.close()

    def check(self) -> None:
        """Raises what the loop died of, if it did."""
        if self._crash is not None:
            raise self._crash

    def _run(self) -> None:
        try:
            while not self._stop.is_set():
                try:
                    self._client.reconnect()
                except OSError as error:
                    self._failed(error)
                else:
                    self._converse()
                self._stop.wait(self._wait_s())
        except BaseException as error:
            self._crash = error

    def _converse(self) -> None:
        """Until the connection is gone, whoever ended it."""
        leave_by = 0.0
        while (connection := cast(socket.socket | None, self._client.socket())) is not None:
            if self._stop.is_set() and not leave_by:
                leave_by = time.monotonic() + LEAVE_S
                self._client.disconnect()
            elif leave_by and time.monotonic() > leave_by:
                connection.close()
                return
            self._turn(connection)

    def _turn(self, connection: socket.socket) -> None:
        """Wait for the network or for something to send, and do what is to be done.

        Whoever gives the client something to send rouses the loop only once until `loop_write` was called: it is called
        after every wake, and what came in between is seen by `want_write`.
        """
        writes = select.POLLOUT if self._client.want_write() else 0
        buffered = getattr(connection, "pending", int)()  # by TLS; 0 where there is none
        waiting = select.poll()
        waiting.register(connection, select.POLLIN | writes)
        waiting.register(self._woken, select.POLLIN)
        ready = dict(waiting.poll(0 if buffered else TURN_S * 1000))
        event = ready.get(connection.fileno(), 0)
        if buffered or event & ~select.POLLOUT:
            self._client.loop_read()
        if self._woken.fileno() in ready:
            with suppress(BlockingIOError):
                self._woken.recv(4096)
            event |= select.POLLOUT
        if event & select.POLLOUT:
            self._client.loop_write()
        self._client.loop_misc()

    def _rouse(self, *about: Any) -> None:
        """There is something to send. A full pipe has been written to often enough, a closed one is past use."""
        with suppress(OSError):
            self._wake.send(b"\0")
