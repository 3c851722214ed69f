"""The script, tickets and window states before real desks, without pictures: all that is to be told is, and no more."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from camera_ingest.sample import Blind, Sample
from config.schema import load
from models.regions import Region, RegionKind
from monitor.alerts import Alert, Rule
from monitor.desk import Desk
from monitor.known import Known
from monitor.observation import Observation
from monitor.tickets import Book, TicketSaid, heard
from monitor.window_states import WindowState, following
from simulation.calls import CallSystem
from simulation.city import build, plan
from simulation.script import Script
from simulation.truth import lines, score
from tests.simulation.test_city import DEMO

BEGAN = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECONDS = 1200
LATE_S = 2
"""What is seen is so old: a camera shows a change with its next GOP, and a look takes the newest keyframe."""


class Town:
    """One simulated city and what is known of it."""

    def __init__(self, seed: int) -> None:
        self.settings = load(DEMO, {}, plan(seed=seed))
        self.script = Script(build(seed=seed))
        self.calls = {
            (hall.id, zone.id): CallSystem(self.script, hall, zone, BEGAN)
            for hall in self.script.city.halls
            for zone in hall.zones
        }
        self.books = {hall.id: dict[str, Book]() for hall in self.script.city.halls}
        self.states = {hall.id: dict[str, WindowState]() for hall in self.script.city.halls}
        self.desks = {
            hall.id: Desk(self.settings.hours[hall.id], self.settings.cameras, self.settings.regions,
                          self.settings.thresholds, self._known(hall.id))
            for hall in self.script.city.halls
        }  # fmt: skip
        self.said = 0

    def _known(self, hall: str):  # type: ignore[no-untyped-def]
        return lambda: Known(self.states[hall], {}, self.books[hall])

    def hear(self, now: int) -> None:
        """What calling systems and windows have said by now."""
        at = BEGAN + timedelta(seconds=now)
        for (hall, zone), calls in self.calls.items():
            words = []
            for one in calls.step(now):
                self.said += 1
                told_at = BEGAN + timedelta(seconds=one.at)
                words.append(
                    TicketSaid(hall, zone, one.ticket, one.event, one.window, told_at, "b", self.said, told_at)
                )
            if words:
                self.books[hall][zone] = heard(self.books[hall].get(zone, Book()), *words)
        for place in self.script.city.halls:
            for window in place.windows:
                state, held = self.script.state(place.id, window, now), self.states[place.id].get(window.id)
                if state is not None and (held is None or (held.state, held.reason) != state):
                    self.said += 1
                    new = WindowState(place.id, window.id, *state, at, "b", self.said, at)
                    self.states[place.id][window.id] = following(new, held)

    def look(self, camera: str, hall: str, now: int) -> tuple[Alert, ...]:
        """One look of a camera."""
        at, desk = BEGAN + timedelta(seconds=now), self.desks[hall]
        blind = self.script.failure(camera, now) is not None
        looks = [
            Observation(
                at, camera, one.id, one.kind, one.place, None if blind else self._people(one, hall, now - LATE_S)
            )
            for one in desk.regions[camera]
        ]
        return desk.judge(Sample(camera, at, None, Blind.UNREACHABLE if blind else None), looks)

    def _people(self, region: Region, hall: str, now: int) -> int:
        if region.kind is RegionKind.QUEUE:
            return self.script.heads(hall, region.place, now)
        if region.kind is RegionKind.STAFF:
            return int(self.script.clerk(hall, region.place, now))
        away = self.script.away(hall, region.place, now)
        gone = away is not None and away.serving
        return int(self.script.visit(hall, region.place, now) is not None and not gone)

    def day(self, seconds: int) -> Iterator[Alert]:
        """All alerts as they change."""
        for now in range(LATE_S, seconds):
            self.hear(now)
            for number, camera in enumerate(self.settings.cameras):
                if (now + number) % round(camera.cadence.total_seconds()) == 0:
                    yield from self.look(camera.id, camera.hall, now)


@pytest.mark.parametrize("seed", [1])
def test_every_trouble_is_told_and_nothing_else(seed: int) -> None:
    town = Town(seed)
    alerts = {alert.key: alert for alert in town.day(SECONDS)}
    facts = [
        line
        for number in range(SECONDS // 600)
        for _, line in lines(town.script.city, town.script.chapter(number), BEGAN)
    ]
    end = {"at": (BEGAN + timedelta(seconds=SECONDS)).isoformat(), "kind": "end"}
    result = score([*facts, end], alerts.values(), town.settings)
    assert result["missed"] == []
    assert result["false"] == []
    for fact in facts:
        if fact["kind"] == "idle":
            since, until = datetime.fromisoformat(fact["since"]), datetime.fromisoformat(fact["until"])
            (alert,) = (one for one in alerts.values() if one.rule is Rule.IDLE and since < one.since < until)
            assert alert.until is not None
            assert alert.until < until + timedelta(seconds=60)
    told = {alert.rule for alert in alerts.values()}
    assert told >= {Rule.ABSENCE, Rule.QUEUE, Rule.FEW, Rule.UNSTAFFED, Rule.WAIT, Rule.IDLE, Rule.ABANDONMENT}
