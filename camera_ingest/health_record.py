"""The record of a camera's health: text to be kept while the program is down, so that a moved camera stays moved."""

import json
from base64 import b64decode, b64encode
from datetime import datetime
from typing import Any

from camera_ingest.health import Fault, Health
from camera_ingest.health_clock import Clock
from camera_ingest.health_edges import BLOCKS, COLUMNS, ROWS
from camera_ingest.health_scene import Scene
from camera_ingest.sample import Blind

VERSION = 1
"""Of this form; another one is not read, and the scene is learned anew."""
FLOAT16, FLOAT32 = 2, 4
"""Bytes."""


class BadRecord(Exception):
    """A text that is no record of health: what was expected, what was found."""


def dump(health: Health) -> str:
    """One line of JSON, about 10 kB: faults, scene and clock; not the last picture and no suspicion."""
    scene, clock = health.scene, health.clock
    return json.dumps(
        {
            "version": VERSION,
            "acute": _fault(health.acute),
            "moved": _fault(health.moved),
            "scene": {
                "looks": scene.looks,
                "since": _told(scene.since),
                "at": _told(scene.at),
                "view": b64encode(scene.view).decode(),
                "fine": b64encode(scene.fine).decode(),
                "coarse": b64encode(scene.coarse).decode(),
            },
            "clock": {"off_s": clock.off_s, "wrong_since": _told(clock.wrong_since)},
        },
        ensure_ascii=False,
    )


def load(text: str) -> Health:
    """The health that a record tells; raises `BadRecord`."""
    try:
        record = json.loads(text)
        if record["version"] != VERSION:
            raise ValueError(f"version {record['version']}")
        scene, clock = record["scene"], record["clock"]
        known = Scene(
            looks=int(scene["looks"]),
            since=_time(scene["since"]),
            at=_time(scene["at"]),
            view=_bytes(scene, "view", ROWS * COLUMNS * FLOAT16),
            fine=_bytes(scene, "fine", BLOCKS[0] * BLOCKS[1] * FLOAT32),
            coarse=_bytes(scene, "coarse", BLOCKS[0] * BLOCKS[1] * FLOAT32),
        )
        off_s = None if clock["off_s"] is None else float(clock["off_s"])
        return Health(
            acute=_read(record["acute"]),
            moved=_read(record["moved"]),
            scene=known,
            clock=Clock(off_s, _time(clock["wrong_since"])),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise BadRecord(f"expected a record of health, version {VERSION}; found {error!r}") from error


def _fault(fault: Fault | None) -> dict[str, str] | None:
    if fault is None:
        return None
    return {"blind": str(fault.blind), "since": fault.since.isoformat(), "detail": fault.detail}


def _read(record: dict[str, str] | None) -> Fault | None:
    if record is None:
        return None
    since = _time(record["since"])
    if since is None:
        raise ValueError("a fault since never")
    return Fault(Blind(record["blind"]), since, str(record["detail"]))


def _told(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _time(text: str | None) -> datetime | None:
    at = None if text is None else datetime.fromisoformat(text)
    if at is not None and at.tzinfo is None:
        raise ValueError(f"{text}, a time without zone")
    return at


def _bytes(scene: dict[str, Any], key: str, count: int) -> bytes:
    """The numbers of a learned scene, all of them, or none where nothing is learned."""
    found = b64decode(scene[key], validate=True)
    if len(found) != (count if scene["looks"] else 0):
        raise ValueError(f"{len(found)} bytes of {key}")
    return found
