"""Retouching: what happens between two states, and what faults make of a state, from keyframes already drawn."""

from collections.abc import Iterator
from enum import StrEnum
from functools import lru_cache

import cv2
import numpy as np

from simulation.coding import FRAMES, code, code_head
from simulation.drawing import HEADS, StageId, clock
from simulation.faults import PictureFault, damage
from simulation.kinds import FPS
from simulation.looks import Grain, look
from simulation.scenes import label
from simulation.sprites import Pixels
from simulation.stages import HEIGHT, WIDTH

STRIP_PX = 22
"""Height of the burnt-in line at the top: kept out of everything, and written anew."""
CHANGED_GREY, CHANGED_PX = 14, 60
"""From how many grey levels and on how many pixels two states differ by more than noise."""
STRIDE = 0.1
"""How far somebody walks in a fifth of a second, as a share of the height that is seen of them."""
STILL = 0.2
"""Share of a GOP before somebody who goes begins to move, and after somebody who comes has arrived."""
LEFT_NOISE = 0.95
"""Of the sensor's noise that is added; a decoded keyframe has kept some."""


class Spoilt(StrEnum):
    """What a picture can suffer in the simulation: the faults of any picture, and that it stands still."""

    BLACK = PictureFault.BLACK
    BLURRED = PictureFault.BLURRED
    COVERED = PictureFault.COVERED
    MOVED = PictureFault.MOVED
    FROZEN = "frozen"  # the same frame for ever, while the burnt-in clock runs on


def moved(stage: StageId, old: Pixels, new: Pixels, arrives: bool) -> tuple[bytes, ...]:
    """One GOP between two pictures of a stage: it begins with the first state, its P-frames show people going, or
    coming if `arrives`, and it ends in the second state.
    """
    rng = np.random.default_rng([stage.seed, int(old.sum()), int(new.sum())])
    frames = FRAMES[stage.kind]
    pictures = walk(new, old, frames, rng) if arrives else walk(old, new, frames, rng)
    sequence = list(pictures)[:: -1 if arrives else 1]
    return code(stage.kind, _alive(stage, sequence, rng))


def spoilt(
    stage: StageId, picture: Pixels, fault: Spoilt
) -> tuple[tuple[tuple[bytes, ...], ...], tuple[tuple[bytes, ...], ...]]:
    """What a fault makes of a state: keyframes in pieces and the frames after them, as a `Loop` has them.

    A fault of a stage has the same extent in all its states.
    """
    rng, heads, frames = np.random.default_rng([stage.seed, 2]), HEADS[stage.kind], FRAMES[stage.kind]
    if fault is Spoilt.FROZEN:
        pictures = _labelled(stage, [picture] * (heads + frames), rng)
    else:
        picture = picture.copy()
        picture[:STRIP_PX] = picture[2 * STRIP_PX - 1 : STRIP_PX - 1 : -1]  # the old line is not to be moved or blurred
        spoil = damage(PictureFault(fault), np.random.default_rng([stage.seed, 3]), noise=0)
        pictures = _alive(stage, [spoil(picture)] * (heads + frames), rng)
    made = list(pictures)
    return tuple(code_head(stage.kind, one) for one in made[:heads]), (code(stage.kind, made[heads:])[1:],)


def walk(old: Pixels, new: Pixels, frames: int, rng: np.random.Generator) -> Iterator[Pixels]:
    """Pictures in which everything that `old` has and `new` has not walks off sideways, from `old` to `new`.

    Where both show the same, all of them show `old`, for noise that was coded is no motion.
    """
    mask = changed(old, new)
    empty = old.copy()
    cv2.copyTo(new, mask, empty)
    left, top, wide, tall = cv2.boundingRect(mask)
    who, where = old[top : top + tall, left : left + wide], mask[top : top + tall, left : left + wide]
    pace = max(2.0, STRIDE * tall) * 10 / frames * rng.choice([-1, 1])
    begins, ends = round(STILL * frames), frames - max(1, round(STILL * frames / 2))
    for frame in range(frames):
        if frame < begins:
            yield old
        elif frame >= ends:
            yield empty
        else:
            picture = empty.copy()
            x = left + round(pace * (frame - begins + 1))
            out_left, out_right = max(0, -x), max(0, x + wide - new.shape[1])
            if out_left + out_right < wide:
                seen = slice(out_left, wide - out_right)
                cv2.copyTo(who[:, seen], where[:, seen], picture[top : top + tall, x + out_left : x + wide - out_right])
            yield picture


def changed(old: Pixels, new: Pixels) -> Pixels:
    """Where two pictures differ by more than noise: 255 there, 0 elsewhere, height × width."""
    apart = cv2.GaussianBlur(cv2.absdiff(old, new), (5, 5), 0).max(axis=2)
    mask = np.asarray((apart > CHANGED_GREY) * 255, np.uint8)
    mask[:STRIP_PX] = 0
    mask = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)), np.uint8)
    if np.count_nonzero(mask) < CHANGED_PX:
        return np.zeros_like(mask)
    return np.asarray(cv2.dilate(mask, np.ones((9, 9), np.uint8)), np.uint8)


def _alive(stage: StageId, pictures: list[Pixels], rng: np.random.Generator) -> Iterator[Pixels]:
    """The pictures with fresh noise of the stage's sensor, and the line that runs on."""
    noise = _grain(look(stage.style).noise)
    yield from _labelled(stage, [noise.over(picture, rng) for picture in pictures], rng)


def _labelled(stage: StageId, pictures: list[Pixels], rng: np.random.Generator) -> Iterator[Pixels]:
    began = float(rng.integers(6000))
    for number, picture in enumerate(pictures):
        written = picture.copy()
        label(written, clock(stage, began + number / FPS[stage.kind]))
        yield written


@lru_cache(maxsize=16)
def _grain(noise: float) -> Grain:
    return Grain(LEFT_NOISE * noise, (HEIGHT, WIDTH), np.random.default_rng(1))
