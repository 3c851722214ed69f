"""The verbs of `hallwatch bench`: what hallwatch costs on this machine, beside what others cost. They judge nothing.

Everything measured runs in processes of its own; the cameras are simulated, real RTSP over the loopback.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hallwatch_bench_figures import Result, circumstances, table
from hallwatch_bench_processes import ChildEnded, TooLong, ended_by_signals, room_for_cameras
from hallwatch_bench_rivals import require_ffmpeg
from hallwatch_bench_runs import Wish, city, detect, ingest
from hallwatch_wiring import Missing, Refused, add_verb, positive

if TYPE_CHECKING:
    from hallwatch_wiring import Verbs

WHOLE = 2064
"""Cameras of the whole city."""


def bench_ingest(options: argparse.Namespace) -> None:
    """Reception and decoding only: one sample per camera and cadence, of streams of 5 and of 15 fps."""
    if options.rivals:
        require_ffmpeg()
    _bench(options, "ingest", ingest)


def bench_detect(options: argparse.Namespace) -> None:
    """Detection only: what a look costs through each input, and the looks that the city's cameras are given."""
    _bench(options, "detect", detect)


def bench_city(options: argparse.Namespace) -> None:
    """The whole city: intake and watch over simulated cameras and devices, at a site's cadences."""
    if options.rivals:
        require_ffmpeg()
    _bench(options, "city", city)


def _bench(options: argparse.Namespace, name: str, run: Callable[[Wish, Path], Result]) -> None:
    """Runs a bench in a directory that vanishes, with everything that it started, and prints what it gives."""
    from simulation.city import CityRefused

    wish = Wish(
        cameras=options.cameras,
        seconds=options.seconds,
        rivals=options.rivals,
        seed=options.seed,
        cadence=options.cadence,
        mix=options.mix,
        gate=options.gate,
        broken=options.broken,
    )
    room_for_cameras()
    with ended_by_signals(), TemporaryDirectory(prefix="hallwatch-bench-", ignore_cleanup_errors=True) as directory:
        try:
            result = {"bench": name, **circumstances(options.seed), **run(wish, Path(directory))}
        except (ChildEnded, TooLong) as error:
            raise Missing(str(error)) from error
        except CityRefused as error:
            raise Refused(str(error)) from error
    print(json.dumps(result, ensure_ascii=False) if options.json else "\n".join(table(result)), flush=True)


# --- the command line -------------------------------------------------------------------------------------------------


def add_bench(verbs: Verbs) -> None:
    """The verbs of `hallwatch bench`."""
    bench = verbs.add_parser("bench", help="what hallwatch costs on this machine, beside others", description=__doc__)
    kinds = bench.add_subparsers(required=True, metavar="WHAT")
    _add(kinds, "ingest", bench_ingest, cameras=2000, seconds=60, cadence=10.0)
    _add(kinds, "detect", bench_detect, cameras=WHOLE, seconds=20)
    whole = _add(kinds, "city", bench_city, cameras=WHOLE, seconds=300)
    whole.add_argument(
        "--mix", type=_mix, default="", metavar="h265=0.2,fast=0.1,jpeg=0.1", help="shares of other kinds of camera"
    )
    whole.add_argument("--broken", type=_share, default=0.0, help="share of cameras that fail for good (default 0)")
    whole.add_argument(
        "--gate", action=argparse.BooleanOptionalAction, default=True, help="spare the network what has not changed"
    )


def _add(
    kinds: Verbs,
    name: str,
    run: Callable[[argparse.Namespace], None],
    cameras: int,
    seconds: int,
    cadence: float | None = None,
) -> argparse.ArgumentParser:
    verb = add_verb(kinds, name, run)
    verb.set_defaults(mix="", gate=True, broken=0.0)
    verb.add_argument("--cameras", type=positive, default=cameras, help=f"(default {cameras})")
    verb.add_argument(
        "--seconds", type=_seconds, default=float(seconds), help=f"measured, each, after a warm-up (default {seconds})"
    )
    own = f"{cadence:g}" if cadence else "10, 15 and 60 by role"
    verb.add_argument("--cadence", type=_seconds, default=cadence, help=f"seconds between two samples (default {own})")
    verb.add_argument("--rivals", action=argparse.BooleanOptionalAction, default=True, help="measure others as well")
    verb.add_argument("--seed", type=int, default=1, help="of what the cameras show")
    verb.add_argument("--json", action="store_true", help="one JSON object")
    return verb


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.1 <= value < 1e6:
        raise argparse.ArgumentTypeError(f"expected a number of seconds from 0.1, found {text!r}")
    return value


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < 1:
        raise argparse.ArgumentTypeError(f"expected a share from 0, less than 1, found {text!r}")
    return value


def _mix(text: str) -> str:
    from simulation.kinds import mix_of

    try:
        mix_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return text
