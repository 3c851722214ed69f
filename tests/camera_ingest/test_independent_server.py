"""Our client against an RTSP server that is not ours: other packets (STAP-A, AP), other tracks, another digest."""

import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import numpy as np
import pytest

from camera_ingest.camera import Camera, Login, Role
from camera_ingest.depacketize import H264
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.rtsp import Session
from camera_ingest.sample import Blind, Picture, Sample
from tests.camera_ingest.synthetic import encode, picture
from tests.camera_ingest.test_kinds import KEYINT, KINDS, PICTURES
from tests.camera_ingest.test_kinds import encode as encode_kind

FPS = 25
QUICK = Timing(drain_s=0.05)
Frames = Sequence[tuple[int, bytes]]
"""Access units in the order of decoding, each with the place at which it is shown."""
REPORT_S = 8
"""The first sender report is due within three seconds, the next ones every five or so (RFC 3550 §6.2)."""
ATTEMPTS = 12
"""This server sends no report at all over one connection of five; then another connection is tried."""
SERVER = Path(__file__).with_name("gstreamer_camera.py")


@contextmanager
def gstreamer(
    folder: Path, codec: str, frames: Frames, layout: str = "video-sound", login: Login | None = None
) -> Iterator[str]:
    """The address of a camera that GStreamer plays; needs the Debian packages of deploy/apt-test.txt."""
    for number, (shown, frame) in enumerate(frames):
        (folder / f"{number:03}-{shown:03}").write_bytes(frame)
    command = ["/usr/bin/python3", str(SERVER), str(folder), codec, str(FPS), layout]
    command += [login.user, login.password] if login else []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        try:
            yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}/camera"
        finally:
            server.kill()


def looks(url: str, login: Login | None = None, timing: Timing = QUICK) -> list[Sample]:
    """The first three samples after the camera was reached or refused."""
    camera = Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=0.5), "x", login)
    with Fleet([camera], timing) as fleet:
        reached = (sample for sample in fleet.samples() if sample.blind is not Blind.CONNECTING)
        return [next(reached) for _ in range(3)]


def gop(codec: str) -> Frames:
    """Five pictures, the first a keyframe; two slices each."""
    pictures = [picture(number) for number in range(5)]
    return list(enumerate(encode(pictures, codec.replace("h", "libx"), FPS, slices=2)))


def shows(seen: Picture | None, *originals: Picture) -> bool:
    """Whether it is one of these, but for what encoding did to it."""
    return seen is not None and any(np.abs(seen.astype(int) - one).mean() < 6 for one in originals)


@pytest.mark.parametrize("codec", ["h264", "h265"])
@pytest.mark.parametrize("layout", ["video-sound", "sound-video", "application-video", "two", "sets-once"])
def test_pictures_come_however_the_tracks_are_laid_out(tmp_path: Path, codec: str, layout: str) -> None:
    with gstreamer(tmp_path, codec, gop(codec), layout) as url:
        assert all(shows(sample.picture, picture(0)) for sample in looks(url))


@pytest.mark.parametrize("kind", ["open", "h265 open", "slices", "b-frames"])
def test_keyframes_of_real_encoders_come(tmp_path: Path, kind: str) -> None:
    codec = "h264" if KINDS[kind].codec is H264 else "h265"
    with gstreamer(tmp_path, codec, encode_kind(KINDS[kind])) as url:
        assert all(shows(sample.picture, *PICTURES) for sample in looks(url))


def test_a_camera_that_refreshes_piece_by_piece_is_stalled(tmp_path: Path) -> None:
    later = encode_kind(KINDS["refresh"])[KEYINT:]  # without its only keyframe
    with gstreamer(tmp_path, "h264", later) as url:
        assert {sample.blind for sample in looks(url, timing=Timing(drain_s=0.05, keyframe_s=1))} == {Blind.STALLED}


def reported(url: str) -> float | None:
    """By how much the first sender report of one connection has the camera's clock ahead, in seconds; None = none."""
    with closing(socket.create_connection(("127.0.0.1", urlsplit(url).port or 554), timeout=20)) as connection:
        session, until = Session("c1", url), monotonic() + REPORT_S
        while session.clock_off_s is None and monotonic() < until:
            connection.sendall(session.outgoing())
            came = connection.recv(65536)
            assert came, f"the server hung up during {session.step}"
            session.receive(came, datetime.now(UTC))
        return session.clock_off_s


def test_its_sender_reports_tell_its_clock_which_is_ours(tmp_path: Path) -> None:
    with gstreamer(tmp_path, "h264", gop("h264")) as url:
        off_s = next((off_s for _ in range(ATTEMPTS) if (off_s := reported(url)) is not None), None)
    assert off_s is not None, f"no sender report over {ATTEMPTS} connections of {REPORT_S} s"
    assert abs(off_s) < 60


def test_the_login_is_taken_and_a_wrong_one_refused(tmp_path: Path) -> None:
    login = Login("clerk7", "s3cret")
    with gstreamer(tmp_path, "h264", gop("h264"), login=login) as url:
        assert all(sample.picture is not None for sample in looks(url, login))
        assert looks(url, Login("clerk7", "wrong"))[0].blind is Blind.REFUSED
        assert looks(url)[0].blind is Blind.REFUSED
