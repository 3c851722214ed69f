"""Choosing: which pictures of a site are worth a person's time, drawn from cameras while memory stays bounded.

A picture is hard where the detector is unsure (a score near its threshold), where the looks right before and after
contradict its count in a region, or where its own mirror image does. Of every stretch of time the hardest picture is
kept, so that near-identical ones are not all taken. What waits here is masked already.

The held-out part is whole stretches of time, never a neighbour of what is trained on, and drawn at random: pictures
that were chosen because the detector of today fails on them would flatter every other one.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import prod

import cv2
import numpy as np

from camera_ingest.camera import Camera
from camera_ingest.sample import Picture, Sample
from models.detection import Detection
from models.pixelate import hidden
from models.regions import Region, RegionKind
from models.suppression import overlap

LOW = 0.1
"""Score from which on a box has its head part masked, and from which on the detector is asked."""
UNSURE = (0.1, 0.6)
"""Scores between which the detector is unsure of a box."""
RANDOM_SHARE = 0.1
"""Of the pictures to train on, so that the set is not hard cases only."""
EVERY, HELD = 5, 2
"""Of every five stretches of time the third is held out."""
VAL_SHARE = 1 / EVERY
SAME = 0.5
"""Intersection over union from which on a box and one of the mirror image are the same person."""
QUALITY = 92
ZERO = np.zeros(4, np.float32)

Counts = Mapping[str, int]
"""People per counting region."""
Find = Callable[[Picture, Sequence[Region]], Sequence[Detection]]
"""Every box of a picture from the score `LOW` on, best first, looked for as closely as the regions ask for."""


class Why(StrEnum):
    """Why a picture was chosen."""

    UNCERTAIN = "uncertain"
    CONTRADICTED = "contradicted"  # by the looks right before and after
    MIRRORED = "mirrored"  # contradicted by its own mirror image
    RANDOM = "random"
    CERTAIN = "certain"  # nothing hard about it; taken because room was left


class Part(StrEnum):
    """Which part of a data set a picture belongs to."""

    TRAIN = "train"
    VAL = "val"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A masked picture with the detector's boxes as its first labels."""

    camera: str
    at: datetime
    part: Part
    why: Why
    score: float
    """How hard it is: 0..1."""
    jpeg: bytes = field(repr=False)
    people: tuple[Detection, ...]


def uncertainty(people: Iterable[Detection]) -> float:
    """How unsure the detector is of a picture, 0..1: grows with every box whose score is near the middle of UNSURE."""
    middle, reach = sum(UNSURE) / 2, (UNSURE[1] - UNSURE[0]) / 2
    return 1 - prod(1 - max(0.0, 1 - abs(person.score - middle) / reach) / 2 for person in people)


def contradiction(before: Counts, now: Counts, after: Counts) -> float:
    """How far the count of any region leaves what the looks before and after agree on: 0, then 1/2, 2/3 …"""
    beyond = 0
    for region, count in now.items():
        least, most = sorted((before.get(region, count), after.get(region, count)))
        beyond = max(beyond, least - count, count - most)
    return 1 - 1 / (1 + beyond)


def disagreement(people: Sequence[Detection], mirrored: Sequence[Detection]) -> float:
    """The share of boxes (0..1) without their like in the mirror image; `mirrored` as `unmirrored` gives them."""
    free = [np.array((one.x1, one.y1, one.x2, one.y2), np.float32) for one in mirrored]
    same = 0
    for person in people:
        ratios = overlap(np.array((person.x1, person.y1, person.x2, person.y2), np.float32), np.stack(free or [ZERO]))
        if ratios.max() >= SAME:
            free.pop(int(ratios.argmax()))
            same += 1
    return 1 - 2 * same / (len(people) + len(mirrored)) if people or mirrored else 0.0


def unmirrored(people: Iterable[Detection]) -> tuple[Detection, ...]:
    """Boxes found in a mirrored picture as boxes of the picture."""
    return tuple(Detection(1 - one.x2, one.y1, 1 - one.x1, one.y2, one.score) for one in people)


def counts(people: Iterable[Detection], regions: Iterable[Region]) -> Counts:
    """People per counting region, without those in a mask."""
    regions = tuple(regions)
    masks = [region for region in regions if region.kind is RegionKind.MASK]
    seen = [person for person in people if not any(mask.holds(person) for mask in masks)]
    return {one.id: sum(map(one.holds, seen)) for one in regions if one.kind is not RegionKind.MASK}


def part(since: timedelta, stretch: timedelta, cadence: timedelta) -> Part | None:
    """The part of a look so long after its camera's first one; None for a neighbour of what is held out."""
    number, guard = since // stretch % EVERY, cadence * 1.5
    if number == HELD:
        return Part.VAL
    before = (HELD * stretch - since) % (EVERY * stretch)
    after = (since - (HELD + 1) * stretch) % (EVERY * stretch)
    return None if min(before, after) < guard else Part.TRAIN


def stretch(lasts: timedelta, cadence: timedelta) -> timedelta:
    """How long a stretch of time is where drawing takes so long: a tenth of it, at least two looks."""
    return max(lasts / (2 * EVERY), 2 * cadence)


@dataclass(slots=True)
class Hardest:
    """The hardest of each span of time, at most twice `room`; the spans grow where there are more."""

    room: int
    span: timedelta
    kept: dict[int, Chosen] = field(default_factory=dict)

    def offer(self, since: timedelta, score: float, make: Callable[[], Chosen]) -> None:
        """Keeps a picture if nothing harder is near it; `make` is called only then."""
        if self.room < 1:
            return
        slot = since // self.span
        there = self.kept.get(slot)
        if there is not None and there.score >= score:
            return
        self.kept[slot] = make()
        while len(self.kept) > 2 * self.room:
            self.span *= 2
            by_score = sorted(self.kept.items(), key=lambda item: item[1].score)
            self.kept = {slot // 2: one for slot, one in by_score}


@dataclass(slots=True)
class Lot:
    """A sample of everything offered in which each has the same chance (reservoir sampling)."""

    room: int
    dice: random.Random
    kept: list[Chosen] = field(default_factory=list)
    offered: int = 0

    def offer(self, make: Callable[[], Chosen]) -> None:
        """Keeps a picture if the lot falls on it; `make` is called only then."""
        self.offered += 1
        if len(self.kept) < self.room:
            self.kept.append(make())
        elif (place := self.dice.randrange(self.offered)) < self.room:
            self.kept[place] = make()


@dataclass(frozen=True, slots=True)
class _Seen:
    """A look that waits for the next one."""

    at: datetime
    picture: Picture
    people: tuple[Detection, ...]
    """From LOW on, of the picture and its mirror image: whose heads are masked."""
    sure: tuple[Detection, ...]
    """Those of the picture from the threshold on."""
    uncertain: float
    mirrored: float
    counts: Counts


class Drawing:
    """Takes the samples of one camera and keeps the best of them; one thread."""

    def __init__(
        self,
        camera: Camera,
        regions: Sequence[Region],
        find: Find,
        threshold: float,
        lasts: timedelta,
        frames: int,
        seed: int = 1,
    ) -> None:
        """`lasts`: how long will be drawn; `frames`: how many pictures are wanted of this camera."""
        self._camera, self._regions = camera, [region for region in regions if region.camera == camera.id]
        self._mirrored = [replace(one, polygon=tuple((1 - x, y) for x, y in one.polygon)) for one in self._regions]
        self._find, self._threshold = find, threshold
        self._stretch = stretch(lasts, camera.cadence)
        dice = random.Random(f"{seed} {camera.id}")
        held = int(frames * VAL_SHARE + dice.random())  # over many cameras the shares come out right
        self._held = Lot(held, dice)
        self._lot = Lot(int((frames - held) * RANDOM_SHARE + dice.random()), dice)
        self._frames = frames - held
        self._hardest = Hardest(self._frames, camera.cadence)
        self._first: datetime | None = None
        self._before: _Seen | None = None
        self._waiting: _Seen | None = None

    def take(self, sample: Sample) -> None:
        """One look; a blind one is no neighbour to contradict another."""
        now = self._look(sample.at, sample.picture) if sample.picture is not None else None
        self._judge(now)
        self._before, self._waiting = (self._waiting, now) if now else (None, None)

    def chosen(self) -> tuple[Chosen, ...]:
        """What was kept, hardest first; ends the drawing."""
        self._judge(None)
        self._waiting = None
        by_lot = {one.at: one for one in self._lot.kept}
        hard = (one for one in self._hardest.kept.values() if one.at not in by_lot)
        hardest = sorted(hard, key=lambda one: -one.score)[: self._frames - len(by_lot)]
        return tuple(sorted((*hardest, *by_lot.values(), *self._held.kept), key=lambda one: (-one.score, one.at)))

    def _look(self, at: datetime, picture: Picture) -> _Seen:
        people = tuple(self._find(picture, self._regions))
        mirror = unmirrored(self._find(np.ascontiguousarray(picture[:, ::-1]), self._mirrored))
        sure = self._sure(people)
        return _Seen(
            at,
            picture,
            (*people, *mirror),
            sure,
            uncertainty(people),
            disagreement(sure, self._sure(mirror)),
            counts(sure, self._regions),
        )

    def _sure(self, people: Iterable[Detection]) -> tuple[Detection, ...]:
        return tuple(person for person in people if person.score >= self._threshold)

    def _judge(self, after: _Seen | None) -> None:
        """Offers the look that waited, now that the one after it is known."""
        now, before = self._waiting, self._before
        if now is None:
            return
        self._first = self._first or now.at
        near = before and after and after.at - before.at <= 6 * self._camera.cadence
        turned = contradiction(before.counts, now.counts, after.counts) if before and after and near else 0.0
        since = now.at - self._first
        match part(since, self._stretch, self._camera.cadence):
            case Part.VAL:
                self._held.offer(lambda: self._made(now, Part.VAL, Why.RANDOM, turned))
            case Part.TRAIN:
                self._lot.offer(lambda: self._made(now, Part.TRAIN, Why.RANDOM, turned))
                score, why = _hard(now, turned)
                self._hardest.offer(since, score, lambda: self._made(now, Part.TRAIN, why, turned))

    def _made(self, seen: _Seen, part: Part, why: Why, turned: float) -> Chosen:
        masked = hidden(seen.picture, seen.people, self._regions)
        _, jpeg = cv2.imencode(".jpg", masked, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        score = round(_hard(seen, turned)[0], 4)
        return Chosen(self._camera.id, seen.at, part, why, score, jpeg.tobytes(), seen.sure)


def _hard(seen: _Seen, turned: float) -> tuple[float, Why]:
    """How hard a picture is, and by what above all."""
    by = {Why.CONTRADICTED: turned, Why.UNCERTAIN: seen.uncertain, Why.MIRRORED: seen.mirrored}
    why = max(by, key=lambda one: by[one])
    return 1 - prod(1 - value for value in by.values()), why if by[why] else Why.CERTAIN
