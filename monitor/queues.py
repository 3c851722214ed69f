"""Queues: how many people wait in a zone, and when that becomes an alert."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class QueueRule:
    """Thresholds of 排队超限 on people waiting per open window of the zone (domain rules §4.4)."""

    yellow_open: float = 4.0
    """Waiting per open window at which yellow starts to count."""
    yellow_close: float = 3.0
    """Below this the yellow run is over; lower than `yellow_open` so that the zone does not flip-flop."""
    yellow_s: float = 180.0
    """How long the zone must stay at or over it before a yellow alert opens, in seconds."""
    red_open: float = 8.0
    """Waiting per open window at which red starts to count."""
    red_close: float = 6.0
    """Below this the red run is over."""
    red_s: float = 300.0
    """How long before the alert is red, in seconds."""
    clear_s: float = 60.0
    """How long the zone must stay below `yellow_close` before the alert ends, in seconds."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    version: int = 1
    """Raised whenever a value changes; kept with every alert."""
