"""Failures: what can happen to a camera in the story."""

from enum import StrEnum


class Failure(StrEnum):
    """What happens to a camera; most are named as what the server does or what the picture suffers."""

    DIE = "die"
    STALL = "stall"
    UNAUTHORISED = "unauthorised"
    BLACK = "black"
    MUTE = "mute"
    GARBAGE = "garbage"
    BAD_SDP = "bad-sdp"
    FLAP = "flap"
    WRONG_CLOCK = "wrong-clock"
    FROZEN = "frozen"
    BLURRED = "blurred"
    COVERED = "covered"
    MOVED = "moved"


ORDINARY = (Failure.DIE, Failure.STALL, Failure.UNAUTHORISED, Failure.BLACK)
"""What befalls the cameras of the demo now and then."""
BROKEN = (
    Failure.DIE, Failure.STALL, Failure.GARBAGE, Failure.MUTE, Failure.UNAUTHORISED, Failure.BAD_SDP, Failure.FLAP,
)  # fmt: skip
"""What is wrong, in turn, with cameras that are broken from the beginning."""
EVERY = tuple(Failure)


def failures_of(text: str) -> tuple[Failure, ...]:
    """Failures as they are written on a command line: `die,frozen`, or `every`. Raises ValueError."""
    return EVERY if text == "every" else tuple(Failure(name.strip()) for name in text.split(",") if name.strip())
