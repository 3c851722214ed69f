"""The pace of a fleet that cannot keep up."""

from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.pace import MOST, Pace


def judged(waits: list[float], pace: Pace | None = None) -> Pace:
    pace = pace or Pace()
    start = pace.judged_at
    for second, oldest_s in enumerate(waits, 1):
        pace.judge(start + second, oldest_s)
    return pace


def test_cadences_are_stretched_while_looks_wait_long_and_come_back() -> None:
    pace = judged([5.0] * 20)
    assert 2 < pace.stretch < 5
    assert judged([2.0] * 20, pace).stretch == pace.stretch, "neither long nor short changes nothing"
    assert judged([0.0] * 400, pace).stretch == 1.0


def test_it_is_judged_once_a_second_however_often_it_is_asked() -> None:
    pace = Pace()
    for tenth in range(100):
        pace.judge(100 + tenth / 10, 9.0)
    assert pace.stretch == judged([9.0] * 10).stretch


@given(st.lists(st.floats(0, 1e6), max_size=300))
def test_it_stays_within_bounds(waits: list[float]) -> None:
    assert 1.0 <= judged(waits).stretch <= MOST


def simulated(capacity: float, demand: float, seconds: int) -> tuple[Pace, float]:
    """A machine that works off `capacity` looks a second of cameras that ask for `demand`; the longest wait at the end.

    One pending look per camera, cadence 10 s, as in a fleet.
    """
    pace, pending, waited = Pace(), 0.0, 0.0
    cameras = demand * 10
    for second in range(1, seconds + 1):
        pending = min(cameras, pending + demand / pace.stretch)
        pending = max(0.0, pending - capacity)
        waited = pending / capacity
        pace.judge(second, waited)
    return pace, waited


def test_a_machine_half_as_fast_as_needed_settles_at_half_the_looks() -> None:
    pace, waited = simulated(capacity=80, demand=160, seconds=600)
    assert 1.8 < pace.stretch < 2.4
    assert waited < 10
