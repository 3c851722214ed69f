"""A program may hold more open files than select(2) can name."""

import resource
import subprocess
import sys

import pytest

from camera_ingest.open_files import SPARE, make_room
from monitor.adapters.mqtt import Broker

FILES = 1200


def test_the_bus_works_beyond_1024_open_files(broker: Broker) -> None:
    command = [sys.executable, "-m", "tests.monitor.adapters.crowded", str(broker.port), str(FILES)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    limit, highest, back = map(int, said.stdout.split())
    assert (limit, back, said.stderr) == (FILES + SPARE, 50, "")
    assert highest > 1024


def test_a_limit_is_never_lowered_and_what_does_not_fit_is_said(caplog: pytest.LogCaptureFixture) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert make_room(1) == soft
    assert not caplog.records
    try:
        assert make_room(hard + 1) == hard
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert caplog.records[0].getMessage().endswith(f"(ulimit -Hn), found {hard}")
