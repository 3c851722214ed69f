"""A region: a polygon drawn on a camera's picture, and whom it counts."""

from dataclasses import dataclass
from enum import StrEnum

from models.detection import Detection


class RegionKind(StrEnum):
    """What stands inside the polygon."""

    STAFF = "staff"  # the clerk's seat of one window; anchored at the centre
    CITIZEN = "citizen"  # the applicant's side of one window
    QUEUE = "queue"  # people waiting for a zone
    MASK = "mask"  # never looked at: detections whose anchor is inside are dropped


class Anchor(StrEnum):
    """Which point of a person box decides whether the person is inside."""

    FOOT = "foot"
    CENTRE = "centre"


Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Region:
    """A normalised polygon (0..1, y downwards, at least three points) of one camera."""

    id: str
    """Unique within the camera; by default the place it observes."""
    camera: str
    kind: RegionKind
    place: str
    """The window (staff, citizen) or zone (queue) of the camera's hall that it observes; empty for a mask."""
    polygon: tuple[Point, ...]
    anchor: Anchor
    person: float | None = None
    """Least height of a person here, as a share of the picture's; None = guessed from the polygon (models/looks.py)."""

    def holds(self, person: Detection) -> bool:
        """Whether the person's anchor point lies inside the polygon (even-odd rule; an edge counts as inside)."""
        return inside(self.polygon, person.foot if self.anchor is Anchor.FOOT else person.centre)


def inside(polygon: tuple[Point, ...], point: Point) -> bool:
    """Whether a point lies in a polygon: even-odd rule, points on an edge included."""
    x, y = point
    within = False
    for (ax, ay), (bx, by) in zip(polygon, polygon[1:] + polygon[:1], strict=True):
        cross = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        on_line = abs(cross) <= 1e-12 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by)
        if on_line:
            return True
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            within = not within
    return within
