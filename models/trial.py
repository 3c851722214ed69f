"""A trial: a detector on the held-out part of a labelled data set, to choose between two by."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from models.agreement import THRESHOLD
from models.detector import Detector
from models.train import found_and_false, reviewed

MARGIN = 0.01
"""F1 by which a network may be below another without counting as worse: fewer pictures do not tell them apart."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What was found of the people of the held-out pictures."""

    data: str
    """Which held-out part: a hash of its labels, so that only what was scored on the same is compared."""
    people: int
    recall: float
    precision: float

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision; 0 where both are."""
        both = self.recall + self.precision
        return 2 * self.recall * self.precision / both if both else 0.0

    def facts(self) -> dict[str, object]:
        """As the catalogue keeps it."""
        return {**asdict(self), "f1": round(self.f1, 4)}


def trial(detector: Detector, data: Path) -> Trial:
    """Scores a detector on the `val` part of a YOLO data set; raises `FileNotFoundError` where there is none."""
    scores = found_and_false(detector, data, THRESHOLD)
    return Trial(which(data), int(scores["people"]), float(scores["recall"]), float(scores["precision"]))


def which(data: Path) -> str:
    """The hash of a held-out part: of the names and the content of the label files of what is scored in it."""
    known, scored = hashlib.sha256(), {picture.stem for picture in reviewed(data, "val")}
    for path in sorted(one for one in (data / "labels" / "val").glob("*.txt") if one.stem in scored):
        known.update(f"{path.name}\0".encode() + path.read_bytes() + b"\0")
    return known.hexdigest()[:16]
