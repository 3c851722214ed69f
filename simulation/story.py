"""A camera's story: which GOP it shows next, as a function of the script and the clock."""

import random
from collections.abc import Callable

from camera_ingest.camera import Role
from simulation.broadcast import Gop
from simulation.city import Eye
from simulation.drawing import LONGEST_QUEUE, PASSING, turn
from simulation.failures import Failure
from simulation.gops import Library
from simulation.kinds import Kind
from simulation.rendering import State
from simulation.retouch import Spoilt
from simulation.script import Script

PASSERS = 0.12
"""Share of GOPs in which somebody walks past."""
SPOILT: dict[Failure | None, Spoilt] = {Failure(str(fault)): fault for fault in Spoilt}
"""Failures that are to be seen in the picture and nowhere else."""
Clock = Callable[[], float]
"""Seconds since the start."""


def shown(script: Script, eye: Eye, now: float) -> State:
    """The state of a window's or a queue's stage at a time (see `drawing.states`), nobody passing."""
    if eye.role is Role.QUEUE:
        return str(min(script.heads(eye.hall, eye.zone, now), LONGEST_QUEUE))
    marks = []
    for window in eye.windows:
        visit, away = script.visit(eye.hall, window, now), script.away(eye.hall, window, now)
        gone = away is not None and away.serving  # together
        marks += ["s" if script.clerk(eye.hall, window, now) else "-", visit.who if visit and not gone else "-"]
    return "".join(marks)


class CameraStory:
    """What one camera shows, GOP by GOP; a change of state is seen as motion before it is a fact.

    A GOP that has to be made first comes with a later turn; until then the camera shows the state before.
    """

    def __init__(self, script: Script, library: Library, eye: Eye, clock: Clock) -> None:
        self._script, self._library, self._eye, self._clock = script, library, eye, clock
        self._dice = random.Random(eye.id)
        self._start = self._dice.randrange(1 << 20)  # no two cameras take the same turns
        self._state: State | None = None  # that was shown last; None = nothing to go on from
        self._frozen: State | None = None

    def __call__(self, number: int) -> Gop:
        """The n-th GOP, asked for when it begins."""
        number += self._start
        state = self._now(number)
        failure = self._script.failure(self._eye.id, self._clock())
        if failure in SPOILT:
            return self._spoilt(SPOILT[failure], state, number)
        self._frozen = None
        return self._well(state, number)

    def _now(self, number: int) -> State:
        if self._eye.role in (Role.WINDOW, Role.QUEUE):
            return shown(self._script, self._eye, self._clock())
        return str(turn(number, PASSING))

    def _spoilt(self, fault: Spoilt, state: State, number: int) -> Gop:
        self._frozen = (self._frozen or self._state or state) if fault is Spoilt.FROZEN else None
        self._state, state = None, self._frozen or state
        spoilt = self._library.spoilt(self._eye.stage, state, fault, number)
        return spoilt or self._library.gop(self._eye.stage, state, number)

    def _well(self, state: State, number: int) -> Gop:
        eye, before, self._state = self._eye, self._state, state
        moves = eye.role in (Role.WINDOW, Role.QUEUE) and eye.stage.kind is not Kind.JPEG
        if before is not None and before != state and moves:
            motion = self._library.move(eye.stage, before, state)
            if motion is not None:
                return motion
            self._state = state = before
        passing = f"{state}+"
        if self._dice.random() < PASSERS and self._library.has(eye.stage, passing):
            state = passing
        return self._library.gop(eye.stage, state, number)
