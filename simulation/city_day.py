"""A whole working day of the city under a virtual clock: what the judgement makes of 1,632 windows, looked at as a site
looks at them, beside the plan of what really happened.

Nothing is drawn and no network runs: each look counts who is there by the plan, misses somebody now and then, and sees
somebody who is not there more rarely. Everything after the detector is the product's own.
"""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from heapq import heapify, heapreplace
from typing import Any

from camera_ingest.camera import CADENCE, Camera, Role
from camera_ingest.sample import Blind, Sample
from models.regions import Anchor, Region, RegionKind
from monitor.alerts import FAULTS, Alert, Rule
from monitor.calendar import Calendar
from monitor.coverage import total
from monitor.desk import Desk
from monitor.halls import groups, needs_a_person
from monitor.hours import Hours
from monitor.known import Known
from monitor.observation import Observation
from monitor.roster import Arrangement, Entry
from monitor.thresholds import Thresholds
from monitor.window_states import Service, WindowState
from simulation.day_plan import RULES, Fact, Plan, Stretch, What, plans
from simulation.network import whole

SEES, IMAGINES = 0.975, 0.003
"""How often a look sees a clerk who is there, and one who is not."""
OFF_HOURS = timedelta(seconds=60)
"""Between two looks outside service."""
SLACK = timedelta(minutes=2)
"""An alert may begin so long before or after what it tells of."""
EVERYWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
LOOKED_AT = (Role.WINDOW, Role.QUEUE)


@dataclass(slots=True)
class Outcome:
    """What came of one hall's day."""

    hall: str
    windows: int
    looks: int = 0
    facts: list[Fact] = field(default_factory=list)
    alerts: list[Alert] = field(default_factory=list)
    """The last word on each."""
    false: list[Alert] = field(default_factory=list)
    """Those that ask a person and that nothing explains."""
    missed: list[Fact] = field(default_factory=list)
    service_s: float = 0.0
    observed_s: float = 0.0
    failing: int = 0
    asked: int = 0
    """Alerts that ask a person, a group counting once."""


def run(seed: int, day: date, calendar: Calendar, rules: Thresholds, cameras: int, workers: int) -> dict[str, Any]:
    """Simulate a day of a city with so many cameras; plain figures. Raises CityRefused for an impossible size."""
    city = whole(cameras, seed)
    jobs = [(plan, calendar, rules, seed) for plan in plans(city, day, seed)]
    jobs.sort(key=lambda job: -len(job[0].eyes))
    with ProcessPoolExecutor(workers) as pool:
        outcomes = list(pool.map(_hall, jobs))
    return figures(outcomes)


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """What a day amounts to."""
    facts = [fact for one in outcomes for fact in one.facts]
    missed = [fact for one in outcomes for fact in one.missed]
    false = [alert for one in outcomes for alert in one.false]
    windows, asked = sum(one.windows for one in outcomes), sum(one.asked for one in outcomes)
    alerts = [alert for one in outcomes for alert in one.alerts]
    return {
        "halls": len(outcomes),
        "windows": windows,
        "looks": sum(one.looks for one in outcomes),
        "cameras_failing": sum(one.failing for one in outcomes),
        "camera_faults_told": sum(alert.rule in FAULTS for alert in alerts),
        "scripted": {str(what): sum(fact.what is what for fact in facts) for what in What},
        "missed": [_fact(fact) for fact in missed],
        "false": [_alert(alert) for alert in false],
        "asked": asked,
        "per_50_windows": round(50 * asked / windows, 3),
        "alerts": {
            str(rule): sum(alert.rule is rule for alert in alerts) for rule in sorted({one.rule for one in alerts})
        },
        "observed": round(sum(one.observed_s for one in outcomes) / sum(one.service_s for one in outcomes), 4),
        "right": not missed and not false and asked <= max(windows / 50, len(facts)),
    }


def _fact(fact: Fact) -> dict[str, str]:
    since, until = fact.stretch.since, fact.stretch.until
    return {"what": str(fact.what), "hall": fact.hall, "place": fact.stretch.place,
            "since": since.isoformat(timespec="seconds"), "until": until.isoformat(timespec="seconds")}  # fmt: skip


def _alert(alert: Alert) -> dict[str, str]:
    return {"rule": str(alert.rule), "hall": alert.hall, "place": alert.place,
            "since": alert.since.isoformat(timespec="seconds"),
            "opened_at": alert.opened_at.isoformat(timespec="seconds")}  # fmt: skip


def _hall(job: tuple[Plan, Calendar, Thresholds, int]) -> Outcome:
    plan, calendar, rules, seed = job
    hours = Hours(plan.hall, calendar)
    scene = _Scene(plan, random.Random(f"{seed} {plan.hall.id}"))
    cameras = [
        Camera(eye.id, plan.hall.id, "rtsp://127.0.0.1/x", eye.role, CADENCE[eye.role], "现场管理") for eye in plan.eyes
    ]
    desk = Desk(hours, cameras, list(_regions(plan)), rules, scene.known)
    outcome = Outcome(plan.hall.id, len(plan.hall.windows), facts=plan.facts, failing=len(plan.faults))
    last: dict[str, Alert] = {}
    for at, camera in _looks(plan, hours, scene.dice):
        outcome.looks += 1
        scene.now = at
        for alert in desk.judge(*scene.look(desk, camera, at)):
            last[alert.key] = alert
    outcome.alerts = list(last.values())
    _score(outcome, rules, plan)
    covered = total(desk.coverage.values())
    outcome.service_s, outcome.observed_s = covered.service_s, covered.observed_s
    return outcome


def _regions(plan: Plan) -> Iterator[Region]:
    for eye in plan.eyes:
        for window in eye.windows:
            yield Region(window, eye.id, RegionKind.STAFF, window, EVERYWHERE, Anchor.CENTRE)
            yield Region(f"{window}.citizen", eye.id, RegionKind.CITIZEN, window, EVERYWHERE, Anchor.FOOT)
        if eye.zone:
            yield Region(eye.zone, eye.id, RegionKind.QUEUE, eye.zone, EVERYWHERE, Anchor.FOOT)


def _looks(plan: Plan, hours: Hours, dice: random.Random) -> Iterator[tuple[datetime, str]]:
    """When each camera is looked at, from before the opening until after the closing."""
    begin, end = plan.at("08:00"), plan.at("17:20")
    cadence = {eye.id: CADENCE[eye.role] for eye in plan.eyes}
    heapify(due := [(begin + dice.random() * cadence[eye.id], eye.id) for eye in plan.eyes])
    open_until, opens = begin, False
    while due[0][0] <= end:
        at, camera = due[0]
        yield at, camera
        if at >= open_until:  # asked once a minute, for this is asked of every look
            opens, open_until = hours.at(None, at) is not None, at + timedelta(minutes=1)
        heapreplace(due, (at + (cadence[camera] if opens else max(cadence[camera], OFF_HOURS)), camera))


class _Scene:
    """What the cameras of one hall see, and what is said there."""

    def __init__(self, plan: Plan, dice: random.Random) -> None:
        self.plan, self.dice = plan, dice
        self.now = plan.at("08:00")
        self.eyes = {eye.id: eye for eye in plan.eyes}
        self.away = _by_place(plan.away)
        self.faults = _by_place(plan.faults)
        self.crowds = _by_place(fact.stretch for fact in plan.facts if fact.what is What.CROWD)
        self.zone_of = {window.id: window.zone for window in plan.hall.windows}
        self.shut = {window.id for window in plan.hall.windows if window.closed} | set(plan.leave)
        self.size = {
            zone.id: sum(w.zone == zone.id and w.id not in self.shut for w in plan.hall.windows)
            for zone in plan.hall.zones
        }
        self.entries = self._entries()
        self.pauses = sorted(plan.pauses, key=lambda one: one[0].since)
        self.states: dict[str, WindowState] = {}
        self.told = Known({}, self.entries)
        self.next_word = plan.at("00:00")

    def known(self) -> Known:
        """What is known by now."""
        if self.now >= self.next_word:
            self._hear()
        return self.told

    def _hear(self) -> None:
        """The states of the windows that pause now."""
        states, coming = {}, [self.plan.at("23:00")]
        for number, (stretch, reason) in enumerate(self.pauses):
            coming += [at for at in (stretch.since, stretch.until) if at > self.now]
            if stretch.since <= self.now:
                paused = self.now < stretch.until
                state, at = (Service.PAUSED, stretch.since) if paused else (Service.OPEN, stretch.until)
                states[stretch.place] = WindowState(
                    self.plan.hall.id, stretch.place, state, reason if paused else "", at, "sim", number, at, at
                )
        self.next_word = min(coming)
        self.told = Known(states, self.entries)

    def _entries(self) -> dict[str, tuple[Entry, ...]]:
        hall, found = self.plan.hall.id, dict[str, tuple[Entry, ...]]()
        day = Stretch("", self.plan.at("00:00"), self.plan.at("23:59"))
        listed = [(Arrangement.LEAVE, Stretch(window, day.since, day.until)) for window in self.plan.leave]
        listed += [(Arrangement.BACK_OFFICE, stretch) for stretch in self.plan.back_office]
        listed += [(Arrangement.SIGN_OUT, stretch) for stretch in self.plan.signed_out]
        for number, (kind, stretch) in enumerate(listed):
            entry = Entry(
                f"e{number}", hall, stretch.place, kind, stretch.since, stretch.until, "errand", by="值班主任"
            )
            found[stretch.place] = (*found.get(stretch.place, ()), entry)
        return found

    def look(self, desk: Desk, camera: str, at: datetime) -> tuple[Sample, list[Observation]]:
        """One look of a camera."""
        blind = _at(self.faults, camera, at)
        looks = [
            Observation(at, camera, region.id, region.kind, region.place, None if blind else self._people(region, at))
            for region in desk.regions[camera]
        ]
        return Sample(camera, at, None, Blind.UNREACHABLE if blind else None), looks

    def _people(self, region: Region, at: datetime) -> int:
        if region.kind is RegionKind.QUEUE:
            return self._waiting(region.place, at)
        there = region.place not in self.shut and not _at(self.away, region.place, at)
        if region.kind is RegionKind.STAFF:
            return int(self.dice.random() < (SEES if there else IMAGINES))
        busy = self._waiting(self.zone_of[region.place], at) > 0
        return int(there and self.dice.random() < (0.9 if busy else 0.4))

    def _waiting(self, zone: str, at: datetime) -> int:
        """People in a zone: two peaks a day, fewer than two per window but in a crowd."""
        windows = self.size[zone]
        if windows == 0:
            return 0
        hour = at.hour + at.minute / 60 + 8 if at.utcoffset() == timedelta(0) else at.hour + at.minute / 60
        if _at(self.crowds, zone, at):
            return round(windows * 6.5) + self.dice.choice((-1, 0, 1))
        peak = 1.1 if 9 <= hour < 10.5 or 14 <= hour < 15 else 0.5
        usual = windows * peak + self.dice.choice((-1, 0, 0, 1))
        return max(0, min(round(usual), 2 * windows if windows > 1 else 1))


def _by_place(stretches: "Iterator[Stretch] | Sequence[Stretch]") -> dict[str, list[Stretch]]:
    found: dict[str, list[Stretch]] = {}
    for stretch in stretches:
        found.setdefault(stretch.place, []).append(stretch)
    return found


def _at(stretches: dict[str, list[Stretch]], place: str, at: datetime) -> bool:
    return any(one.since <= at < one.until for one in stretches.get(place, ()))


def _score(outcome: Outcome, rules: Thresholds, plan: Plan) -> None:
    asking = [alert for alert in outcome.alerts if needs_a_person(alert)]
    explained: set[str] = set()
    zone_of = {window.id: window.zone for window in plan.hall.windows}
    for fact in outcome.facts:
        since, until = fact.stretch.since - SLACK, fact.stretch.until + SLACK
        mine = [
            alert
            for alert in asking
            if alert.place == fact.stretch.place
            and alert.rule in RULES[fact.what]
            and since <= alert.opened_at <= until
        ]
        zone = zone_of.get(fact.stretch.place)
        beside = [one for one in asking if one.place == zone and one.rule is Rule.UNSTAFFED]
        explained |= {alert.key for alert in (*mine, *beside) if since <= alert.opened_at <= until}
        if not mine:
            outcome.missed.append(fact)
    outcome.false = [alert for alert in asking if alert.key not in explained]
    together = groups(rules.hall(plan.hall, None), asking)
    outcome.asked = len({together.get(alert.key, alert.key) for alert in asking})
