"""Evaluate: how good a detector is on recorded footage with ground truth; the only place that scores.

Two questions, the more important first. What does it say of a zone: how many people are in it, and is anybody? And as
a detector over whole pictures: precision, recall and mAP50, per role of camera, and for seated staff on their own, who
are the hard case because a counter hides half of them.

A zone is occupied in a sample when the anchor of at least one person lies inside it, for the truth exactly as for what
was detected; over several samples both go through the product's smoothing (models/occupancy.py). Scores on rendered
footage are named so: they show that everything works together and say nothing about real halls.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.bootstrap import Interval, Series, block_length, interval, resample
from models.matching import average_precision
from models.occupancy import Smoothing, occupied
from models.tally import Tally

FLOOR = 0.01
"""Least score of the boxes from which mAP50 is computed."""
OVER = 6
"""Samples over which the occupancy of a role is decided beside single ones, as the product does by default."""
WINDOW = "window"
"""The role under which seated staff are reported."""
DIGITS = 4
"""Decimals of a score."""

Footage = Literal["rendered", "real"]
Part = Literal["all", "staff"]
Sums = NDArray[np.float64]
"""… × quantities."""
Values = Mapping[str, NDArray[np.float64]]
"""Measures by name, NaN where undefined."""


@dataclass(frozen=True, slots=True)
class ZoneScore:
    """How well one zone of one camera was seen. None = undefined, such as a recall where nobody ever was."""

    camera: str
    zone: str
    samples: int
    head_count_mae: float | None
    """Mean absolute difference between the people counted and the people there, per sample."""
    occupancy_precision: float | None
    """Of the samples in which somebody was seen, the share in which somebody was there."""
    occupancy_recall: float | None
    """Of the samples in which somebody was there, the share in which somebody was seen."""
    occupancy_f1: float | None
    interval: Mapping[str, Interval | None]
    """The 95 % interval of each measure."""


@dataclass(frozen=True, slots=True)
class RoleScore:
    """How well the cameras of one role, or the staff at all counters, were seen. None = undefined."""

    role: str
    part: Part
    """`all`: whole pictures and every zone; `staff`: people and boxes anchored in a staff region, and those regions."""
    footage: Footage
    cameras: int
    samples: int
    people: int
    """Each counted once per sample."""
    precision: float | None
    """Of the boxes at the detector's threshold, the share that found a person (IoU of at least 0.5)."""
    recall: float | None
    """Of the people, the share that such a box found."""
    map50: float | None
    """Average precision at an IoU of 0.5, over boxes of any score from `FLOOR`."""
    head_count_mae: float | None
    occupancy_f1: float | None
    """On single samples, over all zones together."""
    over: int
    occupancy_f1_over: float | None
    """Over windows of `over` samples, as the product smooths."""
    interval: Mapping[str, Interval | None]
    """The 95 % interval of each measure but mAP50."""


def zone_scores(tallies: Iterable[Tally], smoothing: Smoothing) -> tuple[ZoneScore, ...]:
    """The score of each zone; none of a camera without samples."""
    return tuple(
        _zone_score(one, place, smoothing) for one in tallies if one.samples for place in range(len(one.regions))
    )


def role_scores(tallies: Sequence[Tally], smoothing: Smoothing, footage: Footage) -> tuple[RoleScore, ...]:
    """The score of each role, in the order of the cameras, and after them that of seated staff, if any."""
    seen = [one for one in tallies if one.samples]
    roles = dict.fromkeys(one.role for one in seen)
    rows = [_role_score([one for one in seen if one.role == role], role, "all", smoothing, footage) for role in roles]
    if seated := [one for one in seen if one.seats]:
        rows.append(_role_score(seated, WINDOW, "staff", smoothing, footage))
    return tuple(rows)


def _zone_score(one: Tally, place: int, smoothing: Smoothing) -> ZoneScore:
    series = np.concatenate((_heads(one, [place]), _occupancy(one, [place], smoothing)))
    scores, intervals = _measured([series], smoothing.over, _zone_values)
    return ZoneScore(one.camera, one.regions[place].id, one.samples, **scores, interval=intervals)


def _zone_values(sums: Sums) -> Values:
    samples, error, true, false, missed = np.moveaxis(sums, -1, 0)
    return {
        "head_count_mae": _share(error, samples),
        "occupancy_precision": _share(true, true + false),
        "occupancy_recall": _share(true, true + missed),
        "occupancy_f1": _f1(true, false, missed),
    }


def _role_score(tallies: Sequence[Tally], role: str, part: Part, smoothing: Smoothing, footage: Footage) -> RoleScore:
    boxes = [one.staff if part == "staff" else one.whole for one in tallies]
    series = []
    for one, found in zip(tallies, boxes, strict=True):
        places = one.seats if part == "staff" else range(len(one.regions))
        single, over = _occupancy(one, places, replace(smoothing, over=1)), _occupancy(one, places, smoothing)
        series.append(np.concatenate((_heads(one, places), single, over, found.counts.astype(np.float64))))
    scores, intervals = _measured(series, smoothing.over, _role_values)
    people = sum(found.people for found in boxes)
    marked = np.concatenate([found.scores for found in boxes]), np.concatenate([found.hits for found in boxes])
    map50 = average_precision(*marked, people)
    return RoleScore(
        role=role,
        part=part,
        footage=footage,
        cameras=len(tallies),
        samples=sum(one.samples for one in tallies),
        people=people,
        map50=None if map50 is None else round(map50, DIGITS),
        over=smoothing.over,
        **scores,
        interval=intervals,
    )


def _role_values(sums: Sums) -> Values:
    zone_samples, error, *rest = np.moveaxis(sums, -1, 0)
    single, over, (true, false, missed) = rest[:3], rest[3:6], rest[6:]
    return {
        "precision": _share(true, true + false),
        "recall": _share(true, true + missed),
        "head_count_mae": _share(error, zone_samples),
        "occupancy_f1": _f1(*single),
        "occupancy_f1_over": _f1(*over),
    }


def _heads(one: Tally, places: Iterable[int]) -> Series:
    """2 × samples: at how many zones was counted, and by how many people the counts were wrong."""
    chosen = list(places)
    errors = np.abs(one.there[chosen] - one.seen[chosen]).sum(axis=0)
    return np.stack((np.full(one.samples, float(len(chosen))), errors))


def _occupancy(one: Tally, places: Iterable[int], smoothing: Smoothing) -> Series:
    """3 × samples: zones rightly said to be occupied, wrongly said to be, wrongly said to be empty.

    Samples before smoothing can say anything are right about nothing and wrong about nothing.
    """
    counts = np.zeros((3, one.samples))
    for place in places:
        states = zip(
            *(occupied((heads[place] > 0).tolist(), smoothing) for heads in (one.there, one.seen)), strict=True
        )
        for number, (there, seen) in enumerate(states):
            if there is not None and seen is not None:
                counts[:, number] += there and seen, seen and not there, there and not seen
    return counts


def _measured(
    parts: Sequence[Series], over: int, values: Callable[[Sums], Values]
) -> tuple[dict[str, float | None], dict[str, Interval | None]]:
    """The measures of all parts (cameras) together, and their intervals; `values` makes measures of sums."""
    scores = values(np.sum([part.sum(axis=1) for part in parts], axis=0))
    lengths = [_block(part, over) for part in parts]
    blocks = sum(ceil(part.shape[1] / length) for part, length in zip(parts, lengths, strict=True))
    ends = {name: interval(drawn, blocks) for name, drawn in values(resample(parts, lengths)).items()}
    return (
        {name: None if np.isnan(value) else round(float(value), DIGITS) for name, value in scores.items()},
        {name: both and (round(both[0], DIGITS), round(both[1], DIGITS)) for name, both in ends.items()},
    )


def _block(part: Series, over: int) -> int:
    """Long enough for errors of the head count and of occupancy to be over."""
    return block_length([part[1], part[3] + part[4]], least=over)


def _share(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return share


def _f1(true: NDArray[np.float64], false: NDArray[np.float64], missed: NDArray[np.float64]) -> NDArray[np.float64]:
    return _share(2 * true, 2 * true + false + missed)
