"""What a camera shows, GOP by GOP, over real rendered stages."""

from concurrent.futures import wait
from dataclasses import replace
from pathlib import Path

import pytest

from camera_ingest.camera import Role
from simulation.broadcast import Gop
from simulation.chapter import Away, Chapter, Outage, write
from simulation.city import City, Eye
from simulation.failures import Failure
from simulation.gops import Library, prepare
from simulation.network import whole
from simulation.script import Script
from simulation.story import CameraStory, shown

CITY = whole(16)
EYE = next(eye for eye in CITY.eyes if eye.role is Role.WINDOW and len(eye.windows) == 1)
DOOR = next(eye for eye in CITY.eyes if eye.role is Role.ENTRANCE)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return prepare([EYE.stage, DOOR.stage], tmp_path_factory.mktemp("gops"), workers=1, quiet=True)


class Told(Script):
    """A story in which the clerk leaves at second 100 for 60 s, and nothing else happens at that window."""

    def __init__(self, city: City, *outages: Outage) -> None:
        super().__init__(city)
        key = EYE.hall, EYE.windows[0]
        aways = {key: (Away(*key, 100.0, 160.0),)}
        self._told = replace(write(city, 0), aways=aways, visits={}, outages={EYE.id: tuple(outages)})

    def at(self, now: float) -> Chapter:
        return self._told


def played(library: Library, script: Script, seconds: list[float], eye: Eye = EYE) -> list[Gop]:
    """The GOPs that begin at these seconds; what has to be made is waited for."""
    now = [0.0]
    story = CameraStory(script, library, eye, lambda: now[0])
    gops = []
    for number, second in enumerate(seconds):
        now[0] = second
        gops.append(story(number))
        wait([library.thread.submit(int)])
    return gops


def keyframes(library: Library, state: str) -> set[bytes]:
    """The pieces that any keyframe of a state is made of."""
    return {piece for number in range(300) for piece in library.gop(EYE.stage, state, number).pieces}


def test_a_change_is_seen_as_motion_before_it_is_a_fact(library: Library) -> None:
    script = Told(CITY)
    assert [shown(script, EYE, second) for second in (98, 102, 161)] == ["s-", "--", "s-"]
    before, waiting, moving, after = played(library, script, [98, 100, 102, 104])
    present, absent = keyframes(library, "s-"), keyframes(library, "--")
    assert set(before.pieces) <= present
    assert set(waiting.pieces) <= present, "shown until the motion has been made"
    assert moving.frames == getattr(library.move(EYE.stage, "s-", "--"), "frames", None)
    assert set(after.pieces) <= absent or after.pieces == library.gop(EYE.stage, "--+").pieces


@pytest.mark.parametrize("failure", [Failure.BLACK, Failure.BLURRED, Failure.COVERED, Failure.MOVED])
def test_what_is_wrong_with_a_picture_shows_and_passes(library: Library, failure: Failure) -> None:
    script = Told(CITY, Outage(EYE.id, failure, 50.0, 60.0))
    well, _, spoilt, again = played(library, script, [48, 50, 52, 60])
    assert set(well.pieces) <= keyframes(library, "s-") | keyframes(library, "s-+")
    assert not set(spoilt.pieces) & keyframes(library, "s-")
    assert set(again.pieces) <= keyframes(library, "s-") | keyframes(library, "s-+")


def test_a_frozen_camera_goes_on_showing_a_clerk_who_has_left(library: Library) -> None:
    script = Told(CITY, Outage(EYE.id, Failure.FROZEN, 98.0, 120.0))
    assert shown(script, EYE, 110) == "--"
    _, first, *frozen, after = played(library, script, [96, 98, 100, 104, 110, 120])
    assert set(first.pieces) <= keyframes(library, "s-")
    of_absence = keyframes(library, "--")
    assert not any(set(gop.pieces) & of_absence for gop in frozen)
    assert set(after.pieces) <= of_absence


def test_at_an_entrance_there_is_always_something_else(library: Library) -> None:
    gops = played(library, Script(CITY), [2.0 * number for number in range(12)], DOOR)
    assert len({gop.frames[1:] for gop in gops}) > 4


def test_a_share_of_the_cameras_is_broken_for_good(tmp_path: Path) -> None:
    city = whole(100, broken=0.3)
    assert len(city.broken) == 30
    for number in (0, 3):
        failing = dict(Script(city).failing(number * 600.0 + 5))
        assert {camera: failing.get(camera) for camera in city.broken} == dict(city.broken)
    assert len(set(city.broken.values())) == 7
