"""Tally: people counted and people there, sample by sample, at one camera whose footage has ground truth."""

from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from models.clips import Frame
from models.detection import Detection
from models.matching import match
from models.regions import Region, RegionKind
from models.truth import Truth

Counts = NDArray[np.int64]
Find = Callable[[Picture, Sequence[Region]], Sequence[Detection]]
"""The people of a picture of one camera with these regions, as the product looks at it."""
Marked = list[tuple[float, bool]]
"""The boxes of one picture: the score of each, and whether it found a person."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Boxes against people, over all samples."""

    counts: Counts
    """3 × samples: boxes that found a person, boxes that found none, people that no box found."""
    scores: NDArray[np.float64]
    """Of every box down to the least score, as `hits`; empty if such were not asked for."""
    hits: NDArray[np.bool_]
    """Whether it found a person."""

    @property
    def people(self) -> int:
        """How many there were, each counted once per sample."""
        return int(self.counts[0].sum() + self.counts[2].sum())


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything that was counted at one camera."""

    camera: str
    role: str
    regions: tuple[Region, ...]
    """Those that count people, in the order of the configuration; masks do not."""
    there: Counts
    """Regions × samples: people in each."""
    seen: Counts
    """Regions × samples: boxes at the threshold in each."""
    whole: Boxes
    """Of whole pictures."""
    staff: Boxes
    """Of people and boxes that are anchored in a staff region."""

    @property
    def samples(self) -> int:
        """How many pictures were looked at."""
        return int(self.there.shape[1])

    @property
    def seats(self) -> list[int]:
        """Places of the staff regions among the regions."""
        return [place for place, region in enumerate(self.regions) if region.kind is RegionKind.STAFF]


def tally(
    camera: str,
    role: str,
    samples: Iterable[Frame],
    regions: Sequence[Region],
    truth: Truth,
    find: Find,
    find_all: Find | None = None,
) -> Tally:
    """Looks at every sample of a camera.

    `find` answers what the product would: boxes at its threshold. `find_all` answers boxes of any score, from which
    average precision is computed; what it finds counts for nothing else, because the product may join the boxes of
    several looks at a picture differently when there are more. Whoever is anchored in a mask counts neither as seen nor
    as there. A frame without truth is one without people.
    """
    counting = tuple(region for region in regions if region.kind is not RegionKind.MASK)
    masks = [region for region in regions if region.kind is RegionKind.MASK]
    seats = [region for region in counting if region.kind is RegionKind.STAFF]
    there, seen, whole, staff = [], [], [], []
    for number, picture in samples:
        people, sure = _outside(masks, truth.get(number, ())), _outside(masks, find(picture, regions))
        every = _outside(masks, find_all(picture, regions)) if find_all else []
        there.append([sum(map(region.holds, people)) for region in counting])
        seen.append([sum(map(region.holds, sure)) for region in counting])
        seated = {place for place, person in enumerate(people) if _within(seats, person)}
        whole.append((_marked(sure, people), _marked(every, people), len(people)))
        staff.append((_of_staff(seats, seated, sure, people), _of_staff(seats, seated, every, people), len(seated)))
    heads = [np.array(rows, np.int64).reshape(len(rows), len(counting)).T for rows in (there, seen)]
    return Tally(camera, role, counting, heads[0], heads[1], _boxes(whole), _boxes(staff))


def _outside(masks: Sequence[Region], people: Iterable[Detection]) -> list[Detection]:
    """Who is in no mask, best first."""
    return sorted((person for person in people if not _within(masks, person)), key=lambda one: -one.score)


def _within(regions: Sequence[Region], person: Detection) -> bool:
    return any(region.holds(person) for region in regions)


def _marked(boxes: Sequence[Detection], people: Sequence[Detection]) -> Marked:
    return [(one.score, who is not None) for one, who in zip(boxes, match(boxes, people), strict=True)]


def _of_staff(
    seats: Sequence[Region], seated: Set[int], boxes: Sequence[Detection], people: Sequence[Detection]
) -> Marked:
    """The boxes that speak of seated staff: those that found one, and those in a seat that found nobody at all.

    A box that found somebody else is neither right nor wrong about the staff.
    """
    return [
        (one.score, who is not None)
        for one, who in zip(boxes, match(boxes, people), strict=True)
        if (_within(seats, one) if who is None else who in seated)
    ]


def _boxes(pictures: Sequence[tuple[Marked, Marked, int]]) -> Boxes:
    """The boxes of the product, boxes of any score and the number of people, picture by picture."""
    counts = np.zeros((3, len(pictures)), np.int64)
    for place, (sure, _, people) in enumerate(pictures):
        found = sum(hit for _, hit in sure)
        counts[:, place] = found, len(sure) - found, people - found
    scores = [score for _, every, _ in pictures for score, _ in every]
    hits = [hit for _, every, _ in pictures for _, hit in every]
    return Boxes(counts, np.array(scores, np.float64), np.array(hits, np.bool_))
