"""A finder: finds the people of a picture in the looks that its regions ask for."""

import logging
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from camera_ingest.sample import Picture
from models.detection import Detection
from models.detector import Detector
from models.looks import SEEN_PX, SURE_PX, Look, Plan, Seen, Size, plan
from models.picture import checked
from models.regions import Region
from models.suppression import LIMIT, Boxes, overlap

log = logging.getLogger(__name__)

CONTAINED = 0.6
"""A box that is cut by the edge of its look is part of another one that holds so much of it."""
EDGE_PX = 2.0
"""A box that ends so near the edge of its input is cut."""

Detect = Callable[[Picture, Size], Sequence[Detection]]
"""Finds the people in a picture through the network of an input."""
Open = Callable[[], Detector]


class Finder:
    """Finds people, choosing looks by regions. Networks are opened when a plan first needs them; one thread.

    It remembers nothing of any picture, only the plans.
    """

    def __init__(
        self,
        detector: Detector,
        inputs: Mapping[Size, Open],
        say: Callable[[str], object] = log.warning,
        seen: Seen = SEEN_PX,
    ) -> None:
        """`detector`: whose name is shown; `inputs`: how to open the network of each input; `say`: hears of lacks.

        `seen`: how high people must be in an input for these networks, by kind of region.
        """
        self.name = detector.name
        self.demo = detector.demo
        self._inputs = inputs
        self._open: dict[Size, Detector] = {}
        self._plans: dict[tuple[Region, ...], tuple[Size, Plan]] = {}
        self._say = say
        self._seen = seen

    def find(self, picture: Picture, regions: Sequence[Region]) -> tuple[Detection, ...]:
        """The people of a picture, best first, those outside every region as far as they were seen.

        Raises `BadPicture`, and what opening a network raises.
        """
        picture = checked(picture)
        return find(picture, self.plan(regions, (picture.shape[0], picture.shape[1])).looks, self._detect)

    def plan(self, regions: Sequence[Region], picture: Size) -> Plan:
        """The looks at a picture of this size; what they lack is said once."""
        regions = tuple(regions)
        size, known = self._plans.get(regions, (None, None))
        if known is None or size != picture:  # the plan of one size each: a stream may change its size at every look
            before, known = known, plan(regions, picture, tuple(self._inputs), self._seen)
            self._plans[regions] = picture, known
            if known.lacks and (before is None or before.lacks != known.lacks):
                cameras = ", ".join(dict.fromkeys(region.camera for region in regions))
                self._say(f"camera {cameras}, picture {picture[1]}×{picture[0]}: {known.lacks}")
        return known

    def _detect(self, picture: Picture, size: Size) -> Sequence[Detection]:
        if size not in self._open:
            self._open[size] = self._inputs[size]()
        return self._open[size].detect(picture)


def find(picture: Picture, looks: Sequence[Look], detect: Detect) -> tuple[Detection, ...]:
    """The people of a picture as the looks of a plan show them, normalised to the picture, best first."""
    size = picture.shape[0], picture.shape[1]
    if len(looks) == 1:
        return tuple(detect(picture, looks[0].input))
    return merged([(look, detect(_part(picture, look), look.input)) for look in looks], size)


def _part(picture: Picture, look: Look) -> Picture:
    return np.ascontiguousarray(picture[look.top : look.bottom, look.left : look.right])


def merged(found: Sequence[tuple[Look, Sequence[Detection]]], picture: Size) -> tuple[Detection, ...]:
    """Everybody once, from looks the first of which shows the whole picture; boxes normalised to each look.

    The whole picture answers for large people only, and for whoever no closer look shows wholly. Of boxes of one person
    the better stays, and one that its look shows whole before one that the edge of its look cuts.
    """
    height, width = picture
    sides = np.array((width, height, width, height), np.float32)
    rows = [(look, one, _placed(look, one)) for look, people in found for one in people]
    closer = [look for look, _ in found[1:]]
    rows = [row for row in rows if not (row[0] is found[0][0] and _left_to(closer, row[0], row[2]))]
    cuts = [_is_cut(look, box, picture) for look, _, box in rows]
    order = sorted(range(len(rows)), key=lambda number: (cuts[number], -rows[number][1].score))
    kept: list[int] = []
    for number in order:
        box, others = rows[number][2], np.array([rows[other][2] for other in kept], np.float32).reshape(-1, 4)
        same = overlap(box, others) > LIMIT
        if cuts[number]:
            apart = np.array([rows[other][0] is not rows[number][0] for other in kept], np.bool_)
            same |= apart & (_held(box, others) >= CONTAINED)
        if not same.any():
            kept.append(number)
    people = []
    for number in kept:
        x1, y1, x2, y2 = (rows[number][2] / sides).clip(0, 1).tolist()
        people.append(Detection(x1, y1, x2, y2, rows[number][1].score))
    return tuple(sorted(people, key=lambda person: -person.score))


def _placed(look: Look, person: Detection) -> Boxes:
    """A box of a look in pixels of the picture."""
    corner = np.array((look.left, look.top, look.left, look.top), np.float32)
    width, height = look.right - look.left, look.bottom - look.top
    box: Boxes = corner + np.array((person.x1 * width, person.y1 * height, person.x2 * width, person.y2 * height))
    return box.astype(np.float32)


def _left_to(closer: Sequence[Look], whole: Look, box: Boxes) -> bool:
    """Whether a person is small in the whole picture and wholly in what a closer look shows."""
    left, top, right, bottom = (float(side) for side in box)
    if (bottom - top) * whole.scale >= SURE_PX:
        return False
    return any(one.left <= left and one.top <= top and right <= one.right and bottom <= one.bottom for one in closer)


def _is_cut(look: Look, box: Boxes, picture: Size) -> bool:
    """Whether a box ends at an edge of its look that is not an edge of the picture."""
    near, (height, width) = EDGE_PX / look.scale, picture
    return bool(
        (look.left > 0 and box[0] <= look.left + near)
        or (look.top > 0 and box[1] <= look.top + near)
        or (look.right < width and box[2] >= look.right - near)
        or (look.bottom < height and box[3] >= look.bottom - near)
    )


def _held(box: Boxes, others: Boxes) -> Boxes:
    """How much of a box, or of the other if that is smaller, both have in common (0..1)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.prod(np.clip(sides, 0, None), axis=1)
    smaller = np.minimum(np.prod(box[2:] - box[:2]), np.prod(others[:, 2:] - others[:, :2], axis=1))
    held: Boxes = np.divide(shared, smaller, out=np.zeros_like(shared), where=smaller > 0)
    return held
