"""Targets with faults, to see whether the fuzzer finds them."""

import os
import random
from collections.abc import Mapping

from tests.fuzz_seeds import Seeds
from tests.fuzz_targets import Target

LEAK_MB = 1


class Targets:
    """As the real ones, by the same name; which input meets which fault is chance."""

    def __init__(self) -> None:
        self._leaked: list[bytes] = []
        self._only = {"growth": self.leak, "raise": self.raising}.get(os.environ.get("PLANTED", ""))

    def all(self) -> Mapping[str, tuple[int, Target]]:
        """By name, how often it is chosen and what it does."""
        if self._only is not None:
            return {"only": (1, self._only)}
        return {"well": (2000, self.well), "raise": (2, self.raising), "crash": (2, self.crash), "hang": (2, self.hang)}

    def well(self, chance: random.Random, seeds: Seeds) -> bool:
        """Nothing wrong."""
        return bool(seeds.jpegs)

    def raising(self, chance: random.Random, seeds: Seeds) -> bool:
        """An exception that is no loss."""
        raise ZeroDivisionError("planted")

    def crash(self, chance: random.Random, seeds: Seeds) -> bool:
        """What a fault in foreign code does."""
        os.abort()

    def hang(self, chance: random.Random, seeds: Seeds) -> bool:
        """What never ends."""
        while True:
            pass

    def leak(self, chance: random.Random, seeds: Seeds) -> bool:
        """What is never given back."""
        self._leaked.append(bytes(1) * (LEAK_MB << 20))
        return False
