"""The draw: which looks of a day are kept for blind labelling, alerts and silence alike.

Of every hall and day so many looks at posts where somebody has to be are drawn while an alert is open there, and as
many while none is. Each stratum is a reservoir (Vitter's algorithm R), so every look has the same chance however many
come, and nothing has to be known in advance. Of the many silent looks only one in a hundred, by chance, comes before
its reservoir: else a whole city that opens would encode thousands of pictures within minutes, to throw nearly all of
them away. The seed is the day and the hall: the same looks give the same draw.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b
from typing import Generic, TypeVar

EACH = 4
"""Looks kept of each stratum, hall and day."""
SILENT_OF = 100
"""One of so many looks without an alert is asked whether it is drawn."""
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
    silent_of: int = SILENT_OF
    seen: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """Looks that came, by whether an alert was open."""
    asked: dict[bool, int] = field(default_factory=lambda: {True: 0, False: 0})
    """Of those, looks that came before the reservoir."""
    held: dict[bool, list[Drawn[Kept]]] = field(default_factory=lambda: {True: [], False: []})

    def place(self, alarmed: bool) -> int | None:
        """Where a look would stand in its stratum; None = it is not drawn. Every look is to be asked for, once."""
        self.seen[alarmed] += 1
        chance = self._chance(alarmed) * (1 if alarmed else self.silent_of)
        if chance >= 1:
            return None
        self.asked[alarmed] += 1
        place = int(chance * self.asked[alarmed]) if self.asked[alarmed] > self.each else self.asked[alarmed] - 1
        return place if place < self.each else None

    def _chance(self, alarmed: bool) -> float:
        """Of this look, from 0 to below 1."""
        digest = blake2b(f"{self.hall} {self.day} {alarmed} {self.seen[alarmed]}".encode(), digest_size=6).digest()
        return int.from_bytes(digest) / 2**48

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
