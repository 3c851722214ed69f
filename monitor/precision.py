"""Precision and recall: shares with confidence intervals, from verdicts and from the blind draw.

Precision says how many alerts were right. It cannot say what was never told of; that takes looks drawn at random and
labelled by somebody who does not know what the machine said.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
Z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
FEWEST = 10
"""Shares of fewer are shown as too few to say."""


@dataclass(frozen=True, slots=True)
class Share:
    """A share of something that was counted, with its 95 % interval; all from 0 to 1."""

    hits: int
    of: int
    low: float
    high: float

    @property
    def value(self) -> float | None:
        """The share itself; None = of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def enough(self) -> bool:
        """Whether there are enough to say anything."""
        return self.of >= FEWEST


def wilson(hits: int, of: int) -> Share:
    """A share with Wilson's score interval (E. B. Wilson 1927), which is right for few and for extreme shares too.

    Of nothing, everything is possible: 0 to 1. Raises ValueError unless 0 <= hits <= of.
    """
    if not 0 <= hits <= of:
        raise ValueError(f"expected 0 <= hits <= of, found {hits} of {of}")
    if of == 0:
        return Share(0, 0, 0.0, 1.0)
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z / (1 + square / of) * sqrt(share * (1 - share) / of + square / (4 * of * of))
    low = 0.0 if hits == 0 else max(0.0, middle - half)
    high = 1.0 if hits == of else min(1.0, middle + half)
    return Share(hits, of, low, high)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One drawn look that somebody labelled."""

    alarmed: bool
    """Whether an alert about the window was open at that time: the stratum it was drawn from."""
    absent: bool
    """What the person saw."""
    weight: float
    """How many looks of its stratum it stands for."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A share estimated from a stratified draw, with its 95 % interval; None = cannot be said."""

    value: float | None
    low: float
    high: float
    of: int
    """Labelled looks that it rests on."""


def drawn_precision(labelled: Iterable[Labelled]) -> Estimate:
    """Of the looks during an alert, the weighted share at which nobody was at the post."""
    alarmed = [one for one in labelled if one.alarmed]
    return _odds(_total(alarmed, lambda one: one.absent), _total(alarmed, lambda one: not one.absent), len(alarmed))


def recall(labelled: Iterable[Labelled]) -> Estimate:
    """Of all looks at which nobody was at the post, the share during an alert.

    Horvitz–Thompson: each label stands for `weight` looks of its stratum, so its absent looks are as many as
    its absent labels' weights add up to; recall is a / (a + s) of the two strata. The interval is that of its log
    odds, log a − log s, whose variance is the sum of the two sums' relative variances (delta method); a stratum without
    an absent label counts as half a one. It counts looks, not absences, and also those too short for any rule.
    """
    everything = list(labelled)
    told, silent = (
        _total([one for one in everything if one.alarmed is alarmed], lambda one: one.absent)
        for alarmed in (True, False)
    )
    return _odds(told, silent, sum(one.absent for one in everything))


@dataclass(frozen=True, slots=True)
class _Sum:
    """An estimated number of looks."""

    value: float
    safe: float
    """The same, but never 0: half a label at least."""
    relative: float
    """Its variance divided by its square."""


def _total(stratum: list[Labelled], hit: Callable[[Labelled], bool]) -> _Sum:
    number = len(stratum)
    parts = [one.weight if hit(one) else 0.0 for one in stratum]
    value = sum(parts)
    if value == 0 or number < 2:
        half = sum(one.weight for one in stratum) / number / 2 if number else 0.5
        return _Sum(value, max(value, half), 2.0)
    variance = number / (number - 1) * sum((part - value / number) ** 2 for part in parts)
    return _Sum(value, value, variance / value**2)


def _odds(hits: _Sum, others: _Sum, of: int) -> Estimate:
    if hits.value + others.value == 0:
        return Estimate(None, 0.0, 1.0, of)
    middle, spread = log(hits.safe / others.safe), Z * sqrt(hits.relative + others.relative)
    low, high = (1 / (1 + exp(-odds)) for odds in (middle - spread, middle + spread))
    value = hits.value / (hits.value + others.value)
    return Estimate(value, min(low, value), max(high, value), of)
