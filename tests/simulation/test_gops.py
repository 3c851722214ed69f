"""Rendered GOPs: complete, decodable on their own, found again on disk."""

import os
from pathlib import Path

import numpy as np

from camera_ingest.camera import Role
from camera_ingest.health import is_dark
from simulation.gops import FRAMES, Library, StageId, prepare, states
from simulation.h264 import FPS, decode, encode

ENTRANCE = StageId(Role.ENTRANCE, "x01-c03", seed=5, style=6)


def nal_types(unit: bytes) -> list[int]:
    return [part[0] & 31 for part in unit.split(b"\0\0\1")[1:]]


def test_a_gop_begins_with_parameter_sets_and_an_idr_and_has_no_other() -> None:
    pictures = [np.full((72, 128, 3), 10 * number, np.uint8) for number in range(6)]
    units = encode(pictures, gop=3)
    assert len(units) == 6
    for number, unit in enumerate(units):
        kinds = set(nal_types(unit)) - {6}
        assert kinds == ({7, 8, 5} if number % 3 == 0 else {1})
    assert len(list(decode(units[3:]))) == 3


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
    for state in states(Role.ENTRANCE):
        gop = library.gop(ENTRANCE, state)
        assert (len(gop.frames), gop.fps) == (FRAMES, FPS)
        assert gop.frames == again.gop(ENTRANCE, state).frames
        pictures = list(decode(gop.frames))
        assert [picture.shape for picture in pictures] == [(360, 640, 3)] * FRAMES
    assert library.has(ENTRANCE, "0")
    assert not library.has(ENTRANCE, "0+")


def test_the_black_gop_is_black() -> None:
    assert all(is_dark(picture) for picture in decode(Library({}).black.frames))


def test_every_combination_of_clerks_and_citizens_is_a_state() -> None:
    names = states(Role.WINDOW)
    assert {"----", "s---", "--sb", "sasb", "sasb+"} <= set(names)
    assert len(names) == len(set(names)) == 36 + 9
    assert "s---+" not in names
    assert {"0", "14", "7+"} <= set(states(Role.QUEUE))
