"""`python -m simulation CONFIG`: play the simulated city that a configuration describes."""

import argparse
import signal
from pathlib import Path
from threading import Event

from config.schema import load
from simulation.kinds import ONE_KIND, mix_of
from simulation.network import whole
from simulation.run import run


def main() -> None:
    """Command line of this room."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("config", type=Path, help="written by the demo; its halls, cameras and devices are simulated")
    parser.add_argument("--seed", type=int, default=1, help="of the plan that the configuration was made from")
    parser.add_argument("--whole", action="store_true", help="the plan was that of the whole city or a part of it")
    parser.add_argument("--mix", type=mix_of, default=ONE_KIND, help="of a whole city: h265=0.2,fast=0.1,jpeg=0.1")
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("--truth", type=Path, help="append what really happens to this file, as JSON lines")
    chosen = parser.parse_args()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = load(chosen.config)
    city = whole(len(settings.cameras), chosen.seed, chosen.mix) if chosen.whole else None
    run(settings, chosen.seed, chosen.seconds, chosen.truth, stop, city=city)


if __name__ == "__main__":
    main()
