"""`python -m simulation CONFIG`: play the simulated city that a configuration describes."""

import argparse
import gc
import signal
from pathlib import Path
from threading import Event

from config.schema import load
from simulation.failures import ORDINARY, failures_of
from simulation.kinds import ONE_KIND, mix_of
from simulation.network import whole
from simulation.run import run
from simulation.switch import Switch

RARELY = 20_000, 50, 100
"""When garbage is looked for: thousands of streams make and drop much, and hardly any of it in circles."""


def main() -> None:
    """Command line of this room."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("config", type=Path, help="written by the demo; its halls, cameras and devices are simulated")
    parser.add_argument("--seed", type=int, default=1, help="of the plan that the configuration was made from")
    parser.add_argument("--whole", action="store_true", help="the plan was that of the whole city or a part of it")
    parser.add_argument("--mix", type=mix_of, default=ONE_KIND, help="of a whole city: h265=0.2,fast=0.1,jpeg=0.1")
    parser.add_argument("--failures", type=failures_of, default=ORDINARY, help="of a whole city: die,frozen or every")
    parser.add_argument("--broken", type=float, default=0.0, help="share of a whole city's cameras that always fail")
    parser.add_argument("--restart-s", type=float, default=10.0, help="SIGUSR1 cuts all cameras off for so long")
    parser.add_argument("--seconds", type=float, help="stop after so long")
    parser.add_argument("--truth", type=Path, help="append what really happens to this file, as JSON lines")
    chosen = parser.parse_args()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = load(chosen.config)
    city = None
    if chosen.whole:
        city = whole(len(settings.cameras), chosen.seed, chosen.mix, chosen.failures, chosen.broken)
    gc.set_threshold(*RARELY)
    switch = Switch()
    signal.signal(signal.SIGUSR1, lambda *_: switch.cut(chosen.restart_s))
    run(settings, chosen.seed, chosen.seconds, chosen.truth, stop, city=city, switch=switch)


if __name__ == "__main__":
    main()
