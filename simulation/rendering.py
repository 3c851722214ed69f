"""Rendering: all that one stage can show, drawn, coded and put on its shelf."""

from collections.abc import Iterator
from pathlib import Path

from camera_ingest.camera import Role
from simulation import retouch
from simulation.coding import code, code_head, decode
from simulation.drawing import StageId, drawn, states
from simulation.shelf import Shelf, write

TAIL = "~"
"""After the name of a state: the frames after its keyframes."""
STEP = 2
"""By how many people a queue usually changes at a time, at most."""
State = str
Job = tuple[StageId, Path, bool]
"""A stage, its file, and whether the usual changes of state are wanted too, in a file beside it."""


def amount(stage: StageId, path: Path, moving: bool) -> int:
    """How many states and changes are missing."""
    plain = 0 if path.exists() else len(states(stage))
    return plain + (0 if not moving or moves_of(path).exists() else len(list(moves(stage))))


def moves_of(path: Path) -> Path:
    """The file of a stage's changes of state, beside that of its states."""
    return path.with_name(f"{path.stem}-moves{path.suffix}")


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


def render(job: Job) -> int:
    """Render what is missing of one stage; how many states and changes that were."""
    stage, path, moving = job
    done = amount(*job)
    if not path.exists():
        write(path, _coded(stage))
    if moving and not moves_of(path).exists():
        write(moves_of(path), _moved(stage, Shelf(path)))
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
