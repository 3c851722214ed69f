"""Intervals against published values and against a known truth."""

import random

import pytest

from monitor.precision import Estimate, Labelled, Share, drawn_precision, noticed, recall, wilson


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


def independent(dice: random.Random) -> list[Labelled]:
    """Few labels out of very many looks, as they are: nobody there in 0.6 of those in alerts and in 0.1 of the others,
    and of the latter 0.8 noticed."""
    alarmed = [Labelled(True, dice.random() < 0.6, 5.0, True) for _ in range(200)]
    return alarmed + [Labelled(False, dice.random() < 0.1, 50.0, dice.random() < 0.8) for _ in range(200)]


def test_hits_and_others_of_one_stratum_are_not_independent() -> None:
    dice = random.Random(20261127)
    days = [independent(dice) for _ in range(400)]
    told, silent = 0.6 * 200 * 5, 0.1 * 200 * 50
    for estimate, truth in (
        (drawn_precision, 0.6),
        (recall, told / (told + silent)),
        (noticed, (told + 0.8 * silent) / (told + silent)),
    ):
        within = sum(one.low <= truth <= one.high for one in map(estimate, days))
        assert 0.92 * len(days) <= within <= 0.99 * len(days), (estimate, within)


def test_what_was_not_kept_says_nothing_of_what_was_noticed() -> None:
    assert noticed([Labelled(True, True, 5.0), Labelled(False, True, 5.0)]).value is None
    assert noticed([Labelled(True, True, 5.0, True), Labelled(False, True, 15.0, False)]).value == 0.25


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


def labels(*strata: tuple[bool, int, int, float]) -> list[Labelled]:
    """Alarmed, absent, present, weight."""
    return [
        Labelled(alarmed, absent, weight)
        for alarmed, hits, others, weight in strata
        for absent in (*[True] * hits, *[False] * others)
    ]


def test_recall_worked_out_by_hand() -> None:
    """a = 3·2 with relative variance 4/36, s = 1·10 with 100/100: log odds ln 0.6 ± 1.96·√1.111."""
    told = recall(labels((True, 3, 1, 2.0), (False, 1, 4, 10.0)))
    assert (told.value, told.of) == (0.375, 4)
    assert told.low == pytest.approx(0.0707, abs=2e-4)
    assert told.high == pytest.approx(0.8256, abs=2e-4)


def test_a_stratum_without_an_absent_label_counts_as_half_a_one() -> None:
    """s is 0 but 5 in the odds, with relative variance 2: ln 1.2 ± 1.96·√2.111."""
    told = recall(labels((True, 3, 1, 2.0), (False, 0, 5, 10.0)))
    assert (told.value, told.high, told.of) == (1.0, 1.0, 3)
    assert told.low == pytest.approx(0.0650, abs=2e-4)


def test_precision_worked_out_by_hand() -> None:
    """Three of four labels during alerts: parts of 1/3 three times and −1, variance 4/3·(3/9 + 1): ln 3 ± 1.96·4/3."""
    told = drawn_precision(labels((True, 3, 1, 2.0), (False, 5, 5, 10.0)))
    assert (told.value, told.of) == (0.75, 4)
    assert told.low == pytest.approx(0.1803, abs=2e-4)
    assert told.high == pytest.approx(0.9762, abs=2e-4)


def test_of_no_labels_nothing_can_be_said() -> None:
    assert recall([]) == drawn_precision([]) == Estimate(None, 0.0, 1.0, 0)
    assert drawn_precision(labels((False, 1, 1, 1.0))) == Estimate(None, 0.0, 1.0, 0)
    assert recall(labels((False, 0, 3, 1.0))) == Estimate(None, 0.0, 1.0, 0)
    assert wilson(0, 0) == Share(0, 0, 0.0, 1.0)
    assert [wilson(0, of).enough for of in (9, 10)] == [False, True]


def test_half_of_all_is_half() -> None:
    told = recall(labels((True, 2, 0, 3.0), (False, 2, 0, 3.0)))
    assert (told.value, told.of) == (0.5, 4)
    assert told.low + told.high == pytest.approx(1)


def test_alerts_of_which_none_was_right_are_not_surely_all_wrong() -> None:
    """The hits that are missing count as half a label, whatever each label stands for."""
    told = drawn_precision(labels((True, 0, 4, 2.0)))
    assert (told.value, told.low, told.of) == (0.0, 0.0, 4)
    assert told.high == pytest.approx(drawn_precision(labels((True, 0, 4, 8.0))).high)
    assert 0.3 < told.high < 0.9
