"""The receiver and its streams: real sockets, given time."""

import selectors
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from camera_ingest.camera import Camera, Role
from camera_ingest.link import Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.receiver import Receiver, _address
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule
from camera_ingest.stream import Stream

AT = datetime(2026, 11, 22, tzinfo=UTC)


class Reception:
    """Streams, their receiver, a selector and a clock that the test turns."""

    def __init__(self, urls: list[str], timing: Timing | None = None, cadence_s: float = 10.0) -> None:
        timing = timing or Timing()
        self.looks: list[Look] = []
        cameras = [Camera(f"c{n}", "h", url, Role.WINDOW, timedelta(seconds=10), "x") for n, url in enumerate(urls)]
        schedule = Schedule(0.0, cadence_s)
        self.streams = [Stream(camera, schedule, timing, self.looks.append, lambda: AT) for camera in cameras]
        self.receiver = Receiver(self.streams, timing)
        self.selector = selectors.DefaultSelector()
        self.buffer = memoryview(bytearray(65536))

    def at(self, now: float, wait: float = 0.0) -> None:
        """One turn at this time; `wait` real seconds, at most, for a socket that is about to be ready."""
        self.receiver.turn(self.selector, now)
        for key, _ in self.selector.select(wait):
            key.data.wake(self.buffer, now)

    def reasons(self) -> list[Blind]:
        return [look.found.blind for look in self.looks if isinstance(look.found, StreamLost)]

    def close(self) -> None:
        for stream in self.streams:
            stream.close()
        self.selector.close()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that listens and never accepts."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as server:
        yield server


def url(listener: socket.socket) -> str:
    return f"rtsp://127.0.0.1:{listener.getsockname()[1]}/c"


def test_a_camera_that_never_answers_is_given_up_and_reported_at_every_cadence(listener: socket.socket) -> None:
    with closing(Reception([url(listener)])) as reception:
        for now in range(46):
            reception.at(float(now))
        assert [look.at for look in reception.looks] == [AT] * 5
        assert reception.reasons() == [Blind.CONNECTING] + [Blind.UNREACHABLE] * 4
        found = reception.looks[1].found
        assert str(found) == "c0 · OPTIONS: 期望 expected a stream within 5 s; 实得 found no answer"


def test_a_port_that_refuses_is_tried_again_after_a_pause(listener: socket.socket) -> None:
    gone = url(listener)
    listener.close()
    with closing(Reception([gone])) as reception:
        reception.at(0.0, wait=5)
        (stream,) = reception.streams
        assert stream.link.opened_at is None
        assert 1.0 <= stream.link.retry_at <= 2.0
        reception.at(0.9)
        assert stream.link.opened_at is None
        reception.at(10.0, wait=5)
        assert stream.link.losses == 2
        assert "Connection refused" in str(reception.looks[-1].found)


def test_connections_are_opened_at_a_capped_rate(listener: socket.socket) -> None:
    with closing(Reception([url(listener)] * 100, Timing(handshake_s=100, opens_per_s=10))) as reception:

        def opened() -> int:
            return sum(stream.link.opened_at is not None for stream in reception.streams)

        counts = []
        for tenth in range(50):
            reception.at(tenth / 10)
            counts.append(opened())
        assert all(count <= 11 + tenth for tenth, count in enumerate(counts))
        assert counts[-1] >= 45


def test_every_address_of_a_name_has_its_turn(listener: socket.socket) -> None:
    with closing(Reception([url(listener).replace("127.0.0.1", "localhost")])) as reception:
        (stream,) = reception.streams
        known = socket.getaddrinfo("localhost", listener.getsockname()[1], type=socket.SOCK_STREAM)
        tried = []
        for stream.link.losses in range(len(known)):
            tried.append(_address(stream))
    assert tried == [(family, address) for family, _, _, _, address in known]


def test_a_name_that_is_no_longer_waited_for_is_not_looked_up(listener: socket.socket) -> None:
    """Otherwise the questions of many cameras pile up behind a name service that does not answer."""
    with closing(Reception([url(listener).replace("127.0.0.1", "localhost")])) as reception:
        (stream,) = reception.streams
        for now in range(20):
            stream.link.retry_at = 0.0
            reception.at(float(now))
        receiver = reception.receiver
        receiver._names.put(None)
        receiver._resolve()
        answers = [receiver._addresses.get() for _ in range(receiver._addresses.qsize())]
        assert len(answers) > 2
        assert all(isinstance(found, StreamLost) for _, _, found in answers[:-1])
        assert not isinstance(answers[-1][2], StreamLost)
