"""Tally: heads per region and boxes per picture, with masks and seated staff."""

import numpy as np

from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from models.tally import Tally, tally

BLANK = np.zeros((100, 200, 3), dtype=np.uint8)


def region(name: str, kind: RegionKind, left: float, right: float, anchor: Anchor = Anchor.FOOT) -> Region:
    return Region(name, "c1", kind, name, ((left, 0.0), (right, 0.0), (right, 1.0), (left, 1.0)), anchor)


def person(x: float, score: float = 0.8) -> Detection:
    return Detection(x - 0.05, 0.1, x + 0.05, 0.9, score)


def counted(
    seen: list[tuple[Detection, ...]],
    there: list[tuple[Detection, ...]],
    regions: list[Region],
    every: list[tuple[Detection, ...]] | None = None,
) -> Tally:
    found, all_found = iter(seen), iter(every or [])
    samples = [(number, BLANK) for number in range(1, len(seen) + 1)]
    truth = dict(enumerate(there, start=1))
    find_all = (lambda *_: next(all_found)) if every else None
    return tally("c1", "queue", samples, regions, truth, lambda *_: next(found), find_all)


def test_heads_are_counted_per_region_and_sample() -> None:
    regions = [region("left", RegionKind.QUEUE, 0, 0.5), region("right", RegionKind.CITIZEN, 0.5, 1)]
    seen = [(person(0.1), person(0.8)), (person(0.1),), ()]
    one = counted(seen, [(person(0.1), person(0.2), person(0.8)), ()], regions)
    assert one.there.tolist() == [[2, 0, 0], [1, 0, 0]]
    assert one.seen.tolist() == [[1, 1, 0], [1, 0, 0]]
    assert (one.samples, one.seats, one.whole.people) == (3, [], 3)
    assert one.whole.counts.tolist() == [[2, 0, 0], [0, 1, 0], [1, 0, 0]]


def test_who_stands_in_a_mask_is_not_counted_on_either_side() -> None:
    regions = [region("left", RegionKind.QUEUE, 0, 0.5), region("mask-1", RegionKind.MASK, 0, 0.2)]
    one = counted([(person(0.15), person(0.3))], [(person(0.1), person(0.3))], regions)
    assert [region.id for region in one.regions] == ["left"]
    assert (one.there.tolist(), one.seen.tolist()) == ([[1]], [[1]])
    assert one.whole.counts.tolist() == [[1], [0], [0]]


def test_the_anchor_of_the_region_decides() -> None:
    upper = ((0.0, 0.0), (1.0, 0.0), (1.0, 0.6), (0.0, 0.6))
    regions = [
        Region("seat", "c1", RegionKind.STAFF, "w1", upper, Anchor.CENTRE),
        Region("floor", "c1", RegionKind.QUEUE, "za", upper, Anchor.FOOT),
    ]
    one = counted([()], [(person(0.5),)], regions)
    assert (one.there.tolist(), one.seats) == ([[1], [0]], [0])


def test_boxes_below_the_threshold_count_for_average_precision_only() -> None:
    regions = [region("left", RegionKind.QUEUE, 0, 1)]
    sure, unsure, wrong = person(0.2), person(0.8, 0.1), person(0.5, 0.05)
    one = counted([(sure,)], [(person(0.2), person(0.8))], regions, [(sure, unsure, wrong)])
    assert one.seen.tolist() == [[1]]
    assert one.whole.counts.tolist() == [[1], [0], [1]]
    assert one.whole.scores.tolist() == [0.8, 0.1, 0.05] and one.whole.hits.tolist() == [True, True, False]


def test_staff_are_judged_by_what_speaks_of_them() -> None:
    """One clerk is found, by a box whose middle lies outside the seat; one is not. A box on a citizen says nothing of
    staff, one in a seat that found nobody is wrong, one elsewhere that found nobody is not about staff."""
    seats = [
        region("w1", RegionKind.STAFF, 0, 0.2, Anchor.CENTRE),
        region("w2", RegionKind.STAFF, 0.4, 0.6, Anchor.CENTRE),
    ]
    there = (person(0.19), person(0.45), person(0.8))
    seen = (person(0.21, 0.9), person(0.8, 0.85), person(0.58, 0.7), person(0.95, 0.6))
    one = counted([seen], [there], seats, [seen])
    assert one.staff.people == 2 and one.whole.people == 3
    assert one.staff.counts.tolist() == [[1], [1], [1]]
    assert one.staff.scores.tolist() == [0.9, 0.7] and one.staff.hits.tolist() == [True, False]
    assert one.whole.counts.tolist() == [[2], [2], [1]]


def test_no_samples_and_no_regions() -> None:
    assert counted([], [], [region("left", RegionKind.QUEUE, 0, 1)]).there.shape == (1, 0)
    bare = counted([(person(0.2),)], [()], [])
    assert bare.there.shape == (0, 1) and bare.samples == 1
    assert bare.whole.counts.tolist() == [[0], [1], [0]]
