"""A camera: where its picture comes from and how often it is looked at."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum


class Role(StrEnum):
    """What a camera looks at (domain roles of the hall network)."""

    WINDOW = "window"
    QUEUE = "queue"
    ENTRANCE = "entrance"
    SELF_SERVICE = "self-service"
    PUBLIC = "public"


class Via(StrEnum):
    """Who speaks with an RTSP camera."""

    OWN = "own"  # one thread for all of them
    PYAV = "pyav"  # FFmpeg's client, for cameras that do not get on with ours; a thread and several times the CPU each


CADENCE = {
    Role.WINDOW: timedelta(seconds=10),
    Role.QUEUE: timedelta(seconds=15),
    Role.ENTRANCE: timedelta(seconds=60),
    Role.SELF_SERVICE: timedelta(seconds=60),
    Role.PUBLIC: timedelta(seconds=60),
}
"""How often a camera of each role is sampled unless its configuration says otherwise."""


@dataclass(frozen=True, slots=True)
class Login:
    """Credentials of one camera; the password is never shown."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Camera:
    """One electronic supervision eye (电子监察眼)."""

    id: str
    hall: str
    url: str
    """rtsp://host[:port]/path, http(s)://host/path of a JPEG snapshot, or a path of a recorded file; no credentials."""
    role: Role
    cadence: timedelta
    legal_basis: str
    """Why this camera may be analysed (PIPL art. 26); empty = looked at for health only, never analysed."""
    login: Login | None = None
    gb_code: str = ""
    """Its 20 digits in GB/T 28181 (see `gb_code`), by which a video platform knows it; empty = none."""
    via: Via = Via.OWN
    snapshot_url: str = ""
    """http(s)://host/path of a JPEG snapshot of an RTSP camera, taken where the hall's line bears no streams."""
    mbit_s: float | None = None
    """What its stream is expected to take, in Mbit/s; None = as `Timing` says."""
