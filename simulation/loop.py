"""A loop: what a camera shows while nothing changes, put together anew each time.

No sensor's noise ever repeats, so no keyframe may. Each was coded several times with other noise, in slices that can
be exchanged; the frames after it are those of one of several codings. The little that does not fit is noise too.
"""

from dataclasses import dataclass

from simulation.broadcast import Gop

_STRIDE = 4057  # a prime: neighbours in number differ in nearly every slice
_TAIL_STRIDE = 0.6180339887498949


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One state of a stage."""

    heads: tuple[tuple[bytes, ...], ...]
    """Codings of the keyframe, each in the same number of slices; parameter sets before the first."""
    tails: tuple[tuple[bytes, ...], ...]
    """Codings of the frames after it."""
    fps: float
    codec: str

    def gop(self, number: int) -> Gop:
        """The `number`-th GOP that is shown."""
        codings, pieces = len(self.heads), []
        pick = number * _STRIDE % codings ** len(self.heads[0])
        for place in range(len(self.heads[0])):
            pick, coding = divmod(pick, codings)
            pieces.append(self.heads[coding][place])
        tail = self.tails[int(number * _TAIL_STRIDE % 1 * len(self.tails))]
        return Gop((b"".join(pieces), *tail), self.fps, self.codec, pieces=tuple(pieces))
