"""The simulated snapshot cameras, seen by the product's own client and over a raw connection."""

import socket
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import cv2
import pytest

from camera_ingest.camera import Camera, Login, Role
from camera_ingest.lost import StreamLost
from camera_ingest.sample import Blind
from camera_ingest.snapshot import Snapshot, decode_jpeg
from simulation.broadcast import WRONG_BY_S, Fault, Gop
from simulation.snapshot_server import running
from simulation.switch import Switch
from tests.camera_ingest.synthetic import picture

LOGIN = Login("watch", "s3cret")
JPEG = cv2.imencode(".jpg", picture(1))[1].tobytes()
STILL = Gop((JPEG,), 0.5, "jpeg")


def snapshot(url: str, login: Login | None = None) -> Snapshot:
    return Snapshot(Camera("c1", "h", url, Role.PUBLIC, timedelta(seconds=60), "x", login), 5.0)


def talk(url: str, *requests: str) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port or 0), timeout=5)
    for request in requests:
        connection.sendall(f"{request} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def test_a_picture_comes_over_a_connection_that_is_kept() -> None:
    with running({"/c1": lambda number: STILL}) as url:
        with closing(snapshot(f"{url}/c1")) as client:
            decoded = [decode_jpeg(client.fetch()) for _ in range(3)]
        with closing(talk(url, "GET /c1", "GET /c2", "PUT /c1")) as connection:
            received = b""
            while received.count(b"HTTP/1.1 ") < 3:
                received += connection.recv(1 << 16)
    assert all(one is not None and one.shape == (96, 160, 3) for one in decoded)
    assert [part[:3] for part in received.split(b"HTTP/1.1 ")[1:]] == [b"200", b"404", b"405"]


@pytest.mark.parametrize("offered", [("MD5",), ("SHA-256",), ("SHA-256", "MD5")])
def test_a_login_is_asked_for_by_digest(offered: tuple[str, ...]) -> None:
    with running({"/c1": lambda number: STILL}, logins={"/c1": LOGIN}, algorithms={"/c1": offered}) as url:
        with closing(snapshot(f"{url}/c1", LOGIN)) as client:
            assert client.fetch() == JPEG
        with closing(snapshot(f"{url}/c1", Login("watch", "wrong"))) as client, pytest.raises(StreamLost) as refused:
            client.fetch()
        assert refused.value.blind is Blind.REFUSED


@pytest.mark.parametrize(
    ("fault", "blind"),
    [
        (Fault.DIE, Blind.UNREACHABLE),
        (Fault.GARBAGE, Blind.GARBAGE),
        (Fault.UNAUTHORISED, Blind.REFUSED),
        (Fault.NOT_FOUND, Blind.NOT_FOUND),
    ],
)
def test_faults_are_seen_for_what_they_are(fault: Fault, blind: Blind) -> None:
    with running({"/c1": lambda number: STILL}, faults=lambda path, now: fault) as url:
        with closing(snapshot(f"{url}/c1")) as client, pytest.raises(StreamLost) as lost:
            client.fetch()
        assert lost.value.blind is blind


def test_half_a_picture_is_none() -> None:
    with (
        running({"/c1": lambda number: STILL}, faults=lambda path, now: Fault.BAD_SDP) as url,
        closing(snapshot(f"{url}/c1")) as client,
    ):
        assert decode_jpeg(client.fetch()) is None


def test_a_mute_camera_never_answers() -> None:
    faults = {"/c1": Fault.MUTE}
    with (
        running({"/c1": lambda n: STILL, "/c2": lambda n: STILL}, faults=lambda path, now: faults.get(path)) as url,
        closing(talk(url, "GET /c1", "GET /c2")) as connection,
    ):
        received = connection.recv(1 << 16)
    assert received.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize(("fault", "off_s"), [(None, 0.0), (Fault.WRONG_CLOCK, WRONG_BY_S)])
def test_every_answer_tells_the_cameras_time(fault: Fault | None, off_s: float) -> None:
    with (
        running({"/c1": lambda number: STILL}, faults=lambda path, now: fault) as url,
        closing(talk(url, "GET /c1")) as connection,
    ):
        head = connection.recv(1 << 16).split(b"\r\n\r\n")[0].decode()
    date = next(line.removeprefix("Date: ") for line in head.split("\r\n") if line.startswith("Date: "))
    apart = (parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds()
    assert abs(apart - off_s) < 60


def test_a_cut_switch_resets_and_refuses_everybody() -> None:
    now = [0.0]
    switch = Switch(clock=lambda: now[0])
    with running({"/c1": lambda number: STILL}, switch=switch) as url:
        with closing(talk(url, "GET /c1")) as connection:
            assert connection.recv(1 << 16)
            switch.cut(10.0)
            with pytest.raises(ConnectionResetError):
                while connection.recv(1 << 16):
                    pass
        with pytest.raises(ConnectionRefusedError):
            talk(url)
        now[0] = 11.0
        while True:
            try:
                talk(url).close()
                break
            except ConnectionRefusedError:
                continue
