"""The programs that a bench runs beside itself, each a process of its own: cameras, a fleet, PyAV threads, the floor.

`python -m hallwatch_bench_programs PROGRAM …`; each prints JSON lines until it is told to end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from camera_ingest.camera import Camera
    from simulation.rtsp_server import Gop, Story

TELL_S = 0.5
"""Between two lines about how it goes."""
KEYFRAMES = 3
"""Of each camera that the floor is measured on."""
REPEATS = 5
"""How often each keyframe of the floor is decoded."""
OPEN_S = 20
"""How long PyAV may take to open a stream or to wait for bytes."""


def tell(**line: object) -> None:
    """One JSON line for whoever started us."""
    print(json.dumps(line), flush=True)


# --- the cameras ------------------------------------------------------------------------------------------------------


def streams(options: argparse.Namespace) -> None:
    """So many RTSP cameras at /c0, /c1 …, people moving in each; tells {"port", "kbit_s"} (mean of a camera)."""
    from simulation.rtsp_server import serve

    more_open_files()
    drawn = [_gops(place, options.fps, options.seed) for place in range(_PLACES)]
    kbits = [8e-3 * sum(map(len, gop.frames)) * gop.fps / len(gop.frames) for gops in drawn for gop in gops]

    def ready(port: int) -> None:
        tell(port=port, kbit_s=sum(kbits) / len(kbits))

    stories = {f"/c{number}": _story(drawn[number % _PLACES]) for number in range(options.cameras)}
    asyncio.run(serve(stories, ready=ready))


_PLACES = 6
"""Different places that the cameras of `streams` look at: four pairs of windows, a queue, an entrance."""
_TURNS = 3
"""Different GOPs of each."""


def _story(gops: tuple[Gop, ...]) -> Story:
    return lambda number: gops[number % len(gops)]


def _gops(place: int, fps: int, seed: int) -> tuple[Gop, ...]:
    """What a camera shows in turn: clerks and citizens or a queue, and somebody walking past; two seconds each."""
    import numpy as np

    from camera_ingest.camera import Role
    from simulation.gops import CRF, StageId
    from simulation.h264 import FPS, encode
    from simulation.looks import Optics, look
    from simulation.rtsp_server import Gop
    from simulation.scenes import Cast, compose, label
    from simulation.sprites import Pixels, people
    from simulation.stages import HEIGHT, WIDTH

    role = {_PLACES - 2: Role.QUEUE, _PLACES - 1: Role.ENTRANCE}.get(place, Role.WINDOW)
    numbers = (2 * place + 1, 2 * place + 2) if role is Role.WINDOW else ()
    stage = StageId(role, f"c{place}", seed * 1000 + place, seed, numbers).draw()
    rng = np.random.default_rng([seed, place])
    cast, optics = Cast(people(), rng), Optics(look(seed), (HEIGHT, WIDTH), rng)
    still = [cast.clerk(post, "") for post in stage.posts] + [cast.citizen(post, "") for post in stage.posts]
    still += cast.queue(stage, len(stage.lane) // 2)

    def pictures() -> Iterator[Pixels]:
        for _ in range(_TURNS):
            actors = [*still, cast.passer(stage)]
            for frame in range(2 * fps):
                picture = optics.expose(compose(stage, actors, frame * FPS // fps).picture, rng)
                label(picture, f"SIM c{place} {frame // fps:02d}")
                yield picture

    units = encode(pictures(), 2 * fps, CRF)
    return tuple(Gop(units[turn * 2 * fps : (turn + 1) * 2 * fps], fps) for turn in range(_TURNS))


# --- hallwatch's reception --------------------------------------------------------------------------------------------


def fleet(options: argparse.Namespace) -> None:
    """The fleet over the cameras of `streams`, one sample per camera and cadence, nothing done with it."""
    from camera_ingest.fleet import Fleet

    more_open_files()
    cameras = _cameras(options)
    with Fleet(cameras) as watching:
        seen: dict[str, float] = {}
        counts: Counter[str] = Counter()
        due = 0.0

        def line() -> Mapping[str, object]:
            return {"seen": len(seen), **counts, "due": int(due), "cpu_s": _thread_times()}

        with _telling(line):
            began = time.monotonic()
            for sample in watching.samples():
                now = time.monotonic()
                due = (now - began) * len(cameras) / options.cadence
                if sample.picture is None:
                    continue
                counts["samples"] += 1
                counts["on_time"] += now - seen.get(sample.camera, now) <= 2 * options.cadence
                seen[sample.camera] = now


def _cameras(options: argparse.Namespace) -> list[Camera]:
    from datetime import timedelta

    from camera_ingest.camera import Camera, Role

    cadence = timedelta(seconds=options.cadence)
    return [
        Camera(f"c{number}", "bench", f"{options.url}/c{number}", Role.WINDOW, cadence, "")
        for number in range(options.cameras)
    ]


def _thread_times() -> Mapping[str, float]:
    """CPU-seconds of every thread of ours, by name."""
    times: Counter[str] = Counter()
    for thread in threading.enumerate():
        if thread.ident is not None:
            times[thread.name] += time.clock_gettime(time.pthread_getcpuclockid(thread.ident))  # type: ignore[assignment]
    return times


# --- PyAV -------------------------------------------------------------------------------------------------------------


def pyav(options: argparse.Namespace) -> None:
    """A PyAV thread per camera that decodes keyframes only and throws them away; tells {"seen", "samples"}."""
    import av

    more_open_files()
    frames = [0] * len(options.urls)

    def watch(number: int) -> None:
        with _opened(options.urls[number]) as container:
            video = container.streams.video[0]
            video.codec_context.skip_frame = "NONKEY"
            video.codec_context.thread_count = 1
            for _ in container.decode(video):
                frames[number] += 1

    def keep_watching(number: int) -> None:
        while True:
            try:
                watch(number)
            except av.FFmpegError as error:
                print(f"{options.urls[number]}: {error}", file=sys.stderr, flush=True)

    for number in range(len(options.urls)):
        threading.Thread(target=keep_watching, args=(number,), daemon=True).start()
    with _telling(lambda: {"seen": sum(map(bool, frames)), "samples": sum(frames)}):
        threading.Event().wait()


def _opened(url: str) -> Any:
    import av

    return av.open(url, options={"rtsp_transport": "tcp"}, timeout=OPEN_S)


# --- the floor --------------------------------------------------------------------------------------------------------


def floor(options: argparse.Namespace) -> None:
    """What one keyframe of these cameras costs FFmpeg to decode on one thread: {"decode_ms"}, the median of many."""
    keyframes: list[tuple[str, bytes]] = []

    def take(url: str) -> None:
        with _opened(url) as container:
            codec = container.streams.video[0].codec_context.name
            taken = 0
            for packet in container.demux(video=0):
                if packet.is_keyframe:
                    keyframes.append((codec, bytes(packet)))
                    taken += 1
                if taken == KEYFRAMES:
                    break

    threads = [threading.Thread(target=take, args=(url,)) for url in options.urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tell(decode_ms=decode_ms(keyframes), keyframes=len(keyframes))


def decode_ms(keyframes: list[tuple[str, bytes]]) -> float:
    """Median CPU milliseconds of FFmpeg decoding one keyframe (codec, access unit), without any conversion."""
    import av

    contexts: dict[str, Any] = {}
    took = []
    for _ in range(REPEATS):
        for codec, unit in keyframes:
            if codec not in contexts:
                contexts[codec] = av.CodecContext.create(codec, "r")
                contexts[codec].thread_count = 1
            began = time.thread_time()
            contexts[codec].decode(av.Packet(unit))
            contexts[codec].decode(None)
            took.append(time.thread_time() - began)
            contexts[codec].flush_buffers()
    return 1000 * median(took)


# --- the command line -------------------------------------------------------------------------------------------------


def more_open_files() -> None:
    """As many open files as the system lets us have: a connection per camera."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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
    cameras.add_argument("--fps", type=int, required=True)
    cameras.add_argument("--seed", type=int, required=True)
    viewer = add(fleet)
    viewer.add_argument("--cameras", type=int, required=True)
    viewer.add_argument("--url", required=True, help="rtsp://host:port of the cameras")
    viewer.add_argument("--cadence", type=float, required=True, help="seconds between samples of one camera")
    for program in (pyav, floor):
        add(program).add_argument("urls", nargs="+", metavar="URL")
    options = parser.parse_args()
    options.work(options)


if __name__ == "__main__":
    main()
