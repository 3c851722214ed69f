"""A switch: the one between the cameras and everybody else, whose power can be cut for a while."""

import time
from collections.abc import Callable


class Switch:
    """Cut it from any thread or a signal handler; the servers behind it look at it all the time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until = 0.0

    def cut(self, seconds: float) -> None:
        """Every connection is reset at once, and nothing listens for so long: a mass restart."""
        self._until = self._clock() + seconds

    @property
    def down(self) -> bool:
        """Whether it is without power."""
        return self._clock() < self._until
