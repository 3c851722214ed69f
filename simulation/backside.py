"""The stage of a camera behind the clerks: their backs in front, the public facing the camera across the counter."""

from collections.abc import Sequence

import numpy as np

from simulation.furniture import Layer, box, layer, papers, poster, sheet, sign
from simulation.looks import Look, tinted
from simulation.stages import HEIGHT, WIDTH, Post, Stage, rectangle, shell

GROWTH = 0.0022


def back_stage(seed: int, numbers: Sequence[int], style: Look) -> Stage:
    """A counter with these windows seen from the back office, all fully in view."""
    rng = np.random.default_rng([seed, 4])
    count = len(numbers)
    wide = WIDTH / count
    scale = min(1.0, 0.25 + 0.75 * wide / 320)
    wall = int(rng.integers(64, 80))
    picture = shell(style, wall, rng)
    counter = round(wall + 84 * scale + rng.integers(-4, 8))
    poster(picture, int(rng.integers(20, 560)), 8, 34, 44, rng)
    side = 1 if rng.random() < 0.5 else -1
    top = sheet(WIDTH, round(88 * scale))
    edge = round(44 * scale)
    box(top, 0, 0, WIDTH, edge, tinted(style.counter, 1.2))
    box(top, 0, 0, WIDTH, 3, tinted(style.counter, 0.75))
    box(top, 0, edge, WIDTH, top.shape[0], tinted(style.counter, 0.85))
    box(top, 0, edge, WIDTH, 3, tinted(style.counter, 0.6))
    layers = [layer(counter + 1, 0, counter, top)]
    posts = []
    for place, number in enumerate(numbers):
        middle = wide * (place + 0.5)
        seat = middle - side * 30 * scale, counter + 150 * scale
        sign(picture, round(middle), 4, number, 0.7 * scale, style)
        layers.append(_screen(counter + 3, seat[0] + side * 64 * scale, counter + 30 * scale, scale))
        layers.append(papers(counter + 2, seat[0] - side * 52 * scale, counter + 22 * scale, scale))
        layers.append(_chair_back(style, seat[0], seat[1], scale))
        posts.append(Post(number, seat, (middle + side * 44 * scale, counter - 2.0), 0.62 * scale, False))
    foot = posts[0].stand[1] + 60 * scale  # hidden by the counter: only the upper half is seen above it
    regions = {}
    for place, post in enumerate(posts, 1):
        (seat_x, seat_y), (stand_x, _), one = post.seat, post.stand, 62 * scale
        regions[f"staff-{place}"] = rectangle(seat_x - one, seat_y - 118 * scale, seat_x + one, seat_y - 20 * scale)
        regions[f"citizen-{place}"] = rectangle(
            stand_x - 60 * scale, counter - 30 * scale, stand_x + 60 * scale, counter + 16 * scale
        )
    posts = [Post(one.number, one.seat, (one.stand[0], foot), one.scale, False) for one in posts]
    return Stage(
        background=picture,
        layers=tuple(sorted(layers, key=lambda one: one.depth)),
        style=style,
        horizon=foot - posts[0].scale / GROWTH,
        growth=GROWTH,
        aisles=(wall + 16.0, wall + 26.0),
        regions=regions,
        posts=tuple(posts),
        facing=0,
        wall=(6.0, wall - 8.0),
        stands=tuple((x, wall + 10.0, wall + 10.0, 0.3) for x in (30.0, WIDTH - 30.0)),
        made_of=style.made_of,
    )


def _screen(depth: float, x: float, base_y: float, scale: float) -> Layer:
    """A lit screen seen from the clerk's side; `x` is its middle."""
    width, height = round(70 * scale), round(58 * scale)
    drawn = sheet(width, height)
    box(drawn, 0, 0, width, round(46 * scale), (34, 32, 30))
    box(drawn, 3, 3, width - 6, round(46 * scale) - 6, (226, 216, 200))
    box(drawn, 3, 3, width - 6, max(2, round(6 * scale)), (150, 96, 40))
    box(drawn, width // 2 - 4, round(46 * scale), 8, height, (44, 42, 40))
    return layer(depth, x - width / 2, base_y - height, drawn)


def _chair_back(style: Look, x: float, y: float, scale: float) -> Layer:
    """The back of a clerk's chair, before the clerk; `x` is its middle and `y` its lower edge."""
    width, height = round(84 * scale), round(74 * scale)
    drawn = sheet(width, height)
    box(drawn, 0, round(6 * scale), width, height, style.chair)
    box(drawn, round(4 * scale), 0, width - round(8 * scale), height, style.chair)
    box(drawn, round(10 * scale), round(12 * scale), width - round(20 * scale), 2, tinted(style.chair, 1.4))
    return layer(min(y + 8, HEIGHT + 40), x - width / 2, y - height + 10 * scale, drawn)
