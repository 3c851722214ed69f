"""Furniture: what stands in a hall, drawn as layers to be laid behind or before people."""

from dataclasses import dataclass

import cv2
import numpy as np

from simulation.looks import COATS, Colour, Look, near, tinted
from simulation.sprites import Cutout, Pixels, Sprite, cutout, resized

FONT = cv2.FONT_HERSHEY_SIMPLEX


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A thing at a place; people whose feet are further up the picture than `depth` are behind it."""

    depth: float
    x: int
    y: int
    piece: Cutout


def sheet(width: int, height: int) -> Pixels:
    """A clear sheet to draw a thing on (BGRA)."""
    return np.zeros((max(1, height), max(1, width), 4), np.uint8)


def box(on: Pixels, x: int, y: int, width: int, height: int, colour: Colour, opacity: int = 255) -> None:
    """A filled rectangle."""
    cv2.rectangle(on, (x, y), (x + width - 1, y + height - 1), (*colour, opacity), -1)


def layer(depth: float, x: float, y: float, drawn: Pixels) -> Layer:
    """The drawn sheet as a layer, its top left corner at x, y."""
    return Layer(depth, round(x), round(y), cutout(drawn))


def chair(
    look: Look, foot_y: float, x: float, scale: float, coat: bool, rng: np.random.Generator
) -> tuple[Layer, tuple[str, ...]]:
    """A desk chair's back, perhaps with a coat over it, and the coat's name. `x` is its middle."""
    width, height = round(52 * scale), round(74 * scale)
    drawn = sheet(width, height)
    cv2.rectangle(drawn, (0, round(12 * scale)), (width - 1, height - 1), (*look.chair, 255), -1)
    cv2.ellipse(
        drawn, (width // 2, round(13 * scale)), (width // 2 - 1, round(12 * scale)), 0, 180, 360, (*look.chair, 255), -1
    )
    inner = tinted(look.chair, 1.35)
    cv2.rectangle(
        drawn, (round(7 * scale), round(16 * scale)), (width - round(8 * scale), height - 1), (*inner, 255), 1
    )
    names: tuple[str, ...] = ()
    if coat:
        number, colour = near(rng, COATS, look.part)
        names = (f"coat {number}",)
        shoulders = np.array([[0, 30], [8, 6], [20, 0], [32, 0], [44, 6], [52, 30], [49, 74], [3, 74]]) * scale
        cv2.fillPoly(drawn, [shoulders.astype(np.int32)], (*colour, 255), cv2.LINE_AA)
        for fold in (16, 26, 35):
            cv2.line(
                drawn,
                (round(fold * scale), round(10 * scale)),
                (round((fold + 2) * scale), height),
                (*tinted(colour, 0.75), 255),
                1,
                cv2.LINE_AA,
            )
    return layer(foot_y, x - width / 2, foot_y - height, drawn), names


def monitor(depth: float, x: float, base_y: float, scale: float) -> Layer:
    """A screen's dark back on the counter; `x` is its middle."""
    width, height = round(44 * scale), round(38 * scale)
    drawn = sheet(width, height)
    panel = round(29 * scale)
    box(drawn, 0, 0, width, panel, (34, 32, 30))
    box(drawn, 2, 2, width - 4, panel - 4, (26, 24, 23))
    box(drawn, width // 2 - round(4 * scale), panel, max(2, round(8 * scale)), height - panel, (44, 42, 40))
    box(drawn, width // 2 - round(11 * scale), height - 3, round(22 * scale), 3, (52, 50, 48))
    return layer(depth, x - width / 2, base_y - height, drawn)


def papers(depth: float, x: float, y: float, scale: float) -> Layer:
    """A few sheets and a document tray on the counter."""
    drawn = sheet(round(26 * scale), round(7 * scale))
    box(drawn, 0, round(2 * scale), drawn.shape[1], drawn.shape[0], (214, 218, 220))
    box(drawn, round(5 * scale), 0, round(14 * scale), max(1, round(3 * scale)), (236, 238, 238))
    return layer(depth, x, y, drawn)


def pane(depth: float, x: int, y: int, width: int, height: int, rng: np.random.Generator) -> Layer:
    """A glass pane: a slight tint and slanted reflections; hides nobody."""
    drawn = sheet(width, height)
    drawn[:] = (222, 224, 220, 14)
    for _ in range(2):
        start, wide = rng.integers(0, max(1, width)), rng.integers(8, 30)
        slant = np.array(
            [[start, 0], [start + wide, 0], [start + wide - height // 2, height], [start - height // 2, height]]
        )
        cv2.fillPoly(drawn, [slant.astype(np.int32)], (236, 236, 232, 34))
    drawn[..., 3] = cv2.GaussianBlur(drawn[..., 3], (0, 0), 3)
    return layer(depth, x, y, drawn)


def customer_chair(look: Look, foot_y: float, x: float, scale: float) -> Layer:
    """A chair on the citizen's side, seen from behind; `x` is its middle."""
    width, height = round(50 * scale), round(92 * scale)
    drawn = sheet(width, height)
    seat = round(46 * scale)
    dark = tinted(look.chair, 0.8)
    for leg in (3, width - 6):
        box(drawn, leg, seat, max(2, round(3 * scale)), height - seat, (70, 70, 72))
    box(drawn, 2, 0, width - 4, round(40 * scale), look.chair)
    box(drawn, 0, round(38 * scale), width, round(11 * scale), dark)
    return layer(foot_y, x - width / 2, foot_y - height, drawn)


def bench(look: Look, foot_y: float, x: float, scale: float, seats: int) -> Layer:
    """A row of empty seats against the wall."""
    seat = round(40 * scale)
    drawn = sheet(seat * seats, round(58 * scale))
    for number in range(seats):
        left = number * seat
        box(drawn, left + 2, 0, seat - 4, round(30 * scale), look.trim)
        box(drawn, left + 2, round(32 * scale), seat - 4, round(10 * scale), tinted(look.trim, 0.75))
    box(drawn, 0, round(42 * scale), drawn.shape[1], max(2, round(4 * scale)), (70, 70, 70))
    for number in (0, seats - 1):
        box(drawn, number * seat + seat // 2, round(44 * scale), max(2, round(5 * scale)), drawn.shape[0], (52, 52, 52))
    return layer(foot_y, x, foot_y - drawn.shape[0], drawn)


def barrier(start: tuple[float, float], end: tuple[float, float], growth: float, horizon: float) -> tuple[Layer, ...]:
    """Posts with a rope between them, along a line on the floor; further down the picture they are larger."""
    count = max(2, round(abs(end[0] - start[0]) / 85) + 1)
    feet = [
        (start[0] + (end[0] - start[0]) * i / (count - 1), start[1] + (end[1] - start[1]) * i / (count - 1))
        for i in range(count)
    ]
    heights = [round(116 * growth * (y - horizon)) for _, y in feet]
    layers = []
    for i, (x, y) in enumerate(feet):
        height = heights[i]
        post = sheet(16, height)
        cv2.ellipse(post, (8, height - 3), (7, 2), 0, 0, 360, (46, 46, 46, 255), -1)
        box(post, 7, 0, 3, height - 2, (58, 56, 54))
        layers.append(layer(y, x - 8, y - height, post))
        if i + 1 < count:
            ends = (x, y - height), (feet[i + 1][0], feet[i + 1][1] - heights[i + 1])
            layers.append(_rope((y + feet[i + 1][1]) / 2, *ends))
    return tuple(layers)


def _rope(depth: float, start: tuple[float, float], end: tuple[float, float]) -> Layer:
    """The rope from one post's head to the next's, sagging a little."""
    left, top = min(start[0], end[0]), min(start[1], end[1])
    drawn = sheet(round(abs(end[0] - start[0])) + 2, round(abs(end[1] - start[1])) + 16)
    t = np.linspace(0, 1, 9)
    x = start[0] + (end[0] - start[0]) * t - left
    y = start[1] + (end[1] - start[1]) * t - top + 3 + 28 * t * (1 - t)
    cv2.polylines(drawn, [np.stack([x, y], axis=-1).round().astype(np.int32)], False, (36, 34, 150, 255), 2)
    return layer(depth, left, top, drawn)


def desk(look: Look, foot_y: float, x: float, scale: float) -> Layer:
    """A reception desk seen from the hall."""
    drawn = sheet(round(120 * scale), round(78 * scale))
    box(drawn, 0, 0, drawn.shape[1], round(14 * scale), tinted(look.counter, 1.3))
    box(drawn, 2, round(14 * scale), drawn.shape[1] - 4, drawn.shape[0], look.counter)
    return layer(foot_y, x, foot_y - drawn.shape[0], drawn)


def poster(
    on: Pixels, x: int, y: int, width: int, height: int, rng: np.random.Generator, person: Sprite | None = None
) -> None:
    """A framed poster straight on a wall (BGR); with a person it is the kind that detectors fall for."""
    ground = tuple(int(c) for c in rng.integers(150, 245, 3))
    cv2.rectangle(on, (x, y), (x + width, y + height), (52, 52, 54), -1)
    cv2.rectangle(on, (x + 3, y + 3), (x + width - 3, y + height - 3), ground, -1)
    ink = tuple(int(c) for c in rng.integers(40, 140, 3))
    for line in range(y + 9, y + height - 6, 7):
        long = rng.integers(width // 3, max(width // 3 + 1, width - 14))
        cv2.line(on, (x + 7, line), (x + 7 + int(long), line), ink, 2 if line < y + 14 else 1)
    if person is not None:
        piece, _ = resized(person, (height - 18) / person.pixels.shape[0])
        high, wide = piece.solid.shape
        wide = min(wide, width - 8)
        left, top = x + (width - wide) // 2, y + height - 5 - high
        under = on[top : top + high, left : left + wide]
        under[:] = cv2.add(cv2.multiply(under, piece.through[:, :wide], scale=1 / 255), piece.colour[:, :wide])


def door(on: Pixels, x: int, y: int, width: int, height: int, look: Look) -> None:
    """A door leaf ajar in its frame, straight on a wall (BGR)."""
    cv2.rectangle(on, (x, y), (x + width, y + height), tinted(look.wall, 0.62), -1)
    cv2.rectangle(on, (x + 4, y + 4), (x + width - 4, y + height), (62, 64, 66), -1)
    cv2.rectangle(on, (x + 4, y + 4), (x + width * 2 // 3, y + height), tinted(look.counter, 0.9), -1)


def sign(on: Pixels, x: int, y: int, number: int, scale: float, look: Look) -> None:
    """A window's numbered board, its middle at x and top at y, straight on a wall (BGR)."""
    width, height = round(64 * scale), round(26 * scale)
    cv2.rectangle(on, (x - width // 2, y), (x + width // 2, y + height), look.trim, -1)
    size = 0.75 * scale
    (wide, high), _ = cv2.getTextSize(f"{number:02d}", FONT, size, 2)
    cv2.putText(
        on,
        f"{number:02d}",
        (x - wide // 2, y + (height + high) // 2),
        FONT,
        size,
        (245, 245, 245),
        2 if scale > 0.6 else 1,
        cv2.LINE_AA,
    )
