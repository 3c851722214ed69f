import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection, socket
from time import monotonic

import pytest
from sqlalchemy import Engine

from monitor.adapters.database import open_database
from monitor.adapters.mqtt import Broker, embedded


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'hallwatch.db'}"


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A new database."""
    opened = open_database(url)
    yield opened
    opened.dispose()


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def mosquitto(broker: Broker, directory: Path, access: str = "allow_anonymous true\n") -> Iterator[None]:
    """A Mosquitto that keeps its sessions in a directory, from one start to the next."""
    settings = directory / "mosquitto.conf"
    settings.write_text(
        f"listener {broker.port} 127.0.0.1\nuser root\n{access}persistence true\n"
        f"persistence_location {directory}/\nautosave_on_changes true\nautosave_interval 1\n"
        "max_queued_messages 0\n"
    )
    with started(settings, broker.port):
        yield


@contextmanager
def started(settings: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A Mosquitto of that configuration, listening; terminated in the end."""
    with subprocess.Popen(["/usr/sbin/mosquitto", "-c", settings], stderr=subprocess.DEVNULL) as server:
        deadline = monotonic() + 10
        while server.poll() is None and monotonic() < deadline:
            try:
                create_connection(("127.0.0.1", port), 0.1).close()
                break
            except OSError:
                continue
        try:
            yield server
        finally:
            server.terminate()


@contextmanager
def serving(kind: str, broker: Broker, directory: Path) -> Iterator[Broker]:
    """One of the two brokers, listening."""
    with embedded(broker) if kind == "iotcore" else mosquitto(broker, directory):
        yield broker


@pytest.fixture(params=["iotcore", pytest.param("mosquitto", marks=pytest.mark.broker)])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Broker]:
    """Both brokers in turn: what holds for one must hold for the other."""
    with serving(request.param, Broker(port=free_port()), tmp_path) as started:
        yield started
