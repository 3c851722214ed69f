"""Metadata: what a weights directory says of itself, in the `metadata.yaml` that ultralytics writes beside an IR."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

PERSON = "person"
"""The name class 0 must bear: the only class looked for."""


class WeightsError(Exception):
    """Weights that are missing, broken or of another kind: which, what was expected, what was found."""

    def __init__(self, which: Path | str, expected: str, found: str) -> None:
        super().__init__(f"weights {which}: expected {expected}, found {found}")
        self.which = which
        self.expected = expected
        self.found = found


@dataclass(frozen=True, slots=True)
class Metadata:
    """What is needed to choose among weights and to name them."""

    size: tuple[int, int]
    """Height and width of the input, pixels."""
    int8: bool
    demo: bool
    """True for the small weights shipped with the package (`hallwatch: {demo: true}`)."""
    further: tuple[tuple[int, int], ...] = ()
    """Other inputs, height and width, in which the same weights were measured (`hallwatch: {further_inputs: …}`)."""
    seen_px: Mapping[str, float] = field(default_factory=dict)
    """By kind of region, where it differs from what is usual (models/looks.py): how high people must be to be seen."""


def read(directory: Path) -> Metadata:
    """The metadata of a weights directory; raises `WeightsError` unless its class 0 is `person`."""
    if not directory.is_dir():
        raise WeightsError(directory, "a directory *_openvino_model", "a file" if directory.exists() else "nothing")
    path = directory / "metadata.yaml"
    try:
        content = yaml.safe_load(path.read_bytes())
    except FileNotFoundError:
        raise WeightsError(path, "a file", "nothing") from None
    except (OSError, yaml.YAMLError) as error:
        raise WeightsError(path, "readable YAML", " ".join(str(error).split())) from error
    return parse(path, content)


def parse(path: Path, content: object) -> Metadata:
    """The metadata in the content of a YAML file; `path` only names it in errors."""
    if not isinstance(content, Mapping):
        raise WeightsError(path, "a mapping with imgsz and names", type(content).__name__)
    size = _size(path, content.get("imgsz"), "imgsz:")
    names = content.get("names")
    first = names.get(0) if isinstance(names, Mapping) else names[0] if isinstance(names, list) and names else None
    if first != PERSON:
        raise WeightsError(path, f"names with 0: {PERSON}", repr(first))
    int8 = _flag(content, "args", "int8", True) or _flag(content, "args", "quantize", 8)  # until ultralytics 8.3, since
    own = content.get("hallwatch")
    own = own if isinstance(own, Mapping) else {}
    further = tuple(_size(path, one, "further_inputs: a list of") for one in own.get("further_inputs", ()))
    return Metadata(size, int8, _flag(content, "hallwatch", "demo", True), further, _seen(path, own.get("seen_px", {})))


def _seen(path: Path, value: object) -> Mapping[str, float]:
    if isinstance(value, Mapping) and all(isinstance(px, int | float) and px > 0 for px in value.values()):
        return {str(kind): float(px) for kind, px in value.items()}
    raise WeightsError(path, "seen_px: {staff: pixels, …}", repr(value))


def _size(path: Path, value: object, key: str) -> tuple[int, int]:
    """The size of an input, which ultralytics writes as [height, width]."""
    match value:
        case [int(height), int(width)] if height > 0 and width > 0:
            return height, width
    raise WeightsError(path, f"{key} [height, width] in pixels", repr(value))


def _flag(content: Mapping[object, object], part: str, key: str, value: int) -> bool:
    inner = content.get(part)
    return isinstance(inner, Mapping) and type(inner.get(key)) is type(value) and inner[key] == value
