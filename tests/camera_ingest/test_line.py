"""What a hall's line bears: timelines, no clock."""

from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.line import WINDOW_S, Line


def test_looks_share_what_the_streams_leave() -> None:
    line = Line(1.0)
    line.steady_mbit_s = 0.8  # leaves 2 Mbit in ten seconds
    assert line.may(0.9, 100.0)
    line.promised = 0.9
    assert line.may(0.9, 100.0)
    assert not line.may(1.2, 100.0)
    line.promised = 0.0
    line.spend(1.5, 101.0)
    assert not line.may(0.9, 110.9)
    assert line.may(0.9, 111.0)


def test_a_look_that_is_too_much_for_any_window_is_taken_alone() -> None:
    line = Line(0.01)
    assert line.may(0.75, 100.0)
    line.promised = 0.75
    assert not line.may(0.75, 100.0)


@given(st.lists(st.tuples(st.floats(0.01, 2), st.floats(0.05, 0.5)), min_size=10, max_size=300))
def test_in_no_window_more_is_spent_than_the_line_bears(looks: list[tuple[float, float]]) -> None:
    line, now, spent = Line(0.5), 0.0, list[tuple[float, float]]()
    for pause, mbit in looks:
        now += pause
        if line.may(mbit, now):
            line.spend(mbit, now)
            spent.append((now, mbit))
    for since, _ in spent:
        assert sum(mbit for at, mbit in spent if since <= at < since + WINDOW_S) <= 0.5 * WINDOW_S + 1e-9
