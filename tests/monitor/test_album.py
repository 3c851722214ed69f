"""What an album keeps, and how much of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from monitor.album import Album, Room
from monitor.desk import Desk
from monitor.observation import observe
from tests.monitor.hall import CLERK_1, CLERK_2, desk, seeing


def look(hall: Desk, album: Album, second: float, *people: object) -> None:
    sample = seeing("c1", second)
    found = tuple(people)
    alerts = hall.judge(sample, observe(sample.at, hall.regions["c1"], found))  # type: ignore[arg-type]
    album.keep(hall, sample, found, alerts)  # type: ignore[arg-type]


def test_pictures_of_all_halls_share_one_room(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    first, room = desk(), Room(64_000_000)
    album = Album(tmp_path, room)
    for second in range(0, 120, 10):
        look(first, album, second, *((CLERK_1,) if second < 60 else ()))
    assert album.pictures == 2  # w002 was never staffed, w001 became empty
    one = room.used // 2
    tight = Room(room.used + one // 2, room.used)
    second_album, second_hall = Album(tmp_path, tight), desk()
    second_hall.hall = replace(second_hall.hall, id="hc02")
    for second in range(0, 120, 10):
        look(second_hall, second_album, second, *((CLERK_1, CLERK_2) if second < 60 else (CLERK_1,)))
    assert (second_album.pictures, tight.used) == (0, room.used)
    assert next(line for line in caplog.messages if "MB of pictures in memory" in line).startswith("no still of w002")


def test_room_is_given_back_when_nothing_can_ask_for_a_picture_any_more(tmp_path: Path) -> None:
    hall, room = desk(), Room()
    album = Album(tmp_path, room)
    for second in range(0, 60, 10):
        look(hall, album, second, CLERK_1, CLERK_2)
    assert room.used == 0
    for second in range(60, 120, 10):
        look(hall, album, second)
    assert (album.pictures, room.used > 0) == (2, True)
    for second in range(120, 240, 10):
        look(hall, album, second, CLERK_1, CLERK_2)
    assert (album.pictures, room.used) == (0, 0)


def test_room_grows_with_the_cameras() -> None:
    assert Room.of(2064).most - Room.of(0).most == 2064 * 100_000
