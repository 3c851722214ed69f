"""GOPs: everything a camera of the simulation may show, rendered and encoded once, kept on disk, spliced by script."""

import hashlib
import json
import multiprocessing
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from pathlib import Path

import numpy as np
from tqdm import tqdm

from camera_ingest.camera import Role
from simulation.counter import window_stage
from simulation.h264 import FPS, encode
from simulation.kinds import Kind
from simulation.lobby import entrance_stage, queue_stage
from simulation.looks import Optics, look
from simulation.rtsp_server import Gop
from simulation.scenes import Actor, Cast, compose, label
from simulation.sprites import PEOPLE, Pixels, people
from simulation.stages import HEIGHT, WIDTH, Polygon, Stage

FRAMES = 10
"""Of one GOP: two seconds."""
CRF = 28
LONGEST_QUEUE = 14
PASSING = 8
"""Different GOPs of an entrance."""
DRAWN_BY = ("canvas", "counter", "furniture", "gops", "h264", "lobby", "looks", "parts", "scenes", "sprites", "stages")
"""Files that decide what a picture looks like: if one changes, everything is rendered anew."""
KEPT_S = 30 * 86_400
"""A rendered stage that nobody used for so long is deleted."""


@dataclass(frozen=True, slots=True)
class StageId:
    """Which place is shown: enough to draw it again."""

    role: Role
    label: str
    """Burnt into the picture: the id of the first camera that looks at it."""
    seed: int
    style: int
    """Seed of the hall's look: cameras of one hall have it in common."""
    numbers: tuple[int, ...] = ()
    """On the signs over the windows."""
    kind: Kind = Kind.H264

    def draw(self) -> Stage:
        """The place itself, without people."""
        standing = [one for one in people() if one.role == "public" and one.pose in ("stand", "arms-crossed")]
        posters = [standing[self.seed % len(standing)]] if self.seed % 2 else []
        if self.role is Role.WINDOW:
            return window_stage(self.seed, self.numbers, look(self.style))
        draw = queue_stage if self.role is Role.QUEUE else entrance_stage
        return draw(self.seed, look(self.style), posters)


@lru_cache(maxsize=4096)
def regions(stage: StageId) -> Mapping[str, Polygon]:
    """Where the stage's regions are: what the city's configuration is made of."""
    return stage.draw().regions


def states(role: Role) -> tuple[str, ...]:
    """What a stage can show.

    Windows: for each one `s` or `-` for the clerk, then `a`, `b` (two different citizens) or `-`; queues: how many
    wait; entrances: a number. A `+` at the end means that somebody walks past.
    """
    if role is Role.WINDOW:
        plain = ["".join(state) for state in product("s-", "ab-", "s-", "ab-")]
        return (*plain, *(state + "+" for state in plain if state[0] == state[2] == "s"))
    if role is Role.QUEUE:
        return tuple(f"{count}{passing}" for count in range(LONGEST_QUEUE + 1) for passing in ("", "+"))
    return tuple(str(number) for number in range(PASSING))


class Library:
    """The rendered GOPs of some stages; read from disk when asked for."""

    def __init__(self, files: Mapping[StageId, Path]) -> None:
        self._files = files
        self._indexes = {stage: _index(path) for stage, path in files.items()}
        self._read = lru_cache(maxsize=256)(self._load)
        self.black = Gop(_black(), FPS)

    def has(self, stage: StageId, state: str) -> bool:
        """Whether the stage was rendered in this state."""
        return state in self._indexes[stage][1]

    def gop(self, stage: StageId, state: str) -> Gop:
        """The GOP of a stage in a state; KeyError if there is none."""
        return self._read(stage, state)

    def _load(self, stage: StageId, state: str) -> Gop:
        start, index = self._indexes[stage]
        frames = []
        with self._files[stage].open("rb") as file:
            for offset, length in index[state]:
                file.seek(start + offset)
                frames.append(file.read(length))
        return Gop(tuple(frames), FPS)


def cache(environ: Mapping[str, str]) -> Path:
    """Where rendered stages are kept."""
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hallwatch" / "city"


def prepare(stages: Iterable[StageId], directory: Path, workers: int = 2, quiet: bool = False) -> Library:
    """Render what is not yet in the directory, with a progress bar, and give the library."""
    directory.mkdir(parents=True, exist_ok=True)
    version = _version()
    files = {stage: directory / f"{_key(stage, version)}.gops" for stage in dict.fromkeys(stages)}
    missing = [(stage, path) for stage, path in files.items() if not path.exists()]
    if missing:
        total = sum(len(states(stage.role)) for stage, _ in missing)
        with tqdm(total=total, unit="GOP", desc="模拟画面 / drawing the city", disable=quiet) as bar:
            for done in _rendered(missing, min(workers, len(missing))):
                bar.update(done)
    for path in files.values():
        path.touch()
    for path in directory.glob("*.gops"):
        if path.stat().st_mtime < time.time() - KEPT_S:
            path.unlink(missing_ok=True)
    return Library(files)


def _rendered(missing: list[tuple[StageId, Path]], workers: int) -> Iterator[int]:
    if workers <= 1:
        yield from (_write(job) for job in missing)
        return
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        yield from pool.imap_unordered(_write, missing)


def _version() -> str:
    """Changes whenever anything that draws does."""
    digest = hashlib.sha256((PEOPLE / "index.json").read_bytes())
    for name in DRAWN_BY:
        digest.update((Path(__file__).parent / f"{name}.py").read_bytes())
    return digest.hexdigest()


def _key(stage: StageId, version: str) -> str:
    return hashlib.sha256(f"{version} {stage}".encode()).hexdigest()[:24]


def _write(job: tuple[StageId, Path]) -> int:
    """Render one stage in all its states into one file; the number of GOPs."""
    stage, path = job
    names = states(stage.role)
    units = encode(_frames(stage, names), gop=FRAMES, crf=CRF)
    index: dict[str, list[tuple[int, int]]] = {name: [] for name in names}
    offset = 0
    for number, unit in enumerate(units):
        index[names[number // FRAMES]].append((offset, len(unit)))
        offset += len(unit)
    draft = path.with_suffix(f".{os.getpid()}")
    with draft.open("wb") as file:
        file.write(json.dumps(index).encode() + b"\n")
        file.writelines(units)
    draft.replace(path)
    return len(names)


def _index(path: Path) -> tuple[int, dict[str, list[tuple[int, int]]]]:
    """Where the frames begin in a file, and each state's frames as (offset, length)."""
    with path.open("rb") as file:
        line = file.readline()
    return len(line), json.loads(line)


def _frames(stage_id: StageId, names: Iterable[str]) -> Iterator[Pixels]:
    """The pictures of all states, one GOP after the other."""
    stage = stage_id.draw()
    rng = np.random.default_rng([stage_id.seed, 9])
    optics = Optics(stage.style, (HEIGHT, WIDTH), rng)
    shown = _shown(stage, stage_id.role, Cast(people(), rng), names)
    for number, actors in enumerate(shown):
        for frame in range(FRAMES):
            picture = optics.expose(compose(stage, actors, frame).picture, rng)
            tenths = (number * FRAMES + frame) * 10 // FPS
            label(picture, f"SIM {stage_id.label} {tenths // 600:02d}:{tenths // 10 % 60:02d}.{tenths % 10}")
            yield picture


def _shown(stage: Stage, role: Role, cast: Cast, names: Iterable[str]) -> Iterator[tuple[Actor, ...]]:
    """Who is on the stage in each state; the same clerks, citizens and crowd in all of them."""
    clerks = [cast.clerk(post, f"staff-{place}") for place, post in enumerate(stage.posts, 1)]
    citizens = [
        {who: cast.citizen(post, f"citizen-{place}") for who in "ab"} for place, post in enumerate(stage.posts, 1)
    ]
    crowd = cast.queue(stage, LONGEST_QUEUE) if stage.lane else ()
    for name in names:
        if role is Role.WINDOW:
            actors = [clerk for clerk, mark in zip(clerks, name[::2], strict=False) if mark == "s"]
            actors += [some[mark] for some, mark in zip(citizens, name[1::2], strict=False) if mark in some]
        elif role is Role.QUEUE:
            actors = list(crowd[: int(name.removesuffix("+"))])
        else:
            actors = [cast.passer(stage) for _ in range(int(name) % 4)]
        yield (*actors, cast.passer(stage)) if name.endswith("+") else tuple(actors)


def _black() -> tuple[bytes, ...]:
    """A covered lens: almost black, a little noise."""
    rng = np.random.default_rng(0)
    return encode((rng.integers(0, 9, (HEIGHT, WIDTH, 3), dtype=np.uint8) for _ in range(FRAMES)), FRAMES, CRF)
