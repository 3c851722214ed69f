"""The rounds of the snapshot threads."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from queue import Queue
from threading import Event, Thread
from time import monotonic

from camera_ingest.camera import Camera, Role
from camera_ingest.link import Timing
from camera_ingest.look import Look
from camera_ingest.lost import StreamLost
from camera_ingest.rounds import Rounds
from camera_ingest.schedule import Schedule
from tests.camera_ingest.http_camera import http_camera, send

AT = datetime(2026, 11, 22, tzinfo=UTC)
JPEG = b"\xff\xd8 a picture"


@contextmanager
def rounds(urls: list[str], timing: Timing, threads: int = 2) -> Iterator[Queue[Look]]:
    looks: Queue[Look] = Queue()
    cameras = [Camera(f"c{n}", "h", url, Role.WINDOW, timedelta(seconds=1), "x") for n, url in enumerate(urls)]
    work = Rounds([(camera, Schedule(0.0, 0.05)) for camera in cameras], timing, looks.put, lambda: AT)
    pool = [Thread(target=work.run) for _ in range(threads)]
    for thread in pool:
        thread.start()
    try:
        yield looks
    finally:
        work.stop()
        for thread in pool:
            thread.join()
        work.close()


def test_every_camera_is_looked_at_again_and_again() -> None:
    with (
        http_camera({"/": lambda request: send(request, 200, JPEG)}) as url,
        rounds([url] * 5, Timing()) as looks,
    ):
        seen = [looks.get(timeout=5) for _ in range(25)]
    assert {look.camera for look in seen} == {f"c{n}" for n in range(5)}
    assert {look.found for look in seen} == {JPEG}


def test_a_lost_camera_is_reported_at_every_look_but_asked_only_after_a_pause() -> None:
    asked = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        send(request, 404)

    with (
        http_camera({"/": answer}) as url,
        rounds([url], Timing(refused_s=600)) as looks,
    ):
        found = [looks.get(timeout=5).found for _ in range(4)]
    assert all(isinstance(lost, StreamLost) for lost in found)
    assert len(asked) == 1


def test_a_slow_camera_holds_up_one_thread_only() -> None:
    over = Event()

    def slow(request: BaseHTTPRequestHandler) -> None:
        over.wait(5)
        request.close_connection = True

    with (
        http_camera({"/fast": lambda request: send(request, 200, JPEG), "/slow": slow}) as url,
        rounds([f"{url}/slow", f"{url}/fast"], Timing()) as looks,
    ):
        assert {looks.get(timeout=5).camera for _ in range(5)} == {"c1"}
        over.set()


def test_cameras_that_were_lost_take_half_of_the_threads() -> None:
    over, lost, threads = Event(), 6, 4
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if len(asked) <= lost:
            send(request, 500)
        else:
            over.wait(5)
            request.close_connection = True

    with (
        http_camera({"/fast": lambda request: send(request, 200, JPEG), "/lost": answer}) as url,
        rounds(
            [f"{url}/lost"] * lost + [f"{url}/fast"], Timing(backoff_least_s=0.01, backoff_most_s=0.01), threads
        ) as looks,
    ):
        seen: list[Look] = []
        while len(asked) < lost + threads // 2 or sum(look.camera == f"c{lost}" for look in seen) < 20:
            seen.append(looks.get(timeout=2))
        later = [looks.get(timeout=2) for _ in range(20)]
        assert len(asked) == lost + threads // 2
        over.set()
    told = {look.camera: look.found for look in later}
    assert len(told) == 1 + lost - threads // 2, "who is not tried is reported as before"
    assert told.pop(f"c{lost}") == JPEG
    assert all(isinstance(found, StreamLost) for found in told.values())


def test_first_looks_are_due_at_the_start() -> None:
    before = monotonic()
    with (
        http_camera({"/": lambda request: send(request, 200, JPEG)}) as url,
        rounds([url] * 3, Timing()) as looks,
    ):
        assert all(before <= looks.get(timeout=5).due <= monotonic() for _ in range(3))


def test_rounds_without_cameras_wait_for_their_end() -> None:
    with rounds([], Timing()) as looks:
        assert looks.empty()
