"""Turns: who may open a connection next, first come, first served, and never a storm of them. Monotonic seconds."""

from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Who = TypeVar("Who", bound=Hashable)

BEHIND_S = 0.1
"""How far behind its even pace the opening may catch up at once, when it was held up."""


class Turns(Generic[Who]):
    """A line in front of one door: everybody stands in it at most once, and in any one second at most so many pass."""

    def __init__(self, per_s: float) -> None:
        self._pause = 1 / per_s
        self._line: deque[Who] = deque()
        self._aside: list[Who] = []
        self._waiting: set[Who] = set()
        self._passed: deque[float] = deque(maxlen=max(1, int(per_s)))
        self._next_at = 0.0
        self.passed = 0
        """How many, since the start …"""
        self.most_per_s = 0
        """… and the most in any one second."""

    def wait(self, who: Who) -> None:
        """Stands in line from now on, if not already."""
        if who not in self._waiting:
            self._waiting.add(who)
            self._line.append(who)

    def next(self, now: float, may: Callable[[Who], bool] = lambda who: True) -> Who | None:
        """The next one whose turn it is, if somebody may pass now; those who `may` not are put aside."""
        while self._line and now >= self.at():
            who = self._line.popleft()
            if not may(who):
                self._aside.append(who)
                continue
            self._waiting.discard(who)
            self._passed.append(now)
            self._next_at = max(self._next_at, now - BEHIND_S) + self._pause
            self.passed += 1
            self.most_per_s = max(self.most_per_s, sum(now - at < 1.0 for at in self._passed))
            return who
        return None

    def again(self) -> None:
        """Those who were put aside stand at the head of the line again, in their order."""
        self._line.extendleft(reversed(self._aside))
        self._aside.clear()

    def at(self) -> float:
        """From when on the next one may pass."""
        full = len(self._passed) == self._passed.maxlen
        return max(self._next_at, self._passed[0] + 1.0) if full else self._next_at

    def __len__(self) -> int:
        return len(self._line)
