"""Rendered GOPs: complete, decodable on their own, found again on disk."""

import os
from concurrent.futures import wait
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from camera_ingest.camera import Role
from camera_ingest.health import is_dark
from simulation.broadcast import Gop
from simulation.coding import FRAMES, decode
from simulation.drawing import PASSING, StageId, states, turn
from simulation.gops import Library, prepare
from simulation.h264 import encode
from simulation.kinds import FPS, Kind
from simulation.rendering import crowd, moves
from simulation.retouch import Spoilt

ENTRANCE = StageId(Role.ENTRANCE, "x01-c03", seed=5, style=6)
WINDOW = StageId(Role.WINDOW, "x01-c01", seed=5, style=6, numbers=(7,))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    return prepare([WINDOW], tmp_path_factory.mktemp("gops"), workers=1, quiet=True, moving=True)


def nal_types(unit: bytes) -> list[int]:
    return [part[0] & 31 for part in unit.split(b"\0\0\1")[1:]]


def test_a_gop_begins_with_parameter_sets_and_an_idr_and_has_no_other() -> None:
    pictures = [np.full((72, 128, 3), 10 * number, np.uint8) for number in range(6)]
    for units in (encode(pictures, gop=3), encode(pictures, gop=3, qp=24, fps=15)):
        assert len(units) == 6
        for number, unit in enumerate(units):
            kinds = set(nal_types(unit)) - {6}
            assert kinds == ({7, 8, 5} if number % 3 == 0 else {1})
        assert len(list(decode(Kind.H264, units[3:]))) == 3


def test_a_library_is_rendered_once_and_read_again(tmp_path: Path) -> None:
    library = prepare([ENTRANCE, ENTRANCE], tmp_path, workers=1, quiet=True)
    (file,) = tmp_path.iterdir()
    inode = file.stat().st_ino
    old = tmp_path / "old.gops"
    old.touch()
    os.utime(old, (0, 0))
    again = prepare([ENTRANCE], tmp_path, workers=1, quiet=True)
    assert file.stat().st_ino == inode, "not rendered again"
    assert list(tmp_path.iterdir()) == [file], "what nobody has used for long is gone"
    for state in states(ENTRANCE):
        gop = library.gop(ENTRANCE, state)
        assert (len(gop.frames), gop.fps, gop.codec) == (FRAMES[Kind.H264], FPS[Kind.H264], "h264")
        assert gop.frames == again.gop(ENTRANCE, state).frames
        pictures = list(decode(Kind.H264, gop.frames))
        assert [picture.shape for picture in pictures] == [(360, 640, 3)] * FRAMES[Kind.H264]
    assert library.has(ENTRANCE, "0")
    assert not library.has(ENTRANCE, "0+")


@pytest.mark.parametrize(("kind", "codec"), [(Kind.FAST, "h264"), (Kind.H265, "h265"), (Kind.JPEG, "jpeg")])
def test_other_kinds_of_camera_show_the_same(kind: Kind, codec: str, tmp_path: Path) -> None:
    place = StageId(Role.PUBLIC, "x01-c04", seed=5, style=6, kind=kind)
    gop = prepare([place], tmp_path, workers=1, quiet=True).gop(place, "1")
    assert (gop.codec, gop.fps, len(gop.frames)) == (codec, FPS[kind], FRAMES[kind])
    assert [picture.shape for picture in decode(kind, gop.frames)] == [(360, 640, 3)] * FRAMES[kind]


def test_no_keyframe_comes_twice_though_little_was_drawn(library: Library) -> None:
    heads = [library.gop(WINDOW, "s-", number).frames[0] for number in range(2000)]
    assert len(set(heads)) == len(heads)
    assert len({library.gop(WINDOW, "s-", number).frames[1:] for number in range(20)}) == 2
    for number in (0, 7, 1999):
        gop = library.gop(WINDOW, "s-", number)
        first, *others = decode(Kind.H264, gop.frames)
        assert len(others) == FRAMES[Kind.H264] - 1
        assert all(np.abs(first.astype(int) - other).mean() < 6 for other in others)


@pytest.mark.parametrize("pace", [1, 5, 7, 8, 15, 30])
def test_at_no_pace_of_looking_an_entrance_shows_the_same_again_and_again(pace: int) -> None:
    seen = [turn(number, PASSING) for number in range(0, 400 * pace, pace)]
    assert set(seen) == set(range(PASSING))
    assert max(len(list(group)) for _, group in groupby(seen)) < 10


def finished(library: Library, *asked: tuple[str, Spoilt]) -> list[Gop]:
    """GOPs that are made on demand, once they are."""
    for state, fault in asked:
        library.spoilt(WINDOW, state, fault)
    wait([library.thread.submit(int)])  # one thread makes them in order
    gops = [library.spoilt(WINDOW, state, fault) for state, fault in asked]
    return [gop for gop in gops if gop is not None]


def test_faults_of_the_picture_are_made_when_they_are_asked_for(library: Library) -> None:
    assert library.spoilt(WINDOW, "s-", Spoilt.FROZEN) is None, "not made yet"
    black, frozen = finished(library, ("s-", Spoilt.BLACK), ("s-", Spoilt.FROZEN))
    assert all(is_dark(picture[30:]) for picture in decode(Kind.H264, black.frames))
    clear = next(iter(decode(Kind.H264, library.gop(WINDOW, "s-").frames)))
    for picture in decode(Kind.H264, frozen.frames):
        assert np.abs(picture[30:].astype(int) - clear[30:]).mean() < 2.5
    with pytest.raises(KeyError):
        library.spoilt(WINDOW, "sz", Spoilt.BLACK)


def test_usual_changes_are_rendered_and_others_are_made(library: Library, tmp_path: Path) -> None:
    assert ("s-", "--") in set(moves(WINDOW)) and ("sa", "sb") not in set(moves(WINDOW))
    assert all(library.move(WINDOW, old, new) is not None for old, new in moves(WINDOW))
    assert library.move(WINDOW, "sa", "-b") is None
    wait([library.thread.submit(int)])
    assert library.move(WINDOW, "sa", "-b") is not None


def test_every_combination_of_clerks_and_citizens_is_a_state() -> None:
    names = states(StageId(Role.WINDOW, "", 1, 1, (1, 2)))
    assert {"----", "s---", "--sb", "sasb", "sasb+"} <= set(names)
    assert len(names) == len(set(names)) == 36 + 9
    assert "s---+" not in names
    assert set(states(WINDOW)) == {"--", "-a", "-b", "s-", "sa", "sb", "s-+", "sa+", "sb+"}
    assert {"0", "14", "7+"} <= set(states(StageId(Role.QUEUE, "", 1, 1)))
    assert [crowd(state) for state in ("--", "s-", "sb+", "12+")] == [0, 1, 2, 12]
