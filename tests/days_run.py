"""Many random days, in all processors, resumable: what has been played is not played again."""

import json
import os
import random
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.days import broken

CHUNK = 50
"""Days after which progress is written down."""


def days(number: int, seed: int, progress: Path) -> dict[str, Any]:
    """Play so many days; what did not hold, by the seed of its day."""
    told: dict[str, Any] = json.loads(progress.read_text()) if progress.exists() else {"played": 0, "wrong": {}}
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        while told["played"] < number:
            chunk = [_seed(seed, told["played"] + n) for n in range(min(CHUNK, number - told["played"]))]
            for day, sentences in zip(chunk, pool.map(broken, chunk), strict=True):
                if sentences:
                    told["wrong"][str(day)] = sentences
            told["played"] += len(chunk)
            progress.write_text(json.dumps(told))
    return {"days": told["played"], "wrong": told["wrong"], "right": not told["wrong"]}


def _seed(seed: int, number: int) -> int:
    """The seed of the n-th day."""
    return random.Random(f"{seed} {number}").randrange(1 << 30)
