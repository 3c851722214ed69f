"""Occupancy: written timelines, and the same answers as the product's own smoothing."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from models.occupancy import Smoothing, occupied
from monitor.duty import Duty
from monitor.hours import Service
from monitor.posts import AWAY
from monitor.presence import AbsenceRule, Seen, Watch, step
from tests.monitor.hall import HALL

SIX = Smoothing(over=6)
NEVER = 1e9
"""Seconds; no alert opens before."""
BEGIN = datetime(2026, 9, 1, tzinfo=UTC)
ALWAYS = Service(HALL.segments[0], BEGIN - timedelta(days=1), BEGIN + timedelta(days=1))
REQUIRED = Duty(ALWAYS, opens_at=ALWAYS.opens_at)


def line(samples: str, rule: Smoothing) -> str:
    """`1` somebody, `0` nobody; the answer has `?` while it is too early to say."""
    return "".join("?" if state is None else "01"[state] for state in occupied((one == "1" for one in samples), rule))


@pytest.mark.parametrize(
    ("samples", "over", "expected"),
    [
        ("", 6, ""),
        ("0110", 1, "0110"),
        ("11011", 6, "?????"),
        ("1101011011", 6, "?????11111"),  # misses
        ("0000001000", 6, "?????00000"),  # a passer-by
        ("1111110000000", 6, "?????11111000"),  # at most one of six: empty
        ("0000000111111", 6, "?????00001111"),  # three of six: back
        ("0000000101010", 6, "?????00000011"),
        ("1001", 2, "?101"),
    ],
)
def test_timelines(samples: str, over: int, expected: str) -> None:
    assert line(samples, Smoothing(over)) == expected


@given(st.lists(st.booleans(), max_size=60))
def test_one_sample_speaks_for_itself(samples: list[bool]) -> None:
    assert list(occupied(samples, Smoothing())) == samples


@given(st.lists(st.booleans(), max_size=80), st.sampled_from([1, 2, 5, 6, 9]))
@example([*map(bool, (0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0))], 6)
def test_the_rule_is_that_of_the_product(samples: list[bool], over: int) -> None:
    """Every look at a window that somebody has to be at, judged by `monitor.presence` with thresholds out of reach."""
    rule = AbsenceRule(hint_s=NEVER, yellow_s=NEVER, red_s=NEVER, red_waiting_s=NEVER, smooth_n=over)
    ours = Smoothing(over, rule.empty_below, rule.present_from)
    watch, empty = Watch("h1", "w1"), []
    for number, sample in enumerate(samples):
        at = BEGIN + timedelta(seconds=10 * number)
        watch, _ = step(rule, watch, Seen(at, int(sample), REQUIRED, timedelta(seconds=10)))
        empty.append(watch.post in AWAY)
    states = occupied(samples, ours)
    assert all(state is None for state in states[: over - 1])
    assert [not state for state in states[over - 1 :]] == empty[over - 1 :]
    assert not any(empty[: over - 1])


def test_the_defaults_are_those_of_the_product() -> None:
    assert (SIX.over, SIX.empty_below, SIX.present_from) == (
        AbsenceRule().smooth_n,
        AbsenceRule().empty_below,
        AbsenceRule().present_from,
    )


def test_the_shares_are_parameters() -> None:
    assert line("11110000111", replace(SIX, over=4, empty_below=0.6, present_from=1.0)) == "???11000000"
