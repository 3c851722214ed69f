"""A broker that dies: the boards say since when, and nothing is lost or doubled."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import rmtree
from time import monotonic

import pytest

from dashboards.live import Hub
from hallwatch_wiring import hear_halls, load_settings
from monitor.adapters.database import open_database
from monitor.adapters.mqtt import Broker, Bus
from tests.monitor.adapters.conftest import started
from tests.monitor.adapters.test_delivery import Site, configured, insist, said
from tests.test_hallwatch import CONFIG

PATIENCE_S = 60.0
Until = Callable[[Callable[[str | None], bool]], str | None]


@contextmanager
def board(site: Site, directory: Path) -> Iterator[Until]:
    """What `serve` runs to feed its pages; gives a wait for what a page is told: since when the broker is down."""
    config = directory / "my.yaml"
    config.write_text(CONFIG, "utf-8")
    broker = Broker("external", port=site.port, login=site.login("hallwatch.serve"))
    settings, hub, stop = replace(load_settings(config), broker=broker), Hub(frozenset({"hc01"})), threading.Event()
    buses: list[Bus] = []
    page = hub.listen()
    down: list[str | None] = []

    def until(done: Callable[[str | None], bool]) -> str | None:
        deadline = monotonic() + PATIENCE_S
        while not (down and done(down[-1])):
            assert monotonic() < deadline, down
            told = [line for line in page.take(0.05).split("\n") if line.startswith("data: ")]
            down.extend(json.loads(line.removeprefix("data: "))["down_since"] for line in told)
        return down[-1]

    thread = threading.Thread(target=hear_halls, args=(settings, "serve", hub, stop, buses))
    thread.start()
    try:
        yield until
    finally:
        stop.set()
        thread.join()


@pytest.mark.broker
@pytest.mark.parametrize("forgets", [False, True])
def test_ten_minutes_without_a_broker_lose_and_double_nothing_and_every_page_says_so(
    tmp_path: Path, forgets: bool
) -> None:
    """Killed with -9, and come back with what it last wrote to disk, or with nothing at all."""
    site = configured(tmp_path / "broker", open_database(f"sqlite:///{tmp_path / 'hallwatch.db'}"))
    kept = [said(seq, ago=timedelta(minutes=10 - seq), buffered=seq > 1) for seq in range(1, 11)]
    with site.collecting(), board(site, tmp_path) as until:
        until(lambda down: down is not None)
        with started(site.directory / "mosquitto.conf", site.port) as server:
            with site.device() as device:
                insist(device, kept[0], seq=1)
            until(lambda down: down is None)
            killed = datetime.now(UTC)
            server.kill()
            server.wait()
        if forgets:
            rmtree(site.directory / "data")
            (site.directory / "data").mkdir()
        since = until(lambda down: down is not None)
        assert since is not None
        assert killed <= datetime.fromisoformat(since) <= datetime.now(UTC)
        with started(site.directory / "mosquitto.conf", site.port), site.device() as device:
            insist(device, *kept, seq=10)
            until(lambda down: down is None)
    assert [one.ts.isoformat() for one in site.recorded()] == [one["ts"] for one in kept]
    assert site.aside() == []
    site.engine.dispose()
