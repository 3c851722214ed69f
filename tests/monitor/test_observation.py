"""People in regions, and several regions of one place together."""

from datetime import UTC, datetime, timedelta

import pytest

from models.detection import Detection
from models.regions import Anchor, Region, RegionKind
from monitor.observation import Gap, Observation, gathered, observe, staffed, unobserved

AT = datetime(2026, 11, 20, 1, tzinfo=UTC)
OLD = AT - timedelta(seconds=30)
LEFT = ((0.0, 0.0), (0.5, 0.0), (0.5, 1.0), (0.0, 1.0))
BOTTOM = ((0.0, 0.8), (1.0, 0.8), (1.0, 1.0), (0.0, 1.0))
STAFF = Region("w001", "c1", RegionKind.STAFF, "w001", LEFT, Anchor.CENTRE)
QUEUE = Region("za", "c1", RegionKind.QUEUE, "za", BOTTOM, Anchor.FOOT)
MASK = Region("mask-1", "c1", RegionKind.MASK, "", BOTTOM, Anchor.FOOT)


def person(x: float, foot: float) -> Detection:
    return Detection(x - 0.05, foot - 0.5, x + 0.05, foot, 0.9)


def looked(people: int | None, at: datetime = AT) -> Observation:
    return Observation(at, "c1", "w001", RegionKind.STAFF, "w001", people)


def test_the_anchor_decides() -> None:
    people = (person(0.2, 0.7), person(0.2, 0.9), person(0.7, 0.9))
    staff, queue = observe(AT, (STAFF, QUEUE), people)
    assert (staff.people, queue.people) == (2, 2)


def test_what_stands_in_a_mask_is_not_there() -> None:
    (staff,) = observe(AT, (STAFF, MASK), (person(0.2, 0.7), person(0.3, 0.7), person(0.2, 0.9)))
    assert staff.people == 2
    assert [look.people for look in observe(AT, (STAFF, MASK), None)] == [None]


@pytest.mark.parametrize(("people", "counted"), [((), 0), (None, None)])
def test_zero_is_not_unknown(people: tuple[Detection, ...] | None, counted: int | None) -> None:
    assert [look.people for look in observe(AT, (STAFF, QUEUE), people)] == [counted, counted]


@pytest.mark.parametrize(
    ("looks", "people"),
    [
        ([], None),
        ([looked(None)], None),
        ([looked(0)], 0),
        ([looked(0), looked(None)], 0),
        ([looked(0), looked(1)], 1),
        ([looked(2), looked(1)], 2),
        ([looked(1, OLD), looked(0)], 0),
        ([looked(1, OLD)], None),
    ],
)
def test_a_window_seen_from_several_sides(looks: list[Observation], people: int | None) -> None:
    assert staffed(looks, OLD) == people


@pytest.mark.parametrize(
    ("looks", "people"),
    [
        ([], None),
        ([looked(3)], 3),
        ([looked(3), looked(0)], 3),
        ([looked(3), looked(4)], 7),
        ([looked(3), looked(None)], None),
        ([looked(3), looked(4, OLD)], None),
    ],
)
def test_a_zone_in_several_parts(looks: list[Observation], people: int | None) -> None:
    assert gathered(looks, OLD) == people


@pytest.mark.parametrize(
    ("stretch", "blind", "gap"),
    [
        (10, False, Gap(0, 0)),
        (30, False, Gap(0, 0)),
        (31, False, Gap(31, 21)),
        (20, True, Gap(20, 10)),
        (5, True, Gap(5, 0)),
    ],
)
def test_unobserved(stretch: int, blind: bool, gap: Gap) -> None:
    """At a cadence of 10 s, three of which are no gap yet."""
    assert unobserved(AT, AT + timedelta(seconds=stretch), blind, timedelta(seconds=10), 3.0) == gap


def test_before_the_first_look_nothing_is_unobserved() -> None:
    assert unobserved(None, AT, True, timedelta(seconds=10), 3.0) == Gap(0, 0)


def test_an_observation_says_where_and_when_it_was_made() -> None:
    (staff,) = observe(AT, (STAFF,), (person(0.2, 0.7),))
    assert staff == Observation(AT, "c1", "w001", RegionKind.STAFF, "w001", 1)
