"""Memories on disk: what each desk remembers, written every few seconds, so that a kill forgets nothing that counts."""

import logging
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from monitor.adapters.camera_files import CameraFiles
from monitor.desk import Desk
from monitor.memory import Memory

log = logging.getLogger(__name__)

EVERY_S = 5.0
"""A hall that is looked at is written down this often, in seconds."""
SHAPE = TypeAdapter(Memory)


class Memories:
    """One file per hall. One that cannot be read is begun anew: then only open alerts go on, from the record."""

    def __init__(self, directory: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._files = CameraFiles(directory)
        self._clock = clock
        self._written: dict[str, float] = {}

    def read(self, hall: str) -> Memory | None:
        """What was remembered of a hall; None = nothing."""
        try:
            text = self._files.read(hall)
            return None if text is None else SHAPE.validate_json(text)
        except (OSError, ValueError, ValidationError) as error:
            words = " ".join(str(error).split())[:300]
            log.warning("%s: expected what was remembered of a hall, found %s", self._files.path(hall), words)
            return None

    def keep(self, desk: Desk) -> None:
        """Write a hall down, if it is time."""
        now, hall = self._clock(), desk.hall.id
        if now - self._written.get(hall, -EVERY_S) >= EVERY_S:
            self._written[hall] = now
            self._files.write(hall, dump(desk.memory()))


def dump(memory: Memory) -> str:
    """A memory as text."""
    return SHAPE.dump_json(memory).decode()


def load(text: str) -> Memory:
    """A memory from text."""
    return SHAPE.validate_json(text)
