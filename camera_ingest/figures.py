"""Figures: what a fleet has done since its start."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and CPU times; the difference of two of them is what was done in between."""

    cameras: int
    due: int
    """Looks that the cadences asked for."""
    on_time: int
    """Of these, pictures handed to the reader within one cadence of their due time."""
    seen: int
    """Pictures handed to the reader."""
    blind: int
    """Looks handed to the reader that could not see."""
    overtaken: int
    """Looks that were never decoded because a newer one of their camera came first."""
    expired: int
    """Looks that were never decoded because nobody had time for them within their cadence."""
    received_bytes: int
    """From all cameras but recorded files and those of the fallback."""
    opened: int
    """Connections to RTSP cameras that were begun."""
    stretch: float
    """1 = the cadences are kept; 1.5 = every camera waits 1.5 times as long."""
    waited_s: float
    """How long the camera that waits longest has been in the line by now."""
    cpu_s: Mapping[str, float]
    """CPU seconds by stage: receive, decode, health."""
    opened_most_per_s: int = 0
    """The most connections to RTSP cameras that were begun in any one second."""
