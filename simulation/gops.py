"""GOPs: everything a camera of the simulation may show, rendered and encoded once, kept on disk, spliced by script."""

import hashlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from tqdm import tqdm

from camera_ingest.camera import Role
from simulation import retouch
from simulation.broadcast import Gop
from simulation.coding import code, code_head, decode
from simulation.drawing import StageId, drawn, states
from simulation.kinds import FPS, Kind
from simulation.loop import Loop
from simulation.retouch import Spoilt
from simulation.shelf import Shelf, write
from simulation.sprites import PEOPLE
from simulation.stages import Polygon

DRAWN_BY = (
    "canvas", "coding", "counter", "drawing", "furniture", "gops", "h264", "kinds", "lobby", "looks", "parts",
    "retouch", "scenes", "shelf", "sprites", "stages",
)  # fmt: skip
"""Files that decide what a picture looks like: if one changes, everything is rendered anew."""
KEPT_S = 30 * 86_400
"""A rendered stage that nobody used for so long is deleted."""
IN_MEMORY = 16
"""States of each stage that are kept in memory, and as many retouched ones."""
TAIL = "~"
"""After the name of a state: the frames after its keyframes."""
STEP = 2
"""By how many people a queue usually changes at a time, at most."""
UNHURRIED = 10
"""Niceness of the thread that retouches: the cameras go first."""

CODECS = {Kind.H264: "h264", Kind.FAST: "h264", Kind.H265: "h265", Kind.JPEG: "jpeg"}
State = str


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
        self._moves = {stage: Shelf(moves) for stage, path in files.items() if (moves := _moves(path)).exists()}
        many = IN_MEMORY * max(1, len(files))
        self._loops = lru_cache(maxsize=many)(self._load)
        self._wished = lru_cache(maxsize=many)(self._wish)
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
            return self._loops(stage, name).gop(0)
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

    def _load(self, stage: StageId, state: State) -> Loop:
        shelf = self._moves[stage] if ">" in state else self._files[stage]
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


def crowd(state: State) -> int:
    """How many people a state of a window or a queue shows."""
    plain = state.removesuffix("+")
    return int(plain) if plain.isdecimal() else sum(mark != "-" for mark in plain)


def moves(stage: StageId) -> Iterator[tuple[State, State]]:
    """The usual changes of state: one person comes or goes at a window, a few in a queue."""
    plain = [state for state in states(stage) if not state.endswith("+")]
    for old in plain:
        for new in plain:
            if stage.role is Role.QUEUE and 0 < abs(crowd(old) - crowd(new)) <= STEP:
                yield old, new
            apart = sum(a != b for a, b in zip(old, new, strict=False))
            if stage.role is Role.WINDOW and apart == 1 and crowd(old) != crowd(new):
                yield old, new


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
    jobs = [(stage, path, moving) for stage, path in files.items() if _amount(stage, path, moving)]
    if jobs:
        total = sum(_amount(*job) for job in jobs)
        with tqdm(total=total, unit="GOP", desc="模拟画面 / drawing the city", disable=quiet) as bar:
            for done in _rendered(jobs, min(workers, len(jobs))):
                bar.update(done)
    for path in files.values():
        path.touch()
        if _moves(path).exists():
            _moves(path).touch()
    for path in directory.glob("*.gops"):
        if path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink(missing_ok=True)
    return Library(files)


Job = tuple[StageId, Path, bool]


def _amount(stage: StageId, path: Path, moving: bool) -> int:
    """How many states and changes are missing."""
    plain = 0 if path.exists() else len(states(stage))
    return plain + (0 if not moving or _moves(path).exists() else len(list(moves(stage))))


def _moves(path: Path) -> Path:
    return path.with_name(f"{path.stem}-moves{path.suffix}")


def _rendered(jobs: list[Job], workers: int) -> Iterator[int]:
    if workers <= 1:
        yield from (_render(job) for job in jobs)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_render, jobs)


def _version() -> str:
    """Changes whenever anything that draws does."""
    digest = hashlib.sha256((PEOPLE / "index.json").read_bytes())
    for name in DRAWN_BY:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def _key(stage: StageId, version: str) -> str:
    return hashlib.sha256(f"{version} {stage}".encode()).hexdigest()[:24]


def _render(job: Job) -> int:
    """Render what is missing of one stage; how many states and changes that were."""
    stage, path, moving = job
    done = _amount(*job)
    if not path.exists():
        write(path, _coded(stage))
    if moving and not _moves(path).exists():
        write(_moves(path), _moved(stage, Shelf(path)))
    return done


def _coded(stage: StageId) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    for takes in drawn(stage):
        yield from ((takes.state, code_head(stage.kind, picture)) for picture in takes.heads)
        yield from ((takes.state + TAIL, code(stage.kind, pictures)[1:]) for pictures in takes.tails)


def _moved(stage: StageId, shelf: Shelf) -> Iterator[tuple[str, tuple[bytes, ...]]]:
    names = states(stage)
    heads = (b"".join(shelf.units(state)[0]) for state in names)
    first = dict(zip(names, decode(stage.kind, heads), strict=True))
    for old, new in moves(stage):
        head, *tail = retouch.moved(stage, first[old], first[new], crowd(new) > crowd(old))
        yield f"{old}>{new}", (head,)
        yield f"{old}>{new}{TAIL}", tuple(tail)
