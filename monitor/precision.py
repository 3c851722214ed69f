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
    empty: bool | None = None
    """Whether the machine took the post for empty, told of or not yet; None = not kept."""


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
    return _odds([alarmed], lambda one: one.absent, lambda one: not one.absent, (_half(alarmed), _half(alarmed)))


def recall(labelled: Iterable[Labelled]) -> Estimate:
    """Of all looks at which nobody was at the post, the share during an alert.

    It counts looks, not absences, and also those too short for any rule: `noticed` tells what of the rest was at least
    seen.
    """
    told, silent = _strata(labelled)
    return _odds(
        [told, silent],
        lambda one: one.absent and one.alarmed,
        lambda one: one.absent and not one.alarmed,
        (_half(told), _half(silent)),
    )


def noticed(labelled: Iterable[Labelled]) -> Estimate:
    """Of all looks at which nobody was at the post, the share at which the machine saw that, told of it or not.

    What is not noticed can never be told of; what is noticed and not told of was short, or its time ran.
    """
    told, silent = _strata(one for one in labelled if one.empty is not None)
    half = max(_half(told), _half(silent))
    return _odds(
        [told, silent],
        lambda one: one.absent and one.empty is True,
        lambda one: one.absent and one.empty is False,
        (half, half),
    )


Test = Callable[[Labelled], bool]


def _strata(labelled: Iterable[Labelled]) -> tuple[list[Labelled], list[Labelled]]:
    everything = list(labelled)
    return [one for one in everything if one.alarmed], [one for one in everything if not one.alarmed]


def _half(stratum: list[Labelled]) -> float:
    """Half a label: what may have been missed where none was found."""
    return sum(one.weight for one in stratum) / len(stratum) / 2 if stratum else 0.5


def _odds(strata: list[list[Labelled]], hit: Test, other: Test, halves: tuple[float, float]) -> Estimate:
    """The share of hits of hits and others, each label standing for its weight (Horvitz–Thompson).

    The interval is that of the log odds, log a − log b, by the delta method: the variance of the sum of the labels'
    parts w·hit/a − w·other/b, stratum by stratum, so that hits and others of one stratum are not taken for independent.
    Where none of one kind was found it is `halves` instead, of relative variance 2; so is what rests on a single label.
    """
    kinds = [[(one.weight, hit(one), other(one)) for one in stratum] for stratum in strata]
    hits, others = (sum(one[0] for stratum in kinds for one in stratum if one[kind]) for kind in (1, 2))
    of = sum(one[1] or one[2] for stratum in kinds for one in stratum)
    if hits + others == 0:
        return Estimate(None, 0.0, 1.0, of)
    a, b = hits or halves[0], others or halves[1]
    variance = 2.0 * (hits == 0) + 2.0 * (others == 0)
    for stratum in kinds:
        parts = [weight * (is_hit / a - is_other / b) for weight, is_hit, is_other in stratum]
        number = len(parts)
        mean = sum(parts) / max(1, number)
        spread = sum((part - mean) ** 2 for part in parts)
        variance += number / (number - 1) * spread if number > 1 else 2 * sum(part**2 for part in parts)
    middle, half = log(a / b), Z * sqrt(variance)
    low, high = (1 / (1 + exp(-max(-700.0, odds))) for odds in (middle - half, middle + half))
    value = hits / (hits + others)
    return Estimate(value, min(low, value), max(high, value), of)
