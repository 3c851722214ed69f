"""Presence at a window: present, absent, unknown or not required, and when absence becomes an alert."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AbsenceRule:
    """Thresholds of 疑似离岗, in seconds unless said otherwise (domain rules §4.2)."""

    hint_s: float = 180.0
    """提示: the board shows the post as empty, nobody is alerted."""
    yellow_s: float = 300.0
    """离岗预警: an alert opens."""
    red_s: float = 600.0
    """离岗告警: the alert turns red."""
    red_waiting_s: float = 300.0
    """Red already at this age when somebody waits in the window's zone."""
    rearm_s: float = 180.0
    """After a return, how long somebody must be seen before a new alert may open."""
    unknown_reset_s: float = 180.0
    """More than this of continuous unknown restarts the clock at zero with the next empty sample."""
    smooth_n: int = 6
    """Samples over which smoothing decides whether the post is empty."""
    empty_below: float = 0.2
    """The post becomes empty when the share of samples with a person falls below this."""
    present_from: float = 0.5
    """The post is staffed again when that share reaches this."""
    gap_cadences: float = 3.0
    """A gap between samples longer than this many cadences is unknown time."""
    version: int = 1
    """Raised whenever a value changes; kept with every alert."""
