"""A sample: the newest picture of a camera with its time, or blind with the reason."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
"""height × width × 3, BGR, 0..255."""
Grey = NDArray[np.uint8]
"""Brightness, 0..255: the mean of two pixels each, so many apart that some 320×180 are left."""


class Decoded(Protocol):
    """A picture that is converted when somebody asks for it (`camera_ingest.frame.Frame`)."""

    @property
    def picture(self) -> Picture:
        """Its colours."""
        ...

    @property
    def grey(self) -> Grey:
        """Its brightness."""
        ...

    @property
    def size(self) -> tuple[int, int]:
        """Height and width, pixels."""
        ...


class Blind(StrEnum):
    """Why a camera could not see."""

    CONNECTING = "connecting"  # not yet connected since the start
    UNREACHABLE = "unreachable"  # no connection, or it broke
    REFUSED = "refused"  # 401 or 403: a configuration error
    NOT_FOUND = "not-found"  # 404: a configuration error
    STALLED = "stalled"  # connected, but no bytes or no good keyframe in time
    GARBAGE = "garbage"  # what came is not the protocol
    UNDECODABLE = "undecodable"  # a keyframe that does not decode
    BLACK = "black"  # mean ≤ 18, std ≤ 12, near-black ≥ 0.92 for 3 samples
    FROZEN = "frozen"  # the same picture again and again, though its clock may run
    BLURRED = "blurred"  # out of focus
    COVERED = "covered"  # something lies over the lens
    MOVED = "moved"  # the camera looks elsewhere; regions drawn for the old view are wrong
    ENDED = "ended"  # a recorded file is over
    UNWATCHED = "unwatched"  # left out for the time being: the hall's line does not bear a look at every camera


@dataclass(frozen=True, slots=True)
class Sample:
    """What one look at one camera gave. `shown is None` exactly when `blind` is set."""

    camera: str
    at: datetime
    """When the picture was taken, or when the look failed; aware, UTC."""
    shown: Picture | Decoded | None
    """The picture, converted or as it was decoded."""
    blind: Blind | None = None
    detail: str = ""
    """One sentence: which, where, expected, found. No credentials."""

    @property
    def picture(self) -> Picture | None:
        """The picture, converted when it is first asked for."""
        return self.shown if self.shown is None or isinstance(self.shown, np.ndarray) else self.shown.picture

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the picture, pixels; 0, 0 where there is none."""
        if self.shown is None:
            return 0, 0
        return (self.shown.shape[0], self.shown.shape[1]) if isinstance(self.shown, np.ndarray) else self.shown.size
