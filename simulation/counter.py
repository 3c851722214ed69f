"""The stage of a window camera: a counter with a few windows side by side."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from simulation.furniture import (
    Layer,
    box,
    chair,
    customer_chair,
    door,
    layer,
    monitor,
    pane,
    papers,
    poster,
    sheet,
    sign,
)
from simulation.looks import Look, tinted
from simulation.sprites import Pixels
from simulation.stages import HEIGHT, WIDTH, Polygon, Post, Stage, rectangle, shell

GROWTH = 0.0022
"""Scale of a person per pixel of foot below the horizon."""


@dataclass(frozen=True, slots=True)
class Measures:
    """Where things are on a counter's picture, in pixels."""

    wide: float
    """Width of one window."""
    scale: float
    """1 = two windows fill the picture."""
    top: int
    """Upper edge of the counter."""

    @property
    def floor(self) -> int:
        """Where the counter's front meets the floor."""
        return round(self.top + 12 + 62 * self.scale)

    @property
    def head(self) -> int:
        """Upper edge of the glass."""
        return round(self.top - 126 * self.scale)


def window_stage(seed: int, numbers: Sequence[int], style: Look, screened: float = 0.0, coats: float = 0.2) -> Stage:
    """A counter with these windows side by side, all fully in view.

    `screened`: the share of windows whose screen stands right before the clerk; `coats`: of chairs with a coat.
    """
    rng = np.random.default_rng([seed, 1])
    wide = WIDTH / len(numbers)
    on = Measures(wide, min(1.0, 0.22 + 0.78 * wide / 320), round(190 + rng.integers(-6, 10)))
    picture = shell(style, on.floor - 8, rng)
    _back_office(picture, style, on, len(numbers), rng)
    side = 1 if rng.random() < 0.5 else -1
    posts = tuple(_post(on, place, number, side, rng) for place, number in enumerate(numbers))
    layers: list[Layer] = [layer(on.top + 2, 0, on.top, _counter(style, on, len(numbers)))]
    made_of = list(style.made_of)
    for place, post in enumerate(posts):
        sign(picture, round(wide * (place + 0.5)), round(on.head - 34 * on.scale), post.number, on.scale, style)
        before = bool(screened and rng.random() < screened)
        chair_back, names = chair(style, on.top + 1, post.seat[0], 0.92 * on.scale, bool(rng.random() < coats), rng)
        layers += [chair_back, *_post_furniture(style, on, post, wide * place, side, before, rng)]
        made_of += names
    stand_y = posts[0].stand[1]
    return Stage(
        background=picture,
        layers=tuple(sorted(layers, key=lambda one: one.depth)),
        style=style,
        horizon=stand_y - posts[0].scale / GROWTH,
        growth=GROWTH,
        aisles=tuple(np.linspace(stand_y + 34, HEIGHT - 2, 4)),
        regions={name: polygon for place, post in enumerate(posts, 1) for name, polygon in _regions(on, post, place)},
        posts=posts,
        wall=(on.head + 4, on.top - 30 * on.scale),
        stands=tuple(
            (wide * (place + 0.5) - side * 110 * on.scale, on.top + 60 * on.scale, on.top - 4.0, 0.8 * on.scale)
            for place in range(len(numbers))
        ),
        made_of=tuple(made_of),
    )


def _post(on: Measures, place: int, number: int, side: int, rng: np.random.Generator) -> Post:
    """One window: the clerk sits to one side of its middle and the citizen to the other, so that both are seen."""
    middle = on.wide * (place + 0.5)
    return Post(
        number=number,
        seat=(middle - side * 46 * on.scale, on.top + 7.0),
        stand=(middle + side * 58 * on.scale, on.floor + 20 * on.scale),
        scale=0.76 * on.scale,
        seated=bool(rng.random() < 0.4),
    )


def _regions(on: Measures, post: Post, place: int) -> Iterator[tuple[str, Polygon]]:
    """The clerk's is for the middle of a person, the citizen's for the feet, or the seat of a chair."""
    (seat, _), (stand, foot), scale = post.seat, post.stand, on.scale
    yield f"staff-{place}", rectangle(seat - 46 * scale, on.top - 92 * scale, seat + 46 * scale, on.top - 8 * scale)
    yield (
        f"citizen-{place}",
        rectangle(stand - 52 * scale, on.floor - 58 * scale, stand + 52 * scale, foot + 16 * scale),
    )


def _back_office(picture: Pixels, style: Look, on: Measures, count: int, rng: np.random.Generator) -> None:
    """The wall behind the clerks: doors, notices, cabinets; and the beam above the windows."""
    head, top, wide = on.head, on.top, on.wide
    picture[head:top] = np.clip(picture[head:top].astype(np.int16) - 14, 0, 255)
    high = top - head
    for place in range(count):
        left = wide * place
        if rng.random() < 0.5:
            door(picture, round(left + wide * 0.86), top - round(high * 0.84), round(wide * 0.1), high, style)
        for _ in range(rng.integers(0, 3)):
            poster(
                picture,
                round(left + wide * rng.uniform(0.06, 0.72)),
                head + round(high * rng.uniform(0.08, 0.3)),
                round(wide * 0.09),
                round(high * 0.22),
                rng,
            )
        if rng.random() < 0.4:
            cabinet = round(left + wide * rng.uniform(0.05, 0.6)), head + round(high * 0.5)
            cv2.rectangle(picture, cabinet, (cabinet[0] + round(wide * 0.16), top), tinted(style.wall, 0.8), -1)
            cv2.rectangle(picture, cabinet, (cabinet[0] + round(wide * 0.16), top), tinted(style.wall, 0.66), 1)
    cv2.rectangle(picture, (0, head - 6), (WIDTH, head), tinted(style.wall, 0.72), -1)


def _counter(style: Look, on: Measures, count: int) -> Pixels:
    """The counter's top and front over the whole width."""
    high, wide = on.floor - on.top, on.wide
    drawn = sheet(WIDTH, high)
    rows = np.linspace(1.05, 0.8, high)[:, None, None]
    drawn[..., :3] = np.clip(np.array(style.counter) * rows, 0, 255)
    drawn[..., 3] = 255
    box(drawn, 0, 0, WIDTH, 10, tinted(style.counter, 1.32))
    box(drawn, 0, 10, WIDTH, 2, tinted(style.counter, 0.7))
    box(drawn, 0, high - 5, WIDTH, 5, tinted(style.counter, 0.5))
    for place in range(count + 1):
        cv2.line(drawn, (round(place * wide), 12), (round(place * wide), high), (*tinted(style.counter, 0.68), 255), 2)
    return drawn


def _post_furniture(
    style: Look, on: Measures, post: Post, left: float, side: int, screened: bool, rng: np.random.Generator
) -> list[Layer]:
    """Screen, papers and glass of one window, the frame at its left and perhaps a citizen's chair."""
    scale, top = on.scale, on.top
    screen = rng.uniform(-22, 22) if screened else 48.0
    frame = sheet(round(8 * scale), round(126 * scale))
    box(frame, 0, 0, frame.shape[1], frame.shape[0], tinted(style.wall, 0.74))
    things = [
        monitor(top + 2.5, post.seat[0] + side * screen * scale, top + 4, scale * (1.25 if screened else 1)),
        papers(top + 2.6, post.seat[0] - side * 44 * scale, top + 1, scale),
        pane(top + 3, round(left), on.head, round(on.wide), top - on.head, rng),
        layer(top + 2.7, left - frame.shape[1] / 2, top - frame.shape[0], frame),
    ]
    if post.seated:
        things.append(customer_chair(style, post.stand[1] + 3, post.stand[0], scale))
    return things
