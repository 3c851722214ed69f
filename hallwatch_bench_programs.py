"""The programs that a bench runs beside itself, each a process of its own: cameras, a fleet, PyAV threads, the floor.

`python -m hallwatch_bench_programs PROGRAM …`; each prints JSON lines until it is told to end.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hallwatch_bench_looks import floor, looks, opened
from hallwatch_bench_processes import tell

if TYPE_CHECKING:
    from camera_ingest.camera import Camera
    from simulation.drawing import StageId
    from simulation.gops import Library
    from simulation.rtsp_server import Gop, Story

TELL_S = 0.5
"""Between two lines about how it goes."""


# --- the cameras ------------------------------------------------------------------------------------------------------


def streams(options: argparse.Namespace) -> None:
    """So many RTSP cameras of one kind at /c0, /c1 …, each showing a place of the simulated city; tells {"port"}."""
    from simulation.gops import cache, prepare
    from simulation.kinds import Kind
    from simulation.network import FEWEST, whole
    from simulation.rtsp_server import serve

    city = whole(FEWEST, options.seed, {Kind(options.kind): 1.0})
    stages = tuple(dict.fromkeys(eye.stage for eye in city.eyes))
    library = prepare(stages, cache(os.environ), quiet=True)
    shows = [_shown(library, stage) for stage in stages]
    stories = {f"/c{number}": _story(shows[number % len(shows)]) for number in range(options.cameras)}
    asyncio.run(serve(stories, ready=lambda port: tell(port=port)))


TURNS = 3
"""Different GOPs that a camera of `streams` shows in turn."""


def _shown(library: Library, stage: StageId) -> tuple[Gop, ...]:
    """States with people in them, of all that the place can show; somebody walks past where that was drawn."""
    from simulation.drawing import states

    crowded = [state for state in states(stage) if set(state) - {"-", "0", "+"}]
    return tuple(library.gop(stage, state) for state in crowded[len(crowded) // 2 :][:TURNS])


def _story(gops: tuple[Gop, ...]) -> Story:
    return lambda number: gops[number % len(gops)]


# --- hallwatch --------------------------------------------------------------------------------------------------------


def fleet(options: argparse.Namespace) -> None:
    """The fleet over the cameras of `streams`: received and decoded, nothing more; tells its figures and {"known"}.

    Pictures are neither examined nor converted, as those of the rivals are not.
    """
    from dataclasses import asdict

    from camera_ingest.fleet import Fleet

    known: set[str] = set()
    with (
        Fleet(_cameras(options), judge=lambda health, *_: health) as watching,
        _telling(lambda: {**asdict(watching.figures()), "known": len(known), "analysed": 0, "passed": 0}),
    ):
        for sample in watching.samples():
            if sample.shown is not None:
                known.add(sample.camera)


def watch(options: argparse.Namespace) -> None:
    """What `hallwatch watch` does; tells the figures of its fleet, CPU seconds by step, {"analysed", "passed"}."""
    from dataclasses import asdict

    from hallwatch_watch import Work, watch_halls
    from hallwatch_wiring import load_settings

    def told(work: Work) -> None:
        steps = {**work.fleet.cpu_s, **work.cpu_s}
        figures = {**asdict(work.fleet), "cpu_s": steps, "analysed": work.analysed, "passed": work.passed}
        tell(at=time.monotonic(), **figures)

    watch_halls(load_settings(options.config), 1, told, options.gate)


def _cameras(options: argparse.Namespace) -> list[Camera]:
    from datetime import timedelta

    from camera_ingest.camera import Camera, Role

    cadence = timedelta(seconds=options.cadence)
    return [
        Camera(f"c{number}", "bench", f"{options.url}/c{number}", Role.WINDOW, cadence, "")
        for number in range(options.cameras)
    ]


# --- PyAV -------------------------------------------------------------------------------------------------------------


def pyav(options: argparse.Namespace) -> None:
    """A PyAV thread per camera that decodes keyframes only and throws them away; tells {"seen", "samples"}."""
    import av

    frames = [0] * len(options.urls)

    def look(number: int) -> None:
        with opened(options.urls[number]) as container:
            video = container.streams.video[0]
            video.codec_context.skip_frame = "NONKEY"
            video.codec_context.thread_count = 1
            for _ in container.decode(video):
                frames[number] += 1

    def keep_looking(number: int) -> None:
        while True:
            try:
                look(number)
            except av.FFmpegError as error:
                print(f"{options.urls[number]}: {error}", file=sys.stderr, flush=True)

    for number in range(len(options.urls)):
        threading.Thread(target=keep_looking, args=(number,), daemon=True).start()
    with _telling(lambda: {"seen": sum(map(bool, frames)), "samples": sum(frames)}):
        threading.Event().wait()


# --- the command line -------------------------------------------------------------------------------------------------


class _telling:
    """Tells a line about how it goes twice a second while the work inside lasts."""

    def __init__(self, line: Callable[[], Mapping[str, object]]) -> None:
        self._line, self._end = line, threading.Event()
        self._thread = threading.Thread(target=self._tell, name="tell", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()

    def _tell(self) -> None:
        while not self._end.wait(TELL_S):
            tell(at=time.monotonic(), **self._line())


def main() -> None:
    """Runs one of the programs."""
    parser = argparse.ArgumentParser(prog="python -m hallwatch_bench_programs", description=__doc__)
    programs = parser.add_subparsers(required=True, metavar="PROGRAM")

    def add(work: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
        program = programs.add_parser(work.__name__, help=work.__doc__)
        program.set_defaults(work=work)
        return program

    cameras = add(streams)
    cameras.add_argument("--cameras", type=int, required=True)
    cameras.add_argument("--kind", required=True, help="h264 (5 fps) or fast (15 fps)")
    cameras.add_argument("--seed", type=int, required=True)
    viewer = add(fleet)
    viewer.add_argument("--cameras", type=int, required=True)
    viewer.add_argument("--url", required=True, help="rtsp://host:port of the cameras")
    viewer.add_argument("--cadence", type=float, required=True, help="seconds between samples of one camera")
    for program in (pyav, floor):
        add(program).add_argument("urls", nargs="+", metavar="URL")
    for program in (watch, looks):
        add(program).add_argument("config", type=Path, metavar="CONFIG")
    programs.choices["watch"].add_argument("--gate", action=argparse.BooleanOptionalAction, default=True)
    programs.choices["looks"].add_argument("--seconds", type=float, required=True, help="to look")
    programs.choices["looks"].add_argument("--inputs", action="store_true", help="through each input as well")
    programs.choices["looks"].add_argument("--others", action="store_true", help="through other runtimes as well")
    options = parser.parse_args()
    options.work(options)


if __name__ == "__main__":
    main()
