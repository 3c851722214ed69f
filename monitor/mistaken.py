"""Mistaken for people: where something stands that is counted and is no person, by what officers say of false alerts.

Alerts that were false because of 不是人 keep the boxes of whom they counted, numbers and no picture. Where the same box
comes back in several of them, leaving it out is proposed; a person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from models.static_map import overlap

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in thousandths of the picture."""
ALIKE = 0.5
"""Intersection over union from which on two boxes are of the same thing."""
REPEATED = 3
"""In so many false alerts it must have been seen."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A box that several false alerts have in common."""

    box: Box
    """The mean of theirs."""
    alerts: tuple[str, ...]
    """Keys of the alerts."""


def box_of(person: Detection) -> Box:
    """A person's box, without its score."""
    left, top, right, bottom = (
        min(1000, max(0, round(1000 * side))) for side in (person.x1, person.y1, person.x2, person.y2)
    )
    return left, top, right, bottom


def alike(one: Box, two: Box) -> bool:
    """Whether two boxes are of the same thing."""
    return overlap(one, two) >= ALIKE


def mistakes(counted: Mapping[str, Sequence[Box]]) -> tuple[Mistake, ...]:
    """What false alerts of one camera have in common, the most frequent first; `counted`: boxes by key of alert."""
    left = [(key, box) for key, boxes in counted.items() for box in boxes]
    found = []
    while left:
        group = max(([one for one in left if alike(one[1], box)] for _, box in left), key=_alerts)
        if _alerts(group) < REPEATED:
            break
        sides = zip(*(box for _, box in group), strict=True)
        mean = tuple(round(sum(side) / len(group)) for side in sides)
        found.append(Mistake((mean[0], mean[1], mean[2], mean[3]), tuple(dict.fromkeys(key for key, _ in group))))
        left = [one for one in left if one not in group]
    return tuple(found)


def _alerts(group: Iterable[tuple[str, Box]]) -> int:
    return len({key for key, _ in group})


def region(camera: str, number: int, box: Box) -> Region:
    """The mask that leaves out what stands in a box: small and around its feet, so that who stands beside it counts."""
    left, top, right, bottom = (side / 1000 for side in box)
    middle, across, up = (left + right) / 2, (right - left) / 4, (bottom - top) / 8
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    polygon = tuple((min(1.0, max(0.0, middle + x * across)), min(1.0, max(0.0, bottom + y * up))) for x, y in corners)
    return Region(f"no-person-{number}", camera, RegionKind.MASK, "", polygon, Anchor.FOOT)
