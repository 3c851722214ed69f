"""Drawing: every picture that a stage can show, in all its states."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from camera_ingest.camera import Role
from simulation.coding import FRAMES
from simulation.counter import window_stage
from simulation.kinds import FPS, Kind
from simulation.lobby import entrance_stage, queue_stage
from simulation.looks import Optics, look
from simulation.scenes import LOOP, Actor, Cast, compose, label
from simulation.sprites import Pixels, people
from simulation.stages import HEIGHT, WIDTH, Stage

LONGEST_QUEUE = 14
PASSING = 8
"""Different GOPs of an entrance."""
HEADS = {Kind.H264: 3, Kind.FAST: 3, Kind.H265: 7, Kind.JPEG: 11}
"""Codings of a keyframe: few where slices can be exchanged."""
TAILS = 2
"""Codings of the frames after it, for states that last."""
LEAN = (0.6, 2.6)
"""How far heads sway, in pixels of a person of full scale (1 px is about a centimetre); drawn anew for each GOP."""


@dataclass(frozen=True, slots=True)
class StageId:
    """Which place is shown: enough to draw it again."""

    role: Role
    label: str
    """Burnt into the picture: the id of the first camera that looks at it."""
    seed: int
    style: int
    """Seed of the hall's look: cameras of one hall have it in common."""
    numbers: tuple[int, ...] = ()
    """On the signs over the windows."""
    kind: Kind = Kind.H264

    def draw(self) -> Stage:
        """The place itself, without people."""
        standing = [one for one in people() if one.role == "public" and one.pose in ("stand", "arms-crossed")]
        posters = [standing[self.seed % len(standing)]] if self.seed % 2 else []
        if self.role is Role.WINDOW:
            return window_stage(self.seed, self.numbers, look(self.style))
        draw = queue_stage if self.role is Role.QUEUE else entrance_stage
        return draw(self.seed, look(self.style), posters)


def states(stage: StageId) -> tuple[str, ...]:
    """What a stage can show.

    Windows: for each one `s` or `-` for the clerk, then `a`, `b` (two different citizens) or `-`; queues: how many
    wait; all others: a number. A `+` at the end means that somebody walks past.
    """
    if stage.role is Role.WINDOW:
        plain = ["".join(state) for state in product(*["s-", "ab-"] * len(stage.numbers))]
        return (*plain, *(state + "+" for state in plain if "-" not in state[::2]))
    if stage.role is Role.QUEUE:
        return tuple(f"{count}{passing}" for count in range(LONGEST_QUEUE + 1) for passing in ("", "+"))
    return tuple(str(number) for number in range(PASSING))


def turn(number: int, many: int) -> int:
    """Which of so many scenes comes at this number: evenly, and at no pace always the same (a multiplicative hash)."""
    return (number * 2_654_435_761 >> 16) % many


def clock(stage: StageId, seconds: float) -> str:
    """The line that is burnt into a picture."""
    tenths = round(seconds * 10)
    return f"SIM {stage.label} {tenths // 600 % 100:02d}:{tenths // 10 % 60:02d}.{tenths % 10}"


@dataclass(frozen=True, slots=True, eq=False)
class Takes:
    """The pictures of one state: the first of a GOP several times, each with other noise, and several whole GOPs."""

    state: str
    heads: tuple[Pixels, ...]
    tails: tuple[tuple[Pixels, ...], ...]


def drawn(stage_id: StageId) -> Iterator[Takes]:
    """The pictures of all states in order."""
    stage = stage_id.draw()
    rng = np.random.default_rng([stage_id.seed, 9])
    optics = Optics(stage.style, (HEIGHT, WIDTH), rng)
    frames, fps = FRAMES[stage_id.kind], FPS[stage_id.kind]

    def take(actors: Sequence[Actor], began: float, frame: int) -> Pixels:
        picture = optics.expose(compose(stage, actors, LOOP * frame / frames).picture, rng)
        label(picture, clock(stage_id, began + frame / fps))
        return picture

    for number, (state, actors) in enumerate(_shown(stage, stage_id, Cast(people(), rng))):
        began = 2.0 * len(HEADS) * number
        heads = tuple(take(actors, began + 2 * place, 0) for place in range(HEADS[stage_id.kind]))
        tails = []
        for _ in range(TAILS if lasts(stage_id, state) else 1):
            lively = [replace(actor, lean=rng.uniform(*LEAN) * actor.scale * (not actor.pace)) for actor in actors]
            tails.append(tuple(take(lively, began, frame) for frame in range(frames)))
        yield Takes(state, heads, tuple(tails))


def lasts(stage: StageId, state: str) -> bool:
    """Whether a camera may show a state for long; where two windows are in view something changes soon."""
    return (stage.role is Role.QUEUE or len(stage.numbers) == 1) and not state.endswith("+")


def _shown(stage: Stage, stage_id: StageId, cast: Cast) -> Iterable[tuple[str, tuple[Actor, ...]]]:
    """Who is on the stage in each state; the same clerks, citizens and crowd in all of them."""
    clerks = [cast.clerk(post, f"staff-{place}") for place, post in enumerate(stage.posts, 1)]
    citizens = [
        {who: cast.citizen(post, f"citizen-{place}") for who in "ab"} for place, post in enumerate(stage.posts, 1)
    ]
    crowd = cast.queue(stage, LONGEST_QUEUE) if stage.lane else ()
    for name in states(stage_id):
        if stage_id.role is Role.WINDOW:
            actors = [clerk for clerk, mark in zip(clerks, name[::2], strict=False) if mark == "s"]
            actors += [some[mark] for some, mark in zip(citizens, name[1::2], strict=False) if mark in some]
        elif stage_id.role is Role.QUEUE:
            actors = list(crowd[: int(name.removesuffix("+"))])
        else:
            actors = [cast.passer(stage) for _ in range(int(name) % 4)]
        yield name, (*actors, cast.passer(stage)) if name.endswith("+") else tuple(actors)
