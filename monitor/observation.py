"""An observation: how many people one look saw in one region."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

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


def observe(
    at: datetime, regions: Iterable[Region], people: Sequence[Detection] | None
) -> tuple[Observation, ...]:
    """One observation per region that counts somebody; `people` None (blind) gives None everywhere.

    An empty list of detections is zero people, never None: the rules must hear of it.
    """
    regions = tuple(regions)
    masks = [region for region in regions if region.kind is RegionKind.MASK]
    if people is not None:
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
