"""Preparing: a checkpoint becomes OpenVINO networks of fixed input sizes, quantised on the user's own frames.

Each quantised network is compared with the float network it was made from, on frames that were kept aside; what was
found is recorded in the catalogue of the models directory.
"""

import re
import shutil
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from models import agreement, calibration, catalogue, checkpoint, fetch, runtimes
from models.agreement import Agreement
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.trial import MARGIN, Trial, trial
from models.weights import SUFFIX

PARTS = (".xml", ".bin")
"""The two files of an IR."""
INT8, FP16 = "int8", "fp16"


class NotReplaced(Exception):
    """A network that is in use would have been replaced by another one: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A checkpoint and where it comes from."""

    path: Path
    family: str
    source: str
    """Its URL or its path."""
    licence: str
    sizes: tuple[tuple[int, int], ...]
    """Width and height of the inputs made by default."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be made of a checkpoint."""

    sizes: Sequence[tuple[int, int]]
    """Width and height of the inputs."""
    frames: Path | None
    """A working directory of `models.calibration`; None = float networks (FP16)."""
    calibrated_on: str | None = None
    """What the frames are, in words."""
    data: Path | None = None
    """A YOLO data set on whose held-out part the networks are scored as well."""

    @property
    def precision(self) -> str:
        """Of the numbers inside the networks."""
        return INT8 if self.frames else FP16


@dataclass(frozen=True, slots=True)
class Prepared:
    """A network that was made."""

    name: str
    path: Path
    agreement: Agreement | None
    """With the float network; None for a float one."""
    trials: tuple[Trial, Trial] | None = None
    """Its own on labelled pictures, and that of the float network."""

    @property
    def good(self) -> bool:
        """Whether it may be chosen by itself."""
        agrees = self.agreement is None or self.agreement.good
        if self.trials is None:
            return agrees
        own, original = self.trials
        return agrees and original.people > 0 and own.f1 >= original.f1 - MARGIN


def origin(asked: str, directory: Path, sha256: str | None = None, licence: str | None = None) -> Origin:
    """The checkpoint of a known name, fetched into the models directory, or of a path; its hash is checked.

    Raises `WeightsError`, `FetchFailed`, `WrongFile`.
    """
    known = catalogue.find(asked)
    sha256 = sha256.lower() if sha256 else None
    if sha256 and not re.fullmatch("[0-9a-f]{64}", sha256):
        raise fetch.WrongFile(f"--sha256: expected 64 hexadecimal digits, found {sha256!r}")
    if known is None:
        path = Path(asked).expanduser()
        if not path.is_file():
            names = ", ".join(catalogue.known())
            raise WeightsError(asked, f"the path of a file *.pt, or a detector such as {names}", "neither")
        if sha256 and (found := fetch.digest(path)) != sha256:
            raise fetch.WrongFile(f"{path}: expected a file of sha256 {sha256}, found {found}")
        family = re.sub(r"[^\w.-]", "-", path.stem)
        return Origin(path, family, str(path.absolute()), licence or "unknown", catalogue.SIZES)
    expected = sha256 or known.sha256
    if expected is None:
        raise fetch.WrongFile(
            f"{asked}: expected --sha256 with the hash of {known.url} (the page of the release shows it), "
            "because this catalogue knows none; found none"
        )
    path = fetch.fetch(known.url, directory / f"{asked}.pt", expected)
    return Origin(path, asked, known.url, licence or known.licence, known.sizes)


def prepare(origin: Origin, wish: Wish, directory: Path) -> Iterator[Prepared]:
    """Makes and records the networks in a models directory, one after the other.

    Raises `WeightsError`, `ExtraMissing`, and `NotReplaced` where a network in use would become another one.
    """
    sha256 = fetch.digest(origin.path)
    _require_same(directory, origin, sha256)
    with TemporaryDirectory(prefix="hallwatch-export-") as temporary:
        work = Path(temporary)
        ultralytics = runtimes.quiet_ultralytics(work)
        checkpoint.opened(origin.path, ultralytics)
        shutil.copyfile(origin.path, work / "network.pt")
        for size in wish.sizes:
            name = _name(origin, wish, size)
            try:
                exported, found, trials = _made(ultralytics, work, wish, size)
            except WeightsError as error:  # about the export, which is gone when this is read
                raise WeightsError(origin.path, error.expected, error.found) from error
            made = Prepared(name, directory / f"{name}{SUFFIX}", found, trials)
            if not made.good and made.path.is_dir() and not catalogue.disagrees(catalogue.read(directory), name):
                raise NotReplaced(
                    f"{name}: expected it to see what its original sees, because one that does is there, found less"
                )
            # Recorded first: a network nobody has compared must never be found in its place.
            _record(directory, made, exported, _facts(origin, wish, size, sha256))
            _publish(exported, made, _metadata(exported, origin, wish))
            yield made


def _name(origin: Origin, wish: Wish, size: tuple[int, int]) -> str:
    return f"{origin.family}-{wish.precision}-{size[0]}x{size[1]}"


def _require_same(directory: Path, origin: Origin, sha256: str) -> None:
    """Raises `NotReplaced` if the network in use is of this family and was made of another file.

    All inputs of a family are used together, so one of another file would be in use at once.
    """
    records = catalogue.read(directory)
    name = catalogue.current(records) or ""
    made_of = catalogue.record(records, name).get("sha256")
    ours = re.fullmatch(rf"{re.escape(origin.family)}-({INT8}|{FP16})-\d+x\d+", name)
    if ours and made_of != sha256:
        raise NotReplaced(
            f"{name}: expected the file it was made of (sha256 {made_of}), because it is in use, found another "
            f"({sha256}); give the file another name, then compare: hallwatch models install NAME --data DATASET"
        )


def _made(
    ultralytics: Any, work: Path, wish: Wish, size: tuple[int, int]
) -> tuple[Path, Agreement | None, tuple[Trial, Trial] | None]:
    """The exported network, and how it compares with the float one."""
    if wish.frames is None:
        exported = _export(ultralytics, work, size, quantize=16)
        OpenVinoDetector(exported)
        return exported, None, None
    original = OpenVinoDetector(_export(ultralytics, work, size), agreement.THRESHOLD)
    exported = _export(ultralytics, work, size, quantize=8, data=str(calibration.described(wish.frames)))
    quantised = OpenVinoDetector(exported, agreement.THRESHOLD)
    found = agreement.agreement(quantised, original, calibration.aside(wish.frames))
    trials = (trial(quantised, wish.data), trial(original, wish.data)) if wish.data else None
    return exported, found, trials


def _export(ultralytics: Any, work: Path, size: tuple[int, int], **wish: object) -> Path:
    """An OpenVINO directory with a static input; detectors that need no suppression (YOLO26) with the head that does.

    Of a size's float and INT8 exports each has a directory of its own, replaced by the next size.
    """
    model = ultralytics.YOLO(str(work / "network.pt"), task="detect")
    with warnings.catch_warnings(action="ignore"):  # torch deprecates the tracer that ultralytics calls
        return Path(model.export(format="openvino", imgsz=[size[1], size[0]], batch=1, **wish))


def _metadata(exported: Path, origin: Origin, wish: Wish) -> Mapping[str, object]:
    """What the network says of itself, without paths of the machine it was made on."""
    content = yaml.safe_load((exported / "metadata.yaml").read_text(encoding="utf-8"))
    args = {"batch": 1, "dynamic": False, "int8": wish.precision == INT8, "nms": False}
    about = {"demo": False, "family": origin.family, "precision": wish.precision}
    return {**content, "license": origin.licence, "args": args, "hallwatch": about}


def _publish(exported: Path, made: Prepared, about: Mapping[str, object]) -> None:
    """The network under its name, the old one out of the way for a moment only."""
    fresh, old = (made.path.with_name(f".{made.name}.{state}") for state in ("fresh", "old"))
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    fresh.mkdir(parents=True)
    for suffix in PARTS:
        (part,) = exported.glob(f"*{suffix}")
        shutil.copyfile(part, fresh / f"{made.name}{suffix}")
    text = yaml.safe_dump(dict(about), sort_keys=False, allow_unicode=True)
    (fresh / "metadata.yaml").write_text(text, encoding="utf-8")
    if made.path.exists():
        made.path.rename(old)
    fresh.rename(made.path)
    shutil.rmtree(old, ignore_errors=True)


def _facts(origin: Origin, wish: Wish, size: tuple[int, int], sha256: str) -> Mapping[str, object]:
    """What is known of a network before it is compared."""
    return {
        "family": origin.family,
        "source": origin.source,
        "licence": origin.licence,
        "sha256": sha256,
        "input": f"{size[0]}x{size[1]}",
        "precision": wish.precision,
        "made_with": runtimes.versions(),
        "calibrated_on": wish.calibrated_on,
        "date": datetime.now(UTC).date(),
    }


def _record(directory: Path, made: Prepared, exported: Path, facts: Mapping[str, object]) -> None:
    """One network in the catalogue of its directory, in place of what was known of it before."""
    scores = {"agreement": asdict(made.agreement)} if made.agreement else {}
    if made.trials:
        scores |= {"held_out": made.trials[0].facts(), "original": made.trials[1].facts()}
    (numbers,) = exported.glob("*.bin")
    found = {"bin_sha256": fetch.digest(numbers), "agrees": made.good, "scores": scores}
    records = catalogue.recorded(catalogue.read(directory), made.name, {**facts, **found})
    catalogue.write(directory, records)
