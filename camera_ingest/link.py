"""A link: when a stream is given up and when it is tried again. Time is given, in monotonic seconds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import inf

from camera_ingest.sample import Blind


@dataclass(frozen=True, slots=True)
class Timing:
    """How a fleet receives: how long it waits for what, in seconds, and what it may ask of the network."""

    handshake_s: float = 5.0
    """From opening a connection to its first stream (RTSP: connect to PLAY)."""
    silence_s: float = 10.0
    """Without a byte on a playing stream."""
    keyframe_s: float = 15.0
    """Without a complete keyframe though one is wanted …"""
    keyframe_gops: float = 3.0
    """… or this many of the camera's own intervals between keyframes, whichever is longer."""
    backoff_least_s: float = 1.0
    """Pause after a first loss; it doubles with each further one …"""
    backoff_most_s: float = 30.0
    """… up to here, of which the half and a random part of the other half are waited. With it and `opens_per_s` even
    2,064 cameras that were gone for long are back within a minute."""
    refused_s: float = 300.0
    """Pause after a login was refused more than `REFUSED_FEW` times in a row, which somebody has to put right."""
    opens_per_s: float = 50.0
    """Connections opened by one fleet in any one second, at most."""
    drain_s: float = 1.0
    """Between two visits to the sockets of all playing streams: fewer visits cost less and see later."""
    snapshot_s: float = 5.0
    """For one HTTP snapshot, from the request to its last byte."""
    mbit_s: float = 0.25
    """Expected of a camera's stream, in Mbit/s, until it has been measured …"""
    look_s: float = 3.0
    """… how long a look on demand is expected to take, from connecting to its keyframe …"""
    snapshot_mbit: float = 0.4
    """… and the Mbit of one snapshot."""
    hall_mbit_s: float | None = None
    """What the line of each hall bears, in Mbit/s; None = no limit …"""
    mbit_s_by_hall: Mapping[str, float] = field(default_factory=dict)
    """… and of halls with a limit of their own, by id."""
    connections_per_host: int | None = None
    """To one host:port at once, a recorder mostly; None = no limit …"""
    connections_by_host: Mapping[str, int] = field(default_factory=dict)
    """… and of hosts with a limit of their own, by `host` or `host:port`."""
    reopen_s: float = 1.0
    """Least pause between two connections to a camera that is looked at on demand."""
    term_s: float = 600.0
    """For so long the same cameras are left out, where not all can be looked at."""
    off_hours_s: float = 60.0
    """Between two looks at a camera whose hall is not in service; its own cadence if that is longer."""


REFUSALS = frozenset({Blind.REFUSED, Blind.NOT_FOUND})
"""Losses that are mistakes of configuration, or of a camera that is still starting: trying often does not help."""
REFUSED_FEW = 6
"""A camera that starts refuses logins for a moment; one that goes on doing so may lock out who tries too often."""
REFUSED_SOON = 1.5
"""Times `backoff_most_s`: the pause after a refusal that may pass by itself; a camera is back within a minute."""


@dataclass(slots=True)
class Link:
    """Where one stream stands; the caller says what happens, the link what is to be done about it."""

    timing: Timing
    retry_at: float = 0.0
    """When it may be opened again."""
    losses: int = 0
    """In a row, without a stream between them that was good for `backoff_most_s`."""
    gop_s: float = 0.0
    """The camera's interval between keyframes; 0 = not known yet."""
    opened_at: float | None = None
    playing: bool = False
    playing_since: float = 0.0
    heard_at: float = 0.0
    wanted_at: float | None = None
    """Since when a keyframe has been waited for; None = none is wanted."""

    def opened(self, now: float) -> None:
        """A connection is being opened."""
        self.opened_at, self.playing, self.wanted_at = now, False, None

    def plays(self, now: float) -> None:
        """The handshake is over; a first keyframe is waited for."""
        self.playing, self.playing_since, self.heard_at, self.wanted_at = True, now, now, now

    def wants(self, now: float) -> None:
        """A keyframe is wanted from now on, if not already."""
        if self.wanted_at is None:
            self.wanted_at = now

    def seen(self, now: float = inf) -> None:
        """A good picture has come; losses are forgiven once the stream has lasted, or it would flap at full speed.

        Without `now`, for a picture that needs no stream, they are forgiven at once.
        """
        self.wanted_at = None
        if now - self.playing_since >= self.timing.backoff_most_s:
            self.losses = 0

    def overdue(self, now: float) -> tuple[str, str] | None:
        """(expected, found) if the stream is to be given up, else None."""
        timing = self.timing
        if self.opened_at is None:
            return None
        if not self.playing:
            late = now - self.opened_at >= timing.handshake_s
            return (f"a stream within {timing.handshake_s:g} s", "no answer") if late else None
        if now - self.heard_at >= timing.silence_s:
            return "bytes", f"none for {timing.silence_s:g} s"
        patience = max(timing.keyframe_gops * self.gop_s, timing.keyframe_s)
        if self.wanted_at is not None and now - self.wanted_at >= patience:
            return "a complete keyframe", f"none for {patience:g} s"
        return None

    def left(self, now: float) -> None:
        """The stream was left on purpose, after a look or for another address; that is no loss."""
        self.opened_at, self.playing, self.wanted_at = None, False, None
        self.retry_at = now + self.timing.reopen_s

    def lost(self, now: float, blind: Blind, chance: float) -> None:
        """The stream is gone; `chance` in [0, 1) spreads the next attempt."""
        self.opened_at, self.playing, self.wanted_at = None, False, None
        self.losses += 1
        self.retry_at = now + backoff(self.timing, self.losses, blind, chance)


def backoff(timing: Timing, losses: int, blind: Blind, chance: float) -> float:
    """Seconds to wait after the `losses`-th loss in a row: exponential with jitter, long after a refusal."""
    if blind in REFUSALS:
        for_good = blind is Blind.REFUSED and losses > REFUSED_FEW
        return (timing.refused_s if for_good else REFUSED_SOON * timing.backoff_most_s) * (1 + 0.1 * chance)
    most = max(timing.backoff_least_s, min(timing.backoff_most_s, timing.backoff_least_s * 2.0 ** min(losses, 30)))
    least = max(timing.backoff_least_s, most / 2)
    return least + chance * (most - least)
