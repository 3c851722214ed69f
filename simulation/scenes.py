"""A scene: a stage with people on it, drawn frame by frame together with its truth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from simulation.canvas import Box, Canvas
from simulation.furniture import Layer
from simulation.sprites import Pixels, Sprite, leaning, resized
from simulation.stages import WIDTH, Post, Stage

WALK_PX = 9.0
"""How far somebody of full scale walks between two frames of 0.2 s."""

LOOP = 10
"""Frames after which somebody who stays is back where they were, so that a clip can be repeated."""


AWKWARD = ("seated-headdown", "seated-phone", "seated-slump", "seated-lean", "seated-back", "seated-aside")
"""How clerks sit whom a camera hardly recognises."""


@dataclass(frozen=True, slots=True)
class Actor:
    """One person in a scene."""

    looks: tuple[Sprite, ...]
    """Shown in turn, one every second frame: the phases of a gait, or small movements of a seated person."""
    x: float
    """Of the foot in the first frame, pixels."""
    y: float
    depth: float
    """Who is further up the picture is behind; seated people lie between their chair and their counter."""
    scale: float
    pace: float = 0.0
    """Pixels to the right per frame."""
    place: str = ""
    """The region in whose number this person counts; empty = none."""
    upper: float = 1.0
    """Share of the body drawn, from the head down: seated people end at the seat."""
    shadow: bool = True
    lean: float = 0.0
    """How far the head sways from where it is in frame 0 within a loop, pixels: people never sit quite still."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A picture and what is true of it."""

    picture: Pixels
    people: tuple[Box, ...]
    """Everybody of whom enough is visible, posters not included."""
    counts: Mapping[str, int]
    """How many people each region of the stage holds."""


def compose(stage: Stage, actors: Sequence[Actor], frame: float = 0) -> Composed:
    """The stage with its people, before lamps, lens and sensor; a frame lasts 0.2 s."""
    canvas = Canvas(stage.background)
    things: list[tuple[float, int, Layer | Actor]] = [(one.depth, 0, one) for one in stage.layers]
    things += [(one.depth, 1, one) for one in actors]
    things.sort(key=lambda thing: thing[:2])
    for actor in actors:
        if actor.shadow:
            canvas.shade(actor.x + actor.pace * frame, actor.y, 84 * actor.scale)
    names = []
    for number, (_, _, thing) in enumerate(things):
        if isinstance(thing, Actor):
            names.append(_place(canvas, thing, frame, number))
        else:
            canvas.furnish(thing.piece, thing.x, thing.y)
    counts = dict.fromkeys(stage.regions, 0)
    for actor in actors:
        if actor.place:
            counts[actor.place] += 1
    return Composed(canvas.picture, tuple(box for name in names if (box := canvas.box(name))), counts)


def _place(canvas: Canvas, actor: Actor, frame: float, phase: int) -> int:
    shown = actor.looks[(int(frame // 2) + phase) % len(actor.looks)]
    piece, foot = resized(shown, actor.scale, actor.upper)
    turn = 2 * np.pi * frame / LOOP
    if actor.lean:
        sway_at = np.sin(np.array([turn + 3 * phase, 3 * phase])) + 0.5 * np.sin(np.array([2 * turn + phase, phase]))
        piece = leaning(piece, actor.lean * float(sway_at[0] - sway_at[1]))
    breath = 0 if actor.pace else round(0.7 * np.sin(turn + 2 * phase))
    sway = 0 if actor.pace else round(0.8 * np.sin(turn + phase))
    return canvas.person(piece, actor.x + actor.pace * frame - foot[0] + sway, actor.y - foot[1] + breath)


def label(picture: Pixels, text: str) -> None:
    """Burn a line into the top left corner, as cameras do."""
    cv2.rectangle(picture, (3, 3), (11 + 8 * len(text), 20), (18, 18, 18), -1)
    cv2.putText(picture, text, (7, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (235, 235, 235), 1, cv2.LINE_AA)


class Cast:
    """The people one stage draws its actors from."""

    def __init__(self, sprites: Sequence[Sprite], rng: np.random.Generator) -> None:
        self._rng = rng
        self._decks: dict[str, list[tuple[Sprite, ...]]] = {"staff": [], "public": []}
        for role, deck in self._decks.items():
            for identity in sorted({one.identity for one in sprites if one.role == role}):
                deck.append(tuple(one for one in sprites if one.identity == identity))
            rng.shuffle(deck)

    def _sprites(
        self, role: str, poses: tuple[str, ...], headings: tuple[int, ...] | None, grown: bool = False
    ) -> tuple[Sprite, ...]:
        """The fitting sprites of whoever of the role has not been drawn for the longest time."""
        deck = self._decks[role] or self._decks["staff" if role == "public" else "public"]
        for number, person in enumerate(deck):
            fitting = tuple(one for one in person if one.pose in poses and one.heading in (headings or (one.heading,)))
            if fitting and not (grown and person[0].age in ("child", "toddler")):
                later = int(self._rng.integers(len(deck) // 2, len(deck)))
                deck.insert(later, deck.pop(number))
                return fitting
        raise LookupError(f"nobody among the {role} sprites is {poses} with heading {headings}")

    def clerk(self, post: Post, place: str) -> Actor:
        """Somebody at work behind a counter, sitting as most do."""
        poses = self._sprites("staff", ("seated-typing", "seated-writing", "seated-aside", "seated-headdown"), None)
        calm = [one for one in poses if one.pose != "seated-headdown"] or list(poses)
        shown = poses if self._rng.random() < 0.1 else (calm[self._rng.integers(len(calm))],)
        x, y = post.seat
        return Actor((shown[0],), x + self._rng.uniform(-5, 5), y, y - 5.5, post.scale * 1.06, place=place,
                     shadow=False)  # fmt: skip

    def awkward_clerk(self, post: Post, place: str) -> Actor:
        """Somebody at work who is hard to see: bent down, turned round, slumped, telephoning, leaning out, on foot."""
        x, y = post.seat
        if self._rng.random() < 0.12:
            looks = self._sprites("staff", ("stand", "back"), None)
            return Actor((looks[0],), x + self._rng.uniform(-16, 16), y + 26 * post.scale, y - 5.5, post.scale,
                         place=place, upper=0.62, shadow=False)  # fmt: skip
        looks = self._sprites("staff", AWKWARD, None)
        shown = looks[self._rng.integers(len(looks))]
        aside = self._rng.uniform(-14, 14) if shown.pose != "seated-lean" else self._rng.uniform(-30, 30)
        return Actor((shown,), x + aside * post.scale, y, y - 5.5, post.scale * 1.06, place=place, shadow=False)

    def clerk_from_behind(self, post: Post, place: str) -> Actor:
        """Somebody at work, for a camera in the back office."""
        looks = self._sprites("staff", ("seated-back",), None)
        shown = looks[self._rng.integers(len(looks))]
        x, y = post.seat
        return Actor((shown,), x + self._rng.uniform(-8, 8), y - 34 * post.scale, y, post.scale * 1.75, place=place,
                     shadow=False)  # fmt: skip

    def applicant(self, post: Post, place: str) -> Actor:
        """Somebody before a counter, facing it, for a camera in the back office."""
        looks = self._sprites("public", ("stand", "phone", "arms-crossed", "lean"), (0, 45, 315), grown=True)
        x, y = post.stand
        return Actor((looks[self._rng.integers(len(looks))],), x + self._rng.uniform(-10, 10), y,
                     y - 100 * post.scale, post.scale, place=place, shadow=False)  # fmt: skip

    def colleague(self, stage: Stage) -> Actor:
        """Somebody walking or bending down behind the clerks."""
        post = stage.posts[self._rng.integers(len(stage.posts))]
        looks = self._sprites("staff", ("walk", "bend", "back"), None)
        shown = looks[self._rng.integers(len(looks))]
        y = post.seat[1] + 40 * post.scale
        return Actor((shown,), self._rng.uniform(0.02, 0.98) * WIDTH, y, post.seat[1] - 12, post.scale * 0.92,
                     shadow=False)  # fmt: skip

    def sitter(self, stage: Stage) -> Actor:
        """Somebody on a bench."""
        looks = self._sprites("public", ("sit",), None)
        x, y = stage.seats[self._rng.integers(len(stage.seats))]
        return Actor((looks[self._rng.integers(len(looks))],), x + self._rng.uniform(-4, 4), y, y, stage.scale(y))

    def crowd(self, stage: Stage, count: int) -> tuple[Actor, ...]:
        """A dense crowd in the queue's region: people one behind the other, children among them."""
        actors = []
        for _ in range(count):
            x, y = stage.lane[self._rng.integers(len(stage.lane))]
            x, y = x + self._rng.normal(0, 14), y + self._rng.normal(0, 6)
            looks = self._sprites("public", ("queue", "stand", "phone", "arms-crossed", "back"), None)
            shown = looks[self._rng.integers(len(looks))]
            actors.append(Actor((shown,), x, y, y, stage.scale(y), place="queue"))
        return tuple(actors)

    def citizen(self, post: Post, place: str) -> Actor:
        """Somebody before a counter, seen from behind, seated where there is a chair."""
        x, y = post.stand
        x += self._rng.uniform(-10, 10) * post.scale
        if post.seated:
            looks = self._sprites("public", ("seated-back",), (180,), grown=True)
            return Actor(looks[:1], x, y - 50 * post.scale, y, post.scale, place=place, shadow=False)
        looks = self._sprites("public", ("back", "lean"), (180,), grown=True)
        shown = looks[self._rng.integers(len(looks))]
        return Actor((shown,), x, y, y + 4, post.scale, place=place)

    def queue(self, stage: Stage, count: int) -> tuple[Actor, ...]:
        """This many people waiting in the stage's lane."""
        ahead = (stage.facing, 135 if stage.facing == 90 else 225, 0, 45, 315)
        actors = []
        for x, y in stage.lane[:count]:
            looks = self._sprites("public", ("queue", "stand", "phone", "arms-crossed"), ahead)
            facing = [one for one in looks if one.heading in ahead[:2]]
            if facing and self._rng.random() < 0.7:
                looks = tuple(facing)
            shown = looks[self._rng.integers(len(looks))]
            x, y = x + self._rng.uniform(-5, 5), y + self._rng.uniform(-4, 4)
            actors.append(Actor((shown,), x, y, y, stage.scale(y), place="queue"))
        return tuple(actors)

    def passer(self, stage: Stage) -> Actor:
        """Somebody walking past along one of the stage's aisles."""
        right = bool(self._rng.random() < 0.5)
        looks = self._sprites("public", ("walk",), (90,) if right else (270,))
        y = float(stage.aisles[self._rng.integers(len(stage.aisles))])
        pace = WALK_PX * stage.scale(y) * (1 if right else -1)
        x = self._rng.uniform(0.1, 0.9) * WIDTH - 5 * pace
        return Actor(looks, x, y, y, stage.scale(y), pace=pace)
