"""hallwatch, the front door: the one file that sees every room, loads the configuration and wires the parts.

Each verb imports the rooms it needs when it runs: `check` needs no network, no verb but those of `models` needs torch.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from camera_ingest.camera import Camera
    from config.settings import Settings
    from models.detector import Detector
    from models.evaluate import Footage
    from models.finder import Finder
    from models.install import Change
    from models.subjects import Subject
    from monitor.alerts import Alert
    from monitor.desk import Desk
    from monitor.window_states import WindowState

    Verbs = argparse._SubParsersAction[argparse.ArgumentParser]

LOG = logging.getLogger("hallwatch")
DONE, REFUSED, USAGE, MISSING = 0, 1, 2, 3
"""Exit codes: done, refused input (with a sentence), wrong usage, a needed service is not there."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIBRARIES = {"libGL.so": "libgl1", "libgthread": "libglib2.0-0", "libglib": "libglib2.0-0"}
"""Libraries that wheels expect of the system, and the Debian package of each."""


class Refused(Exception):
    """What was asked for cannot be done as it was asked: which, expected, found."""


class Missing(Exception):
    """A service or a port that is needed is not there: which, expected, found."""


# --- watch, intake, serve: the three programs of a site ---------------------------------------------------------------


def check(options: argparse.Namespace) -> None:
    """Validate a configuration and say what it will do."""
    from config.summary import describe

    for line in describe(_load(options.config)):
        print(line)


def watch(options: argparse.Namespace) -> None:
    """Cameras to alerts, for the halls of one shard."""
    from camera_ingest.fleet import Fleet
    from monitor import flow
    from monitor.adapters import alert_records, shard
    from monitor.adapters.database import open_database
    from monitor.adapters.mqtt import Bus
    from monitor.adapters.static_maps import StaticMaps
    from monitor.adapters.telemetry import SqliteTelemetry
    from monitor.album import Album
    from monitor.messages import Registry
    from monitor.scenery import Scenery

    number, settings = options.shard[0], _part(_load(options.config), *options.shard)
    halls = [hall.id for hall in settings.halls]
    engine, finder = open_database(settings.stores.database), _finder(settings)
    said = shard.WindowStates(engine, halls)
    alerts = alert_records.open_alerts(engine, halls)
    desks = _desks(settings, said.of, alerts)
    albums = {hall: Album(settings.stores.evidence) for hall in halls}
    for album in albums.values():
        album.remember({one.alert.key: one.stills for one in alert_records.alerts_since(engine, datetime.now(UTC))})
    registry = Registry.of(settings.halls, settings.devices, settings.scales)
    fleet, recorder = Fleet(settings.cameras, settings.reception), shard.Recorder(engine)
    maps = StaticMaps(settings.stores.static_maps)
    with (
        _stopping(fleet.stop),
        Bus(settings.broker, f"hallwatch-watch-{number}", shard.subscriptions(settings.halls)) as bus,
        SqliteTelemetry(settings.stores.telemetry) as telemetry,
        said.heard(bus, registry),
        recorder.recording(),
        fleet,
    ):
        reporter = shard.Reporter(bus, finder.name, finder.demo, albums)
        projection = shard.Projection(telemetry)
        retention = shard.Retention(engine, settings.stores.evidence)

        def report(desk: Desk, at: datetime) -> None:
            reporter.report(desk, at)
            projection.project(desk, at)
            retention.retain(at)

        pairs = [(desk, albums[desk.hall.id]) for desk in desks]
        scenery = Scenery(maps.read, maps.write)
        flow.watch(fleet.samples(), pairs, finder.find, scenery, lambda observations: None, recorder.record, report)


def intake(options: argparse.Namespace) -> None:
    """Devices to ratings and window states; runs the embedded broker where the configuration says so."""
    from contextlib import nullcontext

    from monitor.adapters import intake_records
    from monitor.adapters.database import open_database
    from monitor.adapters.mqtt import BrokerUnavailable, Bus, embedded
    from monitor.intake import intake as collect
    from monitor.messages import FILTERS, Registry

    settings, stop = _load(options.config), threading.Event()
    engine = open_database(settings.stores.database)
    registry = Registry.of(settings.halls, settings.devices, settings.scales)
    current = intake_records.last_heard(engine) or datetime.now(UTC)
    try:
        with (
            embedded(settings.broker) if settings.broker.mode == "embedded" else nullcontext(),
            Bus(settings.broker, "hallwatch-intake", FILTERS, persistent=True) as bus,
            _stopping(stop.set),
        ):
            collect(bus, lambda batch, since: intake_records.keep(engine, registry, batch, since), stop, current)
    except BrokerUnavailable as error:
        raise Missing(str(error)) from error


def serve(options: argparse.Namespace) -> None:
    """The boards and the phone page."""
    from dashboards import serve as site

    settings = _load(options.config)
    port = options.port or settings.board.port
    if not site.is_free(settings.board.host, port):
        raise Missing(f"port {port} on {settings.board.host}: expected it free for the boards, found it in use")
    closing: list[Callable[[], None]] = []
    site.serve(lambda: _app(settings, closing), settings.board.host, port, lambda: _call(closing))


def replay(options: argparse.Namespace) -> None:
    """The same pipeline over recorded video, in media time; nothing is recorded."""
    from heapq import merge

    from camera_ingest import clip
    from monitor import flow
    from monitor.album import Album
    from monitor.calendar import segment_at
    from monitor.lines import alert_line, observation_line
    from monitor.scenery import Scenery

    settings = _load(options.config)
    clips = dict(_clip(text, settings) for text in options.camera)
    settings = replace(settings, cameras=tuple(clips))
    for camera in clips:
        if not camera.legal_basis:
            print(f"camera {camera.id}: it has no legal_basis, so nothing in it is analysed", file=sys.stderr)
    for hall in settings.halls:
        if segment_at(hall, settings.calendar, options.at) is None:
            print(f"hall {hall.id}: {options.at} is outside its service hours; no alert opens then", file=sys.stderr)
    samples = merge(*(clip.samples(camera, path, options.at) for camera, path in clips.items()), key=lambda s: s.at)
    with TemporaryDirectory(prefix="hallwatch-replay-") as stills:
        desks = [(desk, Album(Path(stills))) for desk in _desks(settings, lambda hall, window: None)]
        flow.watch(
            samples,
            desks,
            _finder(settings).find,
            Scenery(),
            lambda looks: _print([observation_line(look) for look in looks], options.json),
            lambda alert, _, at: _print([line for line in [alert_line(alert, at)] if line], options.json),
            lambda desk, at: None,
        )


def demo(options: argparse.Namespace) -> None:
    """A simulated city with real RTSP, MQTT, database and boards."""
    from simulation import demo as demonstration
    from simulation.city import CityRefused

    wish = demonstration.Wish(
        halls=options.halls,
        cameras=options.cameras,
        seed=options.seed,
        port=options.port,
        seconds=options.seconds,
        headless=options.headless,
        as_json=options.json,
        detector=options.detector,
        directory=options.directory,
    )
    try:
        demonstration.run(wish)
    except demonstration.PortTaken as error:
        raise Missing(str(error)) from error
    except CityRefused as error:
        raise Refused(str(error)) from error


def models_label(options: argparse.Namespace) -> None:
    """Draw hard frames from cameras with heads masked, and correct the boxes in them on a page."""
    from dashboards import serve as site
    from dashboards.labelling.app import build
    from models import exchange, labels

    directory, moves = options.directory, {"import": options.take, "export": options.give}
    if options.page and not site.is_free("127.0.0.1", options.port):
        raise Missing(f"port {options.port} on 127.0.0.1: expected it free for the page, found it in use")
    try:
        stopped = not labels.is_set(directory) and _draw(options)
        for way, (format, file) in ((way, asked) for way, asked in moves.items() if asked):
            _print([exchange.move(way, format, directory, Path(file))], options.json)
        _print([labels.about(directory)], options.json)
    except (labels.BadLabels, OSError) as error:
        raise Refused(str(error)) from error
    if options.page and not stopped and not any(moves.values()):
        print(f"http://127.0.0.1:{options.port}/  ({directory}; Ctrl-C ends the page)", flush=True)
        site.serve(lambda: build(directory), "127.0.0.1", options.port)


def models_train(options: argparse.Namespace) -> None:
    """Train the small detector from random initialisation, or go on from another one's weights (--from)."""
    from models import finetune
    from models.calibration import FramesRefused
    from models.metadata import WeightsError
    from models.runtimes import DeviceMissing, ExtraMissing
    from models.train import TooLarge, train
    from simulation.footage import write

    try:
        if options.start:
            _finetune(options)
            return
        if not (options.data / "data.yaml").exists():
            write(options.data, options.pictures, options.seed, workers=os.cpu_count() or 1)
        train(options.data, Path(options.out), options.epochs or 7, seed=options.seed, batch=options.batch or 16)
    except (TooLarge, FileNotFoundError, WeightsError, FramesRefused, finetune.Unfit) as error:
        raise Refused(str(error)) from error
    except (ExtraMissing, DeviceMissing, finetune.NotCarried) as error:
        raise Missing(str(error)) from error
    except KeyboardInterrupt:
        raise Refused("stopped; nothing was written to the models") from None


def models_evaluate(options: argparse.Namespace) -> None:
    """Score zones and cameras against the ground truth (MOT or YOLO) of recorded footage."""
    from models.clips import BadClip
    from models.evaluate import FLOOR, OVER, role_scores, zone_scores
    from models.occupancy import Smoothing
    from models.score_tables import ABOUT, tables

    settings = _load(options.config)
    choice = replace(settings.detector, weights=_network(options, settings))
    subjects = _subjects(options, settings)
    finder, find_all = _finder(replace(settings, detector=choice)), None
    if wants_roles := options.roles or not options.json:
        find_all = _finder(replace(settings, detector=replace(choice, threshold=FLOOR))).find
    print(finder.name, file=sys.stderr if options.json else sys.stdout, flush=True)
    try:
        tallies = [one.tally(finder.find, find_all, options.every) for one in subjects]
    except BadClip as error:
        raise Refused(str(error)) from error
    rule = Smoothing(options.over or 1, settings.absence.empty_below, settings.absence.present_from)
    zones = () if options.roles else zone_scores(tallies, rule)
    rule = replace(rule, over=options.over or OVER)
    footage: Footage = "rendered" if settings.simulated else "real"
    roles = role_scores(tallies, rule, footage) if wants_roles else ()
    if options.json:
        print(ABOUT[footage], file=sys.stderr)
        _print([*map(asdict, zones), *map(asdict, roles)], as_json=True)
    else:
        print("\n".join(tables(zones, options.over or 1, roles)))


def models_prepare(options: argparse.Namespace) -> None:
    """Fetch or take a detector, export it, quantise it on frames of one's own cameras, and compare it with itself."""
    from models import calibration, fetch, install
    from models import prepare as making
    from models.metadata import WeightsError
    from models.runtimes import ExtraMissing
    from models.weights import cache

    directory = options.directory or cache(os.environ)
    settings = _load(options.config) if options.config else None
    if not (options.float or options.frames or options.data or settings):
        raise Refused(
            "expected frames to calibrate INT8 with: --config CONFIG (and --cameras ID …), --frames DIRECTORY or "
            "--data DATASET, found none; --float makes float networks without"
        )
    try:
        with _unwinding(), TemporaryDirectory(prefix="hallwatch-calibration-") as temporary:
            origin, work = making.origin(options.what, directory, options.sha256, options.licence), Path(temporary)
            what = None if options.float else _frames(options, settings, work)
            wish = making.Wish(options.sizes or origin.sizes, work if what else None, what, options.data)
            before, prepared = install.pin(directory), []
            for made in making.prepare(origin, wish, directory):
                prepared.append(made)
                print(f"{made.path}  {made.agreement.sentence(made.name) if made.agreement else 'float'}", flush=True)
            change = install.adopt(directory, prepared, before)
    except (WeightsError, fetch.WrongFile, calibration.FramesRefused, making.NotReplaced, FileNotFoundError) as error:
        raise Refused(str(error)) from error
    except (fetch.FetchFailed, ExtraMissing) as error:
        raise Missing(str(error)) from error
    except KeyboardInterrupt:
        raise Refused("stopped; what was finished is kept") from None
    for made in prepared:
        if not made.good:
            print(f"!!! {made.name} is NOT used: it was not shown to see what its original sees", file=sys.stderr)
    _tell(change)
    if change is None:
        print(f"in use: {before.name}; to change it: hallwatch models install NAME --data DATASET")


def models_list(options: argparse.Namespace) -> None:
    """Every network there is, which one is used, how well it sees and what it costs here."""
    from models.listing import listing
    from models.metadata import WeightsError

    try:
        for one in listing(os.environ, measured=not options.no_time):
            _print([asdict(one) if options.json else one.row()], options.json)
    except WeightsError as error:
        raise Missing(str(error)) from error


def models_install(options: argparse.Namespace) -> None:
    """Put a prepared network into use, if it is no worse than the one that is."""
    from models import install
    from models.metadata import WeightsError
    from models.weights import cache

    directory = options.directory or cache(os.environ)
    try:
        _tell(install.install(directory, options.name, options.data, options.even_if_worse))
    except (WeightsError, install.Worse, FileNotFoundError) as error:
        raise Refused(str(error)) from error


def models_rollback(options: argparse.Namespace) -> None:
    """Put the network into use again that was before."""
    from models import install
    from models.catalogue import NothingBefore
    from models.metadata import WeightsError
    from models.weights import cache

    try:
        _tell(install.roll_back(options.directory or cache(os.environ)))
    except (WeightsError, NothingBefore) as error:
        raise Refused(str(error)) from error


# --- parts of the wiring ----------------------------------------------------------------------------------------------


def _load(path: Path) -> Settings:
    from config.schema import ConfigError, load

    try:
        return load(path)
    except ConfigError as error:
        raise Refused(str(error)) from error


def _part(settings: Settings, number: int, of: int) -> Settings:
    """The k-th of n shards: every n-th hall with its cameras."""
    halls = settings.halls[number - 1 :: of]
    ids = {hall.id for hall in halls}
    return replace(settings, halls=halls, cameras=tuple(one for one in settings.cameras if one.hall in ids))


def _detector(settings: Settings) -> Detector:
    from models.metadata import WeightsError
    from models.runtimes import DeviceMissing, ExtraMissing
    from models.weights import open_detector, resolve

    choice = settings.detector
    try:
        return open_detector(choice.kind, resolve(choice.weights, os.environ), choice.threshold, choice.device)
    except (WeightsError, ExtraMissing, DeviceMissing) as error:
        raise Missing(str(error)) from error


def _finder(settings: Settings) -> Finder:
    """A detector that looks at pictures as their regions ask for, with the input sizes that its family has.

    Where the configuration names one network, only that one is used.
    """
    from models.finder import Finder
    from models.inputs import inputs
    from models.metadata import WeightsError
    from models.weights import resolve

    def opened(path: Path) -> Detector:
        return _detector(replace(settings, detector=replace(choice, weights=str(path))))

    choice = settings.detector
    try:
        weights = resolve(choice.weights, os.environ)
        sizes = inputs(weights, alone=choice.weights in (weights.name, str(weights.path)))
    except WeightsError as error:
        raise Missing(str(error)) from error
    own = opened(weights.path)
    return Finder(
        own, {size: partial(opened, path) if path != weights.path else lambda: own for size, path in sizes.items()}
    )


def _frames(options: argparse.Namespace, settings: Settings | None, work: Path) -> str:
    """Frames to calibrate with in a working directory, and what they are in words."""
    from models import calibration

    if settings is None:
        directory = options.frames or options.data / "images" / "train"
        return calibration.of_directory(directory, work, options.count)
    known = {camera.id: camera for camera in settings.cameras}
    if unknown := sorted({*(options.cameras or ())} - known.keys()):
        raise Refused(f"--cameras: expected some of {', '.join(known) or 'none'}, found {', '.join(unknown)}")
    cameras = [known[id] for id in options.cameras or known if options.cameras or known[id].legal_basis]
    return calibration.of_cameras(cameras, settings.regions, work, options.count, settings.reception)


def _draw(options: argparse.Namespace) -> bool:
    """A new label set from the chosen cameras; whether it was told to stop early, which keeps what was drawn."""
    from models import drawing, labels
    from models.choosing import LOW

    settings = _load(options.config)
    known = {camera.id: camera for camera in settings.cameras}
    if unknown := sorted({*(options.cameras or ())} - known.keys()):
        raise Refused(f"--cameras: expected some of {', '.join(known) or 'none'}, found {', '.join(unknown)}")
    clips = dict(_clip(text, settings) for text in options.camera)
    every = () if clips else (id for id, camera in known.items() if camera.legal_basis)
    chosen = {known[id]: None if "://" in known[id].url else Path(known[id].url) for id in options.cameras or every}
    low = replace(settings.detector, threshold=min(LOW, settings.detector.threshold))
    wish = drawing.Wish(options.frames, timedelta(minutes=options.minutes), options.at, options.seed)
    find, threshold = _finder(replace(settings, detector=low)).find, settings.detector.threshold
    cameras, stopped = {**chosen, **clips}, threading.Event()

    def stopping(stop: Callable[[], None]) -> AbstractContextManager[None]:
        return _stopping(lambda: _call([stopped.set, stop]))

    try:
        drawn, why = drawing.draw(cameras, settings.regions, find, threshold, wish, settings.reception, stopping)
    except drawing.CameraRefused as error:
        raise Refused(str(error)) from error
    if not drawn:
        names, reason = ", ".join(one.id for one in cameras) or "without any", f" ({why})" if why else ""
        raise Refused(f"cameras {names}: expected at least one picture, found none{reason}")
    labels.create(options.directory, drawn)
    return stopped.is_set()


def _finetune(options: argparse.Namespace) -> None:
    """Goes on from a checkpoint, and says how to put the result into use."""
    from models import finetune

    wish = finetune.recipe(options.device)
    wish = replace(wish, epochs=options.epochs or wish.epochs, batch=options.batch or wish.batch)
    with _unwinding():
        source = finetune.start(options.start, os.environ)
        tuned = finetune.finetune(options.data, options.out, source, os.environ, wish, options.directory)
    _print(tuned.rows(), options.json)
    where = f" --directory {options.directory}" if options.directory else ""
    say = f"{tuned.path}\nnot in use yet; hallwatch models install {tuned.name} --data {options.data}{where}"
    print(say, file=sys.stderr if options.json else sys.stdout)


def _tell(change: Change | None) -> None:
    """What is in use now, and where it is not seen because something else comes first."""
    from models.weights import resolve

    if change is None:
        return
    print(f"in use: {change.now} instead of {change.before} ({change.why}); back: hallwatch models rollback")
    if (used := resolve(None, os.environ)).name != change.now:
        print(f"a configuration without detector.weights still uses {used.path} ({used.source})", file=sys.stderr)


def _desks(
    settings: Settings, said: Callable[[str, str], WindowState | None], alerts: Sequence[Alert] = ()
) -> list[Desk]:
    from monitor.desk import Desk

    return [
        Desk(
            hall,
            settings.cameras,
            settings.regions,
            settings.calendar,
            settings.absence,
            settings.queue,
            partial(said, hall.id),
            alerts,
        )
        for hall in settings.halls
    ]


def _app(settings: Settings, closing: list[Callable[[], None]]) -> Flask:
    """The web application with everything that feeds it; called in the process that serves."""
    from dashboards.app import build, keep_figures
    from dashboards.heard import read
    from dashboards.live import Hub
    from monitor.adapters.database import open_database
    from monitor.adapters.mqtt import Bus

    engine, stop = open_database(settings.stores.database), threading.Event()
    hub = Hub(frozenset(hall.id for hall in settings.halls))
    # A hall reports with every look at it, so at least as often as its quickest camera is looked at.
    looks = [[one.cadence for one in settings.cameras if one.hall == hall.id] for hall in settings.halls]
    beat = max((min(cadences) for cadences in looks if cadences), default=timedelta(seconds=30))

    def listen() -> None:
        topics = [f"hallwatch/v1/{hall.id}/live" for hall in settings.halls]
        with Bus(settings.broker, f"hallwatch-serve-{os.getpid()}", topics) as bus:
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

    def figures() -> None:
        keep_figures(settings, engine, hub, stop, beat=beat)

    threads = [threading.Thread(target=work, name=work.__name__, daemon=True) for work in (listen, figures)]
    for thread in threads:
        thread.start()
    closing += [stop.set, hub.close]
    return build(settings, engine, hub, settings.stores.evidence, beat=beat)


def _call(each: Iterable[Callable[[], None]]) -> None:
    for one in each:
        one()


def _clip(text: str, settings: Settings) -> tuple[Camera, Path]:
    """`c1=clip.avi` as a configured camera and a file."""
    id, _, path = text.partition("=")
    camera = next((camera for camera in settings.cameras if camera.id == id), None)
    if camera is None or not path:
        known = ", ".join(camera.id for camera in settings.cameras)
        raise Refused(f"--camera: expected ID=FILE with an ID of {known or 'none configured'}, found {text!r}")
    if not Path(path).is_file():
        raise Refused(f"--camera {id}: expected a file, found nothing at {path!r}")
    return camera, Path(path)


def _network(options: argparse.Namespace, settings: Settings) -> str | None:
    """What `models evaluate` scores: what it was told, else what the configuration says; of one input size if asked."""
    from models.inputs import inputs
    from models.metadata import WeightsError
    from models.weights import resolve

    weights: str | None = options.weights or settings.detector.weights
    if options.size is None:
        return weights
    try:
        sizes = inputs(resolve(weights, os.environ))
    except WeightsError as error:
        raise Missing(str(error)) from error
    width, height = options.size
    if (height, width) not in sizes:
        known = ", ".join(f"{width}x{height}" for height, width in sorted(sizes))
        raise Refused(f"--size: expected one of {known}, found {width}x{height}")
    return str(sizes[height, width])


def _subjects(options: argparse.Namespace, settings: Settings) -> list[Subject]:
    """What `models evaluate` scores; what it cannot is said on stderr."""
    from models.clips import BadClip
    from models.subjects import Subject, subjects
    from models.truth import BadTruth

    clips = {camera.id: path for camera, path in (_clip(text, settings) for text in options.camera)}
    try:
        asked = list(subjects(settings.cameras, settings.regions, clips, _truths(options.truth, clips)))
    except (BadClip, BadTruth) as error:
        raise Refused(str(error)) from error
    for reason in asked:
        if not isinstance(reason, Subject):
            print(reason, file=sys.stderr)
    chosen = [one for one in asked if isinstance(one, Subject)]
    if not chosen:
        raise Refused(f"{options.config}: expected a camera with recorded footage and its ground truth, found none")
    return chosen


def _truths(texts: Sequence[str], clips: Mapping[str, Path]) -> dict[str, Path]:
    """`c1=gt.txt` as the ground truth of a camera's clip; the id may be left out where there is one clip."""
    truths: dict[str, Path] = {}
    for text in texts:
        id, _, path = text.partition("=")
        if not (id in clips and path):
            if len(clips) != 1 or len(texts) != 1:
                known = ", ".join(clips) or "a clip given with --camera"
                raise Refused(f"--truth: expected ID=PATH with an ID of {known}, found {text!r}")
            id, path = next(iter(clips)), text
        truths[id] = Path(path)
    return truths


@contextmanager
def _stopping(stop: Callable[[], None]) -> Iterator[None]:
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


@contextmanager
def _unwinding() -> Iterator[None]:
    """SIGTERM ends with every temporary directory removed."""
    before = signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _print(values: Iterable[Mapping[str, object]], as_json: bool) -> None:
    for value in values:
        if as_json:
            print(json.dumps(value, ensure_ascii=False), flush=True)
        else:
            print("  ".join(f"{name} {'—' if one is None else one}" for name, one in value.items()), flush=True)


# --- the command line -------------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> int:
    """The `hallwatch` command; returns its exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        options.verb(options)
    except Refused as refused:
        return _said(refused, REFUSED)
    except Missing as missing:
        return _said(missing, MISSING)
    except ImportError as error:
        return _said(_missing_library(error), MISSING)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read us has gone
    except KeyboardInterrupt:
        pass
    except Exception as error:
        from monitor.adapters.database import DatabaseUnusable
        from monitor.adapters.telemetry import TelemetryLost

        if not isinstance(error, DatabaseUnusable | TelemetryLost):
            raise
        return _said(error, MISSING)
    return DONE


def _said(sentence: object, code: int) -> int:
    print(sentence, file=sys.stderr)
    return code


def _missing_library(error: ImportError) -> str:
    """A library that a wheel expects of the system, as one sentence that names its Debian package."""
    for library, package in LIBRARIES.items():
        if library in str(error):
            return f"{library}: expected on this system, found none; install it with: sudo apt-get install {package}"
    raise error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="hallwatch", description="Watches the windows of government service halls.")
    verbs = parser.add_subparsers(required=True, metavar="VERB")
    _configured(verbs, "check", check)
    _configured(verbs, "watch", watch).add_argument(
        "--shard", type=_fraction, default=(1, 1), metavar="k/n", help="only every n-th hall, beginning with the k-th"
    )
    _configured(verbs, "intake", intake)
    _configured(verbs, "serve", serve).add_argument("--port", type=int, help="instead of board.port")
    again = _configured(verbs, "replay", replay)
    again.add_argument("--camera", action="append", required=True, metavar="ID=FILE", help="repeat for several")
    again.add_argument("--at", type=_time, default=EPOCH, metavar="ISO-TIME", help="time of the first frame")
    again.add_argument("--json", action="store_true", help="JSON lines")
    _demo_parser(verbs)
    _models_parser(verbs)
    return parser


def _demo_parser(verbs: Verbs) -> None:
    city = _verb(verbs, "demo", demo)
    city.add_argument("--halls", type=int, default=3)
    city.add_argument("--cameras", type=int, help="in all; by default as many as halls of their levels have")
    city.add_argument("--seed", type=int, default=1, help="the same seed tells the same story")
    city.add_argument("--port", type=int, default=8050, help="of the boards")
    city.add_argument("--seconds", type=float, help="stop after so long")
    city.add_argument("--headless", action="store_true", help="without boards")
    city.add_argument("--detector", choices=("openvino", "ultralytics"), default="openvino")
    city.add_argument("--directory", type=Path, help="keep everything here instead of in a temporary directory")
    city.add_argument(
        "--json", action="store_true", help="truth, alerts, ratings and at the end the score as JSON lines"
    )


def _models_parser(verbs: Verbs) -> None:
    models = verbs.add_parser("models", help="weights: train, evaluate, list").add_subparsers(required=True)
    _label_parser(models)
    train = _verb(models, "train", models_train)
    train.add_argument("data", type=Path, help="YOLO data set; drawn from the simulated city if it is not there")
    train.add_argument("out", metavar="OUT_OR_NAME", help="directory *_openvino_model to write; with --from a name")
    train.add_argument("--from", dest="start", metavar="WEIGHTS", help="go on from a .pt, or a prepared model's name")
    train.add_argument("--device", default="auto", help="with --from: auto, cpu, or the number of a GPU")
    train.add_argument("--directory", type=Path, help="with --from: models directory to write to, instead of the cache")
    train.add_argument("--pictures", type=int, default=4400, help="to draw")
    train.add_argument("--epochs", type=_count, help="default 7; with --from 8 on a CPU, 40 on a GPU")
    train.add_argument("--batch", type=_count, help="pictures at once; default 16; with --from 8 on a CPU, 32 on a GPU")
    train.add_argument("--seed", type=int, default=1)
    train.add_argument("--json", action="store_true", help="with --from: JSON lines")
    evaluate = _configured(models, "evaluate", models_evaluate)
    evaluate.add_argument(
        "--camera",
        action="append",
        default=[],
        metavar="ID=FILE",
        help="a recorded clip, repeat for several; without, every camera whose url is a file",
    )
    evaluate.add_argument(
        "--truth",
        action="append",
        default=[],
        metavar="[ID=]PATH",
        help="its ground truth, a MOT file or a directory of YOLO files; without, what lies beside the clip: "
        "clip.txt, clip/ or clip_labels/",
    )
    evaluate.add_argument("--weights", metavar="NAME_OR_PATH", help="instead of detector.weights")
    evaluate.add_argument("--size", type=_size, metavar="WxH", help="only that input of the network's family")
    evaluate.add_argument("--every", type=_count, default=1, metavar="N", help="only every n-th frame")
    evaluate.add_argument(
        "--over", type=_count, metavar="N", help="occupancy over n samples, smoothed as absence is (default 1; roles 6)"
    )
    evaluate.add_argument("--roles", action="store_true", help="score roles of cameras and seated staff, not zones")
    evaluate.add_argument("--json", action="store_true", help="JSON lines")
    _prepare_parser(models)
    listed = _verb(models, "list", models_list)
    listed.add_argument("--json", action="store_true", help="JSON lines")
    listed.add_argument("--no-time", action="store_true", help="without measuring the CPU per look")
    install = _verb(models, "install", models_install)
    install.add_argument("name", metavar="NAME", help="of a prepared network, as `models list` shows it")
    install.add_argument("--data", type=Path, metavar="DATASET", help="YOLO data set to compare both on (its val)")
    install.add_argument("--even-if-worse", action="store_true")
    for one in (install, _verb(models, "rollback", models_rollback)):
        one.add_argument("--directory", type=Path, help="models directory, instead of the cache")


def _label_parser(models: Verbs) -> None:
    label = _configured(models, "label", models_label)
    label.add_argument("directory", type=Path, metavar="DIR", help="label set; drawn if it is not there yet")
    label.add_argument("--cameras", nargs="+", metavar="ID", help="only these; by default all with a legal_basis")
    label.add_argument("--camera", action="append", default=[], metavar="ID=FILE", help="a recorded clip; repeatable")
    label.add_argument("--at", type=_time, default=EPOCH, metavar="ISO-TIME", help="time of a clip's first frame")
    label.add_argument("--frames", type=_count, default=200, help="to draw in all (default 200)")
    label.add_argument("--minutes", type=_count, default=30, help="to look at live cameras (default 30)")
    label.add_argument("--seed", type=int, default=1)
    label.add_argument("--port", type=int, default=8060, help="of the page (default 8060)")
    label.add_argument("--no-page", dest="page", action="store_false", help="draw only")
    formats = ("yolo|coco", "FILE")
    label.add_argument("--export", dest="give", nargs=2, metavar=formats, help="write the set to a .zip or .json")
    label.add_argument("--import", dest="take", nargs=2, metavar=formats, help="take corrected boxes from one")
    label.add_argument("--json", action="store_true", help="JSON lines")


def _prepare_parser(models: Verbs) -> None:
    prepare = _verb(models, "prepare", models_prepare)
    prepare.add_argument("what", metavar="NAME_OR_FILE", help="a known detector such as yolo11n, or a .pt of your own")
    source = prepare.add_mutually_exclusive_group()
    source.add_argument("--config", type=Path, help="draw frames from the cameras of this configuration")
    source.add_argument("--frames", type=Path, metavar="DIRECTORY", help="pictures to calibrate with")
    prepare.add_argument("--cameras", nargs="+", metavar="ID", help="only these of the configuration")
    prepare.add_argument("--count", type=int, default=128, help="frames to draw")
    prepare.add_argument("--data", type=Path, metavar="DATASET", help="YOLO data set to score on (its val) as well")
    prepare.add_argument("--sizes", type=_sizes, metavar="640x640,416x256", help="inputs, width x height")
    prepare.add_argument("--float", action="store_true", help="FP16 instead of INT8; needs no frames")
    prepare.add_argument("--licence", help="of your own file, for the catalogue")
    prepare.add_argument("--sha256", help="hash that the file must have")
    prepare.add_argument("--directory", type=Path, help="models directory to write to, instead of the cache")


def _verb(verbs: Verbs, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=(run.__doc__ or "").partition("\n")[0], description=run.__doc__)
    parser.set_defaults(verb=run)
    return parser


def _configured(verbs: Verbs, name: str, run: Callable[[argparse.Namespace], None]) -> argparse.ArgumentParser:
    parser = _verb(verbs, name, run)
    parser.add_argument("config", type=Path, metavar="CONFIG", help="YAML file")
    return parser


def _sizes(text: str) -> tuple[tuple[int, int], ...]:
    from models.catalogue import BadSize, size

    try:
        return tuple(map(size, text.split(",")))
    except BadSize as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _size(text: str) -> tuple[int, int]:
    size, *more = _sizes(text)
    if more:
        raise argparse.ArgumentTypeError(f"expected one size, found {text!r}")
    return size


def _fraction(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"expected k/n with 1 <= k <= n, found {text!r}")
    return int(number), int(of)


def _count(text: str) -> int:
    if not (text.isdecimal() and int(text) >= 1):
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {text!r}")
    return int(text)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected an ISO 8601 time, found {text!r}") from None
    if time.tzinfo is None:
        raise argparse.ArgumentTypeError(f"expected a time with an offset such as +08:00, found {text!r}")
    return time


if __name__ == "__main__":
    sys.exit(main())
