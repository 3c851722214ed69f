"""The demonstration as a parent of processes."""

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulation.demo import Part, running


@pytest.fixture
def handlers() -> Iterator[None]:
    """Gives the signals of this process back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("handlers")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_part_outlives_a_demonstration_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    ends_us = f"import os, signal; os.kill(os.getppid(), {int(number)}); signal.pause()"
    part = Part("city", [sys.executable, "-c", ends_us])
    with pytest.raises(KeyboardInterrupt), running([part], tmp_path / "never"):
        pass
    assert part.process is not None
    assert part.process.poll() is not None
