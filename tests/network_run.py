"""What a limit of a hall's line costs: `python -m tests.network_run --cameras 100 --limits 20,10,5,2 --json`.

One hall, cadences as in the whole city; a limit after another over real streams, the cameras a process of their own.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from camera_ingest.line import WINDOW_S
from camera_ingest.link import Timing
from tests.faults_cameras import Trouble
from tests.faults_run import on_time, watching

SETTLE_S = 60.0
"""Until everything has been looked at and measured."""
POLL_S = 0.25


def limited(cameras: int, limit: float | None, seconds: float, seed: int) -> dict[str, Any]:
    """What came over the line of one hall, and how many looks were in time; `limit` in Mbit/s, None = none."""
    bytes: list[tuple[float, int]] = []
    with watching(Trouble(cameras, seed), timing=Timing(hall_mbit_s=limit)) as watch:
        settle = SETTLE_S + cameras / Timing().opens_per_s
        turns = round((settle + seconds) / POLL_S)
        before = watch.standing()
        for turn in range(turns):
            now = watch.until(turn * POLL_S)
            bytes.append((now["at"], now["bytes"]))
            if turn * POLL_S <= settle:
                before = now
        coverage = watch.fleet.coverage()["h"]
    took = now["at"] - before["at"]
    return {
        "limit_mbit_s": limit,
        "mbit_s": round(8e-6 * (now["bytes"] - before["bytes"]) / took, 2),
        "most_mbit_s": round(most(bytes), 2),
        "on_time": on_time(before, now, list(now["punctuality"])),
        "left_out": coverage.left_out,
        "stretch": round(coverage.stretch, 2),
        "connections_opened_per_s": round((now["opened"] - before["opened"]) / took, 2),
        "cores": round((now["cpu_s"] - before["cpu_s"]) / took, 3),
    }


def most(bytes: Sequence[tuple[float, int]]) -> float:
    """The most Mbit/s in any window of ten seconds, the beginning included, by the fleet's own accounting."""
    rates, first = [0.0], 0
    for at, count in bytes:
        while at - bytes[first][0] > WINDOW_S:
            first += 1
        rates.append(8e-6 * (count - bytes[first][1]) / WINDOW_S)
    return max(rates)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.network_run", description=__doc__)
    parser.add_argument("--cameras", type=int, default=100)
    parser.add_argument("--limits", default="none,20,10,5,2", help="Mbit/s, or none")
    parser.add_argument("--seconds", type=float, default=120, help="measured of each, after a minute")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true", help="one line")
    chosen = parser.parse_args()
    limits = [None if text == "none" else float(text) for text in chosen.limits.split(",")]
    found = [limited(chosen.cameras, limit, chosen.seconds, chosen.seed) for limit in limits]
    right = all(one["limit_mbit_s"] is None or one["most_mbit_s"] <= one["limit_mbit_s"] for one in found)
    print(json.dumps({"cameras": chosen.cameras, "limits": found, "right": right}, indent=None if chosen.json else 1))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
