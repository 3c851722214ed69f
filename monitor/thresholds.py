"""Thresholds: which values of the rules are in force at a place and in a segment, and where each of them came from.

The nearest setting wins. A setting for a segment is nearer than one for none, because a lunch rota must not be judged
by a window's usual minutes; then a window is nearer than its zone, that than its hall, that than the hall's level, and
that than the site. Of two that are equally near the later one wins. Each value is looked for on its own.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, TypeVar

from monitor.alerts import CROWD, PRESENCE, Rule
from monitor.halls import HallRule
from monitor.places import Hall, HallLevel, Segment
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule


class Family(StrEnum):
    """Which set of values, by its key in the configuration."""

    ABSENCE = "absence"
    QUEUE = "queue"
    HALL = "hall_rule"


AnyRule = TypeVar("AnyRule", AbsenceRule, QueueRule, HallRule)
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Override:
    """Values that differ somewhere or at some time."""

    source: str
    """Where it is written, for people."""
    values: Mapping[Family, Values]
    level: HallLevel | None = None
    hall: str = ""
    zone: str = ""
    """Of that hall."""
    window: str = ""
    """Of that hall."""
    segment: str = ""
    """The name or the kind of a segment; empty = always."""

    def rank(self, hall: Hall, zone: str, window: str, segment: Segment | None) -> tuple[bool, int] | None:
        """How near it is to a place and a segment, comparable; None = it does not apply."""
        if self.segment and (segment is None or self.segment not in (segment.name, segment.kind)):
            return None
        wanted = ((self.level, hall.level), (self.hall, hall.id), (self.zone, zone), (self.window, window))
        if any(own and own != there for own, there in wanted):
            return None
        near = [place for place, (own, _) in enumerate(wanted, 1) if own]
        return bool(self.segment), max(near, default=0)


@dataclass(frozen=True)
class Thresholds:
    """The rules of a site."""

    site_absence: AbsenceRule = field(default_factory=AbsenceRule)
    site_queue: QueueRule = field(default_factory=QueueRule)
    site_hall: HallRule = field(default_factory=HallRule)
    overrides: tuple[Override, ...] = ()
    written: Mapping[Family, Mapping[str, str]] = field(default_factory=dict)
    """Of the site's values those that somebody wrote, and where."""
    _known: dict[tuple[str, ...], tuple[AbsenceRule | QueueRule | HallRule, Mapping[str, str]]] = field(
        default_factory=dict, repr=False, compare=False
    )

    def absence(self, hall: Hall, window: str, segment: Segment | None) -> AbsenceRule:
        """In force at a window."""
        return self._resolved(Family.ABSENCE, self.site_absence, hall, window, segment)[0]

    def queue(self, hall: Hall, zone: str, segment: Segment | None) -> QueueRule:
        """In force in a zone."""
        return self._resolved(Family.QUEUE, self.site_queue, hall, zone, segment)[0]

    def hall(self, hall: Hall, segment: Segment | None) -> HallRule:
        """In force in a hall."""
        return self._resolved(Family.HALL, self.site_hall, hall, "", segment)[0]

    def sources(self, hall: Hall, rule: Rule, place: str, segment: Segment | None) -> Mapping[str, str]:
        """Where each value of an alert's rule comes from; `default` = nobody wrote it."""
        if rule in PRESENCE:
            return self._resolved(Family.ABSENCE, self.site_absence, hall, place, segment)[1]
        if rule in CROWD:
            return self._resolved(Family.QUEUE, self.site_queue, hall, place, segment)[1]
        return self._resolved(Family.HALL, self.site_hall, hall, "", segment)[1]

    def _resolved(
        self, family: Family, site: AnyRule, hall: Hall, place: str, segment: Segment | None
    ) -> tuple[AnyRule, Mapping[str, str]]:
        key = (family, hall.id, place, *(("", "") if segment is None else (segment.name, segment.kind)))
        if key not in self._known:
            self._known[key] = self._resolve(family, site, hall, place, segment)
        return self._known[key]  # type: ignore[return-value]  # what is kept under a family is a rule of it

    def _resolve(
        self, family: Family, site: AnyRule, hall: Hall, place: str, segment: Segment | None
    ) -> tuple[AnyRule, Mapping[str, str]]:
        window, zone = (place, "") if family is Family.ABSENCE else ("", place)
        if window:
            zone = next((one.zone for one in hall.windows if one.id == window), "")
        near = [(rank, one) for one in self.overrides if (rank := one.rank(hall, zone, window, segment)) is not None]
        values: dict[str, Any] = {}
        sources = dict.fromkeys(asdict(site), "default") | dict(self.written.get(family, {}))
        for _, one in sorted(near, key=lambda pair: pair[0]):  # stable: of two alike the later one comes last
            own = one.values.get(family, {})
            values |= own
            sources |= dict.fromkeys(own, one.source)
        return replace(site, **values), sources
