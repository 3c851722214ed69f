"""A memory: what a desk knows that nobody else does, so that a killed program goes on as if it had not been killed."""

from dataclasses import dataclass, field
from datetime import date, datetime

from monitor import limits, presence
from monitor.alerts import Rule
from monitor.coverage import Coverage
from monitor.lanes import Lane, Mark
from monitor.observation import Observation
from monitor.queues import Measured
from monitor.sight import Sight


@dataclass(frozen=True, slots=True)
class Memory:
    """The whole state of one desk; plain values that can be written down and read again."""

    windows: dict[str, presence.Watch]
    zones: dict[str, list[limits.Watch]]
    whole: limits.Watch
    faults: dict[str, limits.Watch]
    lanes: dict[str, dict[Lane, list[Mark]]] = field(default_factory=dict)
    """By family and place, `absence/w001`; of places where an alert is open or on its way."""
    coverage: list[tuple[str, date, Coverage]] = field(default_factory=list)
    looks: list[Observation] = field(default_factory=list)
    """The latest look through each region."""
    sights: list[tuple[Rule, str, Sight]] = field(default_factory=list)
    eyes: dict[str, Sight] = field(default_factory=dict)
    measured: dict[str, Measured] = field(default_factory=dict)
    began: datetime | None = None
    """The first look."""
    walked: datetime | None = None
