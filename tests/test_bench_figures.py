"""What a bench divides by what."""

from hallwatch_bench_figures import beside, circumstances, detection, figures, memory_of, over_floor, table
from hallwatch_bench_processes import Cost
from hallwatch_bench_rivals import Standing

NOTHING = {"due": 0, "on_time": 0, "seen": 0, "blind": 0, "expired": 0, "overtaken": 0, "received_bytes": 0}
BEFORE = {**NOTHING, "at": 50.0, "cpu_s": {"receive": 1.0}, "analysed": 0, "passed": 0, "cameras": 100, "stretch": 1.0}
AFTER = {
    **BEFORE,
    "at": 60.0,
    "due": 110,
    "on_time": 98,
    "seen": 100,
    "blind": 6,
    "expired": 3,
    "overtaken": 1,
    "received_bytes": 12_500_000,
    "cpu_s": {"receive": 1.1, "decode": 0.2, "health": 0.0},
    "analysed": 30,
    "passed": 70,
}
COSTS = {"hallwatch": Cost(9.9, 0.05, 120.04, {}), "simulator": Cost(9.9, 0.01, 50.0, {})}


def test_what_was_done_is_divided_by_what_it_cost() -> None:
    found = figures(BEFORE, AFTER, COSTS)
    assert (found["samples_due"], found["samples_on_time"], found["samples_seen"]) == (110, 98, 100)
    assert (found["samples_blind"], found["samples_dropped"]) == (6, 4)
    assert found["ms_per_sample"] == {"receive": 1.0, "decode": 2.0, "other": 2.0, "total": 5.0}
    assert found["skipped_by_gate"] == 0.7
    assert (found["mbit_s"], found["rss_mb"], found["cameras_per_core"]) == (10.0, 120.0, 1884.6)
    assert found["on_time_share"] == 0.9423  # 98 of the 104 due that could see
    assert over_floor(found, decode=1.0, detect=3.0) == {
        "floor_ms_per_sample": 4.0,
        "floor": {"decode": 1.0, "detect": 3.0},
        "times_floor": 1.25,
    }


def test_without_a_sample_nothing_is_divided() -> None:
    found = figures(BEFORE, {**BEFORE, "at": 51.0}, COSTS)
    assert found["ms_per_sample"] == {"other": 0.0, "total": 0.0} and found["skipped_by_gate"] == 0.0


def test_a_rival_is_given_the_same_detection() -> None:
    rival = Standing("ffmpeg-per-camera", 40, 0.5, 80.0, 2000.0, 5.0, "ffmpeg")
    plain = beside({"cameras_per_core": 2000.0}, [rival])
    assert plain["times_as_many"] == {"ffmpeg-per-camera": 25.0}
    assert plain["rivals"][0]["cores"] == 0.5
    same_work = beside({"cameras_per_core": 2000.0}, [rival], 0.0125)
    assert same_work["rivals"][0]["cores_with_detection"] == 1.0
    assert same_work["times_as_many"] == {"ffmpeg-per-camera": 50.0}
    nothing = Standing("ffmpeg-keyframes", 1, 0.0, None, 0.0, 0.0, "ffmpeg")
    assert beside({"cameras_per_core": 2000.0}, [nothing])["times_as_many"] == {}


def test_memory_is_a_base_and_a_part_of_each_camera() -> None:
    assert memory_of(16, 101.6, 1016, 201.6) == {"mb_per_camera": 0.1, "base_rss_mb": 100.0}
    assert memory_of(4, 90.0, 4, 91.0) == {"mb_per_camera": 0.0, "base_rss_mb": 90.0}


def test_detection_is_laid_over_the_whole_city() -> None:
    roles = {
        "window": {"find_ms": 5.0, "look_ms": 5.0, "looks": 1.0, "per_s": 3.0},
        "public": {"find_ms": 0.0, "look_ms": 0.0, "looks": 0.0, "per_s": 1.0},
    }
    look = {"detector": "own", "find_ms": 3.75, "look_ms": 3.75, "looks": 0.75, "per_s": 4.0, "weighed": 9}
    found = detection({**look, "seconds": 2.0, "rss_mb": 90.0, "roles": roles, "others": {"predict": 10.0}}, 30)
    assert (found["cores"], found["cameras_per_core"]) == (0.015, 2000.0)
    assert found["rivals"] == [
        {"name": "predict", "cameras": 30, "cores": 0.03, "cameras_per_core": 1000.0, "ms_per_look": 10.0}
    ]


def test_circumstances_are_known() -> None:
    found = circumstances(7)
    assert found["seed"] == 7 and found["machine"]["cores"] >= 1 and found["machine"]["cpu"]
    assert found["versions"]["av"] and found["versions"]["ffmpeg"]


def test_a_result_can_be_read_by_people() -> None:
    rival = {"name": "ffmpeg-per-camera", "cameras": 40, "cores": 0.5}
    part = {"fps": 5, "cores": 0.1, "rivals": [rival]}
    lines = list(table({"bench": "ingest", "commit": None, **part, "parts": [part, {**part, "fps": 15}]}))
    assert lines[:2] == [f"{'bench':22}ingest", f"{'commit':22}—"]
    assert [line for line in lines if line.startswith("fps")] == [f"{'fps':22}5", f"{'fps':22}15"]
    assert sum("ffmpeg-per-camera" in line for line in lines) == 2
