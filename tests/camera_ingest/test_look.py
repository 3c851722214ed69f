"""The slots where looks wait."""

import threading
from datetime import UTC, datetime

from camera_ingest.look import Look, Slots

AT = datetime(2026, 11, 22, tzinfo=UTC)


def look(camera: str, found: bytes = b"") -> Look:
    return Look(camera, AT, found)


def test_each_camera_waits_with_its_newest_look_in_its_old_place() -> None:
    slots = Slots()
    for waiting in (look("c1", b"old"), look("c2"), look("c1", b"new")):
        slots.put(waiting)
    assert [slots.take(), slots.take()] == [look("c1", b"new"), look("c2")]
    assert slots.replaced == 1


def test_whoever_waits_is_given_the_next_look_and_woken_at_the_end() -> None:
    slots = Slots()
    taken: list[Look | None] = []
    reader = threading.Thread(target=lambda: taken.extend([slots.take(), slots.take()]))
    reader.start()
    slots.put(look("c1"))
    slots.close()
    reader.join(5)
    assert not reader.is_alive()
    assert taken in ([look("c1"), None], [None, None])
