"""The draw: which looks of a day are kept for blind labelling, alerts and silence alike.

Of every hall and day so many looks at posts where somebody has to be are drawn while an alert is open there, and as
many while none is. Each stratum is a reservoir (Vitter's algorithm R), so every look has the same chance however many
come, and nothing has to be known in advance. The seed is the day and the hall: the same looks give the same draw.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

EACH = 4
"""Looks kept of each stratum, hall and day."""
Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Drawn(Generic[Kept]):
    """One look in the draw."""

    window: str
    at: datetime
    alarmed: bool
    kept: Kept
    """What is kept of it: its masked picture."""
    empty: bool | None = None
    """Whether the post was taken for empty; None = not known."""


@dataclass(slots=True)
class Draw(Generic[Kept]):
    """The draw of one hall and one day."""

    hall: str
    day: date
    each: int = EACH
    seen: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """Looks that came, by whether an alert was open."""
    held: dict[bool, list[Drawn[Kept]]] = field(default_factory=lambda: {True: [], False: []})

    def place(self, window: str, at: datetime, alarmed: bool) -> int | None:
        """Where a look would stand in its stratum; None = it is not drawn. Every look is to be asked for, once."""
        self.seen[alarmed] += 1
        if self.seen[alarmed] <= self.each:
            return self.seen[alarmed] - 1
        turn = random.Random(f"{self.hall} {self.day} {alarmed} {self.seen[alarmed]} {window} {at.isoformat()}")
        place = turn.randrange(self.seen[alarmed])
        return place if place < self.each else None

    def hold(self, place: int, drawn: Drawn[Kept]) -> Drawn[Kept] | None:
        """Put a look into its place; the one that stood there goes, and is told."""
        held = self.held[drawn.alarmed]
        if place >= len(held):
            held.append(drawn)
            return None
        before, held[place] = held[place], drawn
        return before

    def weight(self, alarmed: bool) -> float:
        """How many looks each one held of a stratum stands for, at least 1."""
        return max(1.0, self.seen[alarmed] / max(1, len(self.held[alarmed])))
