"""Bootstrap: intervals cover the truth, narrow with more footage, and widen when errors last."""

from math import ceil, erfc, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.bootstrap import LEAST, RESAMPLES, block_length, interval, resample


def lasting(samples: int, seed: int, lasts: float, share: float = 0.3) -> NDArray[np.float64]:
    """Errors (0 or 1) that come and go, `share` of the time, each for `lasts` samples on average."""
    rng = np.random.default_rng(seed)
    now, series = rng.random() < share, []
    for chance in rng.random(samples):
        now = chance >= 1 / lasts if now else chance < share / (1 - share) / lasts
        series.append(float(now))
    return np.array(series)


def ends(series: NDArray[np.float64]) -> tuple[float, float]:
    """The interval of a mean."""
    part = np.stack((np.ones_like(series), series))
    length = block_length([series])
    sums = resample([part], [length])
    both = interval(sums[:, 1] / sums[:, 0], ceil(len(series) / length))
    assert both is not None
    return both


@pytest.mark.parametrize("lasts", [1 / 0.7, 8.0])
def test_intervals_cover(lasts: float) -> None:
    """Of 120 clips with a known error at least 88 % have it inside their interval (95 % are meant, in the long run)."""
    inside = [low <= 0.3 <= high for low, high in (ends(lasting(800, seed, lasts)) for seed in range(120))]
    assert np.mean(inside) >= 0.88


def test_more_footage_gives_narrower_intervals() -> None:
    """Four times the time, about half the width."""
    widths = [
        [high - low for low, high in (ends(lasting(n, seed, 8)) for seed in range(12))] for n in (400, 1600, 6400)
    ]
    short, middle, long = (float(np.mean(each)) for each in widths)
    assert 0.35 < middle / short < 0.75 and 0.35 < long / middle < 0.75


def test_errors_that_last_widen_the_interval() -> None:
    """Neighbouring samples that are wrong together are no independent witnesses."""
    series = lasting(1000, 3, 20)
    mixed = np.random.default_rng(1).permutation(series)
    assert block_length([series]) > 3 * block_length([mixed])
    (low, high), (least, most) = ends(series), ends(mixed)
    assert high - low > 2 * (most - least)


def test_the_same_scores_get_the_same_interval() -> None:
    assert ends(lasting(300, 1, 5)) == ends(lasting(300, 1, 5))


@given(st.lists(st.integers(0, 3), min_size=1, max_size=200), st.integers(1, 6))
def test_blocks_are_ten_at_least(counts: list[int], least: int) -> None:
    length = block_length([np.array(counts, float)], least)
    assert 1 <= length <= max(1, len(counts) // LEAST)
    if len(counts) >= least * LEAST:
        assert length >= least


@given(st.lists(st.integers(0, 9), min_size=1, max_size=60), st.integers(1, 6))
def test_every_resample_stands_for_as_much_time(counts: list[int], length: int) -> None:
    """Whatever is drawn, it is as many samples as there were, and no quantity leaves its bounds."""
    series = np.stack((np.ones(len(counts)), np.array(counts, float)))
    sums = resample([series], [min(length, len(counts))])
    assert sums.shape == (RESAMPLES, 2)
    assert sums[:, 0] == pytest.approx(len(counts))
    assert (sums[:, 1] >= len(counts) * min(counts) - 1e-6).all()
    assert (sums[:, 1] <= len(counts) * max(counts) + 1e-6).all()


def test_cameras_are_drawn_from_apart() -> None:
    """Two cameras that never err differently have no spread, whichever errs more."""
    parts = [np.stack((np.ones(50), np.full(50, level))) for level in (0.0, 2.0)]
    sums = resample([*parts, np.zeros((2, 0))], [5, 5, 1])
    assert interval(sums[:, 1] / sums[:, 0], 20) == pytest.approx((1.0, 1.0))


def test_undefined_resamples_are_left_out() -> None:
    assert interval(np.array([np.nan, 0.5, np.nan, 0.5]), 10) == (0.5, 0.5)
    assert interval(np.array([np.nan, np.nan]), 10) is None


def test_few_blocks_move_the_ends_outwards() -> None:
    """Student's quantiles at 2.5 %: 2.262 with 9 degrees of freedom, 2.045 with 29, 1.960 in the end."""
    values = np.linspace(0, 1, 100_001)
    tails = [0.5 * erfc(t * sqrt(n / (n - 1)) / sqrt(2)) for t, n in ((2.262, 10), (2.045, 30), (1.960, 1_000_000))]
    found = [interval(values, blocks) for blocks in (10, 30, 1_000_000)]
    assert found == [pytest.approx((tail, 1 - tail), abs=2e-4) for tail in tails]
    assert interval(values, 9) is None
