"""The budget over real streams: what comes over a hall's line, whose turn it is, and the hours out of service."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import cv2

from camera_ingest.budget import NOISE, Budget, expected, host_of
from camera_ingest.camera import Camera, Role, Via
from camera_ingest.fleet import Fleet, utc_now
from camera_ingest.link import Timing
from camera_ingest.plan import Way
from camera_ingest.sample import Blind
from camera_ingest.schedule import Schedule, staggered
from camera_ingest.stream import Stream
from simulation.rtsp_server import Gop, running
from tests.camera_ingest.http_camera import http_camera, send
from tests.camera_ingest.synthetic import encode, picture

FPS = 25
GOP = Gop(encode([picture(n, 320, 192) for n in range(10)], fps=FPS), FPS)
MBIT_S = 8e-6 * sum(map(len, GOP.frames)) * FPS / len(GOP.frames)
QUICK = Timing(
    handshake_s=2, silence_s=2, keyframe_s=3.0, backoff_least_s=0.05, backoff_most_s=0.1, opens_per_s=1000,
    drain_s=0.05, mbit_s=MBIT_S, look_s=0.5, reopen_s=0.05,
)  # fmt: skip


def camera(number: int, url: str, cadence_s: float, hall: str = "h") -> Camera:
    return Camera(f"c{number}", hall, f"{url}/c{number}", Role.WINDOW, timedelta(seconds=cadence_s), "x")


@contextmanager
def cameras(count: int, cadence_s: float) -> Iterator[list[Camera]]:
    with running({f"/c{n}": lambda number: GOP for n in range(count)}) as url:
        yield [camera(n, url, cadence_s) for n in range(count)]


def received(
    fleet: Fleet, until: Callable[[Counter[str], float], bool]
) -> tuple[Counter[str], list[tuple[float, int]]]:
    """Pictures by camera, and the bytes by then at each, until enough."""
    seen: Counter[str] = Counter()
    bytes = [(time.monotonic(), fleet.figures().received_bytes)]
    for sample in fleet.samples():
        seen[sample.camera] += sample.picture is not None
        bytes.append((time.monotonic(), fleet.figures().received_bytes))
        if until(seen, bytes[-1][0] - bytes[0][0]):
            break
    return seen, bytes


def test_a_limited_line_is_not_exceeded_in_any_ten_seconds() -> None:
    """Eight streams would take ten times as much; looks on demand, more rarely, see every camera all the same."""
    limit = 0.8 * MBIT_S
    timing = replace(QUICK, hall_mbit_s=limit)
    with cameras(8, 4.0) as eight, Fleet(eight, timing) as fleet:
        seen, bytes = received(fleet, lambda seen, lasted: lasted >= 14 and len(+seen) == 8)
        coverage = fleet.coverage()["h"]
    for since, before in bytes:
        after = [count for at, count in bytes if at <= since + 10.0]
        assert 8e-6 * (after[-1] - before) <= 10.0 * limit
    assert min(seen.values()) >= 1
    assert coverage.cameras == 8
    assert coverage.mbit_s <= limit


def test_a_hall_without_a_limit_is_connected_all_the_time() -> None:
    timing = replace(QUICK, mbit_s_by_hall={"other": 0.1})
    with cameras(3, 0.2) as three, Fleet(three, timing) as fleet:
        received(fleet, lambda seen, _: len(seen) == 3 and min(seen.values()) >= 5)
        assert fleet.figures().opened == 3
        assert fleet.coverage()["h"].stretch == 1.0


def test_who_is_left_out_is_told_of() -> None:
    timing = replace(QUICK, hall_mbit_s=0.05 * MBIT_S)
    with cameras(8, 1.0) as eight, Fleet(eight, timing) as fleet:
        reasons: dict[str, Blind | None] = {}
        for sample in fleet.samples():
            reasons[sample.camera] = sample.blind
            if Blind.UNWATCHED in reasons.values():
                break
        coverage = fleet.coverage()["h"]
    assert 0 < coverage.left_out < 8


def test_a_recorder_takes_only_so_many_at_once() -> None:
    timing = replace(QUICK, connections_by_host={"127.0.0.1": 2})
    with cameras(6, 1.5) as six, Fleet(six, timing) as fleet:
        most, over = [0], threading.Event()

        def count() -> None:
            while not over.wait(0.01):
                most[0] = max(most[0], sum(stream.link.opened_at is not None for stream in fleet._streams))

        watcher = threading.Thread(target=count)
        watcher.start()
        received(fleet, lambda seen, _: len(seen) == 6 and min(seen.values()) >= 2)
        over.set()
        watcher.join()
    assert most[0] <= 2


def test_out_of_service_only_health_is_looked_at_and_the_lines_are_quiet() -> None:
    awake = threading.Event()
    timing = replace(QUICK, off_hours_s=2.0)
    with cameras(4, 0.2) as four, Fleet(four, timing, awake=lambda hall, at: awake.is_set()) as fleet:
        seen, _ = received(fleet, lambda seen, _: len(seen) == 4 and min(seen.values()) >= 2)
        figures = fleet.figures()
        assert figures.opened >= 6
        assert fleet.coverage()["h"].asleep
        assert figures.due <= 4 * sum(seen.values())


def test_a_snapshot_is_taken_where_the_line_bears_no_stream() -> None:
    jpeg = cv2.imencode(".jpg", picture(0))[1].tobytes()
    timing = replace(QUICK, hall_mbit_s=0.2 * MBIT_S, snapshot_mbit=8e-6 * len(jpeg))
    with http_camera({"/snap": lambda request: send(request, 200, jpeg)}) as http:
        one = camera(1, "rtsp://127.0.0.1:1", 0.5)
        with Fleet([replace(one, snapshot_url=f"{http}/snap")], timing) as fleet:
            received(fleet, lambda seen, _: seen["c1"] >= 3)


def test_what_is_expected_before_anything_is_measured() -> None:
    timing = Timing(hall_mbit_s=1.0)
    looks = expected([camera(n, "rtsp://nvr:8554", 60.0) for n in range(10)], timing)
    assert {means.way for _, means in looks.values()} == {Way.STREAM, Way.ON_DEMAND}
    assert {demand.host for demand, _ in looks.values()} == {"nvr:8554"}


def test_hosts_are_told_apart_by_their_ports() -> None:
    urls = ("rtsp://10.0.0.1/a", "RTSP://10.0.0.1:8554/b", "http://10.0.0.1/c", "clip.mp4", "rtsp://10.0.0.1:99999/d")
    assert [host_of(url) for url in urls] == ["10.0.0.1:554", "10.0.0.1:8554", "", "", ""]


def budget(cameras: list[Camera], timing: Timing) -> tuple[Budget, list[Schedule]]:
    """Over cameras that are not connected, from 100 s on."""
    schedules = staggered([one.cadence.total_seconds() for one in cameras], 100.0)
    return Budget(list(zip(cameras, schedules, strict=True)), timing, None, utc_now), schedules


def test_what_the_network_stretches_is_not_due_either() -> None:
    """Twenty looks of 0.75 Mbit each ten seconds, on a line that has room for three in four of them."""
    twenty = [camera(n, f"rtsp://10.0.0.{n}", 10.0) for n in range(20)]
    one, schedules = budget(twenty, Timing(hall_mbit_s=1.40625))
    one.turn(101.0)
    stretch = one.coverage()["h"].stretch
    assert 1.3 < stretch < 1.4
    assert {schedule.cadence for schedule in schedules} == {10.0 * stretch}
    due = sum(schedule.due_until(401.0) - schedule.due_until(101.0) for schedule in schedules)
    assert abs(due - 20 * 300 / (10 * stretch)) <= 20
    for reception in one.receptions.values():
        reception.look_mbit *= 1 + NOISE / 2
    one.turn(111.0)
    assert {schedule.cadence for schedule in schedules} == {10.0 * stretch}, "noise moves nothing"
    assert one.coverage()["h"].stretch != stretch
    for reception in one.receptions.values():
        reception.look_mbit = 0.1
    one.turn(121.0)
    assert {schedule.cadence for schedule in schedules} == {10.0}


def test_a_flood_is_tried_again_after_some_terms() -> None:
    ten = [camera(n, f"rtsp://10.0.0.{n}", 10.0) for n in range(10)]
    one, _ = budget(ten, Timing(hall_mbit_s=1.0))
    one.receptions["c0"].looked(100.0, 3.0)
    left_out = []
    for term in range(6):
        one.turn(101.0 + 600.0 * term)
        left_out.append([id for id, reception in one.receptions.items() if reception.left_out])
    assert left_out[:3] == [["c0"]] * 3
    assert "c0" not in left_out[3]


def test_connections_of_the_other_client_count_for_a_recorder_too() -> None:
    four = [camera(n, "rtsp://10.0.0.1", 10.0) for n in range(4)]
    four[0] = replace(four[0], via=Via.PYAV)
    timing = Timing(connections_per_host=2)
    one, schedules = budget(four, timing)
    streams = [Stream(each, due, timing, lambda look: None, utc_now) for each, due in zip(four, schedules, strict=True)]
    one.watch(streams[1:])
    for now in (101.0, 112.0):
        assert one.may(streams[1], now)
        assert not one.may(streams[2], now)
        one.turn(now)
    assert one.may(streams[2], 112.0)
    assert not one.may(streams[3], 112.0)
