"""A checkpoint: a trained network as a .pt file of ultralytics, opened only if it is what can be made into a detector.

A .pt file is a pickle and could bring code. ultralytics is told to take known parts of torch and of its own only
(`runtimes.OFFLINE`), so that a file with anything else in it is refused instead of run.
"""

from pathlib import Path
from typing import Any
from zipfile import is_zipfile

from models import metadata
from models.metadata import WeightsError

HEADS = frozenset({"Detect", "v10Detect"})
"""The last layers whose answer, boxes and scores per anchor, `models/openvino.py` reads."""


def opened(path: Path, ultralytics: Any) -> Any:
    """The model of a checkpoint; raises `WeightsError` for anything but a detector whose class 0 is `person`."""
    if path.suffix != ".pt" or not path.is_file():
        raise WeightsError(path, "a file *.pt", "another kind of file" if path.is_file() else "nothing")
    if not is_zipfile(path):
        raise WeightsError(path, "a checkpoint as torch writes it, a zip archive", _beginning(path))
    try:
        model = ultralytics.YOLO(str(path.resolve()))
    except Exception as error:  # ultralytics and torch raise whatever their many loaders raise
        raise WeightsError(path, "a checkpoint of ultralytics", _reason(error)) from error
    if model.task != "detect":
        raise WeightsError(path, "a network for detection", f"one for the task {model.task}")
    head = type(model.model.model[-1]).__name__
    if head not in HEADS:
        raise WeightsError(path, "a YOLO with a detection head", f"one with the head {head}")
    if (first := model.names.get(0)) != metadata.PERSON:
        raise WeightsError(path, f"names with 0: {metadata.PERSON}", repr(first))
    return model


def _beginning(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(16)
    return f"a file beginning with {start!r}" if start else "an empty file"


def _reason(error: Exception) -> str:
    text = " ".join(str(error).split())
    if "outside the supported" in text:
        return "parts in it that are neither torch's nor ultralytics', which are not run"
    return text.encode("ascii", "ignore").decode().strip()[:200] or type(error).__name__
