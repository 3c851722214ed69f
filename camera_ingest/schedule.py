"""A schedule: when a camera is looked at. Monotonic seconds."""

import math
from dataclasses import dataclass


@dataclass(slots=True)
class Schedule:
    """Evenly spaced moments: `origin`, `origin + cadence` …; missed ones are not made up for."""

    origin: float
    cadence: float
    counted: int = 0
    """Moments that have been before `origin`, in cadences that were asked for earlier."""

    def after(self, now: float, stretch: float = 1.0) -> float:
        """The first moment later than `now`; where the cadence is stretched, that much later than `now`."""
        if stretch > 1:
            return now + self.cadence * stretch
        return self.origin + (math.floor((now - self.origin) / self.cadence) + 1) * self.cadence

    def due_until(self, now: float) -> int:
        """How many of the moments have been by now."""
        return self.counted + max(0, math.floor((now - self.origin) / self.cadence) + 1)

    def change(self, cadence: float, now: float) -> None:
        """Another cadence from now on; cameras that were spread evenly over the old one are so over the new one."""
        if cadence == self.cadence:
            return
        share = min(1.0, (self.after(now) - now) / self.cadence)
        self.counted, self.origin, self.cadence = self.due_until(now), now + share * cadence, cadence


def staggered(cadences: list[float], start: float) -> list[Schedule]:
    """One schedule per camera, spread so that at no moment many are due together."""
    return [
        Schedule(start + cadence * ((number + 1) * 0.6180339887 % 1), cadence)  # golden ratio: even for any count
        for number, cadence in enumerate(cadences)
    ]
