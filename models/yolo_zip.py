"""YOLO archives: the label set as one .zip, and boxes that somebody corrected elsewhere back from one.

Nothing of an archive is ever unpacked: label files are read in memory, bounded, and pictures in it are not looked at.
"""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

import yaml

from models import labels
from models.labels import BadLabels, Boxes
from models.metadata import PERSON

LARGEST = 256 * 1024
"""Bytes of one label file."""
ENTRIES = 20_000
"""Files in an archive."""
LISTS = frozenset({"classes.txt", "train.txt", "val.txt", "valid.txt", "test.txt", "readme.txt", "notes.txt"})
"""Text files that label tools add."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an import brings."""

    people: Mapping[str, Boxes]
    """By the name of the picture."""
    others: int
    """Boxes of other categories, which are not taken."""


def write(directory: Path, file: IO[bytes]) -> None:
    """The whole set, pictures and all, into an archive."""
    with zipfile.ZipFile(file, "w") as archive:
        archive.write(directory / "data.yaml", "data.yaml", zipfile.ZIP_DEFLATED)
        archive.write(directory / labels.INDEX, labels.INDEX, zipfile.ZIP_DEFLATED)
        for row in labels.frames(directory):
            archive.write(directory / row.picture, row.picture)  # compressed already
            archive.write(directory / row.label, row.label, zipfile.ZIP_DEFLATED)


def read(file: IO[bytes]) -> Read:
    """The label files of an archive; raises `BadLabels`: which, where, expected, found."""
    people: dict[str, Boxes] = {}
    others = 0
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
            if len(entries) > ENTRIES:
                raise BadLabels("archive", f"at most {ENTRIES} files", len(entries))
            person = _person(archive, entries)
            for entry in entries:
                name = _label(entry)
                if name is None:
                    continue
                if name in people:
                    raise BadLabels(entry.filename, "one label file per picture", "a second one")
                people[name], more = labels.parse(entry.filename, _text(archive, entry), person)
                others += more
    except BadLabels:
        raise
    except Exception as error:  # zipfile raises whatever its many formats raise: struct, zlib, lzma, RuntimeError …
        raise BadLabels("archive", "a readable .zip", f"{type(error).__name__}: {error}") from error
    if not people:
        raise BadLabels("archive", "label files labels/…/NAME.txt", "none")
    return Read(people, others)


def _label(entry: zipfile.ZipInfo) -> str | None:
    """The picture that an entry labels, or None if it is something else; raises on a path that leads out."""
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise BadLabels(f"archive, {entry.filename}", "a path inside the archive", "one that leads out of it")
    if entry.is_dir() or path.suffix != ".txt" or path.name.lower() in LISTS or "__MACOSX" in path.parts:
        return None
    return path.stem


def _text(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    with archive.open(entry) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise BadLabels(entry.filename, f"at most {LARGEST} bytes", "more")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadLabels(entry.filename, "text", "other bytes") from None


def _person(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> int:
    """The number of the class `person`: 0 unless the archive names its classes."""
    for entry in entries:
        match PurePosixPath(entry.filename).name.lower():
            case "data.yaml":
                try:
                    named = yaml.safe_load(_text(archive, entry))
                except (yaml.YAMLError, RecursionError) as error:
                    raise BadLabels(entry.filename, "readable YAML", error) from error
                names = named.get("names") if isinstance(named, dict) else None
            case "classes.txt" | "obj.names":
                names = [name for name in map(str.strip, _text(archive, entry).splitlines()) if name]
            case _:
                continue
        numbered = names if isinstance(names, dict) else dict(enumerate(names)) if isinstance(names, list) else {}
        for number, name in numbered.items():
            if str(name).strip().lower() == PERSON and isinstance(number, int):
                return number
        raise BadLabels(entry.filename, f"a class named {PERSON}", ", ".join(map(str, numbered.values())) or "none")
    return 0
