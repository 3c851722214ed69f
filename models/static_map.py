"""A static map: what one camera sees that is taken for a person and is none: a poster, a coat, a mannequin.

It is learned while the hall is closed, when nobody has to be there, and from pixels alone: whatever a detector found,
if its place looks the same for eight hours of one closing, is a thing. A clerk goes home, somebody who works late goes
later, and somebody who sleeps breathes. A detection is left out only where it is found at the place of a thing and the
pixels there are those of the thing: whoever sits down before it, or on it, looks different and counts. Time in service
teaches nothing, so nobody is ever forgotten for sitting still, and a hall that never closes has an empty map.

Pure: what is remembered is an argument and a result.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

import cv2
import numpy as np
from numpy.typing import NDArray

from camera_ingest.sample import Picture
from models.detection import Detection

LEARNED = timedelta(hours=8)
"""A place that looks the same for so long within one closing holds a thing. Longer than anybody works late."""
HIDDEN = 0.05
"""The share of that time in which it may look different: cleaners pass."""
GONE = timedelta(hours=1)
"""A thing whose place looks different for so long, while the hall is closed, has been taken away."""
UNSEEN = timedelta(days=3)
"""A thing that was not seen for so long is forgotten."""
VOUCHED = timedelta(minutes=5)
"""A look stands for the time since the one before, for at most so long."""
BROKEN_OFF = timedelta(hours=1)
"""After a longer gap between looks, what was being learned begins anew."""
SAME_PLACE = 0.6
"""Intersection over union from which on a detection is at the place of a thing."""
MOST = 32
"""Things and places being learned, per camera."""

MARKED = 16
"""Every so manieth pixel is compared to find out whether a picture is frozen; a sensor's noise is in all of them."""
SIDE = 16
"""Side of a template, in cells."""
LEAST_CONTRAST = 8.0
"""Standard deviation of a template, in grey levels; a flatter place cannot be told from another."""
FADED = 0.15
"""With less than this share of its contrast a place is too dark to say anything of it."""
HARSHER = 3.0
"""With more than so many times its contrast it looks different, whatever its pattern."""
LEARN, RECOGNISE = (0.95, 6.0), (0.9, 12.0)
"""Least correlation, and greatest difference in grey levels (mean of the tenth of the cells that differ most,
brightness and contrast made equal), of what looks the same: to be learned; to be left out. In rendered halls noise
differs by up to 3.1, lamps at a third and light from one side by 6.4; a clerk who breathes by 32 in every other look, a
clerk before a coat by at least 47."""

Place = tuple[float, float, float, float]
"""Left, top, right and bottom, as shares of the picture."""
Cells = NDArray[np.float32]


class Sight(StrEnum):
    """How a place looks now."""

    SAME = "same"
    OTHER = "other"
    DARK = "dark"  # too little contrast to say


@dataclass(frozen=True, slots=True)
class Thing:
    """Something at a place: known not to be a person, or still being learned."""

    place: Place
    template: bytes
    """SIDE × SIDE grey levels, row by row; too coarse for a face."""
    since: datetime
    """When it was first found."""
    seen_at: datetime
    """When its place last looked the same."""
    same_s: float = 0.0
    """For how long its place has looked the same in this closing."""
    other_s: float = 0.0
    """For how long it has looked different; of a known thing: since it was last seen."""
    known: bool = False
    """True: it is a thing, and what is found there is not counted."""


@dataclass(frozen=True, slots=True)
class StaticMap:
    """What is known of one camera."""

    things: tuple[Thing, ...] = ()
    at: datetime | None = None
    """Of the last look."""
    mark: int = 0
    """Of the last picture: one that comes a second time is a frozen picture, and says nothing."""

    @property
    def known(self) -> tuple[Thing, ...]:
        """What is not counted."""
        return tuple(thing for thing in self.things if thing.known)


def learn(map: StaticMap, people: Sequence[Detection], picture: Picture, at: datetime, closed: bool) -> StaticMap:
    """The map after one more look; `people`: everybody found in it, `closed`: whether nobody has to be there.

    A look that is not newer than the last one, and a picture that came before, change nothing. Where the last look lies
    far in the future a clock was wrong: what is known goes on, what was being learned is begun anew.
    """
    if map.at is not None and map.at - at > BROKEN_OFF:
        map = StaticMap(tuple(replace(one, seen_at=min(one.seen_at, at)) for one in map.things if one.known))
    mark = crc32(picture[::MARKED, ::MARKED].tobytes())
    if map.at is not None and (at <= map.at or mark == map.mark):
        return map
    gap = at - map.at if map.at is not None else timedelta(0)
    whole = closed and gap <= BROKEN_OFF
    grey = Grey(picture)
    seen = [(thing, sight(thing, grey, LEARN)) for thing in map.things if thing.known or whole]
    span = min(gap, VOUCHED).total_seconds()
    aged = [_aged(thing, how, at, span, closed) for thing, how in seen]
    things = [thing for thing in aged if not _over(thing, at)]
    if closed:
        here = [thing for thing, how in seen if how is Sight.SAME]
        new = [one for one in people if not any(overlap(_place(one), thing.place) >= SAME_PLACE for thing in here)]
        things = _bounded([*things, *_found(new, grey, at)])
    return StaticMap(tuple(things), at, mark)


def without(map: StaticMap, people: Sequence[Detection], picture: Picture) -> tuple[Detection, ...]:
    """The people without those that are known things, each of which stands for one detection at most."""
    kept = list(people)
    if not (kept and map.known):
        return tuple(kept)
    grey = Grey(picture)
    for thing in map.known:
        best = max(kept, key=lambda one: overlap(_place(one), thing.place), default=None)
        found = best is not None and overlap(_place(best), thing.place) >= SAME_PLACE
        if best is not None and found and sight(thing, grey, RECOGNISE) is Sight.SAME:
            kept.remove(best)
    return tuple(kept)


class Grey:
    """The grey picture, made when it is first needed and only where it is."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def cells(self, place: Place) -> Cells:
        """The mean grey levels of a place, SIDE × SIDE."""
        height, width = self._picture.shape[:2]
        left, right = (min(max(0, round(x * width)), width) for x in (place[0], place[2]))
        top, bottom = (min(max(0, round(y * height)), height) for y in (place[1], place[3]))
        part = self._picture[top : max(bottom, top + 1), left : max(right, left + 1)]
        if not part.size:
            return np.zeros((SIDE, SIDE), np.float32)
        step = max(1, min(part.shape[:2]) // (4 * SIDE))  # sixteen pixels of a cell are enough
        small = cv2.resize(np.ascontiguousarray(part[::step, ::step]), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.float32)


def sight(thing: Thing, grey: Grey, limits: tuple[float, float]) -> Sight:
    """How the place of a thing looks now, whatever the brightness."""
    then = np.frombuffer(thing.template, np.uint8).reshape(SIDE, SIDE).astype(np.float32)
    now = grey.cells(thing.place)
    contrast, usual = float(now.std()), float(then.std())
    if contrast < max(FADED * usual, 2.0):
        return Sight.DARK
    if contrast > HARSHER * usual:
        return Sight.OTHER
    now, then = (now - now.mean()) / contrast, (then - then.mean()) / usual
    correlation = float((now * then).mean())
    different = np.sort(np.abs(now - then).ravel())[-SIDE * SIDE // 10 :].mean() * usual
    return Sight.SAME if correlation >= limits[0] and different <= limits[1] else Sight.OTHER


def overlap(one: Place, two: Place) -> float:
    """Intersection over union of two places."""
    width, height = min(one[2], two[2]) - max(one[0], two[0]), min(one[3], two[3]) - max(one[1], two[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (two[2] - two[0]) * (two[3] - two[1]) - shared)


def _aged(thing: Thing, how: Sight, at: datetime, span: float, closed: bool) -> Thing:
    """A thing after a look that stands for so many seconds; outside closing only that it was seen is noted."""
    if how is Sight.DARK:
        return thing
    if how is Sight.OTHER:
        return replace(thing, other_s=thing.other_s + span) if closed else thing
    if thing.known:
        return replace(thing, seen_at=at, other_s=0.0)
    same_s = thing.same_s + span
    known = same_s >= LEARNED.total_seconds() and thing.other_s <= HIDDEN * (same_s + thing.other_s)
    return replace(thing, seen_at=at, same_s=same_s, known=known, other_s=0.0 if known else thing.other_s)


def _over(thing: Thing, at: datetime) -> bool:
    """Whether there is no reason any more to remember a thing."""
    if thing.known:
        return thing.other_s > GONE.total_seconds() or at - thing.seen_at > UNSEEN
    return thing.other_s > HIDDEN * max(LEARNED.total_seconds(), thing.same_s + thing.other_s)


def _found(people: Iterable[Detection], grey: Grey, at: datetime) -> list[Thing]:
    """What may turn out to be things."""
    cells = [(_place(one), grey.cells(_place(one))) for one in people]
    return [
        Thing(place, here.astype(np.uint8).tobytes(), at, at) for place, here in cells if here.std() >= LEAST_CONTRAST
    ]


def _bounded(things: list[Thing]) -> list[Thing]:
    """At most MOST things: known ones first, then those that have looked the same for the longest time."""
    if len(things) <= MOST:
        return things
    return sorted(things, key=lambda thing: (not thing.known, -thing.same_s, thing.other_s))[:MOST]


def _place(person: Detection) -> Place:
    return person.x1, person.y1, person.x2, person.y2
