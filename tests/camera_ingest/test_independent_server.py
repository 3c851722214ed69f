"""Our client against an RTSP server that is not ours: other packets (STAP-A, AP), two tracks, another digest."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from camera_ingest.camera import Camera, Login, Role
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.sample import Blind, Sample
from tests.camera_ingest.synthetic import encode, picture

FPS = 25
SERVER = Path(__file__).with_name("gstreamer_camera.py")


@contextmanager
def gstreamer(folder: Path, codec: str, login: Login | None = None) -> Iterator[str]:
    """The address of a camera that GStreamer plays; needs the Debian packages of deploy/apt-test.txt."""
    pictures = [picture(number) for number in range(5)]
    for number, frame in enumerate(encode(pictures, codec.replace("h", "libx"), FPS, slices=2)):
        (folder / f"{number:03}").write_bytes(frame)
    command = ["/usr/bin/python3", str(SERVER), str(folder), codec, str(FPS)]
    command += [login.user, login.password] if login else []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}/camera"
        server.communicate()


def looks(url: str, login: Login | None = None) -> list[Sample]:
    """The first three samples after the camera was reached or refused."""
    camera = Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=0.5), "x", login)
    with Fleet([camera], Timing(drain_s=0.05)) as fleet:
        reached = (sample for sample in fleet.samples() if sample.blind is not Blind.CONNECTING)
        return [next(reached) for _ in range(3)]


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_pictures_come(tmp_path: Path, codec: str) -> None:
    with gstreamer(tmp_path, codec) as url:
        pictures = [sample.picture for sample in looks(url)]
    for seen in pictures:
        assert seen is not None
        assert np.abs(seen.astype(int) - picture(0)).mean() < 6


def test_the_login_is_taken_and_a_wrong_one_refused(tmp_path: Path) -> None:
    login = Login("clerk7", "s3cret")
    with gstreamer(tmp_path, "h264", login) as url:
        assert all(sample.picture is not None for sample in looks(url, login))
        assert looks(url, Login("clerk7", "wrong"))[0].blind is Blind.REFUSED
        assert looks(url)[0].blind is Blind.REFUSED
