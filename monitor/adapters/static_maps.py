"""Static maps on disk: one small JSON file per camera, replaced whole; one that cannot be read is begun anew."""

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from models.static_map import SIDE, Place, StaticMap, Thing
from monitor.adapters.camera_files import CameraFiles

log = logging.getLogger(__name__)

KEPT_FROM_S = 1800.0
"""What is being learned is kept once it has looked the same for so long; people who pass by never are."""


class StaticMaps:
    """The files of a directory."""

    def __init__(self, directory: Path) -> None:
        self._files = CameraFiles(directory)

    def read(self, camera: str) -> StaticMap:
        """The map of a camera as it was written last; empty if there is none, or none that can be read."""
        try:
            text = self._files.read(camera)
            return StaticMap() if text is None else parse(text)
        except (OSError, ValueError) as error:
            words = " ".join(str(error).split())
            log.warning("%s: expected a static map, found %s; it is learned anew", self._files.path(camera), words)
            return StaticMap()

    def write(self, camera: str, map: StaticMap) -> None:
        """Puts the map of a camera in the place of the one before, whole or not at all."""
        self._files.write(camera, written(map))


def written(map: StaticMap) -> str:
    """A map as JSON, without what has been there for too short a time."""
    things = [thing for thing in map.things if thing.known or thing.same_s >= KEPT_FROM_S]
    rows = [
        asdict(thing)
        | {
            "template": base64.b64encode(thing.template).decode("ascii"),
            "since": thing.since.isoformat(),
            "seen_at": thing.seen_at.isoformat(),
        }
        for thing in things
    ]
    return json.dumps({"at": map.at.isoformat() if map.at else None, "mark": map.mark, "things": rows})


def parse(text: str) -> StaticMap:
    """A map from JSON; raises ValueError for anything that `written` does not write."""
    try:
        content = json.loads(text)
        at = None if content["at"] is None else _time(content["at"])
        return StaticMap(tuple(_thing(row) for row in content["things"]), at, int(content["mark"]))
    except (TypeError, KeyError, AttributeError, OverflowError, RecursionError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error


def _thing(row: Mapping[str, Any]) -> Thing:
    left, top, right, bottom = (float(side) for side in row["place"])
    if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
        raise ValueError(f"a place {row['place']}")
    template = base64.b64decode(row["template"], validate=True)
    if len(template) != SIDE * SIDE:
        raise ValueError(f"a template of {len(template)} cells")
    same_s, other_s = float(row["same_s"]), float(row["other_s"])
    if not (0 <= same_s < float("inf") and 0 <= other_s < float("inf")):
        raise ValueError(f"durations of {same_s} and {other_s} s")
    if not isinstance(row["known"], bool):
        raise ValueError(f"known: {row['known']!r}")
    place: Place = (left, top, right, bottom)
    return Thing(place, template, _time(row["since"]), _time(row["seen_at"]), same_s, other_s, row["known"])


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"a time without an offset: {text}")
    return time
