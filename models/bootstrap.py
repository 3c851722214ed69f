"""Bootstrap: how far a score could be off, given how much was seen.

Samples of a camera follow one another, and an error lasts as long as whatever hides the person. So samples are not
drawn one by one but in blocks of time (circular block bootstrap, Politis and Romano 1992). The length of a block
follows from how long the errors last (Politis and White 2004, corrected by Patton, Politis and White 2009), and there
are at least ten blocks. Few blocks show too little spread, so the percentiles lie further out the fewer there are
(expanded percentiles, Hesterberg 2015). Fewer than ten samples give no interval.

Simulated errors of known frequency lie inside nine times of ten where the footage holds some ten independent stretches
of them, and 95 times of a hundred where it holds many.

An interval speaks of other hours at the same cameras, not of other cameras; and where no error was seen it knows of
none: a precision of 1 gets [1, 1], however short the clip.
"""

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]
"""Quantities × samples, in the order of time."""
Interval = tuple[float, float]
"""The low and the high end."""

RESAMPLES = 1000
LEAST = 10
"""Blocks, and therefore samples, without which no interval is given."""
NORMAL = NormalDist()
TAIL = 0.025
"""Share of the resampled values beyond each end, if there are many blocks."""
LONGER = 1.5
"""Blocks are so much longer than what is best for the variance: coverage is better (91 instead of 88 of a hundred)."""
SEED = 1
"""The same scores always get the same interval."""


def resample(parts: Sequence[Series], lengths: Sequence[int]) -> NDArray[np.float64]:
    """Sums of each quantity over resampled time, `RESAMPLES` × quantities.

    Each part (a camera) is drawn from on its own, in blocks of its own length; their sums are added.
    """
    rng = np.random.default_rng(SEED)
    sums = np.zeros((RESAMPLES, parts[0].shape[0]))
    for series, length in zip(parts, lengths, strict=True):
        samples = series.shape[1]
        if not samples:
            continue
        around = np.concatenate((series, series[:, : length - 1]), axis=1)  # time is a circle: no sample is at an edge
        total = np.pad(around.cumsum(axis=1), ((0, 0), (1, 0)))
        blocks = total[:, length:] - total[:, :samples]
        count = math.ceil(samples / length)
        for number in range(RESAMPLES):
            sums[number] += blocks[:, rng.integers(samples, size=count)].sum(axis=1) * (samples / (count * length))
    return sums


def interval(values: NDArray[np.float64], blocks: int) -> Interval | None:
    """The 95 % interval from values that were resampled from so many blocks.

    Values that are undefined (NaN) are left out. None without any, or with fewer than ten blocks.
    """
    defined = values[~np.isnan(values)]
    if blocks < LEAST or not defined.size:
        return None
    tail = NORMAL.cdf(_student(blocks - 1) * math.sqrt(blocks / (blocks - 1)))
    low, high = np.quantile(defined, (tail, 1 - tail))
    return float(low), float(high)


def _student(freedom: int) -> float:
    """Student's quantile at `TAIL`, by its expansion around the normal one (to 0.001 from nine degrees of freedom)."""
    z = NORMAL.inv_cdf(TAIL)
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def block_length(series: Sequence[NDArray[np.float64]], least: int = 1) -> int:
    """Samples of a block that is long enough for each of the series, but short enough for ten blocks.

    The series have one value per sample; `least` is the length below which nothing is independent anyway.
    """
    samples = len(series[0])
    wanted = max((_wanted(one) for one in series), default=1)
    return max(1, min(max(least, math.ceil(LONGER * wanted)), samples // LEAST))


def _wanted(series: NDArray[np.float64]) -> int:
    """The block length for one series after Politis and White; 1 where nothing varies."""
    samples = len(series)
    centred = series - series.mean()
    if samples < 2 * LEAST or not centred.any():
        return 1
    quiet = max(5, math.ceil(math.sqrt(math.log10(samples))))
    most = min(math.ceil(math.sqrt(samples)) + quiet, samples - 1)
    covariance = np.array([centred[lag:] @ centred[: samples - lag] for lag in range(most + quiet + 1)]) / samples
    small = np.abs(covariance[1:] / covariance[0]) < 2 * math.sqrt(math.log10(samples) / samples)
    last = next((lag for lag in range(most) if small[lag : lag + quiet].all()), most)
    reach = min(2 * max(last, 1), most)
    lags = np.arange(1, reach + 1)
    taper = np.clip(2 * (1 - lags / reach), 0, 1) * covariance[1 : reach + 1]
    spread = covariance[0] + 2 * taper.sum()
    if spread <= 0:
        return 1
    ratio = float(2 * (lags * taper).sum() / spread)
    return math.ceil(math.cbrt(1.5 * ratio**2 * samples))
