"""Nights over which a flow learns what is no person: with the hall's hours, kept across restarts, told once."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import numpy as np
import pytest

from camera_ingest.sample import Picture, Sample
from models.detection import Detection
from models.openvino import OpenVinoDetector
from models.regions import Anchor, Region, RegionKind
from models.static_map import StaticMap
from models.weights import SHIPPED
from monitor.adapters.static_maps import StaticMaps
from monitor.album import Album
from monitor.alerts import Alert
from monitor.attention import Attention
from monitor.calendar import BEIJING
from monitor.desk import Desk
from monitor.flow import watch
from monitor.hours import Hours
from monitor.observation import Observation
from monitor.places import Hall as Place
from monitor.places import Segment
from monitor.scenery import Scenery, is_closed
from monitor.thresholds import Thresholds
from simulation.counter import window_stage
from simulation.looks import Optics, look
from simulation.scenes import Cast, compose
from simulation.sprites import people
from simulation.stages import HEIGHT, WIDTH
from tests.monitor.hall import CALENDAR, CAMERAS, HALL, blind

ALWAYS = replace(HALL, segments=(Segment("全天", (1, 2, 3, 4, 5, 6, 7), time(0), time(0)),))
EVENING = datetime(2026, 11, 20, 11, 0, tzinfo=BEIJING)
"""A Friday, an hour before the hall closes for the weekend."""
STEP = timedelta(minutes=5)
STAGE = window_stage(3, (1, 2), look(3))
REGIONS = tuple(
    Region(f"w00{place}", "c1", RegionKind.STAFF, f"w00{place}", STAGE.regions[f"staff-{place}"], Anchor.CENTRE)
    for place in (1, 2)
)


class Hall:
    """Pictures of two windows: a clerk at the first, a dressed mannequin, which never moves, at the second."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(3)
        self._optics = Optics(STAGE.style, (HEIGHT, WIDTH), self._rng)
        cast = Cast(people(), self._rng)
        self._clerk, mannequin = (cast.clerk(post, "") for post in STAGE.posts)
        self._dressed = compose(STAGE, [mannequin]).picture
        self._number = 0

    def picture(self, clerk: bool, mannequin: bool) -> Picture:
        """What the camera shows now; the clerk breathes."""
        self._number += 1
        stage = replace(STAGE, background=self._dressed) if mannequin else STAGE
        shown = compose(stage, [self._clerk] if clerk else [], self._number)
        return self._optics.expose(shown.picture, self._rng)

    def samples(self, since: datetime, hours: float, clerk: bool, mannequin: bool = True) -> Iterator[Sample]:
        """One look every five minutes."""
        at = since
        while at < since + timedelta(hours=hours):
            yield Sample("c1", at, self.picture(clerk, mannequin))
            at += STEP


DETECTOR = OpenVinoDetector(SHIPPED)


def find(picture: Picture, regions: Sequence[Region]) -> Sequence[Detection]:
    return DETECTOR.detect(picture)


def desk(hall: Place = HALL) -> Desk:
    return Desk(Hours(hall, CALENDAR), CAMERAS, REGIONS, Thresholds())


def _nothing(*_: object) -> None:
    """Nobody listens."""


def run(samples: Iterator[Sample], scenery: Scenery, directory: Path, hall: Place = HALL) -> list[Observation]:
    observations: list[Observation] = []
    watch(
        samples,
        [(desk(hall), Album(directory))],
        Attention(find, gated=False),
        scenery,
        observations.extend,
        _nothing,
        _nothing,
    )
    return observations


def counts(observations: Sequence[Observation], region: str) -> set[int | None]:
    return {one.people for one in observations if one.region == region}


def test_a_mannequin_is_not_counted_any_more_once_it_has_stood_there_while_nobody_had_to(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """With the shipped detector, which finds the mannequin by day and by night; then it is taken away."""
    caplog.set_level(logging.INFO)
    hall, scenery = Hall(), Scenery()
    before = run(hall.samples(EVENING, 1, clerk=True), scenery, tmp_path)
    assert (counts(before, "w001"), counts(before, "w002")) == ({1}, {1})
    run(hall.samples(EVENING + timedelta(hours=1), 10, clerk=False), scenery, tmp_path)
    assert [thing.place[0] > 0.5 for thing in scenery.known("c1")] == [True]
    monday = EVENING + timedelta(days=2, hours=21, minutes=30)
    after = run(hall.samples(monday, 3.5, clerk=True), scenery, tmp_path)
    assert counts(after, "w001") == {1}, "the clerk, who has not moved all day, is counted at every look"
    assert counts(after, "w002") == {0}
    told = [line for line in caplog.messages if "is no person" in line]
    assert len(told) == 1 and "1 in all" in told[0]
    run(hall.samples(monday + timedelta(hours=5), 2, clerk=False, mannequin=False), scenery, tmp_path)
    assert scenery.known("c1") == ()
    assert any("is gone" in line for line in caplog.messages)


def test_in_a_hall_that_never_closes_everybody_counts(tmp_path: Path) -> None:
    hall, scenery = Hall(), Scenery()
    seen = run(hall.samples(EVENING, 24, clerk=True), scenery, tmp_path, ALWAYS)
    assert (counts(seen, "w001"), counts(seen, "w002")) == ({1}, {1})
    assert scenery.known("c1") == ()


def test_what_was_learned_survives_a_restart(tmp_path: Path) -> None:
    hall, maps = Hall(), StaticMaps(tmp_path / "static")
    run(hall.samples(EVENING + timedelta(hours=1), 10, clerk=False), Scenery(maps.read, maps.write), tmp_path)
    assert [path.name for path in (tmp_path / "static").iterdir()] == ["c1.json"]
    again = Scenery(maps.read, maps.write)
    monday = EVENING + timedelta(days=2, hours=21, minutes=30)
    seen = run(hall.samples(monday, 1, clerk=True), again, tmp_path)
    assert (counts(seen, "w001"), counts(seen, "w002")) == ({1}, {0})


def test_what_is_being_learned_survives_a_short_restart(tmp_path: Path) -> None:
    """Half of the night before it, half after it; neither is long enough."""
    hall, maps = Hall(), StaticMaps(tmp_path / "static")
    for start, hours in ((1.0, 5.0), (6.5, 10.5)):
        scenery = Scenery(maps.read, maps.write)
        run(hall.samples(EVENING + timedelta(hours=start), hours, clerk=False), scenery, tmp_path)
    assert len(scenery.known("c1")) == 1


def test_a_look_that_could_not_see_teaches_nothing() -> None:
    kept: list[StaticMap] = []
    scenery = Scenery(keep=lambda camera, map: kept.append(map))
    assert scenery.people(desk(), blind("c1", 0), None) is None
    assert kept == [] and scenery.known("c1") == ()


@pytest.mark.parametrize(
    ("hour", "minute", "closed"),
    [(7, 59, True), (8, 0, False), (8, 30, False), (12, 0, False), (12, 29, False), (12, 30, True), (23, 0, True)],
)
def test_half_an_hour_around_service_is_not_closed(hour: int, minute: int, closed: bool) -> None:
    assert is_closed(Hours(HALL, CALENDAR), EVENING.replace(hour=hour, minute=minute)) is closed


class Watched(Album):
    """An album that notes how many people it has to hide."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.kept: list[int] = []

    def keep(self, desk: Desk, sample: Sample, people: Sequence[Detection] | None, alerts: Sequence[Alert]) -> None:
        self.kept.append(len(people or ()))


def test_stills_hide_the_heads_of_what_is_not_counted_too(tmp_path: Path) -> None:
    """Should it be a person after all, no face is shown."""
    hall, scenery = Hall(), Scenery()
    run(hall.samples(EVENING + timedelta(hours=1), 10, clerk=False), scenery, tmp_path)
    album = Watched(tmp_path)
    looks = hall.samples(EVENING + timedelta(days=2, hours=21, minutes=30), 0.25, clerk=False)
    watch(looks, [(desk(), album)], Attention(find, gated=False), scenery, _nothing, _nothing, _nothing)
    assert album.kept == [1, 1, 1]
