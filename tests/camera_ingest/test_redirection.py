"""Redirections: where they lead, and a camera that is found behind one."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Thread

import pytest

from camera_ingest.camera import Camera, Login, Role, Via
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.redirection import host, target
from camera_ingest.sample import Blind, Sample
from simulation.rtsp_server import Gop, running
from tests.camera_ingest.synthetic import encode, picture

GOP = Gop(encode([picture(number) for number in range(5)]), 25)
LOGIN = Login("clerk7", "s3cret")
QUICK = Timing(drain_s=0.02, backoff_least_s=0.05, backoff_most_s=0.1)


@contextmanager
def sends_to(location: str) -> Iterator[str]:
    """A camera that sends everybody elsewhere; gives its address."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            lines = iter(self.rfile.readline, b"\r\n")
            number = next(line for line in lines if line.lower().startswith(b"cseq:"))
            self.wfile.write(b"RTSP/1.0 302 Moved\r\n" + number + b"Location: " + location.encode() + b"\r\n\r\n")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"rtsp://127.0.0.1:{server.server_address[1]}/c1"
        finally:
            server.shutdown()
            thread.join()


def look(url: str, via: Via = Via.OWN) -> Sample:
    """The first sample after the connection was made, or lost."""
    camera = Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=0.2), "x", LOGIN, via=via)
    with Fleet([camera], QUICK) as fleet:
        return next(sample for sample in fleet.samples() if sample.blind is not Blind.CONNECTING)


def test_a_camera_behind_redirections_is_seen_with_its_login() -> None:
    with (
        running({"/c1": lambda n: GOP}, logins={"/c1": LOGIN}) as camera,
        sends_to(f"{camera}/c1") as one,
        sends_to(one) as other,
    ):
        assert look(other).picture is not None


def test_a_circle_is_a_loss() -> None:
    with sends_to("/c2") as url:
        sample = look(url)
    assert sample.blind is Blind.UNREACHABLE
    assert "302 Found" in sample.detail


def test_a_camera_of_the_fallback_is_seen_by_a_fleet() -> None:
    with running({"/c1": lambda n: GOP}, logins={"/c1": LOGIN}) as camera:
        assert look(f"{camera}/c1", Via.PYAV).picture is not None


@pytest.mark.parametrize(
    ("location", "found"),
    [
        ("rtsp://10.0.0.9/live", "rtsp://10.0.0.9/live"),
        ("rtsp://u:p@10.0.0.9/live", "rtsp://10.0.0.9/live"),
        ("/live", "rtsp://10.0.0.5/live"),
        ("rtsp://10.0.0.5/c1", None),
        ("http://10.0.0.9/", None),
        ("rtsp://[x/", None),
        ("rtsp://h/with space", None),
        ("", None),
    ],
)
def test_where_a_location_leads(location: str, found: str | None) -> None:
    assert target("rtsp://10.0.0.5/c1", location) == found


def test_hosts() -> None:
    assert host("rtsp://Camera-7:8554/x") == "camera-7"
    assert host("rtsp://[x/") is None
