"""The receiver: all RTSP cameras of a shard in one thread.

Handshakes are served as they come; playing sockets are not waited for but drained, all of them once a second, which
costs a quarter of waking for every packet. Names are resolved in threads of their own.
"""

import queue
import selectors
import socket
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from camera_ingest.budget import Budget
from camera_ingest.link import Timing
from camera_ingest.lost import StreamLost
from camera_ingest.stream import Address, Stream, not_yet
from camera_ingest.turns import Turns

BUFFER = 1 << 20  # bytes, shared by all sockets
RESOLVERS = 4  # threads; a name that hangs shall not hold up the others
RTSP_PORT = 554


class Receiver:
    """Opens, visits and closes the streams."""

    def __init__(self, streams: Sequence[Stream], timing: Timing, budget: Budget | None = None) -> None:
        """`budget`: what the network bears; None = everything."""
        self._streams = streams
        self._budget = budget
        self._timing = timing
        self.turns: Turns[Stream] = Turns(timing.opens_per_s)
        """Who waits for a connection to be opened."""
        self._visit_at = 0.0
        self._buffer = memoryview(bytearray(BUFFER))
        self._names: queue.SimpleQueue[tuple[Stream, float] | None] = queue.SimpleQueue()
        self._addresses: queue.SimpleQueue[tuple[Stream, float, Address | StreamLost]] = queue.SimpleQueue()
        self._resolving = 0

    def run(self, stop: threading.Event) -> None:
        """Receives until told to stop."""
        for number in range(RESOLVERS):
            threading.Thread(target=self._resolve, name=f"resolver-{number}", daemon=True).start()
        with selectors.DefaultSelector() as selector:
            try:
                while not stop.is_set():
                    for key, _ in selector.select(self.turn(selector, time.monotonic())):
                        key.data.wake(self._buffer, time.monotonic())
            finally:
                for stream in self._streams:
                    stream.close()
                for _ in range(RESOLVERS):
                    self._names.put(None)

    def turn(self, selector: selectors.BaseSelector, now: float) -> float:
        """Does what is due now; seconds until something is due again."""
        if now >= self._visit_at:
            self._visit_at = now + self._timing.drain_s
            if self._budget is not None:
                self._budget.turn(now)
            self._visit(now)
        self._take_addresses(selector, now)
        while stream := self.turns.next(now, lambda stream: self._may(stream, now)):
            self._open(stream, selector, now)
        wakes = [self._visit_at]
        if len(self.turns):
            wakes.append(self.turns.at())
        if self._resolving:
            wakes.append(now + 0.05)
        return max(0.0, min(wakes) - now)

    def _visit(self, now: float) -> None:
        for stream in self._streams:
            stream.visit(self._buffer, now)
            if stream.wants_connection(now):
                self.turns.wait(stream)
        self.turns.again()

    def _may(self, stream: Stream, now: float) -> bool:
        return stream.wants_connection(now) and (self._budget is None or self._budget.may(stream, now))

    def _open(self, stream: Stream, selector: selectors.BaseSelector, now: float) -> None:
        stream.link.opened(now)
        try:
            stream.connect(_address(stream, socket.AI_NUMERICHOST), selector, now)
        except StreamLost:  # not a number: a name
            self._resolving += 1
            self._names.put((stream, now))

    def _take_addresses(self, selector: selectors.BaseSelector, now: float) -> None:
        while not self._addresses.empty():
            stream, asked_at, address = self._addresses.get()
            self._resolving -= 1
            if stream.link.opened_at != asked_at:  # given up meanwhile
                continue
            if isinstance(address, StreamLost):
                stream.fail(address, now)
            else:
                stream.connect(address, selector, now)

    def _resolve(self) -> None:
        """The work of one thread: names into addresses."""
        while asked := self._names.get():
            stream, asked_at = asked
            if stream.link.opened_at != asked_at:  # given up meanwhile; what waits behind a slow one goes at once
                self._addresses.put((stream, asked_at, not_yet(stream.camera)))
                continue
            try:
                self._addresses.put((stream, asked_at, _address(stream)))
            except StreamLost as lost:
                self._addresses.put((stream, asked_at, lost))


def _address(stream: Stream, flags: int = 0) -> Address:
    """Where a camera listens; asks the name service unless `flags` forbids it. Raises StreamLost."""
    try:
        parts = urlsplit(stream.url)
        found = socket.getaddrinfo(parts.hostname or "?", parts.port or RTSP_PORT, type=socket.SOCK_STREAM, flags=flags)
    except (OSError, ValueError) as error:  # no such name; or no such port
        raise StreamLost(stream.camera.id, "resolve", "an address", "none for its host name") from error
    family, _, _, _, address = found[stream.link.losses % len(found)]  # a name may have several; each has its turn
    return family, address
