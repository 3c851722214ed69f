"""The simulated cameras, seen by an independent client (FFmpeg through PyAV)."""

import socket
import struct
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import pairwise
from urllib.parse import urlsplit

import av
import numpy as np
import pytest

from camera_ingest.camera import Login
from simulation.broadcast import WRONG_BY_S, announced
from simulation.rtp import NTP_OF_1970
from simulation.rtsp_server import FLAP_S, Fault, Gop, running
from simulation.switch import Switch
from tests.camera_ingest.synthetic import encode, picture

FPS = 25
DARK, BRIGHT = (Gop(encode([picture(n, level=level) for n in range(5)], fps=FPS), FPS) for level in (40, 200))


def story(number: int) -> Gop:
    """Dark and bright groups of pictures in turn."""
    return BRIGHT if number % 2 else DARK


@contextmanager
def opened(url: str) -> Iterator[av.container.InputContainer]:
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=(5, 5)) as container:
        yield container


def talk(url: str, *requests: str) -> socket.socket:
    """A raw connection on which these requests were sent."""
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port or 0), timeout=5)
    for number, request in enumerate(requests):
        connection.sendall(f"{request} RTSP/1.0\r\nCSeq: {number}\r\n\r\n".encode())
    return connection


def test_a_city_plays_its_stories_without_a_seam() -> None:
    with running({"/hall/c1": story}) as url, opened(f"{url}/hall/c1") as container:
        frames = [frame for frame, _ in zip(container.decode(video=0), range(20), strict=False)]
    levels = [int(np.median(frame.to_ndarray(format="gray"))) for frame in frames]
    assert {round(level, -1) // 100 for level in levels} == {0, 2}
    assert not any(frame.is_corrupt for frame in frames)
    stamps = [frame.pts for frame in frames if frame.pts is not None]
    assert {later - earlier for earlier, later in pairwise(stamps)} == {90_000 // FPS}


def test_a_gop_is_asked_for_when_it_begins() -> None:
    """So that a story can follow the clock."""
    asked: list[int] = []

    def counted(number: int) -> Gop:
        asked.append(number)
        return DARK

    with running({"/c1": counted}) as url, opened(f"{url}/c1") as container:
        shown = sum(1 for _ in zip(container.decode(video=0), range(15), strict=False))
    assert asked == list(range(len(asked)))
    assert len(asked) >= shown // len(DARK.frames)


def test_a_login_is_asked_for_by_digest() -> None:
    login = Login("watch", "s3cret")
    with running({"/c1": story}, logins={"/c1": login}) as url:
        with opened(url.replace("rtsp://", "rtsp://watch:s3cret@") + "/c1") as container:
            assert next(container.decode(video=0)).width == 160
        with pytest.raises(av.error.HTTPUnauthorizedError), opened(url.replace("://", "://watch:wrong@") + "/c1"):
            pass


@pytest.mark.parametrize(
    ("fault", "error"),
    [(Fault.UNAUTHORISED, av.error.HTTPUnauthorizedError), (Fault.NOT_FOUND, av.error.HTTPNotFoundError)],
)
def test_faults_refuse_a_new_client(fault: Fault, error: type[Exception]) -> None:
    with (
        running({"/c1": story}, faults=lambda path, now: fault) as url,
        pytest.raises(error),
        opened(f"{url}/c1"),
    ):
        pass


def test_a_dead_camera_closes_and_a_mad_one_sends_garbage() -> None:
    faults = {"/dead": Fault.DIE, "/mad": Fault.GARBAGE}
    with running({"/dead": story, "/mad": story}, faults=lambda path, now: faults[path]) as url:
        with closing(talk(url, f"OPTIONS {url}/dead")) as connection, pytest.raises(ConnectionResetError):
            connection.recv(1 << 16)
        with closing(talk(url, f"OPTIONS {url}/mad")) as connection:
            assert not connection.recv(1 << 16).startswith(b"RTSP")


def test_an_unknown_path_is_not_found() -> None:
    with running({"/c1": story}) as url, pytest.raises(av.error.HTTPNotFoundError), opened(f"{url}/c2"):
        pass


@pytest.mark.parametrize("fault", [Fault.DIE, Fault.UNAUTHORISED, Fault.NOT_FOUND])
def test_faults_end_a_stream_that_plays(fault: Fault) -> None:
    faults: list[Fault] = []
    with (
        running({"/c1": story}, faults=lambda path, now: next(iter(faults), None)) as url,
        closing(talk(url, f"PLAY {url}/c1")) as connection,
    ):
        received = connection.recv(1 << 16)
        while b"$" not in received:
            received += connection.recv(1 << 16)
        faults.append(fault)
        with pytest.raises(ConnectionResetError):
            while connection.recv(1 << 16):
                pass


def test_a_mute_camera_accepts_and_never_answers() -> None:
    asked: list[str] = []

    def faults(path: str, now: datetime) -> Fault | None:
        asked.append(path)
        return Fault.MUTE if path == "/c1" else None

    with (
        running({"/c1": story}, faults=faults) as url,
        closing(talk(url, f"OPTIONS {url}/c1", f"OPTIONS {url}/c2")) as connection,
    ):
        answer = connection.recv(1 << 16)
    assert asked == ["/c1", "/c2"]
    assert answer.startswith(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n")  # the first answer is that to the second request


def test_a_stalled_camera_keeps_answering_rtsp_and_sends_no_picture() -> None:
    with (
        running({"/c1": story}, faults=lambda path, now: Fault.STALL) as url,
        closing(talk(url, f"PLAY {url}/c1", f"GET_PARAMETER {url}/c1")) as connection,
    ):
        received = b""
        while received.count(b"200 OK") < 2:
            received += connection.recv(1 << 16)
    assert b"$" not in received


def test_what_is_not_rtsp_is_hung_up_on() -> None:
    with running({"/c1": story}) as url, closing(talk(url, "GET / HTTP/1.1\r\nHost: x\r\n\r\nnonsense")) as connection:
        received = b""
        with pytest.raises(ConnectionResetError):
            while piece := connection.recv(1 << 16):
                received += piece
            raise ConnectionResetError
        assert b"200" not in received


def test_an_address_in_use_is_an_error() -> None:
    with running({}) as url, pytest.raises(OSError), running({}, port=urlsplit(url).port or 0):
        pass


H265 = Gop(encode([picture(n, level=200) for n in range(5)], codec="libx265", fps=FPS), FPS, "h265")


@pytest.mark.parametrize("gop", [H265, announced(H265), announced(BRIGHT)], ids=["h265", "h265 sdp", "h264 sdp"])
def test_other_codecs_and_sets_that_only_the_sdp_tells(gop: Gop) -> None:
    with running({"/c1": lambda number: gop}) as url, opened(f"{url}/c1") as container:
        assert container.streams.video[0].codec_context.name == ("hevc" if gop.codec == "h265" else "h264")
        frames = [frame for frame, _ in zip(container.decode(video=0), range(8), strict=False)]
    assert all(int(np.median(frame.to_ndarray(format="gray"))) > 150 for frame in frames)
    assert not any(frame.is_corrupt for frame in frames)


@pytest.mark.parametrize("offered", [("SHA-256",), ("SHA-256", "MD5")])
def test_a_login_is_asked_for_with_every_algorithm_that_is_offered(offered: tuple[str, ...]) -> None:
    with (
        running({"/c1": story}, logins={"/c1": Login("watch", "s3cret")}, algorithms={"/c1": offered}) as url,
        closing(talk(url, f"DESCRIBE {url}/c1")) as connection,
    ):
        answer = connection.recv(1 << 16).decode()
    challenges = [line for line in answer.split("\r\n") if line.startswith("WWW-Authenticate: Digest ")]
    assert len(challenges) == len(offered)
    assert "algorithm=SHA-256" in challenges[0]
    assert "algorithm" not in "".join(challenges[1:])


def interleaved(connection: socket.socket, channel: int) -> bytes:
    """The first packet of a channel."""
    received = b""
    while True:
        at = max(0, received.find(b"$"))
        while len(received) - at >= 4 and received[at : at + 1] == b"$":
            end = at + 4 + int.from_bytes(received[at + 2 : at + 4], "big")
            if len(received) < end:
                break
            if received[at + 1] == channel:
                return received[at + 4 : end]
            at = end
        received += connection.recv(1 << 16)


@pytest.mark.parametrize(("fault", "off_s"), [(None, 0.0), (Fault.WRONG_CLOCK, WRONG_BY_S)])
def test_sender_reports_tell_the_cameras_time(fault: Fault | None, off_s: float) -> None:
    with (
        running({"/c1": story}, faults=lambda path, now: fault) as url,
        closing(talk(url, f"PLAY {url}/c1")) as connection,
    ):
        report = interleaved(connection, 1)
    first, kind, words, _, seconds, fraction, _, packets, octets = struct.unpack("!BBHIIIIII", report[:28])
    assert (first, kind, words) == (0x80, 200, 6)
    camera_time = seconds + fraction / 2**32 - NTP_OF_1970
    assert abs(camera_time - datetime.now(UTC).timestamp() - off_s) < 60
    assert packets * 12 < octets or not packets
    assert report[29] == 202 and len(report) % 4 == 0


def test_a_bad_description_offers_no_video() -> None:
    for path in ("/c1", "/c2", "/c3", "/c4"):
        with (
            running({path: story}, faults=lambda path, now: Fault.BAD_SDP) as url,
            closing(talk(url, f"DESCRIBE {url}{path}")) as connection,
        ):
            answer = connection.recv(1 << 16)
        assert answer.startswith(b"RTSP/1.0 200 OK")
        assert b"a=control" not in answer and b"H264" not in answer


def test_a_flapping_camera_plays_and_then_resets() -> None:
    with (
        running({"/c1": story}, faults=lambda path, now: Fault.FLAP) as url,
        closing(talk(url, f"PLAY {url}/c1")) as connection,
    ):
        received = 0
        with pytest.raises(ConnectionResetError):
            while piece := connection.recv(1 << 16):
                received += len(piece)
            raise AssertionError("an end is no reset")
    assert received > (FLAP_S - 1) * sum(map(len, DARK.frames)) / len(DARK.frames) * FPS / 2


def test_a_cut_switch_resets_everybody_and_comes_back_at_the_same_address() -> None:
    now = [0.0]
    switch = Switch(clock=lambda: now[0])
    with running({"/c1": story}, switch=switch) as url:
        with closing(talk(url, f"PLAY {url}/c1")) as connection:
            assert interleaved(connection, 0)
            switch.cut(10.0)
            with pytest.raises(ConnectionResetError):
                while connection.recv(1 << 16):
                    pass
        with pytest.raises(ConnectionRefusedError):
            talk(url)
        now[0] = 11.0
        while True:
            try:
                with closing(talk(url, f"PLAY {url}/c1")) as connection:
                    assert interleaved(connection, 0)
                break
            except ConnectionRefusedError:
                continue
