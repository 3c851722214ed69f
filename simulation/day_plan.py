"""The plan of a simulated working day in one hall: who is away when and why, what fails, how many wait.

The amounts follow the base rates of a city of 1,632 windows: some ten true absences of over five minutes a day, 120
pauses, 0.8 % of the cameras failing, and thousands of short steps away that are nobody's business.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from camera_ingest.camera import Role
from monitor.alerts import CROWD, Rule
from monitor.calendar import BEIJING
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window
from simulation.city import City, Eye

WINDOWS = 1632
"""Of the whole city, which the base rates are of."""
WEEK = (1, 2, 3, 4, 5)
MORNING = Segment("上午", WEEK, time(8, 30), time(12))
AFTERNOON = Segment("下午", WEEK, time(13, 30), time(17))
LUNCH_SHARE = 0.2
"""Windows of the city's main hall that are on the lunch rota."""
SHORT_PER_WINDOW = 5.0
"""Steps away of half a minute to four minutes, a day."""
REASONS = ("短时离席", "设备检修", "业务会商", "交接班")
FAILING = 0.008
"""Share of the cameras that fail some time of the day."""


class What(StrEnum):
    """What somebody who watches ought to be told of."""

    ABSENCE = "absence"
    LATE = "late"
    EARLY = "early"
    PAUSE = "pause"  # longer than its limit
    VACANT = "vacant"
    CROWD = "crowd"


RULES: dict[What, frozenset[Rule]] = {
    What.ABSENCE: frozenset({Rule.ABSENCE}),
    What.LATE: frozenset({Rule.LATE}),
    What.EARLY: frozenset({Rule.EARLY}),
    What.PAUSE: frozenset({Rule.PAUSE}),
    What.VACANT: frozenset({Rule.VACANT}),
    What.CROWD: CROWD,
}
"""The rules that tell of it."""
CITY_WIDE = {What.ABSENCE: 10.0, What.LATE: 2.0, What.EARLY: 2.0, What.PAUSE: 3.0, What.VACANT: 1.0, What.CROWD: 4.0}
"""How often each happens in the whole city, a day."""
QUIET = {"pauses": 120.0, "back_office": 40.0, "signed_out": 20.0, "leave": 30.0}
"""What happens besides and is in order."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when, at one place."""

    place: str
    since: datetime
    until: datetime

    def overlaps(self, since: datetime, until: datetime) -> bool:
        """Whether it has a moment in common."""
        return self.since < until and since < self.until


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that has to be told."""

    what: What
    hall: str
    stretch: Stretch


@dataclass(slots=True)
class Plan:
    """One hall's day."""

    hall: Hall
    eyes: tuple[Eye, ...]
    day: date
    facts: list[Fact] = field(default_factory=list)
    away: list[Stretch] = field(default_factory=list)
    """Nobody is at the post."""
    pauses: list[tuple[Stretch, str]] = field(default_factory=list)
    """Declared, with their reasons; the clerk is away meanwhile."""
    back_office: list[Stretch] = field(default_factory=list)
    signed_out: list[Stretch] = field(default_factory=list)
    leave: list[str] = field(default_factory=list)
    """Windows closed all day."""
    faults: list[Stretch] = field(default_factory=list)
    """By camera."""

    def at(self, text: str) -> datetime:
        """A time of the day."""
        return datetime.combine(self.day, time.fromisoformat(text), BEIJING)


def with_hours(hall: Hall) -> Hall:
    """A hall with the hours of a working winter's day; the city's main hall has a lunch rota."""
    if hall.level is not HallLevel.CITY or len(hall.windows) < 60:
        return replace(hall, segments=(MORNING, AFTERNOON))
    open_ones = [window.id for window in hall.windows if not window.closed]
    rota = tuple(open_ones[:: round(1 / LUNCH_SHARE)])
    lunch = Segment("中午", WEEK, time(12), time(13, 30), SegmentKind.LUNCH, windows=rota)
    return replace(hall, segments=(MORNING, lunch, AFTERNOON))


def plans(city: City, day: date, seed: int) -> list[Plan]:
    """A plan for every hall of the city."""
    dice = random.Random(f"{seed} {day}")
    made = []
    for hall in city.halls:
        eyes = tuple(eye for eye in city.eyes if eye.hall == hall.id)
        made.append(Plan(with_hours(hall), eyes, day))
    share = sum(len(hall.windows) for hall in city.halls) / WINDOWS
    for plan in made:
        plan.faults += _faults(dice, plan)
    _leave(dice, made, QUIET["leave"] * share)
    for what, often in CITY_WIDE.items():
        for _ in range(max(1, round(often * share))):
            _happen(dice, what, made)
    _quiet(dice, made, share)
    for plan in made:
        _steps(dice, plan)
    return made


def _faults(dice: random.Random, plan: Plan) -> Iterator[Stretch]:
    for eye in plan.eyes:
        if dice.random() < FAILING:
            since = plan.at("08:15") + timedelta(minutes=dice.uniform(0, 500))
            yield Stretch(eye.id, since, since + timedelta(minutes=min(240.0, dice.expovariate(1 / 40) + 2)))


def _leave(dice: random.Random, made: Sequence[Plan], many: float) -> None:
    for _ in range(round(many)):
        plan, window = _place(dice, made)
        if len(_of_zone(plan, window.zone)) > 2 and window.id not in plan.leave:
            plan.leave.append(window.id)


def _place(dice: random.Random, made: Sequence[Plan]) -> tuple[Plan, Window]:
    everywhere = [(plan, window) for plan in made for window in plan.hall.windows if not window.closed]
    return dice.choice(everywhere)


def _of_zone(plan: Plan, zone: str) -> list[Window]:
    """The windows of a zone that are open today."""
    return [one for one in plan.hall.windows if one.zone == zone and not one.closed and one.id not in plan.leave]


def _happen(dice: random.Random, what: What, made: Sequence[Plan]) -> None:
    """Something that ought to be told, where a camera sees it and enough others of the zone go on."""
    for _ in range(1000):
        plan, window = _place(dice, made)
        since, until = _when(dice, what, plan)
        if what is What.CROWD:
            eye = next((eye for eye in plan.eyes if eye.role is Role.QUEUE and eye.zone == window.zone), None)
            free = eye is not None and not any(
                one.place == eye.id and one.overlaps(since, until) for one in plan.faults
            )
            if free and not any(fact.stretch.overlaps(since, until) and fact.what is what for fact in plan.facts):
                plan.facts.append(Fact(what, plan.hall.id, Stretch(window.zone, since, until)))
                return
            continue
        alone = what is What.VACANT
        if not _may_leave(plan, window, since, until, alone):
            continue
        stretch = Stretch(window.id, since, until)
        plan.facts.append(Fact(what, plan.hall.id, stretch))
        plan.away.append(stretch)
        if what is What.PAUSE:
            plan.pauses.append((stretch, dice.choice(REASONS)))
        if alone:
            plan.signed_out.append(stretch)
        return
    if what is not What.VACANT:  # for which not every part of the city has a zone of one window
        raise RuntimeError(f"{what}: expected a window where it may happen, found none")


def _when(dice: random.Random, what: What, plan: Plan) -> tuple[datetime, datetime]:
    if what is What.LATE:
        return plan.at("08:00"), plan.at("08:30") + timedelta(minutes=dice.uniform(6.5, 15))
    if what is What.EARLY:
        return plan.at("17:00") - timedelta(minutes=dice.uniform(12, 18)), plan.at("17:30")
    least, most = (12, 20) if what is What.PAUSE else (15, 30) if what is What.CROWD else (6.5, 14)
    begin = plan.at(dice.choice(("08:45", "13:45")))
    since = begin + timedelta(minutes=dice.uniform(0, 130))
    return since, since + timedelta(minutes=dice.uniform(least, most))


def _may_leave(plan: Plan, window: Window, since: datetime, until: datetime, alone: bool = False) -> bool:
    """Whether a clerk may be away then in this plan: seen, open, and no more than a third of the zone's at once."""
    if window.id in plan.leave or window.closed:
        return False
    eye = next((eye for eye in plan.eyes if window.id in eye.windows), None)
    margin = timedelta(minutes=6)
    if eye is None or any(one.place == eye.id and one.overlaps(since - margin, until + margin) for one in plan.faults):
        return False
    zone = {one.id for one in _of_zone(plan, window.zone)}
    if any(fact.what is What.CROWD and fact.stretch.place == window.zone for fact in plan.facts):
        return False
    others = {one.place for one in plan.away if one.place in zone and one.overlaps(since - margin, until + margin)}
    if window.id in others or (alone and len(zone) > 1):
        return False
    return alone or len(others) + 1 <= max(0, len(zone) // 3)


def _quiet(dice: random.Random, made: Sequence[Plan], share: float) -> None:
    """Pauses, back-office work and sign-outs that are in order."""
    for kind, often in QUIET.items():
        if kind == "leave":
            continue
        for _ in range(round(often * share)):
            plan, window = _place(dice, made)
            since, until = _when(dice, What.ABSENCE, plan)
            until = since + timedelta(minutes=dice.uniform(3, 9))
            if not _may_leave(plan, window, since, until):
                continue
            stretch = Stretch(window.id, since, until)
            plan.away.append(stretch)
            if kind == "pauses":
                plan.pauses.append((stretch, dice.choice(REASONS)))
            elif kind == "back_office":
                plan.back_office.append(stretch)
            else:
                plan.signed_out.append(stretch)


def _steps(dice: random.Random, plan: Plan) -> None:
    """Short steps away, late mornings within the grace and early evenings within theirs."""
    for window in plan.hall.windows:
        for _ in range(_poisson(dice, SHORT_PER_WINDOW)):
            since, _ = _when(dice, What.ABSENCE, plan)
            until = since + timedelta(seconds=dice.uniform(25, 240))
            if _may_leave(plan, window, since, until):
                plan.away.append(Stretch(window.id, since, until))
        if dice.random() < 0.05:
            late = plan.at("08:30") + timedelta(seconds=dice.uniform(0, 200))
            if _may_leave(plan, window, plan.at("08:00"), late):
                plan.away.append(Stretch(window.id, plan.at("08:00"), late))
        if dice.random() < 0.1:
            since = plan.at("17:00") - timedelta(seconds=dice.uniform(0, 240))
            if _may_leave(plan, window, since, plan.at("17:30")):
                plan.away.append(Stretch(window.id, since, plan.at("17:30")))


def _poisson(dice: random.Random, mean: float) -> int:
    limit, product, number = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        number += 1
    return number
