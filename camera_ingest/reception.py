"""A reception: how one camera is received at present, and what that was measured to take."""

from dataclasses import dataclass, field

from camera_ingest.plan import RAREST, Means, Way

NEWEST = 0.3
"""Weight of the newest measurement; the rest is what was known before."""
MUCH_MORE = 2.0
"""A look whose rate exceeds what was expected of the stream by so much tells of a stream that is dearer, too."""
FLOOD, FLOOD_BYTES = 20.0, 2_000_000
"""A look on demand that takes so many times what it usually does, and so many bytes, is given up."""
MEASURED_S = 10.0
"""How long a stream is measured at a time."""


@dataclass(slots=True)
class Reception:
    """Of one camera. Written by the budget, its way read by whoever receives, who says what came. Amounts in Mbit."""

    mbit_s: float
    """Of its stream; expected until measured."""
    look_mbit: float
    """Of one look on demand, from connecting to leaving …"""
    look_s: float
    """… which takes so long."""
    snapshot_mbit: float
    means: Means = field(default_factory=Means)
    asleep: bool = False
    """Its hall is not in service: only its health is looked at, and its line is quiet in between."""
    limited: bool = False
    """Its hall's line has a limit."""
    known: bool = False
    """Whether anything was measured."""
    bytes: int = 0
    """Received since the start."""
    _since: float | None = None
    _bytes_since: int = 0

    @property
    def on_demand(self) -> bool:
        """Whether it is connected for its looks only."""
        return self.means.way is Way.ON_DEMAND or (self.asleep and self.means.way is Way.STREAM)

    @property
    def left_out(self) -> bool:
        """Whether it is not looked at for the time being."""
        return self.means.way is Way.LEFT_OUT

    @property
    def most_bytes(self) -> float:
        """Of one look on demand."""
        return max(FLOOD_BYTES, FLOOD * self.look_mbit / 8e-6)

    def stretched(self, pace: float) -> float:
        """How many times as long it waits as its schedule says, which the network's stretch is part of already.

        `pace`: of the fleet. The two together stretch a cadence no further than the worse one alone, or `RAREST`.
        """
        network = self.means.stretch
        return min(pace * network, max(pace, network, RAREST)) / network

    def looked(self, mbit: float, seconds: float) -> None:
        """A look on demand took so much; the first one replaces what was expected."""
        if mbit > MUCH_MORE * self.mbit_s * seconds:
            self.mbit_s = mbit / seconds
        self.look_mbit = self._mixed(self.look_mbit, mbit)
        self.look_s = self._mixed(self.look_s, seconds)
        self.known = True

    def unlooked(self, usual_mbit: float) -> None:
        """It was left out for a term: what made its looks dear may be over, and only another look can tell."""
        self.look_mbit = min(self.look_mbit, (self.look_mbit + usual_mbit) / 2)

    def fetched(self, mbit: float) -> None:
        """A snapshot took so much."""
        self.snapshot_mbit = self._mixed(self.snapshot_mbit, mbit)
        self.known = True

    def streams(self, playing: bool, now: float) -> None:
        """Told once a second or so whether it is connected all the time; measures its stream."""
        if not playing:
            self._since = None
        elif self._since is None:
            self._since, self._bytes_since = now, self.bytes
        elif now - self._since >= MEASURED_S:
            rate = 8e-6 * (self.bytes - self._bytes_since) / (now - self._since)
            self.mbit_s = NEWEST * rate + (1 - NEWEST) * self.mbit_s
            self.known = True
            self._since, self._bytes_since = now, self.bytes

    def _mixed(self, before: float, newest: float) -> float:
        return NEWEST * newest + (1 - NEWEST) * before if self.known else newest
