"""An observation: how many people one look saw in one region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.detection import Detection
from models.regions import Region, RegionKind


@dataclass(frozen=True, slots=True)
class Observation:
    """People in a region at a time; `people is None` = looked and could not see."""

    at: datetime
    camera: str
    region: str
    kind: RegionKind
    place: str
    people: int | None


def observe(at: datetime, regions: Iterable[Region], people: Sequence[Detection] | None) -> tuple[Observation, ...]:
    """One observation per region that counts somebody; `people` None (blind) gives None everywhere.

    An empty list of detections is zero people, never None: the rules must hear of it.
    """
    regions = tuple(regions)
    masks = [region for region in regions if region.kind is RegionKind.MASK]
    if people and masks:
        people = [person for person in people if not any(mask.holds(person) for mask in masks)]
    return tuple(
        Observation(
            at=at,
            camera=region.camera,
            region=region.id,
            kind=region.kind,
            place=region.place,
            people=None if people is None else sum(region.holds(person) for person in people),
        )
        for region in regions
        if region.kind is not RegionKind.MASK
    )


def staffed(looks: Iterable[Observation], after: datetime) -> int | None:
    """People at a window seen by several regions or cameras, from the latest look of each.

    Looks at or before `after` are stale and say nothing. Present if any fresh look saw somebody, None if none of them
    could see. The largest count is taken, for the same clerk may be in two pictures.
    """
    seen = [look.people for look in looks if look.at > after and look.people is not None]
    return max(seen, default=None)


def gathered(looks: Iterable[Observation], after: datetime) -> int | None:
    """People waiting in a zone that several regions cover, from the latest look of each.

    The regions of a zone must not overlap: their counts are added. None if any of them is stale or could not see, for
    a part of a queue is not its length.
    """
    total = None
    for look in looks:
        if look.at <= after or look.people is None:
            return None
        total = (total or 0) + look.people
    return total


@dataclass(frozen=True, slots=True)
class Gap:
    """Time before a look of which it is unknown what happened in it."""

    whole_s: float
    """Since the last look that saw, in seconds; 0 = nothing is unknown."""
    unseen_s: float
    """What counts of it: the last look vouches for one cadence."""


def unobserved(seen_at: datetime | None, at: datetime, blind: bool, cadence: timedelta, gap_cadences: float) -> Gap:
    """The gap before a look at `at`, the last that saw having been at `seen_at` (None = there was none).

    What lies between is unknown if a blind look does too (`blind`) or if it is longer than so many cadences.
    """
    whole = at - seen_at if seen_at else timedelta(0)
    if not blind and whole <= cadence * gap_cadences:
        whole = timedelta(0)
    return Gap(whole.total_seconds(), max(timedelta(0), whole - cadence).total_seconds())
