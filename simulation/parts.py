"""A part: what pictures may be made of, so that some people, colours, lights and things never occur in training."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import TypeVar

from simulation.sprites import Sprite

Thing = TypeVar("Thing")
EVERY = 4
"""Of every sort one in so many is held out."""


class Part(StrEnum):
    """What a picture may be made of. The city is drawn from everything, for nobody learns from it."""

    WHOLE = "whole"
    TRAIN = "train"
    HELD_OUT = "held-out"


def among(part: Part, things: Sequence[Thing]) -> tuple[tuple[int, Thing], ...]:
    """Those of a sort that belong to the part, each with its number within the sort."""
    return tuple(
        (number, thing)
        for number, thing in enumerate(things)
        if part is Part.WHOLE or (number % EVERY == EVERY - 1) == (part is Part.HELD_OUT)
    )


def people_of(part: Part, everybody: Iterable[Sprite]) -> tuple[Sprite, ...]:
    """The sprites of the people who belong to the part; of clerks, public and mannequins alike one in so many."""
    everybody = tuple(everybody)
    names: set[str] = set()
    for role in ("staff", "public", "mannequin"):
        found = sorted({one.identity for one in everybody if one.role == role})
        names |= {name for _, name in among(part, found)}
    return tuple(one for one in everybody if one.identity in names)
