"""The rivals of a measurement: what others do to look at many cameras, over the same streams in the same run."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hallwatch_bench_processes import Child, TooLong, many, measure, until, usage
from hallwatch_wiring import Missing

WARM_S = 90.0
"""How long rivals may take until every camera gave its first picture."""
QUIET = ("-nostdin", "-hide_banner", "-loglevel", "error")
DISCARDED = ("-f", "rawvideo", "-pix_fmt", "yuv420p", "-y", os.devnull)


@dataclass(frozen=True, slots=True)
class Rival:
    """One way of looking at cameras."""

    name: str
    per_core: int
    """Cameras per core of this machine it is measured with: enough to be weighed, without filling the machine."""
    command: Callable[[Sequence[str]], list[str]]
    """What looks at the cameras at these URLs …"""
    together: bool = False
    """… in one process, or a process for each. One of the former tells {"seen", "samples"}."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a rival came to."""

    name: str
    cameras: int
    """Of which it had pictures."""
    cores: float
    cameras_per_core: float | None
    rss_mb: float
    pictures_per_s: float
    """Of one camera: decoded, by what was written or told."""
    command: str


def ffmpeg(before: Sequence[str], after: Sequence[str]) -> Callable[[Sequence[str]], list[str]]:
    """ffmpeg on one camera, its pictures written to nowhere; one decoding thread, which costs it least."""
    start = ["ffmpeg", *QUIET, "-threads", "1", *before, "-rtsp_transport", "tcp"]
    return lambda urls: [*start, "-i", urls[0], *after, *DISCARDED]


def pyav_threads(urls: Sequence[str]) -> list[str]:
    """A PyAV thread per camera, keyframes only."""
    return [sys.executable, "-m", "hallwatch_bench_programs", "pyav", *urls]


RIVALS = (
    Rival("ffmpeg-per-camera", 20, ffmpeg((), ("-r", "5"))),
    Rival("ffmpeg-keyframes", 40, ffmpeg(("-skip_frame", "nokey"), ("-vsync", "0"))),
    Rival("pyav-threads", 100, pyav_threads, together=True),
)
"""Decoding everything at 5 fps as Frigate does; the two others only keyframes, as hallwatch does, but every one."""


def require_ffmpeg() -> None:
    """Raises `Missing` where there is no ffmpeg."""
    if shutil.which("ffmpeg") is None:
        raise Missing(
            "ffmpeg: expected on this system to measure the rivals with, found none; install it with: "
            "sudo apt-get install ffmpeg, or leave the rivals out with --no-rivals"
        )


def standings(urls: Sequence[str], picture_bytes: int, seconds: float, log: Path) -> Iterator[Standing]:
    """Each rival on some of these cameras, evenly chosen, one rival after the other.

    `picture_bytes`: of one picture as ffmpeg writes it. Raises TooLong where one of them sees nothing at all.
    """
    for rival in RIVALS:
        step = max(1.0, len(urls) / (rival.per_core * (os.cpu_count() or 1)))
        chosen = [urls[int(number * step)] for number in range(int(len(urls) / step))]
        yield _standing(rival, chosen, picture_bytes, seconds, log)


def _standing(rival: Rival, urls: Sequence[str], picture_bytes: int, seconds: float, log: Path) -> Standing:
    shares = [urls] if rival.together else [[url] for url in urls]
    commands = [rival.command(share) for share in shares]
    with many(Child(f"{rival.name} {number}", command, log) for number, command in enumerate(commands)) as children:

        def seen() -> int:
            if rival.together:
                return sum(child.told.get("seen", 0) for child in children)
            written = usage(children).written
            return sum(written.get(child.pid, 0) >= picture_bytes for child in children)

        with suppress(TooLong):  # cameras that fail are left out, and their processes may end
            until(f"{rival.name}: a first picture", lambda: seen() == len(urls), [], WARM_S)
        if not seen():
            raise TooLong(
                f"{rival.name}: expected a picture of one of {len(urls)} cameras within {WARM_S:g} s, found none"
            )
        before = sum(child.told.get("samples", 0) for child in children)
        cost = measure(seconds, {rival.name: children}, needed=())[rival.name]
        told = sum(child.told.get("samples", 0) for child in children) - before
        pictures = told if rival.together else sum(cost.written.values()) / picture_bytes
        cameras = seen() if rival.together else sum(map(bool, cost.written.values()))
    return Standing(
        name=rival.name,
        cameras=cameras,
        cores=round(cost.cores, 4),
        cameras_per_core=cost.per_core(cameras),
        rss_mb=round(cost.rss_mb, 1),
        pictures_per_s=round(pictures / cost.seconds / cameras, 2) if cameras else 0.0,
        command=" ".join([Path(commands[0][0]).name, *rival.command(["URL"])[1:]]),
    )
