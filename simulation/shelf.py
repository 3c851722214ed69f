"""A shelf: what was coded for one stage in a file, one line of JSON that says where each unit lies, then all units."""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

Place = tuple[int, int]
"""Offset and length in a file."""


def write(path: Path, named: Iterable[tuple[str, tuple[bytes, ...]]]) -> None:
    """A file of units with their names; what has one name are its variants. It appears when it is complete."""
    index: dict[str, list[list[Place]]] = {}
    units: list[bytes] = []
    offset = 0
    for name, frames in named:
        places = []
        for frame in frames:
            places.append((offset, len(frame)))
            offset += len(frame)
        index.setdefault(name, []).append(places)
        units += frames
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        file.write(json.dumps(index).encode() + b"\n")
        file.writelines(units)
    draft.replace(path)


class Shelf:
    """One such file, its index in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            line = file.readline()
        self._start = len(line)
        self._index: dict[str, list[list[Place]]] = json.loads(line)

    def __contains__(self, name: str) -> bool:
        return name in self._index

    def units(self, name: str) -> tuple[tuple[bytes, ...], ...]:
        """The units of all variants of a name, read from disk; KeyError if there is none."""
        with self._path.open("rb") as file:
            return tuple(tuple(self._unit(file, *place) for place in places) for places in self._index[name])

    def _unit(self, file: BinaryIO, offset: int, length: int) -> bytes:
        file.seek(self._start + offset)
        return file.read(length)
