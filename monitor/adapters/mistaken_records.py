"""What is no person, on record: every decision is one more row, and the newest about a place counts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, insert, select

from models.regions import Region
from monitor.adapters.database import transaction
from monitor.adapters.judging_tables import no_people
from monitor.mistaken import Box, alike, region


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a box."""

    id: int
    hall: str
    camera: str
    box: Box
    accepted: bool
    """Whether what stands there is not counted."""
    by: str
    at: datetime


def decide(engine: Engine, hall: str, camera: str, box: Box, accepted: bool, by: str, at: datetime) -> bool:
    """Record a decision; False if the same one stands already."""
    same = [one for one in decisions(engine, [hall]) if one.camera == camera and alike(one.box, box)]
    if any(one.accepted is accepted for one in same):
        return False
    values = {"hall": hall, "camera": camera, "box": list(box), "accepted": accepted, "by": by, "at": at}
    with transaction(engine) as connection:
        connection.execute(insert(no_people).values(**values))
    return True


def decisions(engine: Engine, halls: Collection[str]) -> tuple[Decision, ...]:
    """The decisions that stand: of several about the same place the newest."""
    standing: list[Decision] = []
    wanted = select(no_people).where(no_people.c.hall.in_(halls)).order_by(no_people.c.id)
    with engine.connect() as connection:
        for row in connection.execute(wanted).mappings():
            left, top, right, bottom = row["box"]
            one = Decision(**(dict(row) | {"box": (left, top, right, bottom)}))
            standing = [held for held in standing if held.camera != one.camera or not alike(held.box, one.box)]
            standing.append(one)
    return tuple(standing)


def masks(engine: Engine, halls: Collection[str]) -> Mapping[str, tuple[Region, ...]]:
    """The masks that were accepted, by hall."""
    accepted = [one for one in decisions(engine, halls) if one.accepted]
    return {hall: tuple(region(one.camera, one.id, one.box) for one in accepted if one.hall == hall) for hall in halls}
