"""A running board over a small city's records."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from config.settings import Settings
from dashboards.app import build, keep_figures
from dashboards.live import Hub
from monitor.adapters.database import open_database
from tests.dashboards import city


@dataclass(frozen=True)
class Site:
    """The parts of a board."""

    settings: Settings
    engine: Engine
    hub: Hub
    evidence: Path
    app: Flask
    now: datetime


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A board whose clock is the real one, with a morning on record and every hall heard."""
    yield from opened(tmp_path, datetime.now(UTC))


def opened(directory: Path, now: datetime) -> Iterator[Site]:
    settings = city.settings(directory)
    engine = open_database(settings.stores.database)
    city.record(engine, settings.stores.evidence, settings, now)
    hub = Hub(frozenset(hall.id for hall in settings.halls))
    for hall in settings.halls:
        hub.put(city.message(settings, hall.id, now, city.alerts(now)))
    app = build(settings, engine, hub, settings.stores.evidence)
    yield Site(settings, engine, hub, settings.stores.evidence, app, now)
    hub.close()
    engine.dispose()


@dataclass(frozen=True)
class Running:
    """A board that answers."""

    site: Site
    address: str
    halt: Callable[[], None]
    """Computes no figures any more."""


@pytest.fixture
def board(site: Site) -> Iterator[Running]:
    """The board on a port of its own, its figures kept up to date."""
    stop = threading.Event()
    keeper = threading.Thread(target=keep_figures, args=(site.settings, site.engine, site.hub, stop))
    server = make_server("127.0.0.1", 0, site.app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    keeper.start()
    serving.start()

    def halt() -> None:
        stop.set()
        site.hub.refresh()
        keeper.join()

    yield Running(site, f"http://127.0.0.1:{server.server_port}", halt)
    stop.set()
    site.hub.close()
    server.shutdown()
    serving.join()
    keeper.join()
    server.server_close()
