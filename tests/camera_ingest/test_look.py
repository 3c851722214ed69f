"""The slots where looks wait."""

import threading
import time
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


def test_what_waits_is_the_camera_not_its_due_time() -> None:
    """A keyframe may come long after it was due; in the line it has waited no longer for that."""
    slots = Slots()
    assert slots.waiting_since() is None
    before = time.monotonic()
    slots.put(Look("c1", AT, b"", due=before - 9))
    slots.put(Look("c2", AT, b"", due=before - 99))
    since = slots.waiting_since()
    assert since is not None and before <= since <= time.monotonic()
    slots.put(Look("c1", AT, b"", due=before))
    assert slots.waiting_since() == since, "a newer look keeps the camera's place"
    slots.take()
    second = slots.waiting_since()
    assert second is not None and second >= since
    slots.take()
    assert slots.waiting_since() is None
