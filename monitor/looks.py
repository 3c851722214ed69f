"""Looks: the last few looks at a post that saw, and what they say together."""

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Look:
    """One look that saw."""

    at: datetime
    present: bool
    """Whether it saw somebody."""
    unseen_s: float
    """Seconds just before it that are unknown."""


Looks = tuple[Look, ...]
"""Oldest first."""


def hits(looks: Looks) -> int:
    """How many of them saw somebody."""
    return sum(look.present for look in looks)


def turn(looks: Looks, present: bool) -> datetime:
    """When a run began: the oldest look of its kind that the next one confirms; the newest if no two in a row agree."""
    return next((one.at for one, two in pairwise(looks) if one.present == two.present == present), looks[-1].at)


def turns(looks: Looks, present: bool) -> frozenset[datetime]:
    """Every look that `turn` may name: those of its kind that follow one of the other kind, or that are the oldest."""
    changes = (two.at for one, two in pairwise(looks) if two.present == present != one.present)
    return frozenset((*(look.at for look in looks[:1] if look.present == present), *changes))
