"""The pace: how much longer than its cadence every camera of a fleet waits for its next look.

When looks come faster than they can be worked off, the one that waits longest gets older. Then all cadences are
stretched by the same factor, little by little, as long as the line still grows; so no camera starves while another is
fresh, no look is taken in vain, and how far behind the machine is can be read as one number. Monotonic seconds.
"""

from dataclasses import dataclass

TURN_S = 1.0
"""Between two judgements."""
LONG_S, SHORT_S = 3.0, 1.0
"""A line is long when its oldest look has waited so long, short when less; in between, nothing changes."""
SLOWER, FASTER = 1.05, 0.996
MOST = 60.0
"""A machine that is slower than that is broken."""


@dataclass(slots=True)
class Pace:
    """1 = every cadence is kept."""

    stretch: float = 1.0
    judged_at: float = 0.0
    waited_s: float = 0.0
    """How long the oldest look had waited at the last judgement."""

    def judge(self, now: float, oldest_s: float) -> None:
        """Once a second: how long the oldest look has waited by now; 0 = none waits."""
        if now - self.judged_at < TURN_S:
            return
        grows, self.judged_at, self.waited_s = oldest_s >= self.waited_s, now, oldest_s
        if oldest_s >= LONG_S and grows:
            self.stretch = min(MOST, self.stretch * SLOWER)
        elif oldest_s < SHORT_S:
            self.stretch = max(1.0, self.stretch * FASTER)
