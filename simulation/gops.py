"""GOPs: everything a camera of the simulation may show, rendered and encoded once, kept on disk, spliced by script."""

import hashlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache, partial
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from simulation import retouch
from simulation.broadcast import Gop
from simulation.coding import decode
from simulation.drawing import StageId
from simulation.kinds import FPS, Kind
from simulation.loop import Loop
from simulation.rendering import TAIL, Job, State, amount, crowd, moves_of, render
from simulation.retouch import Spoilt
from simulation.shelf import Shelf
from simulation.sprites import PEOPLE
from simulation.stages import Polygon

DRAWN_BY = (
    "canvas", "coding", "counter", "drawing", "furniture", "h264", "kinds", "lobby", "looks", "parts", "rendering",
    "retouch", "scenes", "shelf", "sprites", "stages",
)  # fmt: skip
"""Files that decide what a picture looks like: if one changes, everything is rendered anew."""
KEPT_S = 30 * 86_400
"""A rendered stage that nobody used for so long is deleted."""
IN_MEMORY, MOVES_IN_MEMORY = 20, 6
"""States of each stage that are kept in memory; ways from one to another, and retouched states."""
UNHURRIED = 10
"""Niceness of the thread that retouches: the cameras go first."""

CODECS = {Kind.H264: "h264", Kind.FAST: "h264", Kind.H265: "h265", Kind.JPEG: "jpeg"}


@lru_cache(maxsize=4096)
def regions(stage: StageId) -> Mapping[str, Polygon]:
    """Where the stage's regions are: what the city's configuration is made of."""
    return stage.draw().regions


class _Wish(NamedTuple):
    """A GOP that is made from drawn ones: on the way to another state, or under a fault."""

    stage: StageId
    state: State
    to: State | Spoilt


class Library:
    """The rendered GOPs of some stages, read from disk when asked for; others are made of them in a thread."""

    def __init__(self, files: Mapping[StageId, Path]) -> None:
        self._files = {stage: Shelf(path) for stage, path in files.items()}
        self._moves = {stage: Shelf(moves) for stage, path in files.items() if (moves := moves_of(path)).exists()}
        many = max(1, len(files))
        self._loops = lru_cache(maxsize=IN_MEMORY * many)(partial(self._load, self._files))
        self._ways = lru_cache(maxsize=MOVES_IN_MEMORY * many)(partial(self._load, self._moves))
        self._wished = lru_cache(maxsize=MOVES_IN_MEMORY * many)(self._wish)
        self.thread = ThreadPoolExecutor(1, "retouch", initializer=_unhurried)

    def has(self, stage: StageId, state: State) -> bool:
        """Whether the stage was rendered in this state."""
        return state in self._files[stage]

    def gop(self, stage: StageId, state: State, number: int = 0) -> Gop:
        """The GOP of a stage in a state, the `number`-th that is shown; KeyError if there is none."""
        return self._loops(stage, state).gop(number)

    def move(self, stage: StageId, old: State, new: State) -> Gop | None:
        """The GOP that begins with one state and ends in another; None while it is being made."""
        name = f"{old}>{new}"
        if stage in self._moves and name in self._moves[stage]:
            return self._ways(stage, name).gop(0)
        made = self._made(_Wish(stage, old, new))
        return made.gop(0) if made else None

    def spoilt(self, stage: StageId, state: State, fault: Spoilt, number: int = 0) -> Gop | None:
        """The `number`-th GOP of a state under a fault of the picture; None while it is being made."""
        made = self._made(_Wish(stage, state, fault))
        return made.gop(number) if made else None

    def _made(self, wish: _Wish) -> Loop | None:
        made = self._wished(wish)
        return made.result() if made.done() else None

    def _wish(self, wish: _Wish) -> Future[Loop]:
        needed = [wish.state] if isinstance(wish.to, Spoilt) else [wish.state, wish.to]
        return self.thread.submit(_retouched, wish, *(self.gop(wish.stage, state).frames[0] for state in needed))

    def _load(self, shelves: Mapping[StageId, Shelf], stage: StageId, state: State) -> Loop:
        shelf = shelves[stage]
        return Loop(shelf.units(state), shelf.units(state + TAIL), FPS[stage.kind], CODECS[stage.kind])


def _unhurried() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), UNHURRIED)


def _retouched(wish: _Wish, *keyframes: bytes) -> Loop:
    pictures = [next(iter(decode(wish.stage.kind, [keyframe]))) for keyframe in keyframes]
    if isinstance(wish.to, Spoilt):
        heads, tails = retouch.spoilt(wish.stage, pictures[0], wish.to)
    else:
        head, *tail = retouch.moved(wish.stage, pictures[0], pictures[1], crowd(wish.to) > crowd(wish.state))
        heads, tails = ((head,),), (tuple(tail),)
    return Loop(heads, tails, FPS[wish.stage.kind], CODECS[wish.stage.kind])


def cache(environ: Mapping[str, str]) -> Path:
    """Where rendered stages are kept."""
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hallwatch" / "city"


def prepare(
    stages: Iterable[StageId], directory: Path, workers: int = 2, quiet: bool = False, moving: bool = False
) -> Library:
    """Render what is not yet in the directory, with a progress bar, and give the library.

    With `moving`, the usual changes of state are rendered too; a small city makes them when they happen.
    """
    directory.mkdir(parents=True, exist_ok=True)
    version = _version()
    files = {stage: directory / f"{_key(stage, version)}.gops" for stage in dict.fromkeys(stages)}
    jobs = [(stage, path, moving) for stage, path in files.items() if amount(stage, path, moving)]
    if jobs:
        total = sum(amount(*job) for job in jobs)
        with tqdm(total=total, unit="GOP", desc="模拟画面 / drawing the city", disable=quiet) as bar:
            for done in _rendered(jobs, min(workers, len(jobs))):
                bar.update(done)
    for path in files.values():
        path.touch()
        if moves_of(path).exists():
            moves_of(path).touch()
    for path in directory.glob("*.gops"):
        if path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink(missing_ok=True)
    return Library(files)


def _rendered(jobs: list[Job], workers: int) -> Iterator[int]:
    if workers <= 1:
        yield from (render(job) for job in jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(render, jobs)


def _version() -> str:
    """Changes whenever anything that draws does."""
    digest = hashlib.sha256((PEOPLE / "index.json").read_bytes())
    for name in DRAWN_BY:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def _key(stage: StageId, version: str) -> str:
    return hashlib.sha256(f"{version} {stage}".encode()).hexdigest()[:24]
