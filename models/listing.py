"""The listing: every network there is, with what is known of it and what it costs on this machine."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import yaml

from models import catalogue, fetch, metadata
from models.detector import Detector
from models.openvino import OpenVinoDetector
from models.weights import Weights, networks, resolve

FRAMES, WARM = 10, 2
"""Looks whose cost is measured, and looks before that."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A network as `models list` shows it."""

    name: str
    current: bool
    """Whether a configuration without `detector.weights` uses it."""
    place: str
    """environment (HALLWATCH_MODELS), cache or shipped."""
    path: str
    demo: bool
    bytes: int
    """Of its two files."""
    input: str
    """Width and height, pixels."""
    source: str | None
    licence: str | None
    sha256: str
    """Of its numbers (.bin)."""
    score: str | None
    cpu_ms: float | None
    """CPU time of one look on one thread of this machine, letterbox and suppression included."""

    def row(self) -> Mapping[str, object]:
        """What a line of text shows of it."""
        return {
            "name": f"{self.name}{' (in use)' if self.current else ''}",
            "input": self.input,
            "size": f"{self.bytes / 1e6:.1f} MB",
            "cpu_ms": self.cpu_ms,
            "score": self.score,
            "source": self.source,
            "licence": self.licence,
            "sha256": self.sha256[:12],
            "place": self.place,
        }


def listing(environ: Mapping[str, str], measured: bool = True) -> Iterator[Listed]:
    """Every network there is to choose from; raises `WeightsError` for one that cannot be read."""
    used = resolve(None, environ)
    for weights in networks(environ):
        yield _listed(weights, weights.path == used.path, measured)


def cpu_ms(detector: Detector) -> float:
    """Milliseconds of CPU that one look costs this process, on a drawn picture of 1280 × 720."""
    picture = np.full((720, 1280, 3), 160, np.uint8)
    cv2.rectangle(picture, (560, 200), (720, 640), (60, 40, 90), -1)
    for _ in range(WARM):
        detector.detect(picture)
    start = time.process_time()
    for _ in range(FRAMES):
        detector.detect(picture)
    return round((time.process_time() - start) * 1000 / FRAMES, 1)


def _listed(weights: Weights, used: bool, measured: bool) -> Listed:
    record = catalogue.record(catalogue.read(weights.path.parent), weights.name)
    size = metadata.read(weights.path).size
    said = yaml.safe_load((weights.path / "metadata.yaml").read_bytes())
    ours = said.get("hallwatch") if isinstance(said.get("hallwatch"), Mapping) else {}
    parts = [path for path in weights.path.iterdir() if path.suffix in {".xml", ".bin"}]
    numbers = [path for path in parts if path.suffix == ".bin"]
    return Listed(
        name=weights.name,
        current=used,
        place=str(weights.source),
        path=str(weights.path),
        demo=weights.demo,
        bytes=sum(path.stat().st_size for path in parts),
        input=f"{size[1]}x{size[0]}",
        source=_text(record.get("source")) or _text(ours.get("from")),
        licence=_text(record.get("licence")) or _text(said.get("license")),
        sha256=fetch.digest(numbers[0]) if numbers else "",
        score=_score(record.get("scores")) or _score(ours),
        cpu_ms=cpu_ms(OpenVinoDetector(weights.path)) if measured else None,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _score(scores: object) -> str | None:
    """What is known of how well it sees: on labelled pictures before the agreement with its original."""
    match scores:
        case {"held_out": {"recall": float(recall), "precision": float(precision)}}:
            return f"held-out pictures: recall {recall:.3f}, precision {precision:.3f}"
        case {"agreement": {"recall": float(recall), "precision": float(precision)}}:
            return f"against its original: recall {recall:.3f}, precision {precision:.3f}"
    return None
