"""Weights: which network is used, decided in one place, and never downloaded here.

In this order: what the configuration says; the directory in HALLWATCH_MODELS; the project's own cache
(~/.cache/hallwatch/models, or below XDG_CACHE_HOME); the small weights shipped in the package. The configuration says a
path, the name of a network in one of those places (`yolo11n-int8-416x256`), or a family (`yolo11n`: all networks named
after it). Among several networks of a place the one that was installed there is used (`current` in its
`catalogue.toml`); without one the quantised (INT8) come first, then the largest input, then the name that sorts last.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Literal

from models import catalogue, metadata
from models.detector import Detector
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.ultralytics import UltralyticsDetector

SUFFIX = "_openvino_model"
SHIPPED = Path(__file__).parent / "weights" / f"hallwatch-demo{SUFFIX}"
DIRECTORY = f"*{SUFFIX}"
FILES = frozenset({".pt", ".onnx", ".engine"})
"""Weights files that the ultralytics adapter runs."""


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

    @property
    def name(self) -> str:
        """What it is called in a configuration and in the catalogue."""
        return self.path.name.removesuffix(SUFFIX)


def resolve(configured: str | Path | None, environ: Mapping[str, str]) -> Weights:
    """The weights to use; raises `WeightsError` if what was asked for is not there."""
    if configured is not None:
        return _configured(configured, environ)
    for directory, source in places(environ):
        if found := chosen(directory, source):
            return found
        if source is Source.ENVIRONMENT:
            raise WeightsError(f"HALLWATCH_MODELS={directory}", f"a directory with {DIRECTORY} in it", "none")
    return _weights(SHIPPED, Source.SHIPPED)


def cache(environ: Mapping[str, str]) -> Path:
    """Where `hallwatch models prepare` puts what it made."""
    home = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "hallwatch" / "models"


def places(environ: Mapping[str, str]) -> tuple[tuple[Path, Source], ...]:
    """The models directories in the order in which they are looked through."""
    named = environ.get("HALLWATCH_MODELS")
    given = ((Path(named).expanduser(), Source.ENVIRONMENT),) if named else ()
    return (*given, (cache(environ), Source.CACHE))


def networks(environ: Mapping[str, str]) -> Iterator[Weights]:
    """Every OpenVINO network there is to choose from, place by place, the shipped one last."""
    for directory, source in places(environ):
        for path in sorted(directory.glob(DIRECTORY)):
            if path.is_dir():
                yield _weights(path, source)
    yield _weights(SHIPPED, Source.SHIPPED)


def chosen(directory: Path, source: Source = Source.CACHE) -> Weights | None:
    """What a models directory gives: what was installed there, otherwise its best network, or None.

    A network that was found to disagree with the one it was made from is only used where somebody installed it.
    """
    records = catalogue.read(directory)
    if name := catalogue.current(records):
        for path, from_where in ((directory / f"{name}{SUFFIX}", source), (SHIPPED, Source.SHIPPED)):
            if path.is_dir() and path.name == f"{name}{SUFFIX}":
                return _weights(path, from_where)
        raise WeightsError(
            directory / catalogue.FILE, f"current = {name!r} to name a network of this directory", "none"
        )
    paths = (path for path in directory.glob(DIRECTORY) if path.is_dir())
    best = _best(path for path in paths if not catalogue.disagrees(records, path.name.removesuffix(SUFFIX)))
    return _weights(best, source) if best else None


def open_detector(
    kind: Literal["openvino", "ultralytics"],
    weights: Weights,
    threshold: float,
    device: str | None = None,
    size: tuple[int, int] | None = None,
) -> Detector:
    """A detector over these weights; one per thread. `size`: another input than theirs, for OpenVINO networks.

    Raises `WeightsError`, or `ExtraMissing` where ultralytics is asked for and not installed, or `DeviceMissing`.
    """
    if kind == "ultralytics":
        return UltralyticsDetector(weights.path, threshold, device=device)
    return OpenVinoDetector(weights.path, threshold, size=size)


def _configured(asked: str | Path, environ: Mapping[str, str]) -> Weights:
    """What a configuration says: the name of a network, a family or a weights file of a models directory, or a path."""
    if Path(asked).name == str(asked) and (found := _named(str(asked), environ)):
        return _weights(found, Source.CONFIGURED)
    path = Path(asked).expanduser()
    if path.exists():
        return _weights(path, Source.CONFIGURED)
    raise WeightsError(path, f"a directory {DIRECTORY}, a weights file or the name of a network", "nothing")


def _named(name: str, environ: Mapping[str, str]) -> Path | None:
    """The network of this name; else the one in use or the best of a family; else a weights file; first place first."""
    paths = [one.path for one in networks(environ)]
    if exact := next((path for path in paths if path.name == f"{name}{SUFFIX}"), None):
        return exact
    if family := [path for path in paths if path.name.startswith((f"{name}-", f"{name}_"))]:
        place = [path for path in family if path.parent == family[0].parent]
        records = catalogue.read(place[0].parent)
        in_use = [path for path in place if path.name == f"{catalogue.current(records)}{SUFFIX}"]
        agreeing = [path for path in place if not catalogue.disagrees(records, path.name.removesuffix(SUFFIX))]
        return _best(in_use or agreeing or place)
    files = (directory / name for directory, _ in places(environ))
    return next((path for path in files if path.suffix in FILES and path.is_file()), None)


def _weights(path: Path, source: Source) -> Weights:
    return Weights(path, metadata.read(path).demo if path.is_dir() else False, source)


def _best(paths: Iterable[Path]) -> Path | None:
    """The best of some networks, or None."""

    def rank(path: Path) -> tuple[bool, int, str]:
        about = metadata.read(path)
        return about.int8, about.size[0] * about.size[1], path.name

    return max(paths, key=rank, default=None)
