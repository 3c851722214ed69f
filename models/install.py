"""Installing: which network of a models directory is in use, and back to the one before.

A worse one is never put into use silently: it is compared on pictures that neither was trained on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models import catalogue, metadata
from models.agreement import THRESHOLD
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.prepare import Prepared
from models.trial import MARGIN, trial
from models.weights import SHIPPED, SUFFIX, Source, Weights, chosen


class Worse(Exception):
    """A network that is worse than the one in use, or not known to be no worse: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is in use now and what was."""

    now: str
    before: str
    why: str
    """What the choice rests on, in words."""


def in_use(directory: Path) -> Weights:
    """What a models directory gives: what was installed there, else its best network, else the shipped one."""
    return chosen(directory) or Weights(SHIPPED, True, Source.SHIPPED)


def pin(directory: Path) -> Weights:
    """What is in use, from now on by name, so that no network that comes into the directory takes its place."""
    now = in_use(directory)
    records = catalogue.read(directory)
    if not now.demo and catalogue.current(records) is None:
        catalogue.write(directory, catalogue.installed(records, now.name, now.name))
    return now


def adopt(directory: Path, prepared: Sequence[Prepared], before: Weights) -> Change | None:
    """Puts the best of what was prepared into use where there was only the shipped network; None if it was not."""
    best = max((one for one in prepared if one.good), key=lambda one: metadata.read(one.path).size, default=None)
    if best is None or not before.demo:
        return None
    return _use(directory, best.name, before.name, "nothing but the shipped network was in use")


def install(directory: Path, name: str, data: Path | None = None, even_if_worse: bool = False) -> Change:
    """Puts a network into use; raises `WeightsError` if it is not there, and `Worse`.

    `data`: a YOLO data set on whose held-out part both are compared; `FileNotFoundError` if it has none.
    """
    path, now = _path(directory, name), in_use(directory)
    verdict = _on_pictures(directory, path, now, data) if data else _on_records(catalogue.read(directory), path, now)
    if not (verdict.fine or even_if_worse):
        raise Worse(f"{name}: {verdict.why}; --even-if-worse installs it all the same")
    return _use(directory, name, now.name, verdict.why if verdict.fine else "as asked, even if worse")


def roll_back(directory: Path) -> Change:
    """Puts what was in use before into use again, passing over what has been deleted since.

    Raises `NothingBefore`, or `WeightsError` if all that was in use before is gone.
    """
    records = back = catalogue.read(directory)
    gone: WeightsError | None = None
    while True:
        try:
            back = catalogue.rolled_back(back)
            name = str(back["current"])
            _path(directory, name)
        except catalogue.NothingBefore as nothing:
            raise gone or nothing from None
        except WeightsError as error:
            gone = gone or error
            continue
        catalogue.write(directory, back)
        passed = f"; passed over, for it is gone: {gone.which}" if gone else ""
        return Change(name, catalogue.current(records) or "", f"it was in use before{passed}")


@dataclass(frozen=True, slots=True)
class _Verdict:
    fine: bool
    why: str


def _on_pictures(directory: Path, path: Path, now: Weights, data: Path) -> _Verdict:
    """Both networks on the same held-out pictures; their scores are recorded."""
    new, old = (trial(OpenVinoDetector(one, THRESHOLD), data) for one in (path, now.path))
    if not new.people:
        return _Verdict(False, f"expected people in the held-out part of {data} to compare both by, found nobody")
    records = catalogue.read(directory)
    for one, found in ((path, new), (now.path, old)):
        name = one.name.removesuffix(SUFFIX)
        scores = {**_scores(records, name), "held_out": found.facts()}
        records = catalogue.recorded(records, name, {"scores": scores}) if one.parent == directory else records
    catalogue.write(directory, records)
    return _compared(new.f1, old.f1, f"of {new.people} people in the held-out part of {data}", now)


def _on_records(records: catalogue.Records, path: Path, now: Weights) -> _Verdict:
    """What the catalogue knows of both."""
    name = path.name.removesuffix(SUFFIX)
    new, old = _held_out(records, name), _held_out(records, now.name)
    if new and old and new["data"] == old["data"]:
        return _compared(float(str(new["f1"])), float(str(old["f1"])), "as recorded on the same pictures", now)
    if catalogue.disagrees(records, name):
        return _Verdict(False, "expected it to see what the network it was made from sees, found less (models list)")
    if now.demo:
        return _Verdict(True, "nothing but the shipped network was in use")
    if now.path == path:
        return _Verdict(True, "it was in use already")
    return _Verdict(False, f"expected --data DATASET to compare it on with {now.name}, which is in use, found none")


def _compared(new: float, old: float, where: str, now: Weights) -> _Verdict:
    found = f"F1 {new:.3f}, of {now.name}, which is in use, {old:.3f} {where}"
    fine = new >= old - MARGIN
    return _Verdict(fine, found if fine else f"expected an F1 of no less than {MARGIN} below the other, found {found}")


def _held_out(records: catalogue.Records, name: str) -> Mapping[str, object] | None:
    found = _scores(records, name).get("held_out")
    return found if isinstance(found, Mapping) and {"data", "f1"} <= found.keys() and found.get("people") else None


def _scores(records: catalogue.Records, name: str) -> Mapping[str, object]:
    scores = catalogue.record(records, name).get("scores")
    return scores if isinstance(scores, Mapping) else {}


def _path(directory: Path, name: str) -> Path:
    """The network of this name in a models directory, or the shipped one; raises `WeightsError`."""
    for path in (directory / f"{name}{SUFFIX}", SHIPPED):
        if path.name == f"{name}{SUFFIX}" and path.is_dir():
            metadata.read(path)
            return path
    there = sorted(path.name.removesuffix(SUFFIX) for path in directory.glob(f"*{SUFFIX}"))
    raise WeightsError(name, f"one of {', '.join(there) or 'none'} in {directory}", "none of this name")


def _use(directory: Path, name: str, before: str, why: str) -> Change:
    catalogue.write(directory, catalogue.installed(catalogue.read(directory), name, before))
    return Change(name, before, why)
