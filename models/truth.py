"""Truth: who is where in each frame of a clip, as people have labelled it.

Two forms are read. A MOT file has a line `frame, id, left, top, width, height, …` per person and frame, in pixels, with
frames counted from 1. A directory of YOLO files has one file per frame, named by the frame's number (`12.txt`) or by a
name and the number (`clip_12.txt`), and in it a line `class x y width height` per person, in shares of the picture.

Tools count YOLO frames from 0 or from 1: the smallest number in the directory decides, so a directory with a frame 0
is counted from 0 and any other from 1. A frame without a file, or without a line in a MOT file, is one without people.
"""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from models.clips import Clip
from models.detection import Detection

Truth = Mapping[int, tuple[Detection, ...]]
"""The people of each frame, counted from 1; normalised to the picture, with a score of 1. Absent = nobody."""

PERSON = 0
"""The class of people in YOLO files; others are skipped."""
SLACK = 0.01
"""Tools round: a share may be off its bounds by so much."""
LISTS = {"classes", "train"}
"""Files of labelling tools that lie beside those of the frames."""
INNER = ("labels", "obj_train_data")
"""Directories into which ultralytics and CVAT put the files of the frames."""


class BadTruth(Exception):
    """Ground truth that cannot be read or does not belong to its clip: which, what was expected, what was found."""

    def __init__(self, which: str, expected: str, found: str) -> None:
        super().__init__(f"{which}: expected {expected}, found {found}")
        self.said = (which, expected, found)


def read_truth(path: Path, clip: Clip) -> Truth:
    """The truth of a clip, from a MOT file or a directory of YOLO files; raises `BadTruth`, which names the path."""
    try:
        if path.is_dir():
            truth = read_yolo(path, clip.path.stem)
        else:
            truth = read_mot(path.read_text(encoding="utf-8-sig").splitlines(), clip.width, clip.height)
        _belongs(truth, clip)
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no text"
        raise BadTruth(str(path), "a MOT file or a directory of YOLO files", reason) from error
    except BadTruth as error:
        which, expected, found = error.said
        raise BadTruth(f"{path}, {which}", expected, found) from error
    return truth


def beside(clip: Path) -> Path | None:
    """The truth that lies beside a clip: `clip.txt`, or the directory `clip` or `clip_labels`; None without."""
    file = clip.with_suffix(".txt")
    if file.is_file():
        return file
    directories = (clip.with_suffix(""), clip.with_name(f"{clip.stem}_labels"))
    return next((place for place in directories if place.is_dir()), None)


def read_mot(lines: Iterable[str], width: int, height: int) -> Truth:
    """MOT ground truth in the pixels of a picture of this size; raises `BadTruth`.

    In the nine columns of MOT16 and of CVAT a 0 in the seventh says that a box does not count; it is skipped. Otherwise
    columns after the sixth are ignored, as their meaning differs between MOT releases. So are blank lines.
    """
    truth: dict[int, tuple[Detection, ...]] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split(",")]
        frame, left, top, right, bottom = _mot_entry(f"line {number}", fields, line.strip())
        if not (len(fields) == 9 and fields[6] == "0"):
            person = Detection(left / width, top / height, right / width, bottom / height, 1.0)
            truth[frame] = (*truth.get(frame, ()), person)
    if not truth:
        raise BadTruth("its lines", "at least one person in one frame", "nobody")
    return truth


def _mot_entry(which: str, fields: list[str], line: str) -> tuple[int, float, float, float, float]:
    """Frame, left, top, right and bottom of one line."""
    if len(fields) < 6:
        raise BadTruth(which, "frame, id, left, top, width, height", repr(line[:80]))
    try:
        frame, _, left, top, width, height = (float(field) for field in fields[:6])
    except ValueError:
        raise BadTruth(which, "six numbers", repr(line[:80])) from None
    if not (frame >= 1 and frame.is_integer()):
        raise BadTruth(which, "a frame number from 1", repr(fields[0]))
    if not (width >= 0 and height >= 0 and abs(left) + abs(top) + width + height < math.inf):
        raise BadTruth(which, "finite left, top and sides of at least 0", repr(line[:80]))
    return int(frame), left, top, left + width, top + height


def read_yolo(directory: Path, clip: str) -> Truth:
    """The YOLO files of a directory, or of its `labels` or `obj_train_data`, for the clip of this name.

    In a directory of several clips those files are taken whose name begins with the clip's. Raises `BadTruth`.
    """
    files = _of_frames(directory, clip)
    first = min(files)
    shift = 1 if first == 0 else 0
    truth: dict[int, tuple[Detection, ...]] = {}
    others = 0
    for number, path in sorted(files.items()):
        entries = [
            _yolo_entry(f"{path.name} line {place}", line.split())
            for place, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), start=1)
            if line.strip()
        ]
        people = tuple(person for person in entries if person)
        others += len(entries) - len(people)
        truth[number + shift] = people
    if others and not any(truth.values()):
        raise BadTruth("its files", f"people (class {PERSON})", f"{others} boxes of other classes only")
    return truth


def _of_frames(directory: Path, clip: str) -> dict[int, Path]:
    """The file of each frame by the number in its name."""
    inner = [directory / name for name in INNER if (directory / name).is_dir()]
    for place in (directory, *inner):
        if files := [path for path in place.glob("*.txt") if path.stem not in LISTS]:
            break
    else:
        raise BadTruth("its files", "YOLO files with the number of a frame in their names (clip_1.txt)", "none")
    named: dict[str, dict[int, Path]] = defaultdict(dict)
    for path in sorted(files):
        match = re.fullmatch(r"(.*?)([0-9]+)", path.stem)
        if not match:
            raise BadTruth(path.name, "a name that ends with the number of a frame", repr(path.stem))
        frames, number = named[match[1].rstrip("_-. ")], int(match[2])
        if number in frames:
            raise BadTruth(path.name, "one file per frame", f"{frames[number].name} of the same frame")
        frames[number] = path
    if clip not in named and len(named) > 1:
        found = ", ".join(repr(name) for name in sorted(named)[:3])
        raise BadTruth("its files", f"files named after {clip}, or after one clip only", f"those of {found}")
    return named[clip] if clip in named else next(iter(named.values()))


def _yolo_entry(which: str, fields: list[str]) -> Detection | None:
    """The person of one line, or None for something else; a sixth column, a score, is ignored."""
    if len(fields) not in (5, 6):
        raise BadTruth(which, "class, x, y, width, height", f"{len(fields)} columns")
    try:
        kind, x, y, width, height = (float(field) for field in fields[:5])
    except ValueError:
        raise BadTruth(which, "five numbers", repr(" ".join(fields)[:80])) from None
    if not (kind >= 0 and kind.is_integer()):
        raise BadTruth(which, "a class from 0", repr(fields[0]))
    if not all(-SLACK <= share <= 1 + SLACK for share in (x, y, width, height)):
        raise BadTruth(which, "a box in shares of the picture, from 0 to 1", repr(" ".join(fields)[:80]))
    if kind != PERSON:
        return None
    return Detection(x - width / 2, y - height / 2, x + width / 2, y + height / 2, 1.0)


def _belongs(truth: Truth, clip: Clip) -> None:
    """Refuses truth that must be of another clip, or of a copy in another resolution."""
    last = max(truth)
    if last > clip.frames:
        raise BadTruth("its frames", f"numbers up to {clip.frames}, as many as {clip.path.name} has", str(last))
    centres = [person.centre for people in truth.values() for person in people]
    outside = sum(not (0 <= x <= 1 and 0 <= y <= 1) for x, y in centres)
    if 2 * outside > len(centres):
        size = f"{clip.width} × {clip.height}"
        found = f"{outside} of {len(centres)} outside; perhaps they were labelled in another resolution"
        raise BadTruth("its boxes", f"people inside the picture of {size}", found)
