"""Occupancy: whether somebody is in a zone, decided over the last few samples by the rule that the product uses.

The product judges an empty post by `monitor/presence.py`, which this room may not import; the rule is stated here once
more, and a test holds the two together. A post becomes empty when, of the last `over` samples, the share with a person
falls below `empty_below`; it is occupied again when that share reaches `present_from`. Between the two it stays what it
was. Nothing is decided before there are `over` samples, and what lay before a return no longer counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Over how many samples occupancy is decided; 1 = each sample for itself."""

    over: int = 1
    empty_below: float = 0.2
    """A zone becomes empty when the share of samples with a person falls below this."""
    present_from: float = 0.5
    """It is occupied again when that share reaches this."""


def occupied(samples: Iterable[bool], rule: Smoothing) -> tuple[bool | None, ...]:
    """Whether the zone is occupied after each sample; None while it is too early to say."""
    last: list[bool] = []
    empty = False
    states: list[bool | None] = []
    for number, sample in enumerate(samples, start=1):
        last = [*last, sample][-rule.over :]
        if not empty:
            empty = len(last) == rule.over and sum(last) < rule.empty_below * rule.over
        elif sum(last) >= rule.present_from * rule.over:
            last, empty = last[_turn(last) :], False
        states.append(None if number < rule.over else not empty)
    return tuple(states)


def _turn(last: list[bool]) -> int:
    """Where the return began: the oldest sample with a person that the next one confirms, else the newest."""
    return next((place for place, pair in enumerate(pairwise(last)) if all(pair)), len(last) - 1)
