"""Runtimes: the libraries that run networks, imported when first needed and unable to call out."""

import importlib
import os
import sys
from typing import Any

OFFLINE = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false"}
"""No events, update checks, downloads or pip runs; ultralytics reads these when it is imported."""


class ExtraMissing(Exception):
    """The extra `hallwatch[models]` is not installed."""

    def __init__(self, found: ImportError) -> None:
        super().__init__(
            "此功能需要可选组件，请执行 pip install 'hallwatch[models]'；"
            f"this needs the extra hallwatch[models], expected ultralytics, found {found}"
        )


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


def _without_openvino_telemetry() -> None:
    """Importing openvino reports that import to its makers, unless their telemetry module cannot be imported."""
    sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]
