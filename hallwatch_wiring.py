"""What the verbs of the front door share: refusals, settings, detectors, signals, lines, and the types of arguments."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threading import Event

    from camera_ingest.camera import Camera
    from config.settings import Settings
    from dashboards.live import Hub
    from models.detector import Detector
    from models.finder import Finder
    from monitor.adapters.mqtt import Broker, Bus

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

LOG = logging.getLogger("hallwatch")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Refused(Exception):
    """What was asked for cannot be done as it was asked: which, expected, found."""


class Missing(Exception):
    """A service or a port that is needed is not there: which, expected, found."""


def load_settings(path: Path, program: str = "") -> Settings:
    """The configuration; raises `Refused` with every mistake in it.

    With the name of one of our programs also with the login of its own, where each has one; raises `Missing` without.
    """
    from config.schema import ConfigError, load

    try:
        settings = load(path)
    except ConfigError as error:
        raise Refused(str(error)) from error
    return replace(settings, broker=_broker_of(settings.broker, program)) if program else settings


def _broker_of(broker: Broker, program: str) -> Broker:
    from monitor.adapters.mosquitto import PROGRAM, LoginUnusable, login

    if broker.logins is None:
        return broker
    try:
        return replace(broker, login=login(broker.logins / f"{PROGRAM}{program}"))
    except LoginUnusable as error:
        raise Missing(str(error)) from error


def detector_of(settings: Settings, size: tuple[int, int] | None = None) -> Detector:
    """The network that the configuration chooses, in another input if `size` says so; raises `Missing`."""
    from models.metadata import WeightsError
    from models.runtimes import DeviceMissing, ExtraMissing
    from models.weights import open_detector, resolve

    choice = settings.detector
    try:
        return open_detector(choice.kind, resolve(choice.weights, os.environ), choice.threshold, choice.device, size)
    except (WeightsError, ExtraMissing, DeviceMissing) as error:
        raise Missing(str(error)) from error


def finder_of(settings: Settings) -> Finder:
    """A detector that looks at pictures as their regions ask for, with the input sizes that its family has.

    Where the configuration names one network, only that one is used.
    """
    from models import metadata
    from models.finder import Finder
    from models.inputs import inputs
    from models.looks import SEEN_PX
    from models.metadata import WeightsError
    from models.regions import RegionKind
    from models.weights import resolve

    def opened(path: Path, size: tuple[int, int] | None = None) -> Detector:
        return detector_of(replace(settings, detector=replace(choice, weights=str(path))), size)

    choice = settings.detector
    try:
        weights = resolve(choice.weights, os.environ)
        asked = choice.weights or ""
        sizes = inputs(
            weights, alone=asked == weights.name or (asked != "" and Path(asked).expanduser() == weights.path)
        )
        about = metadata.read(weights.path) if weights.path.is_dir() else None
    except WeightsError as error:
        raise Missing(str(error)) from error
    own = opened(weights.path)
    first = about.size if about else next(iter(sizes))
    seen = SEEN_PX | {RegionKind(kind): px for kind, px in about.seen_px.items()} if about else SEEN_PX
    return Finder(
        own,
        {size: (lambda: own) if size == first else partial(opened, path, size) for size, path in sizes.items()},
        seen=seen,
    )


def clip_of(text: str, settings: Settings) -> tuple[Camera, Path]:
    """`c1=clip.avi` as a configured camera and a file."""
    id, _, path = text.partition("=")
    camera = next((camera for camera in settings.cameras if camera.id == id), None)
    if camera is None or not path:
        known = ", ".join(camera.id for camera in settings.cameras)
        raise Refused(f"--camera: expected ID=FILE with an ID of {known or 'none configured'}, found {text!r}")
    if not Path(path).is_file():
        raise Refused(f"--camera {id}: expected a file, found nothing at {path!r}")
    return camera, Path(path)


def beat_of(settings: Settings) -> timedelta:
    """How often a hall is heard of at least: a while after its last message, with its next look.

    Out of hours with any look of its shard.
    """
    from monitor.adapters.reporter import CALM_S

    looks = [[one.cadence for one in settings.cameras if one.hall == hall.id] for hall in settings.halls]
    slowest = max((min(cadences) for cadences in looks if cadences), default=timedelta(seconds=30))
    at_night = timedelta(seconds=settings.reception.off_hours_s) / max(1, len(settings.cameras))
    return timedelta(seconds=CALM_S) + max(slowest, at_night)


def hear_halls(settings: Settings, who: str, hub: Hub, stop: Event, buses: list[Bus] | None = None) -> None:
    """Put every hall's live messages into a hub until told to stop; the bus is appended to `buses` while it is open."""
    from dashboards.heard import read
    from monitor.adapters.mqtt import Bus

    topics = [f"hallwatch/v1/{hall.id}/live" for hall in settings.halls]
    with Bus(settings.broker, f"hallwatch-{who}-{os.getpid()}", topics) as bus:
        if buses is not None:
            buses.append(bus)
        while not stop.is_set():
            for message in bus.take(200, 0.5):
                try:
                    hub.put(read(message.payload))
                except ValueError as error:
                    LOG.warning("%s: %s", message.topic, error)
            bus.acknowledge()
            if bus.link.connected:
                hub.broker_up()
            else:
                hub.broker_down(bus.link.since)


@contextmanager
def stopping(stop: Callable[[], None]) -> Iterator[None]:
    """The first signal to end stops gracefully, the second at once."""

    def first(number: int, frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        stop()

    before = {number: signal.signal(number, first) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def call_each(each: Iterable[Callable[[], None]]) -> None:
    """Call one after the other."""
    for one in each:
        one()


def tell(values: Iterable[Mapping[str, object]], as_json: bool) -> None:
    """Print values, one a line."""
    for value in values:
        if as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)
        else:
            print("  ".join(f"{name} {'—' if one is None else one}" for name, one in value.items()), flush=True)


def add_verb(verbs: Verbs, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    """The parser of a verb, whose help is the first line of what runs it."""
    parser = verbs.add_parser(name, help=(run.__doc__ or "").partition("\n")[0], description=run.__doc__)
    parser.set_defaults(verb=run)
    return parser


def add_configured(verbs: Verbs, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    """The same for a verb that reads a configuration."""
    parser = add_verb(verbs, name, run)
    parser.add_argument("config", type=Path, metavar="CONFIG", help="YAML file")
    return parser


def positive(text: str) -> int:
    """A whole number from 1."""
    if not (text.isdecimal() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def aware_time(text: str) -> datetime:
    """An ISO 8601 time with an offset."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an ISO 8601 time, found {text!r}") from None
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"expected a time with an offset such as +08:00, found {text!r}")
    return time
