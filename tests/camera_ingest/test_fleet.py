"""The fleet: real cameras of every kind, well and ill, as one sequence of samples."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest

from camera_ingest.camera import Camera, Login, Role
from camera_ingest.fleet import Fleet
from camera_ingest.link import Timing
from camera_ingest.sample import Blind, Sample
from simulation.rtsp_server import Fault, Gop, running
from tests.camera_ingest.http_camera import http_camera, send
from tests.camera_ingest.synthetic import encode, picture

FPS = 25
GOP = Gop(encode([picture(n) for n in range(5)], fps=FPS), FPS)
BLACK = Gop(encode([np.zeros_like(picture(0))] * 5, fps=FPS), FPS)
QUICK = Timing(
    handshake_s=0.5, silence_s=0.5, keyframe_s=1.0, backoff_least_s=0.05, backoff_most_s=0.1, refused_s=0.1,
    opens_per_s=1000, drain_s=0.02,
)  # fmt: skip
LOOKS = 300  # samples after which a test that waits for one gives up


def camera(id: str, url: str, cadence_s: float = 0.1, login: Login | None = None) -> Camera:
    return Camera(id, "h", url, Role.WINDOW, timedelta(seconds=cadence_s), "x", login)


def until(samples: Iterator[Sample], wanted: Callable[[Sample], bool]) -> Sample:
    """The first sample that is wanted."""
    for sample, _ in zip(samples, range(LOOKS), strict=False):
        if wanted(sample):
            return sample
    raise AssertionError("the sample that was waited for never came")


def test_cameras_of_every_kind(tmp_path: Path) -> None:
    jpeg = cv2.imencode(".jpg", picture(0))[1].tobytes()
    clip = tmp_path / "clip.h264"
    clip.write_bytes(b"".join(GOP.frames))
    login = Login("clerk7", "s3cret")
    with (
        running({"/open": lambda n: GOP, "/locked": lambda n: GOP}, logins={"/locked": login}) as rtsp,
        http_camera({"/snap": lambda request: send(request, 200, jpeg)}) as http,
        Fleet(
            [
                camera("open", f"{rtsp}/open"),
                camera("named", f"{rtsp}/open".replace("127.0.0.1", "localhost")),
                camera("locked", f"{rtsp}/locked", login=login),
                camera("snap", f"{http}/snap"),
                camera("clip", str(clip), cadence_s=1 / FPS),
            ],
            QUICK,
        ) as fleet,
    ):
        seeing: dict[str, Sample] = {}
        for sample in fleet.samples():
            if sample.picture is not None:
                seeing.setdefault(sample.camera, sample)
            if len(seeing) == 5 and sample.blind is Blind.ENDED:
                break
        status = fleet.status()
    assert {sample.picture.shape for sample in seeing.values() if sample.picture is not None} == {(96, 160, 3)}
    assert all(sample.at.tzinfo is UTC for sample in seeing.values())
    assert status == {"open": None, "named": None, "locked": None, "snap": None, "clip": Blind.ENDED}


@pytest.mark.parametrize(
    ("fault", "blind"),
    [
        (Fault.DIE, Blind.UNREACHABLE),
        (Fault.STALL, Blind.STALLED),
        (Fault.MUTE, Blind.UNREACHABLE),
        (Fault.GARBAGE, Blind.GARBAGE),
        (Fault.UNAUTHORISED, Blind.REFUSED),
        (Fault.NOT_FOUND, Blind.NOT_FOUND),
    ],
)
def test_a_fault_is_named_and_survived(fault: Fault, blind: Blind) -> None:
    faults: list[Fault] = []
    with (
        running({"/c1": lambda n: GOP}, faults=lambda path, now: next(iter(faults), None)) as url,
        Fleet([camera("c1", f"{url}/c1")], QUICK) as fleet,
    ):
        samples = fleet.samples()
        until(samples, lambda sample: sample.picture is not None)
        faults.append(fault)
        ill = until(samples, lambda sample: sample.blind is blind)
        assert ill.picture is None
        assert ill.detail.startswith("c1 · ")
        faults.clear()
        assert until(samples, lambda sample: sample.picture is not None).blind is None


def test_a_black_picture_is_blind_from_the_third_on() -> None:
    black = threading.Event()
    with (
        running({"/c1": lambda n: BLACK if black.is_set() else GOP}) as url,
        Fleet([camera("c1", f"{url}/c1", cadence_s=0.2)], QUICK) as fleet,
    ):
        samples = fleet.samples()
        until(samples, lambda sample: sample.picture is not None)
        black.set()
        assert until(samples, lambda sample: sample.blind is Blind.BLACK).picture is None
        black.clear()
        until(samples, lambda sample: sample.picture is not None)


@pytest.mark.parametrize("url", ["rtsp://127.0.0.1:1/c", "rtsp://127.0.0.1:99999/c", "rtsp:///c", "rtsp://no such/c"])
def test_a_camera_that_is_not_there_is_reported_at_every_cadence(url: str) -> None:
    with Fleet([camera("c1", url)], QUICK) as fleet:
        samples = fleet.samples()
        for _ in range(3):
            until(samples, lambda sample: sample.blind is Blind.UNREACHABLE)


def test_a_keyframe_that_does_not_decode_is_undecodable() -> None:
    noise = encode([np.random.default_rng(1).integers(0, 255, (96, 160, 3), np.uint8)] * 5, fps=FPS)
    broken = Gop((noise[0][: len(noise[0]) * 2 // 3], *noise[1:]), FPS)
    with running({"/c1": lambda n: broken}) as url, Fleet([camera("c1", f"{url}/c1")], QUICK) as fleet:
        until(fleet.samples(), lambda sample: sample.blind is Blind.UNDECODABLE)


def test_a_file_that_is_missing_stays_so(tmp_path: Path) -> None:
    with Fleet([camera("c1", str(tmp_path / "none.avi"))], QUICK) as fleet:
        samples = fleet.samples()
        assert [next(samples).blind for _ in range(3)] == [Blind.NOT_FOUND] * 3


def test_a_slow_reader_gets_the_newest_of_each_camera() -> None:
    """Nothing queues without bound: what was overtaken is counted and gone."""
    streams = {f"/c{n}": lambda number: GOP for n in range(4)}
    with (
        running(streams) as url,
        Fleet([camera(path[1:], url + path, cadence_s=0.05) for path in streams], QUICK) as fleet,
    ):
        samples = fleet.samples()
        next(samples)
        reached = threading.Event()
        watcher = threading.Thread(target=wait_for, args=(lambda: fleet.figures().overtaken > 20, reached))
        watcher.start()
        assert reached.wait(20)  # the reader reads nothing meanwhile
        watcher.join()
        resumed = datetime.now(UTC)
        late = [sample for sample, _ in zip(samples, range(60), strict=False) if sample.at < resumed]
    assert len(late) <= 20


def test_figures_tell_what_was_due_seen_and_spent() -> None:
    streams = {f"/c{n}": lambda number: GOP for n in range(3)}
    cameras = [camera(path[1:], "", cadence_s=0.2) for path in streams]
    with running(streams) as url:
        cameras = [*(replace(one, url=f"{url}/{one.id}") for one in cameras), camera("gone", "rtsp://127.0.0.1:1/c")]
        with Fleet(cameras, QUICK) as fleet:
            samples = fleet.samples()
            taken = [next(samples) for _ in range(40)]
            figures, punctuality = fleet.figures(), fleet.punctuality()
    assert figures.cameras == 4
    assert sum(in_time for _, in_time in punctuality.values()) == figures.on_time
    assert punctuality["gone"][0] > 0 == punctuality["gone"][1]
    assert figures.opened >= 3
    assert figures.seen == sum(sample.picture is not None for sample in taken)
    assert figures.blind == len(taken) - figures.seen > 0
    assert 0 < figures.on_time <= figures.seen <= figures.due
    assert figures.stretch == 1.0
    assert figures.received_bytes > 1000
    assert figures.cpu_s["decode"] > 0 and figures.cpu_s["receive"] > 0


def wait_for(condition: Callable[[], bool], reached: threading.Event) -> None:
    """Sets `reached` once the condition holds."""
    pause = threading.Event()
    while not condition():
        pause.wait(0.01)
    reached.set()


def test_stop_ends_the_samples_from_any_thread_and_leaves_nothing_running() -> None:
    before = set(threading.enumerate())
    with (
        running({"/c1": lambda n: GOP}) as url,
        Fleet([camera("c1", f"{url}/c1")], QUICK) as fleet,
    ):
        samples = fleet.samples()
        next(samples)
        threading.Thread(target=fleet.stop).start()
        for _ in samples:
            pass
    for thread in set(threading.enumerate()) - before:
        thread.join(5)
    assert set(threading.enumerate()) <= before


def test_what_a_thread_dies_of_is_raised_where_the_samples_are_read() -> None:
    def no_clock() -> datetime:
        raise ZeroDivisionError

    with (
        Fleet([camera("c1", "rtsp://127.0.0.1:1/c")], QUICK, utc=no_clock) as fleet,
        pytest.raises(ZeroDivisionError),
    ):
        list(fleet.samples())


def test_an_unknown_scheme_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="rtmp"):
        Fleet([camera("c1", "rtmp://127.0.0.1/c")])
