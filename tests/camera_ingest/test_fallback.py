"""Cameras that FFmpeg's own client receives: real servers, real streams, real logins."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from queue import SimpleQueue

import numpy as np
import pytest

from camera_ingest.camera import Camera, Login, Role, Via
from camera_ingest.decode import Decoder
from camera_ingest.depacketize import Keyframe
from camera_ingest.fallback import MOST_HANGING, Fallback
from camera_ingest.fallback_stream import FallbackStream
from camera_ingest.link import Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.plan import Means, Way
from camera_ingest.reception import Reception
from camera_ingest.sample import Blind, Picture
from camera_ingest.schedule import Schedule
from camera_ingest.snapshot import decode_jpeg
from simulation.rtsp_server import Fault, Gop, running
from tests.camera_ingest.synthetic import encode, picture
from tests.camera_ingest.test_kinds import KINDS, PICTURES
from tests.camera_ingest.test_kinds import encode as encode_kind

FPS = 25
GOP = Gop(encode([picture(n) for n in range(5)], fps=FPS), FPS)
LOGIN = Login("clerk7", "s3:c/ret@")
QUICK = Timing(
    handshake_s=3,
    silence_s=0.5,
    keyframe_s=1,
    backoff_least_s=0.05,
    backoff_most_s=0.1,
    refused_s=0.1,
    opens_per_s=1000,
)
LOOKS = 300  # after which a test that waits for one gives up


def camera(url: str, login: Login | None = None) -> Camera:
    return Camera("c1", "h", url, Role.WINDOW, timedelta(seconds=0.1), "x", login, via=Via.PYAV)


@contextmanager
def followed(fallback: Fallback, looks: "SimpleQueue[Look]") -> Iterator[Iterator[Look]]:
    watchdog = threading.Thread(target=fallback.run)
    watchdog.start()
    try:
        yield (looks.get(timeout=20) for _ in range(LOOKS))
    finally:
        fallback.stop()
        watchdog.join()
        for thread in threading.enumerate():
            if thread.name == "pyav":
                thread.join()


def fallback(one: Camera, looks: "SimpleQueue[Look]", timing: Timing = QUICK) -> Fallback:
    return Fallback([(one, Schedule(time.monotonic(), 0.1))], timing, looks.put, lambda: datetime.now(UTC))


@contextmanager
def looks_at(url: str, login: Login | None = None) -> Iterator[Iterator[Look]]:
    looks: SimpleQueue[Look] = SimpleQueue()
    with followed(fallback(camera(url, login), looks), looks) as seen:
        yield seen


def blind(looks: Iterator[Look], reason: Blind) -> StreamLost:
    return next(look.found for look in looks if isinstance(look.found, StreamLost) and look.found.blind is reason)


def test_keyframes_come_as_with_our_own_client() -> None:
    decoder = Decoder()
    with running({"/c1": lambda n: GOP}, logins={"/c1": LOGIN}) as url, looks_at(f"{url}/c1", LOGIN) as looks:
        keyframes = (look.found for look in looks if isinstance(look.found, Keyframe))
        for _ in range(3):
            seen = decoder.decode(next(keyframes))
            assert seen is not None
            assert np.abs(seen.picture.astype(int) - picture(0)).mean() < 6


@pytest.mark.parametrize("kind", ["open", "refresh"])
def test_streams_with_open_gops_and_with_no_keyframes_at_all(kind: str) -> None:
    frames = [access_unit for _, access_unit in encode_kind(KINDS[kind])]
    begins = 6  # the first picture that has parameter sets and is no IDR
    parts = [Gop(tuple(frames[begins:]), FPS)]
    with running({"/c1": lambda n: parts[0]}) as url, looks_at(f"{url}/c1") as looks:
        wanted = Keyframe if kind == "open" else bytes
        found = [next(look.found for look in looks if isinstance(look.found, wanted)) for _ in range(8)]
    decoder = Decoder()
    for one in found:
        frame = decoder.decode(one) if isinstance(one, Keyframe) else None
        seen = frame.picture if frame else decode_jpeg(one) if isinstance(one, bytes) else None
        assert seen is not None
        assert min(distance(seen, original) for original in PICTURES) < 6


def distance(one: Picture, other: Picture) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (Fault.DIE, Blind.UNREACHABLE),
        (Fault.STALL, Blind.STALLED),
        (Fault.NOT_FOUND, Blind.NOT_FOUND),
        (Fault.UNAUTHORISED, Blind.REFUSED),
    ],
)
def test_a_fault_is_named_and_survived_and_no_login_is_told(
    fault: Fault, reason: Blind, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    faults: list[Fault] = []
    with (
        running(
            {"/c1": lambda n: GOP}, faults=lambda path, now: next(iter(faults), None), logins={"/c1": LOGIN}
        ) as url,
        looks_at(f"{url}/c1", LOGIN) as looks,
    ):
        next(look for look in looks if isinstance(look.found, Keyframe))
        faults.append(fault)
        told = str(blind(looks, reason))
        faults.clear()
        next(look for look in looks if isinstance(look.found, Keyframe))
    told += caplog.text + "".join(capfd.readouterr())
    assert not any(secret in told for secret in ("clerk7", "s3", "ret@"))


def test_garbage_ends_in_time() -> None:
    garbage = lambda path, now: Fault.GARBAGE  # noqa: E731
    with running({"/c1": lambda n: GOP}, faults=garbage) as url, looks_at(f"{url}/c1") as looks:
        found = [next(look.found for look in looks if isinstance(look.found, StreamLost)) for _ in range(9)]
    assert {lost.blind for lost in found if isinstance(lost, StreamLost)} > {Blind.CONNECTING}


def test_a_camera_is_left_out_and_taken_in_again_and_its_bytes_are_counted() -> None:
    looks: SimpleQueue[Look] = SimpleQueue()
    reception = Reception(1.0, 0.0, 0.0, 0.0)
    with running({"/c1": lambda n: GOP}) as url:
        due = Schedule(time.monotonic(), 0.1)
        one = Fallback(
            [(camera(f"{url}/c1"), due)], QUICK, looks.put, lambda: datetime.now(UTC), receptions={"c1": reception}
        )
        with followed(one, looks) as seen:
            next(look for look in seen if isinstance(look.found, Keyframe))
            assert reception.bytes > len(GOP.frames[0])
            reception.means = Means(Way.LEFT_OUT)
            blind(seen, Blind.UNWATCHED)
            reception.means = Means()
            next(look for look in seen if isinstance(look.found, Keyframe))


def test_a_thread_that_hangs_is_left_behind_but_never_many() -> None:
    hang, opened = threading.Event(), []

    def connect(camera: Camera, timing: Timing, every: bool) -> FallbackStream:
        opened.append(threading.current_thread())
        hang.wait()
        raise StreamLost(camera.id, "open", "a stream", "none")

    looks: SimpleQueue[Look] = SimpleQueue()
    impatient = Timing(handshake_s=-1.9, backoff_least_s=0, backoff_most_s=0)  # the watchdog's own grace is 2 s
    one = camera("rtsp://127.0.0.1/c1")
    watched = Fallback(
        [(one, Schedule(time.monotonic(), 0.1))], impatient, looks.put, lambda: datetime.now(UTC), connect=connect
    )
    with followed(watched, looks) as seen:
        assert blind(seen, Blind.STALLED).found == "no answer"
        while len(opened) < MOST_HANGING:
            next(seen)
        for _ in range(5):  # it goes on saying so
            blind(seen, Blind.STALLED)
        assert len(opened) == MOST_HANGING
        hang.set()
        while len(opened) == MOST_HANGING:
            next(seen)
    for thread in opened:
        thread.join()


def test_a_thread_that_hangs_when_its_camera_is_left_out_is_not_forgotten() -> None:
    hang, opened = threading.Event(), []

    def connect(camera: Camera, timing: Timing, every: bool) -> FallbackStream:
        opened.append(threading.current_thread())
        hang.wait()
        raise StreamLost(camera.id, "open", "a stream", "none")

    looks: SimpleQueue[Look] = SimpleQueue()
    one, reception = camera("rtsp://127.0.0.1/c1"), Reception(1.0, 0.0, 0.0, 0.0)
    watched = Fallback(
        [(one, Schedule(time.monotonic(), 0.1))],
        Timing(reopen_s=0),
        looks.put,
        lambda: datetime.now(UTC),
        receptions={"c1": reception},
        connect=connect,
    )
    with followed(watched, looks) as seen:
        for turn in range(MOST_HANGING + 2):
            reception.means = Means()
            while len(opened) < min(turn + 1, MOST_HANGING):
                next(seen)
            for _ in range(4):
                next(seen)
            reception.means = Means(Way.LEFT_OUT)
            for _ in range(4):
                next(seen)
        many = len(opened)
        hang.set()  # first, or a failure would wait for them
    for thread in opened:
        thread.join()
    assert many == MOST_HANGING


def test_what_a_thread_dies_of_is_raised() -> None:
    def connect(camera: Camera, timing: Timing, every: bool) -> FallbackStream:
        raise ZeroDivisionError

    one = camera("rtsp://127.0.0.1/c1")
    watched = Fallback([(one, Schedule(0, 1))], QUICK, lambda look: None, lambda: datetime.now(UTC), connect=connect)
    with pytest.raises(ZeroDivisionError):
        watched.run()
