"""The stage of a window camera: a counter with a few windows side by side."""

from collections.abc import Sequence

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


def window_stage(seed: int, numbers: Sequence[int], style: Look) -> Stage:
    """A counter with these windows side by side, all fully in view."""
    rng = np.random.default_rng([seed, 1])
    wide = WIDTH / len(numbers)
    scale = min(1.0, 0.22 + 0.78 * wide / 320)
    top = round(190 + rng.integers(-6, 10))
    floor = round(top + 12 + 62 * scale)
    picture = shell(style, floor - 8, rng)
    head = round(top - 126 * scale)
    _back_office(picture, style, head, top, wide, len(numbers), rng)
    layers: list[Layer] = [layer(top + 2, 0, top, _counter(style, floor - top, wide, len(numbers)))]
    regions: dict[str, Polygon] = {}
    posts = []
    side = 1 if rng.random() < 0.5 else -1
    for place, number in enumerate(numbers):
        middle = wide * (place + 0.5)
        sign(picture, round(middle), round(head - 34 * scale), number, scale, style)
        seat = middle - side * 46 * scale, top + 7.0
        stand = middle + side * 58 * scale, floor + 20 * scale
        post = Post(number, seat, stand, 0.76 * scale, bool(rng.random() < 0.4))
        posts.append(post)
        layers += _post_furniture(style, post, wide * place, side, scale, top, rng)
        layers.append(pane(top + 3, round(wide * place), head, round(wide), top - head, rng))
        regions[f"staff-{place + 1}"] = rectangle(
            seat[0] - 46 * scale, top - 92 * scale, seat[0] + 46 * scale, top - 8 * scale
        )
        regions[f"citizen-{place + 1}"] = rectangle(
            stand[0] - 52 * scale, floor - 22 * scale, stand[0] + 52 * scale, stand[1] + 16 * scale
        )
    growth = 0.0022
    stand_y = posts[0].stand[1]
    return Stage(
        background=picture,
        layers=tuple(sorted(layers, key=lambda one: one.depth)),
        style=style,
        horizon=stand_y - 0.76 * scale / growth,
        growth=growth,
        aisles=tuple(np.linspace(stand_y + 34, HEIGHT - 2, 4)),
        regions=regions,
        posts=tuple(posts),
    )


def _back_office(
    picture: Pixels, style: Look, head: int, top: int, wide: float, count: int, rng: np.random.Generator
) -> None:
    """The wall behind the clerks: doors, notices, cabinets; and the beam above the windows."""
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


def _counter(style: Look, high: int, wide: float, count: int) -> Pixels:
    """The counter's top and front over the whole width, with the posts between the windows left to the panes."""
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
    style: Look, post: Post, left: float, side: int, scale: float, top: int, rng: np.random.Generator
) -> list[Layer]:
    """Chair, screen and papers of one window, the frame beside it and perhaps a citizen's chair."""
    coat = bool(rng.random() < 0.2)
    frame = sheet(round(8 * scale), round(126 * scale))
    box(frame, 0, 0, frame.shape[1], frame.shape[0], tinted(style.wall, 0.74))
    things = [
        chair(style, top + 1, post.seat[0], 0.92 * scale, coat, rng),
        monitor(top + 2.5, post.seat[0] + side * 48 * scale, top + 4, scale),
        papers(top + 2.6, post.seat[0] - side * 44 * scale, top + 1, scale),
        layer(top + 2.7, left - frame.shape[1] / 2, top - frame.shape[0], frame),
    ]
    if post.seated:
        things.append(customer_chair(style, post.stand[1] + 3, post.stand[0], scale))
    return things
