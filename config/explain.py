"""Explaining: what is asked of a window at a time, which thresholds are in force there, and where each came from."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from config.settings import Settings
from monitor.alerts import Rule
from monitor.calendar import BEIJING, today
from monitor.halls import HallRule
from monitor.hours import Service
from monitor.places import Hall, Window
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule


@dataclass(frozen=True, slots=True)
class Explained:
    """One window at one time."""

    hall: Hall
    window: Window
    at: datetime
    day: str
    """The kind of day, as the boards show it."""
    service: Service | None
    rules: dict[str, dict[str, tuple[float, str]]]
    """By family (absence, queue, hall_rule): each value and where it came from."""

    def plain(self) -> dict[str, Any]:
        """As JSON; times with their offset."""
        service = self.service
        return {
            "hall": self.hall.id,
            "window": self.window.id,
            "zone": self.window.zone,
            "at": self.at.isoformat(),
            "day": self.day,
            "closed": self.window.closed,
            "shadow": self.hall.shadow,
            "service": None
            if service is None
            else {
                "segment": service.segment.name,
                "kind": str(service.segment.kind),
                "opens_at": service.opens_at.isoformat(),
                "closes_at": service.closes_at.isoformat(),
            },
            "rules": {
                family: {name: {"value": value, "source": source} for name, (value, source) in values.items()}
                for family, values in self.rules.items()
            },
        }

    def lines(self) -> Iterator[str]:
        """For people, Chinese and English."""
        local, service = self.at.astimezone(BEIJING), self.service
        yield f"{self.hall.name} {self.window.name}（{self.hall.id} {self.window.id}，{self.window.zone}）"
        yield f"{local:%Y-%m-%d %H:%M} {self.day}"
        if service is None:
            yield "不在服务时段，不作判断 / not in service, nothing is judged"
        else:
            stretch = f"{service.opens_at:%H:%M}–{service.closes_at:%H:%M}"
            kind = f"{service.segment.name}（{service.segment.kind}）"
            yield f"服务时段 {kind}，本段 {stretch} / segment {service.segment.name}, in service {stretch}"
        if self.window.closed:
            yield "配置为不开放，除非岗位安排开窗 / configured as closed, unless the roster opens it"
        if self.hall.shadow:
            yield "影子模式，不提醒任何人 / shadow mode, nobody is alerted"
        for family, values in self.rules.items():
            yield f"{family}:"
            width = max(map(len, values))
            yield from (f"  {name:<{width}}  {value:<8g} {source}" for name, (value, source) in values.items())


def find(settings: Settings, window: str, hall: str | None = None) -> list[tuple[Hall, Window]]:
    """Every window of that id, in one hall if it is named."""
    halls = [one for one in settings.halls if hall in (None, one.id)]
    return [(one, own) for one in halls for own in one.windows if own.id == window]


def explain(settings: Settings, hall: Hall, window: Window, at: datetime) -> Explained:
    """What is asked of a window at an aware time, by calendar and configuration alone; the roster is not read."""
    service = settings.hours[hall.id].at(window.id, at)
    segment, rules = service.segment if service else None, settings.thresholds
    found: dict[str, tuple[AbsenceRule | QueueRule | HallRule, Rule, str]] = {
        "absence": (rules.absence(hall, window.id, segment), Rule.ABSENCE, window.id),
        "queue": (rules.queue(hall, window.zone, segment), Rule.QUEUE, window.zone),
        "hall_rule": (rules.hall(hall, segment), Rule.HALL, hall.id),
    }
    told = {}
    for family, (values, rule, place) in found.items():
        sources = rules.sources(hall, rule, place, segment)
        told[family] = {name: (float(value), sources[name]) for name, value in asdict(values).items()}
    return Explained(hall, window, at, str(settings.calendar.kind(today(at))), service, told)
