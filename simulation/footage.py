"""Footage: drawn pictures of halls with the boxes of everybody in them, in YOLO's layout, to train a detector on."""

import argparse
import multiprocessing
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from simulation.counter import window_stage
from simulation.h264 import decode, encode
from simulation.lobby import entrance_stage, queue_stage
from simulation.looks import Optics, look
from simulation.scenes import Actor, Cast, Composed, compose, label
from simulation.sprites import Pixels, Sprite, people
from simulation.stages import HEIGHT, WIDTH, Stage

PER_STAGE = 12
"""Pictures of one stage before the next is drawn."""
DARK = 0.15
"""Share of badly lit halls."""
HELD_OUT = 6
"""Every so manieth identity is seen in validation pictures only."""
DYES = (60, 120)
"""Clothes are also shown with their hues turned by this much (of 180)."""


def write(directory: Path, count: int, seed: int, split: float = 0.1, workers: int = 1) -> None:
    """`count` pictures, the share `split` of them for validation: other people in other halls.

    Writes images/{train,val}/*.jpg, labels/{train,val}/*.txt (class 0 and box centre and size, normalised) and
    data.yaml. The same seed gives the same data set, whatever the number of workers.
    """
    for name in ("train", "val"):
        (directory / "images" / name).mkdir(parents=True, exist_ok=True)
        (directory / "labels" / name).mkdir(parents=True, exist_ok=True)
    (directory / "data.yaml").write_text(
        f"path: {directory.resolve()}\ntrain: images/train\nval: images/val\nnames:\n  0: person\n", encoding="utf-8"
    )
    held = round(count * split)
    parts = [("val", first, min(PER_STAGE, held - first)) for first in range(0, held, PER_STAGE)]
    parts += [("train", first, min(PER_STAGE, count - held - first)) for first in range(0, count - held, PER_STAGE)]
    job = partial(_write_part, directory, seed)
    with tqdm(total=count, unit="picture", desc="footage") as bar:
        if workers == 1:
            for part in parts:
                bar.update(job(part))
            return
        with multiprocessing.get_context("spawn").Pool(workers) as pool:
            for done in pool.imap_unordered(job, parts, chunksize=4):
                bar.update(done)


def _write_part(directory: Path, seed: int, part: tuple[str, int, int]) -> int:
    name, first, count = part
    rng = np.random.default_rng([seed, name == "val", first])
    shown = list(_pictures(rng, _sprites(name), count))
    crf = int(rng.integers(26, 37))
    seen = decode(encode((one.picture for one in shown), gop=1, crf=crf))
    for number, (one, picture) in enumerate(zip(shown, seen, strict=True), first):
        cv2.imwrite(str(directory / "images" / name / f"{number:06d}.jpg"), picture, [cv2.IMWRITE_JPEG_QUALITY, 92])
        lines = [
            f"0 {(box.x1 + box.x2) / 2:.5f} {(box.y1 + box.y2) / 2:.5f} {box.x2 - box.x1:.5f} {box.y2 - box.y1:.5f}\n"
            for box in one.people
        ]
        (directory / "labels" / name / f"{number:06d}.txt").write_text("".join(lines), encoding="ascii")
    return count


@lru_cache(maxsize=2)
def _sprites(part: str) -> tuple[Sprite, ...]:
    """The people of one part; of staff and public alike every sixth is held out for validation."""
    chosen: list[Sprite] = []
    for role in ("staff", "public"):
        every = [one for one in people() if one.role == role]
        names = sorted({one.identity for one in every})
        held = set(names[HELD_OUT - 1 :: HELD_OUT] or names[-1:])
        chosen += [one for one in every if (one.identity in held) == (part == "val")] or every
    return tuple(other for one in chosen for other in (one, *(_dyed(one, hue) for hue in DYES)))


def _dyed(sprite: Sprite, hue: int) -> Sprite:
    """The same person in clothes of another colour: every hue but those of skin and hair is turned."""
    colours = cv2.cvtColor(sprite.pixels[..., :3], cv2.COLOR_BGR2HSV)
    skin = ((colours[..., 0] < 22) | (colours[..., 0] > 172)) & (colours[..., 1] > 25)
    colours[..., 0] = np.where(skin, colours[..., 0], (colours[..., 0].astype(int) + hue) % 180)
    pixels = sprite.pixels.copy()
    pixels[..., :3] = cv2.cvtColor(colours, cv2.COLOR_HSV2BGR)
    return replace(sprite, identity=f"{sprite.identity}+{hue}", pixels=pixels)


def _pictures(rng: np.random.Generator, sprites: Sequence[Sprite], count: int) -> Iterator[Composed]:
    """Pictures of one stage with ever other people on it."""
    stage = _stage(rng, sprites)
    optics = Optics(stage.style, (HEIGHT, WIDTH), rng)
    cast = Cast(sprites, rng)
    for _ in range(count):
        actors = [] if rng.random() < 0.06 else _crowd(rng, stage, cast)
        one = compose(stage, actors, int(rng.integers(0, 10)))
        picture = _weather(optics.expose(one.picture, rng), rng)
        label(picture, f"SIM c{rng.integers(100):02d} {rng.integers(60):02d}:{rng.integers(60):02d}.{rng.integers(10)}")
        yield replace(one, picture=picture)


def _stage(rng: np.random.Generator, sprites: Sequence[Sprite]) -> Stage:
    seed = int(rng.integers(2**31))
    style = look(seed, DARK)
    standing = [one for one in sprites if one.pose in ("stand", "arms-crossed", "phone")]
    posters = [standing[i] for i in rng.integers(len(standing), size=2)] if rng.random() < 0.5 else []
    kind = rng.random()
    if kind < 0.5:
        first = int(rng.integers(1, 40))
        return window_stage(seed, range(first, first + int(rng.choice([2, 2, 2, 3, 4, 5]))), style)
    if kind < 0.85:
        return queue_stage(seed, style, posters)
    return entrance_stage(seed, style, posters)


def _crowd(rng: np.random.Generator, stage: Stage, cast: Cast) -> list[Actor]:
    actors: list[Actor] = []
    for number, post in enumerate(stage.posts, 1):
        if rng.random() < 0.7:
            actors.append(cast.clerk(post, f"staff-{number}"))
        if rng.random() < 0.55:
            citizen = cast.citizen(post, f"citizen-{number}")
            stray = rng.uniform(-0.6, 0.2) * (citizen.x - post.seat[0]) if rng.random() < 0.25 else 0.0
            actors.append(replace(citizen, x=citizen.x + stray))
    if stage.lane:
        actors += cast.queue(stage, int(rng.integers(0, len(stage.lane) + 1)))
    busy = 3 if not stage.regions else 1
    actors += [cast.passer(stage) for _ in range(rng.integers(0, 2 * busy + 1))]
    return actors


def _weather(picture: Pixels, rng: np.random.Generator) -> Pixels:
    """Now and then a defocused lens, or light that changed since the last picture."""
    if rng.random() < 0.1:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.8, 1.8))), np.uint8)
    return np.asarray(cv2.convertScaleAbs(picture, alpha=float(rng.uniform(0.85, 1.12))), np.uint8)


def main() -> None:
    """Command line of this file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=Path, help="where images/, labels/ and data.yaml go")
    parser.add_argument("--count", type=int, default=6000, help="pictures in all (default 6000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same pictures (default 1)")
    parser.add_argument("--split", type=float, default=0.1, help="share kept for validation (default 0.1)")
    parser.add_argument("--workers", type=int, default=1, help="processes (default 1)")
    chosen = parser.parse_args()
    write(chosen.directory, chosen.count, chosen.seed, chosen.split, chosen.workers)


if __name__ == "__main__":
    main()
