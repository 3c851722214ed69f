"""Weights: which network is used, decided in one place, and never downloaded here.

In this order: the path in the configuration; the directory in HALLWATCH_MODELS; the project's own cache
(~/.cache/hallwatch/models, or below XDG_CACHE_HOME); the small weights shipped in the package. In a directory with
several networks the quantised (INT8) ones come first, then the largest input, then the name that sorts last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from models import metadata
from models.detector import Detector
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.ultralytics import UltralyticsDetector

SHIPPED = Path(__file__).parent / "weights" / "hallwatch-demo_openvino_model"
DIRECTORY = "*_openvino_model"


class Source(StrEnum):
    """Who chose the weights."""

    CONFIGURED = "configured"
    ENVIRONMENT = "environment"
    CACHE = "cache"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Weights:
    """A network on the disk."""

    path: Path
    """An OpenVINO directory with its `metadata.yaml`, or any file that ultralytics loads."""
    demo: bool
    """True for weights that only show that everything works; the board then says 演示模型."""
    source: Source


def resolve(configured: str | Path | None, environ: Mapping[str, str]) -> Weights:
    """The weights to use; raises `WeightsError` if what was asked for is not there."""
    if configured is not None:
        path = Path(configured).expanduser()
        if not path.exists():
            raise WeightsError(path, "a directory *_openvino_model or a weights file", "nothing")
        return _weights(path, Source.CONFIGURED)
    if named := environ.get("HALLWATCH_MODELS"):
        found = _best(Path(named).expanduser())
        if found is None:
            raise WeightsError(f"HALLWATCH_MODELS={named}", f"a directory with {DIRECTORY} in it", "none")
        return _weights(found, Source.ENVIRONMENT)
    if found := _best(cache(environ)):
        return _weights(found, Source.CACHE)
    return _weights(SHIPPED, Source.SHIPPED)


def cache(environ: Mapping[str, str]) -> Path:
    """Where `hallwatch models prepare` puts what it made."""
    home = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "hallwatch" / "models"


def open_detector(kind: Literal["openvino", "ultralytics"], weights: Weights, threshold: float) -> Detector:
    """A detector over these weights; one per thread.

    Raises `WeightsError`, or `ExtraMissing` where ultralytics is asked for and not installed.
    """
    adapter = UltralyticsDetector if kind == "ultralytics" else OpenVinoDetector
    return adapter(weights.path, threshold)


def _weights(path: Path, source: Source) -> Weights:
    return Weights(path, metadata.read(path).demo if path.is_dir() else False, source)


def _best(directory: Path) -> Path | None:
    """The best of a directory's networks, or None."""

    def rank(path: Path) -> tuple[bool, int, str]:
        about = metadata.read(path)
        return about.int8, about.size[0] * about.size[1], path.name

    return max((path for path in directory.glob(DIRECTORY) if path.is_dir()), key=rank, default=None)
