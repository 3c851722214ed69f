"""Decoys: things in a hall that are easily taken for a person and are none."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np

from simulation.furniture import Layer, box, layer, poster, sheet
from simulation.looks import COATS, Colour, Look, near, tinted
from simulation.parts import Part, among
from simulation.sprites import Pixels, Sprite, resized
from simulation.stages import WIDTH, Stage

PLANTS: tuple[Colour, ...] = ((52, 104, 58), (70, 128, 84), (44, 84, 70), (40, 120, 110))
BANNERS: tuple[Colour, ...] = ((40, 40, 176), (150, 92, 30), (70, 120, 60), (30, 120, 190))
PRINTED = ("stand", "arms-crossed", "phone", "back", "lean")
"""Poses of people on posters, banners and screens."""


def cluttered(stage: Stage, sprites: Sequence[Sprite], rng: np.random.Generator, dummies: float) -> Stage:
    """The stage with things that look like people: on its walls and, per place, with the chance `dummies` standing."""
    background = stage.background.copy()
    names: list[str] = []
    top, bottom = stage.wall
    for _ in range(int(rng.integers(1, 4)) if dummies else 0):
        high = float(rng.uniform(0.55, 0.95)) * (bottom - top)
        at = int(rng.uniform(4, WIDTH - 0.7 * high - 4)), int(rng.uniform(top, bottom - high + 1))
        names += _hung(background, at, int(high), stage.style, sprites, rng)
    layers = list(stage.layers)
    for x, y, depth, scale in stage.stands:
        if rng.random() < dummies:
            thing, made_of = _standing(x + rng.uniform(-12, 12), y, scale, stage.style, sprites, rng)
            layers.append(replace(thing, depth=depth))
            names += made_of
    return replace(
        stage,
        background=background,
        layers=tuple(sorted(layers, key=lambda one: one.depth)),
        made_of=(*stage.made_of, *names),
    )


def _hung(
    on: Pixels, at: tuple[int, int], high: int, style: Look, sprites: Sequence[Sprite], rng: np.random.Generator
) -> list[str]:
    """Paint a poster, a screen or a mirror with somebody in it onto the wall; `at` is its upper left corner."""
    x, y = at
    person = _printed(sprites, rng)
    wide = int(high * 0.62)
    kind = rng.choice(["poster", "screen", "mirror"])
    if kind == "poster":
        poster(on, x, y, wide, high, rng, person)
    elif kind == "screen":
        wide = min(int(high * 1.5), WIDTH - x - 2)
        cv2.rectangle(on, (x, y), (x + wide, y + high), (22, 22, 22), -1)
        on[y + 3 : y + high - 3, x + 3 : x + wide - 3] = np.linspace((120, 70, 30), (200, 140, 70), high - 6)[:, None]
        _inside(on, person, (x + 3, y + 3, wide - 6, high - 6), 1.7, 1.0)
    else:
        cv2.rectangle(on, (x, y), (x + wide, y + high), (92, 96, 100), -1)
        inner = on[y + 3 : y + high - 3, x + 3 : x + wide - 3]
        inner[: high * 3 // 5] = tinted(style.wall, 0.9)
        inner[high * 3 // 5 :] = tinted(style.floor, 0.9)
        cv2.line(on, (x + wide // 4, y + 5), (x + 5, y + high // 3), (236, 236, 232), 2, cv2.LINE_AA)
        _inside(on, person, (x + 3, y + 3, wide - 6, high - 6), 1.15, 0.82)
    return [f"{kind} of {person.identity}"]


def _inside(on: Pixels, person: Sprite, frame: tuple[int, int, int, int], fill: float, light: float) -> None:
    """Paint somebody into a frame (x, y, width, height), `fill` times as high as it and cut at its edges."""
    x, y, width, height = frame
    piece, _ = resized(person, fill * height / person.pixels.shape[0])
    top = int(height * 0.08)
    rows, columns = min(height - top, piece.solid.shape[0]), min(width, piece.solid.shape[1])
    under = on[y + top : y + top + rows, x + (width - columns) // 2 : x + (width + columns) // 2]
    from_left = (piece.solid.shape[1] - columns) // 2
    columns = under.shape[1]
    through = piece.through[:rows, from_left : from_left + columns]
    colour = cv2.convertScaleAbs(piece.colour[:rows, from_left : from_left + columns], alpha=light)
    under[:] = cv2.add(cv2.multiply(under, through, scale=1 / 255), colour)


def _standing(
    x: float, y: float, scale: float, style: Look, sprites: Sequence[Sprite], rng: np.random.Generator
) -> tuple[Layer, list[str]]:
    """A mannequin, a cardboard figure, a banner, a coat stand or a plant whose foot is at x, y."""
    kind = rng.choice(["mannequin", "mannequin", "cardboard", "banner", "coats", "plant"])
    if kind == "mannequin":
        dummies = [one for one in sprites if one.role == "mannequin"]
        dummy = dummies[rng.integers(len(dummies))]
        piece, foot = resized(dummy, scale)
        return Layer(y, round(x - foot[0]), round(y - foot[1]), piece), [f"mannequin {dummy.identity}"]
    if kind == "cardboard":
        person = _printed(sprites, rng)
        piece, foot = resized(_outlined(person), scale)
        return Layer(y, round(x - foot[0]), round(y - foot[1]), piece), [f"cardboard of {person.identity}"]
    if kind == "banner":
        return _banner(x, y, scale, style.part, sprites, rng)
    return (_coat_stand if kind == "coats" else _plant)(x, y, scale, style.part, rng)


def _printed(sprites: Sequence[Sprite], rng: np.random.Generator) -> Sprite:
    """Somebody to be shown in print."""
    shown = [one for one in sprites if one.pose in PRINTED and one.role == "public"]
    return shown[rng.integers(len(shown))]


def _outlined(person: Sprite) -> Sprite:
    """A cardboard figure of somebody: flat and pale, with a white edge."""
    pixels = cv2.copyMakeBorder(person.pixels, 6, 6, 6, 6, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    edge = cv2.dilate(pixels[..., 3], np.ones((9, 9), np.uint8))
    figure = pixels[..., 3:].astype(np.float32) / 255
    pale = cv2.convertScaleAbs(pixels[..., :3], alpha=0.8, beta=46)
    flat = np.dstack([pale * figure + 238 * (1 - figure), edge]).astype(np.uint8)
    return replace(person, pixels=flat, foot=(person.foot[0] + 6, person.foot[1] + 6))


def _banner(
    x: float, y: float, scale: float, part: Part, sprites: Sequence[Sprite], rng: np.random.Generator
) -> tuple[Layer, list[str]]:
    """A roll-up banner with somebody printed on it."""
    width, height = round(96 * scale), round(236 * scale)
    number, colour = near(rng, BANNERS, part)
    drawn = sheet(width, height)
    box(drawn, 0, 0, width, height, colour)
    box(drawn, 0, height - max(2, round(8 * scale)), width, height, (150, 150, 152))
    for line in range(round(14 * scale), round(70 * scale), max(3, round(14 * scale))):
        long = round(width * rng.uniform(0.4, 0.7))
        box(drawn, round(width * 0.15), line, long, max(1, round(5 * scale)), (240, 240, 240))
    person = _printed(sprites, rng)
    opaque = np.ascontiguousarray(drawn[..., :3])
    _inside(opaque, person, (2, round(height * 0.3), width - 4, round(height * 0.64)), 1.3, 1.0)
    drawn[..., :3] = opaque
    return layer(y, x - width / 2, y - height, drawn), [f"banner {number}", f"banner of {person.identity}"]


def _coat_stand(x: float, y: float, scale: float, part: Part, rng: np.random.Generator) -> tuple[Layer, list[str]]:
    """Coats on a stand: shoulders and a hat, nobody inside."""
    width, height = round(90 * scale), round(220 * scale)
    drawn = sheet(width, height)
    box(drawn, width // 2 - 1, 0, max(2, round(5 * scale)), height, (52, 60, 74))
    cv2.ellipse(drawn, (width // 2, height - 3), (width // 3, 2), 0, 0, 360, (52, 60, 74, 255), -1)
    number, colour = near(rng, COATS, part)
    cloth = np.array([[14, 40], [30, 26], [45, 22], [60, 26], [76, 40], [84, 150], [70, 160], [22, 160], [8, 150]])
    cv2.fillPoly(drawn, [(cloth * scale).astype(np.int32)], (*colour, 255), cv2.LINE_AA)
    for fold in (30, 45, 58):
        top, low = (round(fold * scale), round(40 * scale)), (round((fold + 3) * scale), round(156 * scale))
        cv2.line(drawn, top, low, (*tinted(colour, 0.75), 255), 1, cv2.LINE_AA)
    if rng.random() < 0.5:
        hat = round(45 * scale), round(12 * scale)
        cv2.ellipse(drawn, hat, (round(17 * scale), round(10 * scale)), 0, 0, 360, (*tinted(colour, 0.6), 255), -1)
    return layer(y, x - width / 2, y - height, drawn), [f"coat {number}"]


def _plant(x: float, y: float, scale: float, part: Part, rng: np.random.Generator) -> tuple[Layer, list[str]]:
    """A pot plant about as high as a person."""
    choices = among(part, PLANTS)
    number, colour = choices[rng.integers(len(choices))]
    width, height = round(110 * scale), round(200 * scale)
    drawn = sheet(width, height)
    for _ in range(40):
        centre = rng.normal(width / 2, width / 6), rng.normal(height * 0.4, height * 0.16)
        shade = tinted(colour, float(rng.uniform(0.7, 1.25)))
        leaf = (max(2, round(16 * scale)), max(1, round(5 * scale)))
        place = (round(centre[0]), round(centre[1]))
        cv2.ellipse(drawn, place, leaf, float(rng.uniform(0, 180)), 0, 360, (*shade, 255), -1)
    pot = round(44 * scale)
    box(drawn, (width - pot) // 2, height - pot, pot, pot, (70, 92, 140))
    return layer(y, x - width / 2, y - height, drawn), [f"plant {number}"]
