"""Labels: a set of pictures with the boxes of the people in them, on disk, as a YOLO data set.

    images/{train,val}/NAME.jpg   labels/{train,val}/NAME.txt   data.yaml   frames.json

`frames.json` says of every picture where it comes from, why it was chosen, and whether a person has confirmed its
boxes. The directory is for its owner alone (0700). A change is a label file written whole and then its row; a row's
version grows with every change, so that nobody overwrites what they have not seen.
"""

import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from models.choosing import Chosen, Part, Why
from models.detection import Detection

INDEX = "frames.json"
TOLERANCE = 0.005
"""By so much of the picture a box may stand out of it; it is cut off."""
LEAST = 0.001
"""Least width and height of a box, of the picture's."""
MOST = 300
"""Boxes in one picture."""

Boxes = tuple[Detection, ...]


class BadLabels(Exception):
    """Labels that cannot be taken: which, where, what was expected, what was found."""

    def __init__(self, where: str, expected: str, found: object) -> None:
        super().__init__(f"{where}: expected {expected}, found {str(found)[:120]}")


class Changed(Exception):
    """A picture's boxes were changed by somebody else meanwhile."""

    def __init__(self, name: str, expected: int, found: int) -> None:
        super().__init__(f"{name}: expected version {expected}, found {found}: it was changed meanwhile, look again")


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture of the set."""

    name: str
    """Of its files, without their endings."""
    camera: str
    at: datetime
    part: Part
    why: Why
    score: float
    """How hard it was for the detector: 0..1."""
    reviewed: bool = False
    """Whether a person has confirmed its boxes."""
    version: int = 1

    @property
    def picture(self) -> str:
        """Its picture below the directory."""
        return f"images/{self.part}/{self.name}.jpg"

    @property
    def label(self) -> str:
        """Its boxes below the directory."""
        return f"labels/{self.part}/{self.name}.txt"


def is_set(directory: Path) -> bool:
    """Whether a directory is such a set."""
    return (directory / INDEX).is_file()


def require_new(directory: Path) -> None:
    """Raises `BadLabels` unless a set can be written there; ask before drawing for half an hour."""
    if directory.is_symlink() or (directory.exists() and (not directory.is_dir() or any(directory.iterdir()))):
        raise BadLabels(str(directory), "a new or empty directory", "something in it")
    there = next(parent for parent in directory.absolute().parents if parent.exists())
    if not os.access(there, os.W_OK):
        raise BadLabels(str(there), "a directory that may be written to", "none")


def create(directory: Path, chosen: Sequence[Chosen]) -> tuple[Frame, ...]:
    """Writes a set whole or not at all; raises `BadLabels` if something is there already or nothing was chosen."""
    require_new(directory)
    if not chosen:
        raise BadLabels(str(directory), "at least one picture", "none")
    chosen = sorted(chosen, key=lambda one: -one.score)
    rows = [_frame(one) for one in chosen]
    directory.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=directory.parent, prefix=f".{directory.name}-"))  # 0700
    try:
        for kind in ("images", "labels"):
            for part in Part:
                (work / kind / part).mkdir(parents=True)
        for row, one in zip(rows, chosen, strict=True):
            (work / row.picture).write_bytes(one.jpeg)
            (work / row.label).write_text(lines(one.people), "ascii")
        described = {"path": ".", "train": "images/train", "val": "images/val", "names": {0: "person"}}
        (work / "data.yaml").write_text(yaml.safe_dump(described, sort_keys=False), "utf-8")
        _write_index(work, rows)
        work.rename(directory)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return tuple(rows)


def _frame(one: Chosen) -> Frame:
    name = f"{one.camera}-{one.at:%Y%m%dT%H%M%S}{one.at.microsecond // 1000:03d}"
    return Frame(name, one.camera, one.at, one.part, one.why, one.score)


def frames(directory: Path) -> tuple[Frame, ...]:
    """The pictures of a set, hardest first; raises `BadLabels`."""
    path = directory / INDEX
    try:
        rows = json.loads(path.read_text("utf-8"))["frames"]
        return tuple(
            Frame(
                str(row["name"]),
                str(row["camera"]),
                datetime.fromisoformat(row["at"]),
                Part(row["part"]),
                Why(row["why"]),
                float(row["score"]),
                row["reviewed"] is True,
                int(row["version"]),
            )
            for row in rows
        )
    except FileNotFoundError:
        raise BadLabels(str(path), "a file", "nothing") from None
    except (OSError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise BadLabels(str(path), "the index of a label set", repr(error)) from error


def unreviewed(directory: Path, part: str) -> frozenset[str]:
    """Names of the pictures nobody has confirmed yet; none where the data set is not such a set."""
    rows = frames(directory) if is_set(directory) else ()
    return frozenset(row.name for row in rows if row.part == part and not row.reviewed)


def find(directory: Path, name: str) -> Frame:
    """The picture of this name; raises `BadLabels`."""
    row = next((row for row in frames(directory) if row.name == name), None)
    if row is None:
        raise BadLabels(name, "a picture of this set", "none of this name")
    return row


def boxes(directory: Path, frame: Frame) -> Boxes:
    """The boxes of a picture; raises `BadLabels`."""
    try:
        return parse(frame.label, (directory / frame.label).read_text("utf-8"))[0]
    except (OSError, ValueError) as error:
        raise BadLabels(frame.label, "a readable file", error) from error


def save(directory: Path, name: str, version: int, people: Sequence[Detection], reviewed: bool) -> Frame:
    """Writes the boxes of a picture, whole, and gives its new row; raises `Changed` and `BadLabels`.

    `version`: what was seen last, which must be what is there.
    """
    people = tuple(checked(name, one) for one in people)
    if len(people) > MOST:
        raise BadLabels(name, f"at most {MOST} boxes", len(people))
    with _locked(directory):
        before = find(directory, name)
        if before.version != version:
            raise Changed(name, version, before.version)
        return _put(directory, {name: people}, reviewed)[0]


def put(directory: Path, labels: Mapping[str, Boxes]) -> tuple[Frame, ...]:
    """Replaces the boxes of many pictures as confirmed ones; nothing is written if one is not of this set."""
    with _locked(directory):
        known = {row.name for row in frames(directory)}
        for name in labels:
            if name not in known:
                raise BadLabels(name, "a picture of this set", "none of this name")
        return _put(directory, labels, True)


def _put(directory: Path, labels: Mapping[str, Boxes], reviewed: bool) -> tuple[Frame, ...]:
    rows = frames(directory)
    now = {row.name: replace(row, reviewed=reviewed, version=row.version + 1) for row in rows if row.name in labels}
    parts = {name: _part(directory / row.label, lines(labels[name])) for name, row in now.items()}
    for name, part in parts.items():
        part.replace(directory / now[name].label)
    _write_index(directory, [now.get(row.name, row) for row in rows])
    return tuple(now.values())


def _part(path: Path, text: str) -> Path:
    """What will stand in a file, whole on the disk beside it."""
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return part


def _write_index(directory: Path, rows: Sequence[Frame]) -> None:
    text = json.dumps({"frames": [{**asdict(row), "at": row.at.isoformat()} for row in rows]}, indent=1)
    _part(directory / INDEX, text).replace(directory / INDEX)


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One change at a time, in whatever thread or program."""
    with (directory / ".lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def checked(where: str, box: Detection) -> Detection:
    """The box, cut at the picture's edges; raises `BadLabels` unless it lies in the picture and has an extent."""
    try:
        edges = (float(box.x1), float(box.y1), float(box.x2), float(box.y2))
    except OverflowError:
        raise BadLabels(where, "a box inside the picture", "numbers of hundreds of digits") from None
    if not all(-TOLERANCE <= edge <= 1 + TOLERANCE for edge in edges):  # NaN is not either
        raise BadLabels(where, "a box inside the picture", " ".join(f"{edge:.4g}" for edge in edges))
    x1, y1, x2, y2 = (min(1.0, max(0.0, edge)) for edge in edges)
    if x2 - x1 < LEAST or y2 - y1 < LEAST:
        raise BadLabels(where, "a box with a width and a height", " ".join(f"{edge:.4g}" for edge in edges))
    return Detection(x1, y1, x2, y2, 1.0)


def lines(people: Sequence[Detection]) -> str:
    """The boxes as a YOLO label file: `0 centre-x centre-y width height` per line, shares of the picture."""
    rows = ((p.x1 + p.x2, p.y1 + p.y2, 2 * (p.x2 - p.x1), 2 * (p.y2 - p.y1)) for p in people)
    return "".join("0 " + " ".join(f"{value / 2:.6f}" for value in row) + "\n" for row in rows)


def parse(where: str, text: str, person: int = 0) -> tuple[Boxes, int]:
    """The people of a YOLO label file, and how many boxes of other classes it has; raises `BadLabels`."""
    people, others = [], 0
    for number, line in enumerate(text.splitlines(), 1):
        fields = line.split()
        if not fields:
            continue
        place = f"{where}, line {number}"
        try:
            kind, x, y, width, height = (float(value) for value in fields[:5])
        except ValueError:
            raise BadLabels(place, "class, centre x, centre y, width, height", repr(line)) from None
        if len(fields) > 6 or not kind.is_integer():
            raise BadLabels(place, "a whole class number and four numbers", repr(line))
        if kind != person:
            others += 1
            continue
        box = Detection(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 1.0)
        people.append(checked(place, box))
    if len(people) > MOST:
        raise BadLabels(where, f"at most {MOST} boxes", len(people))
    return tuple(people), others


def about(directory: Path) -> dict[str, Any]:
    """How far a set is: pictures and confirmed ones of each part."""
    rows = frames(directory)
    return {
        "pictures": len(rows),
        "reviewed": sum(row.reviewed for row in rows),
        **{str(part): sum(row.part is part for row in rows) for part in Part},
    }
