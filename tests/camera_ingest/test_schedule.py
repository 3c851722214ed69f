"""When cameras are looked at."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.schedule import Schedule, staggered


@given(st.floats(0, 1e6), st.floats(0.1, 120), st.floats(0, 1e4))
def test_the_next_moment_is_later_and_not_by_more_than_a_cadence(origin: float, cadence: float, late: float) -> None:
    schedule = Schedule(origin, cadence)
    after = schedule.after(origin + late)
    assert origin + late < after + 1e-6
    assert after <= origin + late + cadence + 1e-6


def test_missed_moments_are_not_made_up_for() -> None:
    assert Schedule(100.0, 10.0).after(147.0) == 150.0


def test_cameras_are_spread_over_their_cadence() -> None:
    moments = sorted(schedule.origin for schedule in staggered([10.0] * 100, 1000.0))
    assert moments[0] >= 1000.0
    assert moments[-1] < 1010.0
    assert max(later - earlier for earlier, later in pairwise(moments)) < 0.3


def test_a_stretched_cadence_counts_from_now() -> None:
    assert Schedule(3.0, 10.0).after(14.0, 1.5) == 29.0
    assert Schedule(3.0, 10.0).after(14.0, 1.0) == 23.0


def test_how_many_looks_were_due() -> None:
    schedule = Schedule(3.0, 10.0)
    assert [schedule.due_until(now) for now in (0.0, 2.9, 3.0, 12.9, 13.0, 103.0)] == [0, 0, 1, 1, 2, 11]


def test_another_cadence_counts_on_and_stays_spread() -> None:
    schedules = staggered([10.0] * 100, 1000.0)
    for schedule in schedules:
        schedule.change(60.0, 1020.0)
    assert sum(schedule.due_until(1020.0) for schedule in schedules) == 200
    moments = sorted(schedule.after(1020.0) for schedule in schedules)
    assert moments[0] >= 1020.0 and moments[-1] <= 1080.0
    assert max(later - earlier for earlier, later in pairwise(moments)) < 2.0
    assert sum(schedule.due_until(1080.0) for schedule in schedules) == 300
    schedules[0].change(60.0, 1070.0)  # as it is already
    assert sum(schedule.due_until(1140.0) for schedule in schedules) == 400


@given(st.floats(1, 100), st.floats(1, 100), st.floats(0, 500))
def test_the_count_of_moments_never_jumps(before: float, after: float, at: float) -> None:
    schedule = Schedule(1.0, before)
    counted = schedule.due_until(at)
    schedule.change(after, at)
    assert schedule.due_until(at) == counted or at < 1.0
    assert at - 1e-6 <= schedule.after(at) <= at + after + 1e-6
