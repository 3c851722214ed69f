"""The demonstration as a parent of processes."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

DEMONSTRATION = """
import signal, sys
from pathlib import Path
from simulation.demo import Part, running

signal.signal(int(sys.argv[1]), signal.SIG_DFL)  # under nohup it is ignored, and stays so
ends_us = f"import os, signal; os.kill(os.getppid(), {sys.argv[1]}); signal.pause()"
part = Part("city", [sys.executable, "-c", ends_us])
try:
    with running([part], Path(sys.argv[2])):
        pass
except KeyboardInterrupt:
    print(part.process is not None and part.process.poll() is not None)
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_no_part_outlives_a_demonstration_that_is_ended(tmp_path: Path, number: signal.Signals) -> None:
    """In a process of its own: the signal stack that pytest sets up is too small where torch has switched on AMX."""
    command = [sys.executable, "-c", DEMONSTRATION, str(int(number)), str(tmp_path / "never")]
    assert subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout == "True\n"


KILLED = """
import sys
from pathlib import Path
from simulation.demo import Part, running

part = Part("city", [sys.executable, "-c", "import signal; print('up', flush=True); signal.pause()"])
with running([part], Path(sys.argv[1])):
    pass
"""


def test_no_part_outlives_a_demonstration_that_is_killed(tmp_path: Path) -> None:
    """The part holds the same pipe as the demonstration: it ends for the reader when both have ended."""
    command = [sys.executable, "-c", KILLED, str(tmp_path / "never")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as demonstration:
        assert demonstration.stdout is not None
        assert demonstration.stdout.readline() == "up\n"
        demonstration.kill()
        assert demonstration.communicate(timeout=30)[0] == ""
