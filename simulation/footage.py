"""Footage: drawn pictures of halls with the boxes of everybody in them, in YOLO's layout, to train a detector on.

What is held out (people, colours, lights, things; see `simulation.parts`) is seen in `val` only.
"""

import json
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from simulation.anywhere import anywhere
from simulation.backside import back_stage
from simulation.canvas import Box
from simulation.counter import window_stage
from simulation.decoys import cluttered
from simulation.h264 import decode, encode
from simulation.lobby import entrance_stage, queue_stage
from simulation.looks import Optics, look
from simulation.parts import Part, people_of
from simulation.scenes import Actor, Cast, Composed, compose, label
from simulation.sprites import Pixels, Sprite, people
from simulation.stages import HEIGHT, WIDTH, Stage

PER_STAGE = 10
"""Pictures of one stage before the next is drawn."""
DARK, GLARE = 0.12, 0.12
"""Shares of badly lit and of dazzling halls."""
ANYWHERE = 0.2
"""Share of pictures that are no hall at all: people before shapes and textures, at any size."""
DYES = (60, 120)
"""Clothes are also shown with their hues turned by this much (of 180)."""
PARTS = {"train": Part.TRAIN, "val": Part.HELD_OUT}
MADE_OF = "made-of.json"
"""Beside data.yaml: of what the pictures of each part were made."""


def write(directory: Path, count: int, seed: int, split: float = 0.1, workers: int = 1) -> None:
    """`count` pictures, the share `split` of them held out: other people, colours, lights and things.

    Writes images/{train,val}/*.jpg, labels/{train,val}/*.txt (class 0 and box centre and size, normalised), data.yaml
    and made-of.json. The same seed gives the same data set, whatever the number of workers.
    """
    for name in PARTS:
        (directory / "images" / name).mkdir(parents=True, exist_ok=True)
        (directory / "labels" / name).mkdir(parents=True, exist_ok=True)
    (directory / "data.yaml").write_text(
        f"path: {directory.resolve()}\ntrain: images/train\nval: images/val\nnames:\n  0: person\n", encoding="utf-8"
    )
    held = round(count * split)
    parts = [("val", first, min(PER_STAGE, held - first)) for first in range(0, held, PER_STAGE)]
    parts += [("train", first, min(PER_STAGE, count - held - first)) for first in range(0, count - held, PER_STAGE)]
    made_of: dict[str, set[str]] = {name: set() for name in PARTS}
    with tqdm(total=count, unit="picture", desc="footage") as bar:
        for name, done, names in _written(partial(_write_part, directory, seed), parts, workers):
            made_of[name] |= names
            bar.update(done)
    told = {name: sorted(names) for name, names in made_of.items()}
    (directory / MADE_OF).write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def _written(
    job: "partial[tuple[str, int, set[str]]]", parts: list[tuple[str, int, int]], workers: int
) -> Iterator[tuple[str, int, set[str]]]:
    if workers == 1:
        yield from map(job, parts)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(job, parts, chunksize=4)


def _write_part(directory: Path, seed: int, part: tuple[str, int, int]) -> tuple[str, int, set[str]]:
    """Pictures of one stage; the part's name, their number, and of what they are made."""
    name, first, count = part
    rng = np.random.default_rng([seed, name == "val", first])
    names: set[str] = set()
    shown = list(_pictures(rng, PARTS[name], count, names))
    crf = int(rng.integers(24, 37))
    seen = decode(encode((one.picture for one in shown), gop=1, crf=crf))
    for turn, (one, picture) in enumerate(zip(shown, seen, strict=True)):
        stem = f"{turn:02d}-{first:06d}"  # sorted by name, neighbours show different halls: trainers take them in turn
        cv2.imwrite(str(directory / "images" / name / f"{stem}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        text = "".join(map(line, one.people))
        (directory / "labels" / name / f"{stem}.txt").write_text(text, encoding="ascii")
    return name, count, names


def line(box: Box) -> str:
    """A box as YOLO writes it."""
    return f"0 {(box.x1 + box.x2) / 2:.5f} {(box.y1 + box.y2) / 2:.5f} {box.x2 - box.x1:.5f} {box.y2 - box.y1:.5f}\n"


@lru_cache(maxsize=2)
def wardrobe(part: Part) -> tuple[Sprite, ...]:
    """The people of one part, each also in clothes of other colours."""
    return tuple(other for one in people_of(part, people()) for other in (one, *(_dyed(one, hue) for hue in DYES)))


def _dyed(sprite: Sprite, hue: int) -> Sprite:
    """The same person in clothes of another colour: every hue but those of skin and hair is turned."""
    colours = cv2.cvtColor(sprite.pixels[..., :3], cv2.COLOR_BGR2HSV)
    skin = ((colours[..., 0] < 22) | (colours[..., 0] > 172)) & (colours[..., 1] > 25)
    colours[..., 0] = np.where(skin, colours[..., 0], (colours[..., 0].astype(int) + hue) % 180)
    pixels = sprite.pixels.copy()
    pixels[..., :3] = cv2.cvtColor(colours, cv2.COLOR_HSV2BGR)
    return replace(sprite, identity=f"{sprite.identity}+{hue}", pixels=pixels)


def _pictures(rng: np.random.Generator, part: Part, count: int, names: set[str]) -> Iterator[Composed]:
    """Pictures of one stage with ever other people on it; adds what they are made of to `names`."""
    sprites = wardrobe(part)
    stage = _stage(rng, sprites, part)
    names |= set(stage.made_of)
    optics = Optics(stage.style, (HEIGHT, WIDTH), rng)
    cast = Cast(sprites, rng)
    for _ in range(count):
        actors = [] if rng.random() < 0.06 else _crowd(rng, stage, cast)
        names |= {f"person {look.identity}" for actor in actors for look in actor.looks}
        one = compose(stage, actors, int(rng.integers(0, 10)))
        picture = _weather(optics.expose(one.picture, rng), rng)
        label(picture, f"SIM c{rng.integers(100):02d} {rng.integers(60):02d}:{rng.integers(60):02d}.{rng.integers(10)}")
        yield replace(one, picture=picture)


def _stage(rng: np.random.Generator, sprites: Sequence[Sprite], part: Part) -> Stage:
    seed = int(rng.integers(2**31))
    style = look(seed, DARK, GLARE, part)
    kind = rng.random()
    if kind < ANYWHERE and part is Part.TRAIN:
        return anywhere(seed, style)
    first = int(rng.integers(1, 40))
    numbers = range(first, first + int(rng.choice([1, 2, 2, 2, 3, 4, 5])))
    if kind < 0.5:
        stage = window_stage(seed, numbers, style, screened=float(rng.choice([0, 0.5])), coats=0.3)
    elif kind < 0.62:
        stage = back_stage(seed, numbers[:3], style)
    else:
        stage = (queue_stage if kind < 0.87 else entrance_stage)(seed, style)
    return cluttered(stage, sprites, rng, float(rng.choice([0, 0.3, 0.6])))


def _crowd(rng: np.random.Generator, stage: Stage, cast: Cast) -> list[Actor]:
    actors: list[Actor] = []
    behind = stage.facing == 0
    for number, post in enumerate(stage.posts, 1):
        if rng.random() < 0.7:
            clerk = cast.clerk_from_behind if behind else cast.awkward_clerk if rng.random() < 0.5 else cast.clerk
            actors.append(clerk(post, f"staff-{number}"))
        if rng.random() < 0.5:
            citizen = (cast.applicant if behind else cast.citizen)(post, f"citizen-{number}")
            stray = rng.uniform(-0.6, 0.2) * (citizen.x - post.seat[0]) if rng.random() < 0.25 else 0.0
            actors.append(replace(citizen, x=citizen.x + stray))
    if stage.posts and not behind:
        actors += [cast.colleague(stage) for _ in range(rng.choice([0, 0, 0, 1, 2]))]
    if stage.lane:
        count = int(rng.integers(0, len(stage.lane) + 1))
        actors += cast.crowd(stage, count + 8) if rng.random() < 0.25 else cast.queue(stage, count)
    if stage.seats:
        actors += [cast.sitter(stage) for _ in range(rng.integers(0, len(stage.seats)))]
    busy = 3 if not stage.regions else 1
    actors += [cast.passer(stage) for _ in range(rng.integers(0, 2 * busy + 1))]
    return actors


def _weather(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Now and then a defocused lens, or light that changed since the last picture."""
    if rng.random() < 0.1:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.8, 1.8))), np.uint8)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=float(rng.uniform(0.85, 1.12))), np.uint8)
