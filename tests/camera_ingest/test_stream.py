"""One stream against a camera that the test plays itself: real sockets, given time, no thread."""

import base64
import select
import selectors
import socket
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from camera_ingest.camera import Camera, Role
from camera_ingest.depacketize import Keyframe
from camera_ingest.link import Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.plan import Means, Way
from camera_ingest.redirection import MOST_HOPS
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule
from camera_ingest.stream import LONGEST_GOP_S, Stream

AT = datetime(2026, 11, 22, tzinfo=UTC)
SETS = ",".join(base64.b64encode(unit).decode() for unit in (b"\x67\x42\x00\x1f", b"\x68\xce\x3c\x80"))
SDP = f"v=0\nm=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\na=fmtp:96 sprop-parameter-sets={SETS}\n"
GOP_S = 4


class Played:
    """A stream, the camera at the other end of its connection, and what the stream delivered."""

    def __init__(self, listener: socket.socket) -> None:
        self.looks: list[Look] = []
        url = f"rtsp://127.0.0.1:{listener.getsockname()[1]}/c"
        camera = Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=10), "x")
        self.schedule = Schedule(100.0, 10.0)
        self.stream = Stream(camera, self.schedule, Timing(), self.looks.append, lambda: AT)
        self.listener = listener
        self.selector = selectors.DefaultSelector()
        self.buffer = memoryview(bytearray(65536))
        self.number = 0

    def connect(self, now: float) -> None:
        self.stream.link.opened(now)
        self.stream.connect((socket.AF_INET, self.listener.getsockname()), self.selector, now)
        (key,) = self.selector.get_map().values()
        self.socket = key.fileobj  # the stream's end
        self.camera, _ = self.listener.accept()
        self.camera.settimeout(5)
        self.wake(now)

    def wake(self, now: float) -> None:
        """Waits until the stream's socket is ready, then wakes the stream."""
        assert self.selector.select(5)
        self.stream.wake(self.buffer, now)

    def play(self, now: float) -> None:
        """Connects and answers until the stream plays."""
        self.connect(now)
        for body in ("", SDP, "", ""):
            request = self.camera.recv(65536).decode()
            sequence = request.partition("CSeq: ")[2].partition("\r\n")[0]
            self.camera.sendall(
                f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            self.wake(now)
        assert self.stream.link.playing

    def show(self, now: float, unit: bytes = b"\x65\x88key") -> None:
        """The camera sends one frame; the stream is visited."""
        packet = struct.pack("!BBHII", 0x80, 0x80 | 96, self.number & 0xFFFF, GOP_S * 90_000 * self.number, 7) + unit
        self.number += 1
        self.camera.sendall(struct.pack("!cBH", b"$", 0, len(packet)) + packet)
        self.visit(now)

    def visit(self, now: float) -> None:
        """Visits the stream once what was sent to it, or the end of the connection, has arrived."""
        assert select.select([self.socket], [], [], 5)[0]
        self.stream.visit(self.buffer, now)

    def close(self) -> None:
        self.stream.close()
        self.camera.close()
        self.selector.close()


@pytest.fixture
def played() -> Iterator[Played]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        played = Played(listener)
        yield played
        played.close()


def test_the_first_picture_comes_at_once_and_then_one_per_cadence(played: Played) -> None:
    played.play(90.0)
    seen = []
    for now in range(91, 132):
        before = len(played.looks)
        played.show(float(now))
        if len(played.looks) > before:
            seen.append(now)
    assert seen == [91, 100, 110, 120, 130]
    assert all(isinstance(look.found, Keyframe) for look in played.looks)


def test_the_interval_between_keyframes_is_learnt(played: Played) -> None:
    played.play(90.0)
    assert played.stream.link.gop_s == 0
    played.show(91.0)
    played.show(92.0)
    assert played.stream.link.gop_s == GOP_S


def test_when_a_sample_is_due_the_next_keyframe_is_it(played: Played) -> None:
    played.play(90.0)
    played.show(91.0)
    played.show(92.0)
    for now in (100.0, 101.0, 102.0):
        played.show(now, b"\x41\x98other")
    assert len(played.looks) == 1
    played.show(103.0)
    assert len(played.looks) == 2


def test_a_camera_that_hangs_up_is_blind_at_the_next_look(played: Played) -> None:
    played.play(90.0)
    played.show(91.0)
    played.camera.close()
    played.visit(95.0)
    assert len(played.looks) == 1
    played.stream.visit(played.buffer, 100.0)
    found = played.looks[-1].found
    assert isinstance(found, StreamLost)
    assert (found.blind, found.found) == (Blind.UNREACHABLE, "the connection closed")
    assert played.stream.link.retry_at > 95.0


def test_a_camera_that_falls_silent_is_stalled_until_its_next_picture(played: Played) -> None:
    played.play(90.0)
    played.show(91.0)
    for now in (95.0, 100.0, 101.0):
        played.stream.visit(played.buffer, now)
    found = played.looks[-1].found
    assert isinstance(found, StreamLost)
    assert (found.blind, found.found) == (Blind.STALLED, "none for 10 s")
    played.camera.close()
    played.play(105.0)
    played.show(106.0)
    assert isinstance(played.looks[-1].found, Keyframe)


def test_keyframes_that_never_come_whole_end_the_stream(played: Played) -> None:
    played.play(90.0)
    for now in range(91, 106):
        played.show(float(now), b"\x65\x08 a slice without its first")
    played.stream.visit(played.buffer, 110.0)
    found = played.looks[-1].found
    assert isinstance(found, StreamLost)
    assert (found.when, found.found) == ("playing", "none for 15 s")


def test_the_session_is_kept_alive(played: Played) -> None:
    played.play(90.0)
    for now in range(91, 126):
        played.show(float(now))
    assert played.camera.recv(65536).startswith(b"OPTIONS")


def test_a_camera_whose_time_jumps_is_not_waited_for_for_hours(played: Played) -> None:
    played.play(90.0)
    played.show(91.0)
    played.number += 10_000
    played.show(92.0)
    for now in range(100, 101 + int(3 * LONGEST_GOP_S), 5):
        played.show(float(now), b"\x41\x98other")
    assert isinstance(played.looks[-1].found, StreamLost)


def test_a_look_on_demand_takes_one_keyframe_and_leaves(played: Played) -> None:
    played.stream.reception.means = Means(Way.ON_DEMAND)
    played.stream.link.losses = 3
    assert next(now for now in range(90, 111) if played.stream.wants_connection(now)) == 97
    played.play(97.5)
    played.show(98.5)
    assert len(played.looks) == 1
    assert played.camera.recv(65536).startswith(b"TEARDOWN")
    assert played.camera.recv(65536) == b""
    assert played.stream.link.losses == 0
    assert played.stream.reception.known
    assert next(now for now in range(99, 121) if played.stream.wants_connection(now)) == 109  # a look took 1 s


def test_a_look_on_demand_is_waited_for_and_a_stream_is_not(played: Played) -> None:
    played.play(90.0)
    assert not played.selector.get_map()
    played.camera.close()
    played.stream.close()
    played.stream.reception.means = Means(Way.ON_DEMAND)
    played.play(97.5)
    assert played.selector.get_map()
    played.stream.reception.means = Means()  # the plan has changed meanwhile
    played.show(98.0)
    assert not played.selector.get_map()
    assert played.stream.link.playing


def test_who_is_left_out_goes_and_says_why(played: Played) -> None:
    played.play(90.0)
    played.show(91.0)
    played.stream.reception.means = Means(Way.LEFT_OUT)
    for now in range(95, 125, 5):
        played.stream.visit(played.buffer, float(now))
    assert played.camera.recv(65536).startswith(b"TEARDOWN")
    reasons = [look.found.blind for look in played.looks[1:] if isinstance(look.found, StreamLost)]
    assert reasons == [Blind.UNWATCHED] * 3
    assert not played.stream.wants_connection(200.0)


def test_a_cadence_that_becomes_quicker_is_kept_at_once(played: Played) -> None:
    played.schedule.change(60.0, 90.0)
    played.play(90.0)
    played.show(91.0)
    played.schedule.change(10.0, 95.0)
    seen = []
    for now in range(95, 120):
        before = len(played.looks)
        played.show(float(now))
        seen += [now] if len(played.looks) > before else []
    assert len(seen) in (2, 3)
    assert seen[1] - seen[0] == 10


def test_a_camera_that_sends_us_elsewhere_is_followed(played: Played) -> None:
    elsewhere = played.stream.camera.url + "/elsewhere"
    played.connect(90.0)
    played.camera.recv(65536)
    played.camera.sendall(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {elsewhere}\r\n\r\n".encode())
    played.wake(90.0)
    assert played.stream.url == elsewhere
    assert played.stream.wants_connection(91.0)
    assert played.stream.link.losses == 0
    played.camera.close()
    played.play(91.0)
    played.show(92.0)
    assert isinstance(played.looks[-1].found, Keyframe)


def test_a_camera_that_sends_us_round_and_round_is_lost(played: Played) -> None:
    played.stream.link.losses = 3
    for turn in range(MOST_HOPS + 1):
        played.connect(90.0 + turn)
        played.camera.recv(65536)
        location = f"{played.stream.camera.url}/{turn}"
        played.camera.sendall(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {location}\r\n\r\n".encode())
        played.wake(90.0 + turn)
        played.camera.close()
    assert played.stream.link.losses == 4
    assert played.stream.url == played.stream.camera.url


def looked_once(played: Played) -> None:
    """One good look on demand, at 98.5; the next is due at 110."""
    played.stream.reception.means = Means(Way.ON_DEMAND)
    played.play(97.5)
    played.show(98.5)


def test_a_camera_that_gets_no_turn_is_not_taken_for_seeing(played: Played) -> None:
    looked_once(played)
    told: list[int] = []
    for now in range(99, 146):
        played.stream.visit(played.buffer, float(now))
        told += [now] if len(played.looks) > 1 + len(told) else []
    assert told == [120, 130, 140]
    found = played.looks[-1].found
    assert isinstance(found, StreamLost)
    assert (found.blind, found.expected) == (Blind.UNWATCHED, "a turn on the line or the recorder")
    played.camera.close()
    played.play(146.0)
    played.show(147.0)
    assert isinstance(played.looks[-1].found, Keyframe)
    played.stream.visit(played.buffer, 150.0)
    assert len(played.looks) == 5


def test_a_camera_whose_name_is_being_resolved_has_its_turn(played: Played) -> None:
    looked_once(played)
    played.stream.link.opened(118.0)
    played.stream.visit(played.buffer, 121.0)
    assert len(played.looks) == 1


def test_a_look_that_never_ends_is_given_up_and_remembered_as_dear(played: Played) -> None:
    played.stream.reception.means = Means(Way.ON_DEMAND)
    most = played.stream.reception.most_bytes
    played.play(97.5)
    played.camera.setblocking(True)
    sent, unit = 0, b"\x41\x98" + bytes(60_000)
    while played.stream.link.opened_at is not None:
        assert sent < most + len(played.buffer)
        played.show(98.0, unit)
        sent += len(unit)
    played.stream.visit(played.buffer, 100.0)
    found = played.looks[-1].found
    assert isinstance(found, StreamLost)
    assert (found.blind, found.found) == (Blind.STALLED, "more")
    assert played.stream.reception.look_mbit >= 8e-6 * most


def test_what_a_stream_took_is_no_part_of_its_first_look_on_demand(played: Played) -> None:
    played.play(90.0)
    for now in range(91, 200, 4):
        played.show(float(now))
    before = played.stream.reception.look_s
    played.stream.reception.means = Means(Way.ON_DEMAND)
    for turn in range(2):
        if played.stream.link.playing:
            played.show(200.0 + turn)
    assert not played.stream.link.playing
    assert played.stream.reception.look_s == before


@pytest.mark.parametrize("way", [Way.STREAM, Way.ON_DEMAND])
def test_a_schedule_that_is_stretched_a_little_again_and_again_gives_no_look_twice(played: Played, way: Way) -> None:
    played.stream.reception.means = Means(way)
    seen: list[int] = []
    for now in range(90, 400):
        if now % 10 == 5:
            played.schedule.change(10.0 + (now // 10) % 2, float(now))
        before = len(played.looks)
        if played.stream.wants_connection(float(now)):
            if seen:
                played.camera.close()
            played.play(float(now))
        if played.stream.link.opened_at is not None:
            played.show(float(now))
        else:
            played.stream.visit(played.buffer, float(now))
        seen += [now] if len(played.looks) > before else []
    assert all(8 <= later - earlier <= 14 for earlier, later in pairwise(seen[1:]))
    assert len(seen) - 1 <= played.schedule.due_until(400.0)
