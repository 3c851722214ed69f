"""Sight: since when something is seen, or why it is not."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Sight:
    """What is known of how well a camera, a window or a zone can be seen."""

    people: int | None = None
    """At the last look; None = it could not see, there was none, or a camera, which counts nobody by itself."""
    seen_at: datetime | None = None
    """The last look that saw."""
    blind: str = "connecting"
    """Why it cannot be seen; empty = it can."""
    since: datetime | None = None
    """Since when that is so."""
    detail: str = ""
    """The reason as a sentence."""

    def then(self, at: datetime, people: int | None, blind: str, detail: str = "") -> "Sight":
        """The same after one more look."""
        since = self.since if self.since is not None and blind == self.blind else at
        return Sight(people, self.seen_at if blind else at, blind, since, detail)
