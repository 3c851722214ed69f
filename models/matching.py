"""Matching: which box found which person, and the average precision that follows from it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.detection import Detection
from models.suppression import overlap

OVERLAP = 0.5
"""From this intersection over union on, a box has found a person."""
RECALLS = np.linspace(0, 1, 101)
"""At which average precision is read off, as COCO does."""


def match(people: Sequence[Detection], truth: Sequence[Detection]) -> tuple[int | None, ...]:
    """For each box, best first, which person of the truth it found: of those still free the one it overlaps most."""
    if not people or not truth:
        return (None,) * len(people)
    boxes = _boxes(people)
    ratios = np.stack([overlap(person, boxes) for person in _boxes(truth)], axis=1)
    found: list[int | None] = []
    for row in ratios:
        best = int(row.argmax())
        if row[best] < OVERLAP:
            found.append(None)
            continue
        found.append(best)
        ratios[:, best] = 0
    return tuple(found)


def matched(people: Sequence[Detection], truth: Sequence[Detection]) -> int:
    """How many people of the truth were found; boxes best first."""
    return sum(found is not None for found in match(people, truth))


def average_precision(scores: NDArray[np.float64], hits: NDArray[np.bool_], people: int) -> float | None:
    """Area under precision over recall, in [0, 1]; None where nobody was there.

    `scores` and `hits` (n each): every box of every picture, and whether it found somebody; `people`: how many were
    there. At each of 101 recalls the best precision at that recall or a higher one counts (COCO).
    """
    if not people:
        return None
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(hits[order])
    precision = found / np.arange(1, len(order) + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    reached = np.searchsorted(found / people, RECALLS, side="left")
    return float(np.append(best, 0.0)[reached].mean())


def _boxes(people: Sequence[Detection]) -> NDArray[np.float32]:
    return np.array([(one.x1, one.y1, one.x2, one.y2) for one in people], dtype=np.float32)
