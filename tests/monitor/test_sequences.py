import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.sequences import MOST_RUNS, Progress


def after(*seqs: int, start: Progress | None = None) -> Progress:
    progress = start or Progress()
    for seq in seqs:
        progress = progress.heard(seq)
    return progress


@pytest.mark.parametrize(
    ("seqs", "acknowledged"),
    [((), 0), ((1,), 1), ((2,), 0), ((1, 2, 3), 3), ((3, 2, 1), 3), ((1, 3), 1), ((1, 3, 2), 3), ((1, 1, 1), 1)],
)
def test_the_acknowledged_number_has_no_gap_below_it(seqs: tuple[int, ...], acknowledged: int) -> None:
    assert after(*seqs).acknowledged == acknowledged


@settings(deadline=None)
@given(st.lists(st.integers(1, 40), max_size=80))
def test_any_order_with_repeats(seqs: list[int]) -> None:
    progress = after(*seqs)
    heard = set(seqs)
    assert progress.acknowledged == max((n for n in range(1, 41) if heard >= set(range(1, n + 1))), default=0)
    assert {n for first, last in progress.runs for n in range(first, last + 1)} == heard
    assert progress == after(*sorted(heard))


def test_a_sender_that_lost_some_says_where_it_begins() -> None:
    progress = after(1, 2, 5).heard(6, oldest=5)
    assert progress == Progress(((1, 6),), lost=2)
    assert progress.heard(7, oldest=5) == Progress(((1, 7),), lost=2)


def test_a_new_record_begins_where_the_sender_begins() -> None:
    assert Progress().heard(483, oldest=482) == Progress(((1, 481), (483, 483)))
    assert Progress().heard(483, oldest=482).acknowledged == 481


def test_a_sender_full_of_gaps_costs_a_bounded_row() -> None:
    progress = after(*range(2, 8 * MOST_RUNS, 2))
    assert len(progress.runs) <= MOST_RUNS
    assert progress.lost > 0
