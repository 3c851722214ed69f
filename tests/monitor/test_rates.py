from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.categories import Severity, Source
from monitor.issues import Issue, Status
from monitor.rates import Rate, adoption, completion, satisfaction
from monitor.ratings import Channel
from monitor.verdicts import VerdictKind
from tests.monitor.example import rating

AT = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("a", "b", "text"),
    [
        (0, 0, "—"),
        (0, 3, "0.00%"),
        (1, 3, "33.33%"),
        (2, 3, "66.66%"),
        (19_880, 19_881, "99.99%"),
        (102_813, 102_900, "99.91%"),
        (999_999, 1_000_000, "99.99%"),
        (1, 100_000, "0.00%"),
        (5, 5, "100.00%"),
    ],
)
def test_a_rate_is_floored(a: int, b: int, text: str) -> None:
    assert Rate(a, b).text == text


@settings(deadline=None)
@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_hundred_per_cent_only_when_all(a: int, more: int) -> None:
    assert Rate(a, a + more).text != "100.00%"


@pytest.mark.parametrize(("a", "b"), [(1, 0), (-1, 3), (4, 3)])
def test_a_share_larger_than_its_whole_is_refused(a: int, b: int) -> None:
    with pytest.raises(ValueError, match="expected 0 <= a <= b"):
        Rate(a, b)


def test_satisfaction_leaves_out_tests_and_ballot_boxes() -> None:
    ratings = [rating(level=level) for level in (5, 4, 3, 2, 1)]
    ratings += [rating(level=1, test=True), rating(level=2, channel=Channel.COIN)]
    assert satisfaction(ratings) == Rate(3, 5)


def issue(status: Status) -> Issue:
    dispatched = None if status is Status.REGISTERED else AT
    return Issue(
        "WH-2026-000001", "hc01", "w001", "A01", Severity.C, Source.PATROL, "离岗", "督查一组", AT,
        status=status, dispatched_at=dispatched,
    )  # fmt: skip


def test_completion_counts_what_was_dispatched() -> None:
    assert completion(issue(status) for status in Status) == Rate(1, 4)
    assert completion([issue(Status.REGISTERED)]) == Rate(0, 0)


def test_adoption_is_both_kinds_of_true() -> None:
    assert adoption(VerdictKind) == Rate(2, 4)
    assert adoption([]).text == "—"
