"""Runtimes: the libraries that run networks, imported when first needed and unable to call out."""

import importlib
import logging
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

OFFLINE = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "ULTRALYTICS_SAFE_LOAD": "true"}
"""No events, update checks, downloads or pip runs, and of a checkpoint only the known parts of torch and ultralytics:
nothing else that a .pt file brings is run. ultralytics reads these when it is imported."""


class ExtraMissing(Exception):
    """The extra `hallwatch[models]` is not installed."""

    def __init__(self, found: ImportError) -> None:
        super().__init__(
            "此功能需要可选组件，请在源码目录执行 .venv/bin/pip install -e '.[models]'；"
            f"this needs the extra hallwatch[models], expected ultralytics, found {found}"
        )


class DeviceMissing(Exception):
    """The device to run a network on is not there: which, expected, found."""


def openvino() -> Any:
    """The openvino module."""
    _without_openvino_telemetry()
    return importlib.import_module("openvino")


def ultralytics(verbose: bool = False) -> Any:
    """The ultralytics module; raises `ExtraMissing`."""
    _without_openvino_telemetry()
    os.environ.update(OFFLINE, YOLO_VERBOSE=str(verbose))
    try:
        return importlib.import_module("ultralytics")
    except ImportError as error:
        raise ExtraMissing(error) from error


def quiet_ultralytics(work: Path, verbose: bool = False) -> Any:
    """ultralytics with its settings below a working directory, and nncf, for exports; raises `ExtraMissing`.

    `verbose`: it shows the progress of a training.

    It asks the network for a font unless one of this name lies beside its settings; nothing is drawn, so an empty file
    does.
    """
    settings = work / "Ultralytics"
    settings.mkdir(exist_ok=True)
    (settings / "Arial.ttf").touch()
    os.environ["YOLO_CONFIG_DIR"] = str(work)
    found = ultralytics(verbose)
    try:
        importlib.import_module("nncf")
    except ImportError as error:
        raise ExtraMissing(error) from error
    logging.getLogger("nncf").setLevel(logging.WARNING)
    return found


def versions() -> str:
    """The libraries that make a network, with their versions."""
    return ", ".join(f"{name} {metadata.version(name)}" for name in ("ultralytics", "openvino", "nncf"))


def require_device(device: str | None) -> None:
    """Raises `DeviceMissing` unless torch finds the device: `cpu`, the number of a CUDA device, `cuda:0`, …"""
    if device is None or device == "cpu":
        return
    cuda = importlib.import_module("torch").cuda
    there = ["cpu", *(str(number) for number in range(cuda.device_count() if cuda.is_available() else 0))]
    if device.removeprefix("cuda:").replace("cuda", "0") not in there:
        raise DeviceMissing(f"detector.device: expected one of {', '.join(there)} on this machine, found {device!r}")


def _without_openvino_telemetry() -> None:
    """Importing openvino reports that import to its makers, unless their telemetry module cannot be imported."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
