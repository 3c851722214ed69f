"""The scene: what a camera shows when nothing is wrong, learned slowly, and how a picture compares with it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from camera_ingest.health_edges import BLOCKS, COLUMNS, ROWS, Edges, Values, correlation, edges
from camera_ingest.health_measures import Measures, noise

TEXTURED = 60.0
"""Mean square of a block's edges from which the block can be recognised at all."""
LEAST_BLOCKS = 9
"""Recognisable ones to know a scene by, and the same ones to judge fine detail by: one thing alone says nothing."""
ALIKE = 0.5
"""Correlation of a block's edges with the learned ones from which it counts as the same."""
FINE_FLOOR, COARSE_FLOOR = 0.1, 10.0
"""Added to fine and coarse detail so that emptiness has a ratio too; squares of grey levels."""
UNSURE = 0.1
"""Share of the noise by which it may be mistaken."""
LEARNED_IN = timedelta(minutes=30)
"""Time in which a lasting change of the scene becomes the scene."""
SHORTEST_STEP, LONGEST_STEP = timedelta(seconds=30), timedelta(minutes=1)
"""Once much is learned, what follows sooner is not learned from; no look counts for more than the longest step."""
MUCH = 30
"""Looks."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What a camera shows when nothing is wrong."""

    looks: int = 0
    """Learned from."""
    since: datetime | None = None
    """Of the first of them."""
    at: datetime | None = None
    """Of the last of them."""
    view: bytes = b""
    """45 × 80 grey levels, float16: the average picture without what moves."""
    fine: bytes = b""
    """9 × 10, float32: usual fine detail of each block, without noise, see `Measures`."""
    coarse: bytes = b""
    """9 × 10, float32: usual coarse detail of each block, see `Edges`. Who came late has little of both."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """How one picture compares with the scene at its place."""

    alike: float
    """Share of the recognisable blocks that are the same, 0..1; 1 where there are too few to say otherwise."""
    detail: float
    """Amount of edges as a share of the usual."""
    fineness: float | None
    """Fine detail as a share of the usual in the middling one of the blocks that are the same; None = too few are."""
    learned: Edges
    """Edges of the scene."""


def learn(scene: Scene, seen: Measures, at: datetime) -> Scene:
    """The scene with one more look, which counts for as long as the time since the last one."""
    if scene.at and scene.looks >= MUCH and at - scene.at < SHORTEST_STEP:
        return scene
    step = min(at - scene.at, LONGEST_STEP) if scene.at else LONGEST_STEP
    part = np.float32(max(1 / (scene.looks + 1), step / LEARNED_IN))
    view, fine, coarse = seen.small.astype(np.float32), _fine(seen), seen.edges.coarse
    if scene.looks:
        view = _mixed(_view(scene), view, part)
        fine, coarse = _mixed(_blocks(scene.fine), fine, part), _mixed(_blocks(scene.coarse), coarse, part)
    kept = view.astype(np.float16).tobytes(), fine.tobytes(), coarse.tobytes()
    return Scene(scene.looks + 1, scene.since or at, at, *kept)


def compare(scene: Scene, seen: Measures) -> Likeness:
    """How a picture compares with the scene, which has learned at least one look."""
    learned = edges(_view(scene))
    recognisable = learned.squares > TEXTURED
    alike = recognisable & (correlation(seen.edges, learned) > ALIKE)
    count, same = int(np.count_nonzero(recognisable)), int(np.count_nonzero(alike))
    usual = _fineness(_blocks(scene.fine), _blocks(scene.coarse))
    finer = np.sort((_fineness(_fine(seen), seen.edges.coarse) / usual)[alike])
    return Likeness(
        alike=same / count if count >= LEAST_BLOCKS else 1.0,
        detail=float(np.sqrt(seen.edges.squares.mean() / (learned.squares.mean() + 1))),
        fineness=float(finer[same // 2]) if same >= LEAST_BLOCKS else None,
        learned=learned,
    )


def _mixed(known: Values, new: Values, part: np.float32) -> Values:
    return known + part * (new - known)


def _fine(seen: Measures) -> Values:
    """Fine detail of each block without what the sensor's noise makes of it."""
    grain = noise(seen.fine)
    return np.asarray(np.maximum(seen.fine - grain, 0) + UNSURE * grain, np.float32)


def _fineness(fine: Values, coarse: Values) -> Values:
    return np.asarray((fine + FINE_FLOOR) / (coarse + COARSE_FLOOR), np.float32)


def _view(scene: Scene) -> Values:
    return np.frombuffer(scene.view, np.float16).reshape(ROWS, COLUMNS).astype(np.float32)


def _blocks(kept: bytes) -> Values:
    columns, rows = BLOCKS
    return np.frombuffer(kept, np.float32).reshape(rows, columns)
