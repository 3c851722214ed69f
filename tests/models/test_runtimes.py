"""Runtimes: loaded when needed, and silent."""

import subprocess
import sys
from pathlib import Path

import pytest

from models.runtimes import ExtraMissing

LOOK = """
import sys
calls = []
watched = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}
sys.addaudithook(lambda event, arguments: calls.append((event, arguments)) if event in watched else None)
import numpy as np
from models.weights import SHIPPED, Source, Weights, open_detector
loaded = [name for name in ("openvino", "ultralytics", "torch") if name in sys.modules]
assert not loaded, f"imported before it was asked for: {loaded}"
open_detector(sys.argv[1], Weights(SHIPPED, True, Source.SHIPPED), 0.35).detect(np.zeros((360, 640, 3), np.uint8))
assert "openvino_telemetry.main" not in sys.modules
assert not calls, f"called out: {calls}"
"""
"""One look in a process of its own, in which Python tells of every attempt to use the network."""


@pytest.mark.parametrize("kind", ["openvino", pytest.param("ultralytics", marks=pytest.mark.torch)])
def test_nothing_is_loaded_early_and_nothing_calls_out(kind: str) -> None:
    subprocess.run([sys.executable, "-c", LOOK, kind], check=True, cwd=Path(__file__).parents[2])


def test_a_missing_extra_is_one_sentence() -> None:
    assert "pip install -e '.[models]'" in str(ExtraMissing(ImportError("No module named 'ultralytics'")))
