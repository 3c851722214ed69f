"""A line: what the connection of one hall has borne lately, and whether it bears another look. Monotonic seconds."""

from collections import deque

WINDOW_S = 10.0
"""Over so long a limit is kept."""


class Line:
    """Of one hall with a limit. Streams and snapshots have their part for good; looks on demand share the rest.

    Amounts in Mbit.
    """

    def __init__(self, mbit_s: float) -> None:
        self.mbit_s = mbit_s
        """Its limit."""
        self.steady_mbit_s = 0.0
        """Of the streams and snapshots, which ask nobody."""
        self.promised = 0.0
        """What the looks under way have still to receive."""
        self._spent: deque[tuple[float, float]] = deque()
        self._sum = 0.0

    def spend(self, mbit: float, now: float) -> None:
        """So much has come by looks since it was told last."""
        if mbit:
            self._spent.append((now, mbit))
            self._sum += mbit

    def may(self, mbit: float, now: float) -> bool:
        """Whether a look that takes so much may begin; one that is more than a window bears may, alone."""
        while self._spent and now - self._spent[0][0] >= WINDOW_S:
            self._sum -= self._spent.popleft()[1]
        if not self._spent:
            self._sum = 0.0  # no rest of rounding
        room = (self.mbit_s - self.steady_mbit_s) * WINDOW_S
        taken = self._sum + self.promised
        return taken + mbit <= room or taken == 0.0
