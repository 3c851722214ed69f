"""hallwatch, the front door: with its leaves `hallwatch_models` and `hallwatch_wiring` alone it sees every room.

It loads the configuration and wires the parts. Each verb imports the rooms it needs when it runs: `check` needs no
network, and nothing here needs torch.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from hallwatch_bench import add_bench
from hallwatch_cameras import add_cameras
from hallwatch_devices import add_devices
from hallwatch_models import add_models
from hallwatch_rules import add_check, add_rules
from hallwatch_watch import desks_of, shard_of, watch_halls
from hallwatch_wiring import (
    EPOCH,
    Missing,
    Refused,
    add_configured,
    add_verb,
    aware_time,
    beat_of,
    call_each,
    clip_of,
    finder_of,
    hear_halls,
    load_settings,
    stopping,
    tell,
)

if TYPE_CHECKING:
    from flask import Flask

    from config.settings import Settings
    from hallwatch_wiring import Verbs
    from monitor.ladder import Person

LOG = logging.getLogger("hallwatch")
DONE, REFUSED, USAGE, MISSING = 0, 1, 2, 3
"""Exit codes: done, refused input (with a sentence), wrong usage, a needed service is not there."""
NOTICES_S = 5.0
"""Between two looks for what people are to be told of."""
LIBRARIES = {"libGL.so": "libgl1", "libgthread": "libglib2.0-0", "libglib": "libglib2.0-0"}
"""Libraries that wheels expect of the system, and the Debian package of each."""


# --- watch, intake, serve: the three programs of a site ---------------------------------------------------------------


def watch(options: argparse.Namespace) -> None:
    """Cameras to alerts, for the halls of one shard."""
    watch_halls(shard_of(load_settings(options.config, f"watch-{options.shard[0]}"), *options.shard), options.shard[0])


def intake(options: argparse.Namespace) -> None:
    """Devices to ratings and window states; runs the embedded broker where the configuration says so."""
    from contextlib import nullcontext

    from monitor.adapters import disk, intake_records
    from monitor.adapters.database import open_database
    from monitor.adapters.mqtt import BrokerUnavailable, Bus, embedded
    from monitor.intake import intake as collect
    from monitor.messages import FILTERS, Registry

    settings, stop = load_settings(options.config, "intake"), threading.Event()
    engine = open_database(settings.stores.database)
    registry = Registry.of(settings.halls, settings.devices, settings.scales)
    current = intake_records.last_heard(engine) or datetime.now(UTC)
    if settings.broker.logins is not None:  # its broker was set up by `hallwatch devices`
        kept = settings.broker.logins.parent / "data"
        threading.Thread(target=disk.watch, args=(kept, stop), name="disk", daemon=True).start()
    try:
        with (
            embedded(settings.broker) if settings.broker.mode == "embedded" else nullcontext(),
            Bus(settings.broker, "hallwatch-intake", FILTERS, persistent=True) as bus,
            stopping(stop.set),
        ):
            collect(bus, lambda batch, since: intake_records.keep(engine, registry, batch, since), stop, current)
    except BrokerUnavailable as error:
        raise Missing(str(error)) from error


def serve(options: argparse.Namespace) -> None:
    """The boards and the phone page."""
    from dashboards import serve as site

    settings = load_settings(options.config, "serve")
    port = options.port or settings.board.port
    if not site.is_free(settings.board.host, port):
        raise Missing(f"port {port} on {settings.board.host}: expected it free for the boards, found it in use")
    closing: list[Callable[[], None]] = []
    site.serve(lambda: _app(settings, closing), settings.board.host, port, lambda: call_each(closing))


def notify(options: argparse.Namespace) -> None:
    """Tell the people on duty of alerts, by robots, e-mail, webhooks and text messages."""
    from dashboards.app import STALE_BEATS
    from dashboards.duty import message
    from dashboards.live import Hub
    from dashboards.standing import as_seen
    from monitor.adapters.database import open_database
    from monitor.adapters.notices import Notifier
    from monitor.adapters.senders import AppriseSender, Bounded, Sender, SmsSender

    settings, stop = load_settings(options.config, "notify"), threading.Event()
    people: dict[Person, Sender] = {}
    for one in settings.notices.recipients:
        sms = one.sms
        if sms is not None:
            people[one.person] = Bounded(
                SmsSender(sms.url, sms.to, sms.body, sms.headers, sms.method, sms.timeout_s), sms.timeout_s
            )
        else:
            people[one.person] = AppriseSender(one.url)
    if not people:
        raise Refused("notices.recipients: expected somebody who is to be told, found nobody")
    hub, stale_after = Hub(frozenset(hall.id for hall in settings.halls)), STALE_BEATS * beat_of(settings)
    notifier = Notifier(
        open_database(settings.stores.database),
        settings.halls,
        settings.thresholds,
        people,
        lambda due: message(settings, due),
        settings.notices.ladder,
        lambda alert, at: as_seen(alert, hub.messages().get(alert.hall), at, stale_after),
    )
    threading.Thread(target=hear_halls, args=(settings, "notify", hub, stop), name="listen", daemon=True).start()
    with stopping(stop.set):
        while not stop.is_set():
            notifier.turn(datetime.now(UTC))
            stop.wait(NOTICES_S)
    notifier.rest(NOTICES_S)


def replay(options: argparse.Namespace) -> None:
    """The same pipeline over recorded video, in media time; nothing is recorded."""
    from heapq import merge

    from camera_ingest import clip
    from monitor import flow
    from monitor.album import Album
    from monitor.attention import Attention
    from monitor.known import NOTHING
    from monitor.lines import alert_line, observation_line
    from monitor.scenery import Scenery

    settings = load_settings(options.config)
    clips = dict(clip_of(text, settings) for text in options.camera)
    settings = replace(settings, cameras=tuple(clips))
    for camera in clips:
        if not camera.legal_basis:
            print(f"camera {camera.id}: it has no legal_basis, so nothing in it is analysed", file=sys.stderr)
    for hall in settings.halls:
        if settings.hours[hall.id].at(None, options.at) is None:
            print(f"hall {hall.id}: {options.at} is outside its service hours; no alert opens then", file=sys.stderr)
    samples = merge(*(clip.samples(camera, path, options.at) for camera, path in clips.items()), key=lambda s: s.at)
    with TemporaryDirectory(prefix="hallwatch-replay-") as stills:
        desks = [(desk, Album(Path(stills))) for desk in desks_of(settings, lambda hall: NOTHING)]
        flow.watch(
            samples,
            desks,
            Attention(finder_of(settings).find),
            Scenery(),
            lambda looks: tell([observation_line(look) for look in looks], options.json),
            lambda alert, _, at: tell([line for line in [alert_line(alert, at)] if line], options.json),
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


# --- parts of the wiring ----------------------------------------------------------------------------------------------


def _app(settings: Settings, closing: list[Callable[[], None]]) -> Flask:
    """The web application with everything that feeds it; called in the process that serves."""
    from dashboards.app import build, keep_figures
    from dashboards.live import Hub
    from monitor.adapters.database import open_database
    from monitor.adapters.hearing import changed_topic
    from monitor.adapters.mqtt import Bus

    engine, stop = open_database(settings.stores.database), threading.Event()
    buses: list[Bus] = []
    hub = Hub(frozenset(hall.id for hall in settings.halls))
    beat = beat_of(settings)

    def listen() -> None:
        hear_halls(settings, "serve", hub, stop, buses)

    def announce(hall: str) -> None:
        for bus in buses:
            bus.publish(changed_topic(hall), b"{}")  # if it cannot be sent, the roster is read again within the minute

    def figures() -> None:
        keep_figures(settings, engine, hub, stop, beat=beat)

    threads = [threading.Thread(target=work, name=work.__name__, daemon=True) for work in (listen, figures)]
    for thread in threads:
        thread.start()
    closing += [stop.set, hub.close]
    return build(settings, engine, hub, settings.stores.evidence, beat=beat, announce=announce)


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
    add_check(verbs)
    add_rules(verbs)
    add_configured(verbs, "watch", watch).add_argument(
        "--shard", type=_fraction, default=(1, 1), metavar="k/n", help="only every n-th hall, beginning with the k-th"
    )
    add_configured(verbs, "intake", intake)
    add_configured(verbs, "serve", serve).add_argument("--port", type=int, help="instead of board.port")
    add_configured(verbs, "notify", notify)
    again = add_configured(verbs, "replay", replay)
    again.add_argument("--camera", action="append", required=True, metavar="ID=FILE", help="repeat for several")
    again.add_argument("--at", type=aware_time, default=EPOCH, metavar="ISO-TIME", help="time of the first frame")
    again.add_argument("--json", action="store_true", help="JSON lines")
    _demo_parser(verbs)
    add_models(verbs)
    add_cameras(verbs)
    add_devices(verbs)
    add_bench(verbs)
    return parser


def _demo_parser(verbs: Verbs) -> None:
    city = add_verb(verbs, "demo", demo)
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


def _fraction(text: str) -> tuple[int, int]:
    number, _, of = text.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise argparse.ArgumentTypeError(f"expected k/n with 1 <= k <= n, found {text!r}")
    return int(number), int(of)


if __name__ == "__main__":
    sys.exit(main())
