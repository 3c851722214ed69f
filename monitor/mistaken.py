"""Mistaken for people: where something stands that is counted and is no person, by what officers say of false alerts.

Alerts that were false because of 不是人 keep the boxes of whom they counted, numbers and no picture. Where the same box
comes back in several of them, leaving it out is proposed; a person decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from models.static_map import SAME_PLACE, overlap

Box = tuple[int, int, int, int]
"""Left, top, right and bottom in thousandths of the picture."""
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
    return overlap(one, two) >= SAME_PLACE


def mistakes(counted: Mapping[str, Sequence[Box]]) -> tuple[Mistake, ...]:
    """What false alerts of one camera have in common, the most frequent first; `counted`: boxes by key of alert."""
    seen = [(key, box) for key, boxes in counted.items() for box in boxes]
    beside = {n: {m for m, (_, two) in enumerate(seen) if alike(one, two)} for n, (_, one) in enumerate(seen)}

    def alerts(group: Iterable[int]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(seen[n][0] for n in sorted(group)))

    found: list[Mistake] = []
    while beside:
        group = max(beside.values(), key=lambda group: len(alerts(group)))
        if len(alerts(group)) < REPEATED:
            break
        sides = zip(*(seen[n][1] for n in group), strict=True)
        left, top, right, bottom = (round(sum(side) / len(group)) for side in sides)
        found.append(Mistake((left, top, right, bottom), alerts(group)))
        beside = {n: near - group for n, near in beside.items() if n not in group}
    return tuple(found)


def region(camera: str, number: int, box: Box) -> Region:
    """The mask that leaves out what stands in a box: small and around its feet, so that who stands beside it counts."""
    left, top, right, bottom = (side / 1000 for side in box)
    middle, across, up = (left + right) / 2, (right - left) / 4, (bottom - top) / 8
    corners = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    polygon = tuple((min(1.0, max(0.0, middle + x * across)), min(1.0, max(0.0, bottom + y * up))) for x, y in corners)
    return Region(f"no-person-{number}", camera, RegionKind.MASK, "", polygon, Anchor.FOOT)
