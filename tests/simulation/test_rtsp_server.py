"""The simulated cameras, seen by an independent client (FFmpeg through PyAV)."""

import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

import av
import numpy as np
import pytest

from camera_ingest.camera import Login
from simulation.rtsp_server import Fault, Gop, running
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
