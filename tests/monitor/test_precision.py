"""Intervals against published values and against a known truth."""

import random

import pytest

from monitor.precision import Labelled, drawn_precision, recall, wilson


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (0, 10, 0.0, 0.2775),
        (10, 10, 0.7225, 1.0),
        (5, 10, 0.2366, 0.7634),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson(hits: int, of: int, low: float, high: float) -> None:
    share = wilson(hits, of)
    assert share.low == pytest.approx(low, abs=5e-5)
    assert share.high == pytest.approx(high, abs=5e-5)
    assert share.value == hits / of


def test_of_nothing_everything_is_possible() -> None:
    share = wilson(0, 0)
    assert (share.value, share.low, share.high, share.enough) == (None, 0.0, 1.0, False)
    with pytest.raises(ValueError, match="3 of 2"):
        wilson(3, 2)


def day(dice: random.Random) -> list[Labelled]:
    """A draw out of a day: 200 of 250 looks during alerts show nobody, and 50 of 10,000 others."""
    alarmed = [n < 200 for n in range(250)]
    silent = [n < 50 for n in range(10_000)]
    drawn = [(True, absent, 250 / 100) for absent in dice.sample(alarmed, 100)]
    drawn += [(False, absent, 10_000 / 1000) for absent in dice.sample(silent, 1000)]
    return [Labelled(*one) for one in drawn]


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    dice = random.Random(20261126)
    days = [day(dice) for _ in range(300)]
    within = sum(one.low <= 0.8 <= one.high for one in map(recall, days))
    assert within >= 0.93 * len(days), within
    within = sum(one.low <= 0.8 <= one.high for one in map(drawn_precision, days))
    assert within >= 0.93 * len(days), within


def test_what_was_not_labelled_cannot_be_said() -> None:
    assert recall([]).value is None
    assert drawn_precision([Labelled(False, True, 10.0)]).value is None
    assert recall([Labelled(False, True, 10.0)]).value == 0.0
    assert recall([Labelled(True, True, 2.0), Labelled(False, False, 900.0)]).value == 1.0
