"""Known: what is known of a hall from elsewhere than its cameras, as one value that is replaced and never changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.regions import Region
from monitor.roster import Entry
from monitor.tickets import Book
from monitor.window_states import WindowState


@dataclass(frozen=True, slots=True)
class Known:
    """Window states, roster and tickets of one hall."""

    states: Mapping[str, WindowState] = field(default_factory=dict)
    """By window: what it last said of itself."""
    entries: Mapping[str, tuple[Entry, ...]] = field(default_factory=dict)
    """By window: what is arranged for it, of today and of what reaches into today."""
    books: Mapping[str, Book] = field(default_factory=dict)
    """By zone: what its calling system has told."""
    masks: tuple[Region, ...] = ()
    """Where a person said that what stands there is none."""


NOTHING = Known()
