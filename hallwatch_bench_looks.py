"""Single looks, weighed one by one on one thread: the floor under every sample, and what detection costs."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from resource import RUSAGE_SELF, getrusage
from statistics import fmean, median
from threading import Thread
from typing import TYPE_CHECKING, Any

from hallwatch_bench_processes import tell
from hallwatch_wiring import detector_of, finder_of, load_settings

if TYPE_CHECKING:
    from camera_ingest.camera import Camera
    from camera_ingest.sample import Picture
    from config.settings import Settings
    from models.regions import Region

OPEN_S = 20
"""How long PyAV may take to open a stream, or to wait for bytes of it."""
KEYFRAMES = 3
"""Taken of each camera."""
CAMERAS_OF_A_ROLE = 6
"""Looked at; every role has its own regions, and with them its own looks."""
WARM, LEAST, REPEATS = 2, 5, 15
"""Looks before any is weighed, the fewest that are, and decodings of each keyframe."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A keyframe as it came."""

    codec: str
    """By FFmpeg's name."""
    extra: bytes | None
    """What the decoder was told beside the stream (parameter sets)."""
    data: bytes


def floor(options: argparse.Namespace) -> None:
    """Decodes keyframes of these cameras; tells {"decode_ms"}: CPU, one thread, median of each, mean of all."""
    units = [unit for found in keyframes(options.urls).values() for unit in found]
    tell(decode_ms=fmean(decode_ms(unit) for unit in units), keyframes=len(units))


def looks(options: argparse.Namespace) -> None:
    """Looks at cameras of each role of a configuration as watching does, without any gate.

    Tells {"detector", "decode_ms", "find_ms", "look_ms", "looks", "per_s", "roles", "weighed", "seconds", "rss_mb"}:
    milliseconds of CPU on one thread per sample, roles in proportion to how often their cameras are sampled; `find_ms`
    is all looks at a sample, `look_ms` a single one. A camera without regions is not looked at and counts with nothing.
    With --inputs also {"inputs"}: one look at whole pictures through each input; with --others {"others"}: through
    other runtimes that are installed.
    """
    settings = load_settings(options.config)
    finder = finder_of(settings)
    chosen = {role: list(_chosen(settings, role)) for role in dict.fromkeys(one.role for one in settings.cameras)}
    each_s = options.seconds / sum(map(len, chosen.values()))
    units = keyframes([camera.url for cameras in chosen.values() for camera in cameras])
    seen = {
        role: [(unit, shown(unit), _regions(settings, camera)) for camera in cameras for unit in units[camera.url][:1]]
        for role, cameras in chosen.items()
    }
    began, weighed = time.monotonic(), 0
    roles: dict[str, dict[str, float]] = {}
    for role, cameras in seen.items():
        rows = []
        for unit, picture, regions in cameras:
            number = len(finder.plan(regions, (picture.shape[0], picture.shape[1])).looks) if regions else 0
            found, times = _cpu_ms(partial(finder.find, picture, regions), each_s) if number else (0.0, 0)
            rows.append((decode_ms(unit), found, found / (number or 1), float(number)))
            weighed += times
        if not rows:  # none of them gave a picture
            continue
        per_s = sum(1 / one.cadence.total_seconds() for one in settings.cameras if one.role is role)
        roles[str(role)] = {**dict(zip(MEANS, map(fmean, zip(*rows, strict=True)), strict=True)), "per_s": per_s}
    took, rss = time.monotonic() - began, getrusage(RUSAGE_SELF).ru_maxrss / 1000
    line = {"detector": finder.name, **_together(roles), "weighed": weighed, "seconds": took, "rss_mb": rss}
    pictures = [picture for cameras in seen.values() for _, picture, regions in cameras if regions]
    line |= {"inputs": _inputs(settings, pictures, options.seconds)} if options.inputs else {}
    line |= {"others": _others(settings, pictures, options.seconds)} if options.others else {}
    tell(**line, roles=roles)


MEANS = ("decode_ms", "find_ms", "look_ms", "looks")
"""Of a role: means of its cameras."""


def _together(roles: dict[str, dict[str, float]]) -> dict[str, float]:
    """The mean sample of all roles."""
    per_s = sum(one["per_s"] for one in roles.values())
    mean = {name: sum(one[name] * one["per_s"] for one in roles.values()) / per_s for name in MEANS}
    return {**mean, "per_s": per_s}


def _chosen(settings: Settings, role: str) -> Iterator[Camera]:
    """Some cameras of a role, evenly from all halls."""
    all_of_it = [one for one in settings.cameras if one.role == role]
    yield from all_of_it[:: max(1, len(all_of_it) // CAMERAS_OF_A_ROLE)][:CAMERAS_OF_A_ROLE]


def _regions(settings: Settings, camera: Camera) -> tuple[Region, ...]:
    """What a camera is looked at for; nothing where it may not be."""
    return tuple(one for one in settings.regions if one.camera == camera.id) if camera.legal_basis else ()


def _inputs(settings: Settings, pictures: Sequence[Picture], seconds: float) -> dict[str, float]:
    """Milliseconds of one look at a whole picture through each input that there is."""
    from models.inputs import inputs
    from models.weights import resolve

    found = inputs(resolve(settings.detector.weights, os.environ))
    return {
        f"{size[1]}x{size[0]}": _mean_ms(
            detector_of(replace(settings, detector=replace(settings.detector, weights=str(path))), size).detect,
            pictures,
            seconds / len(found),
        )
        for size, path in found.items()
    }


def _others(settings: Settings, pictures: Sequence[Picture], seconds: float) -> dict[str, float]:
    """The same through other runtimes with the same weights, in the input that they were made with."""
    from models.runtimes import ExtraMissing
    from models.ultralytics import UltralyticsDetector
    from models.weights import resolve

    weights = resolve(settings.detector.weights, os.environ)
    try:
        detector = UltralyticsDetector(weights.path, device="cpu")
    except ExtraMissing:
        return {}
    return {"ultralytics-predict": _mean_ms(detector.detect, pictures, seconds)}


def _mean_ms(detect: Callable[[Picture], object], pictures: Sequence[Picture], seconds: float) -> float:
    return fmean(_cpu_ms(partial(detect, picture), seconds / len(pictures))[0] for picture in pictures)


def _cpu_ms(work: Callable[[], object], seconds: float) -> tuple[float, int]:
    """Median milliseconds of CPU of this process, whatever threads it takes, over so many seconds or a few times.

    And how many times that was.
    """
    for _ in range(WARM):
        work()
    took: list[float] = []
    end = time.monotonic() + seconds
    while len(took) < LEAST or time.monotonic() < end:
        began = time.process_time()
        work()
        took.append(time.process_time() - began)
    return 1000 * median(took), len(took)


# --- keyframes --------------------------------------------------------------------------------------------------------


def opened(url: str) -> Any:
    """A camera by PyAV: RTSP over TCP, or an HTTP snapshot."""
    import av

    options = {"rtsp_transport": "tcp"} if url.startswith("rtsp") else {}
    return av.open(url, options=options, timeout=OPEN_S)


def keyframes(urls: Sequence[str]) -> dict[str, list[Unit]]:
    """A few keyframes of each camera as they came, all cameras at once."""
    import av

    units: dict[str, list[Unit]] = {url: [] for url in urls}

    def take(url: str) -> None:
        with suppress(av.FFmpegError), opened(url) as container:  # a camera that fails gives none
            context = container.streams.video[0].codec_context
            for packet in container.demux(video=0):
                if packet.is_keyframe and packet.size:
                    units[url].append(Unit(context.name, context.extradata, bytes(packet)))
                if len(units[url]) == KEYFRAMES:
                    break

    threads = [Thread(target=take, args=(url,)) for url in urls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return units


def shown(unit: Unit) -> Picture:
    """The picture of a keyframe."""
    import numpy as np

    (frame,) = _frames(_context(unit), unit)
    return np.asarray(frame.to_ndarray(format="bgr24"), np.uint8)


def decode_ms(unit: Unit) -> float:
    """Median CPU milliseconds of FFmpeg decoding a keyframe on one thread, without the loop filter and conversions."""
    context = _context(unit)
    took = []
    for _ in range(REPEATS):
        began = time.thread_time()
        _frames(context, unit)
        took.append(time.thread_time() - began)
        context.flush_buffers()
    return 1000 * median(took)


def _context(unit: Unit) -> Any:
    import av

    context: Any = av.CodecContext.create(unit.codec, "r")
    context.extradata, context.thread_count = unit.extra, 1
    context.options = {"skip_loop_filter": "all"}  # as camera_ingest.decode does: the floor must not be easier to reach
    return context


def _frames(context: Any, unit: Unit) -> list[Any]:
    import av

    return [*context.decode(av.Packet(unit.data)), *context.decode(None)]
