"""Explaining: what is asked of a window at a time, which thresholds are in force there, and where each came from."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from config.settings import Settings
from config.value_names import FAMILIES, NAMES
from monitor.alerts import Rule
from monitor.calendar import BEIJING, DayKind, today
from monitor.halls import HallRule
from monitor.hours import Service
from monitor.places import Hall, SegmentKind, Window
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule
from monitor.thresholds import Family

KINDS = {
    SegmentKind.USUAL: ("通常", "usual"),
    SegmentKind.LUNCH: ("午间错时", "lunch rota"),
    SegmentKind.APPOINTMENT: ("预约", "by appointment"),
    SegmentKind.EXTENDED: ("延时", "extended"),
}
DAYS = {
    DayKind.WORKDAY: "a working day",
    DayKind.MAKE_UP: "a make-up working day with Monday's hours",
    DayKind.HOLIDAY: "a public holiday",
    DayKind.WEEKEND: "a weekend",
    DayKind.UNPUBLISHED: "of a year whose holidays are not published, judged by the weekday",
}


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

    def lines(self, language: str = "zh") -> Iterator[str]:
        """For people; `language`: zh or en."""
        english = language == "en"

        def say(chinese: str, in_english: str) -> str:
            return in_english if english else chinese

        def named(place: Hall | Window) -> str:
            return (place.name_en if english else "") or place.name

        local, service = self.at.astimezone(BEIJING), self.service
        day = DAYS[DayKind(self.day)] if english else self.day
        yield f"{named(self.hall)} · {named(self.window)} ({self.hall.id} {self.window.id}, {self.window.zone})"
        yield say(f"北京时间 {local:%Y-%m-%d %H:%M} {day}", f"{local:%Y-%m-%d %H:%M} in Beijing, {day}")
        if service is None:
            yield say("不在服务时段，不作判断", "not in service, nothing is judged")
        else:
            chinese, in_english = KINDS[service.segment.kind]
            name = (service.segment.name_en if english else "") or service.segment.name
            stretch = f"{_clock(service.opens_at, local)}–{_clock(service.closes_at, local)}"
            yield say(
                f"服务时段 {name}（{chinese}），连续服务 {stretch}",
                f"segment {name} ({in_english}), in service without a break {stretch}",
            )
        if self.window.closed:
            yield say("配置为不开放，除非岗位安排开窗", "configured as closed, unless the roster opens it")
        if self.hall.shadow:
            yield say("影子模式，不提醒任何人", "shadow mode, nobody is alerted")
        for family, values in self.rules.items():
            yield say("【{}】", "[{}]").format(FAMILIES[Family(family)][english])
            width = max(map(len, values))
            for name, (value, source) in values.items():
                where = say("默认值", "default") if source == "default" else source
                yield f"  {name:<{width}}  {value:<6g} {NAMES[Family(family)][name][english]} ← {where}"


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


def _clock(moment: datetime, day: datetime) -> str:
    """A time of day in Beijing, with its date where that is another."""
    local = moment.astimezone(BEIJING)
    return f"{local:%H:%M}" if local.date() == day.date() else f"{local:%m-%d %H:%M}"
