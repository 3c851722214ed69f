"""Fine-tuning: a detector goes on learning from a site's own labelled pictures, and is compared with the one in use.

Nothing is fitted to the held-out part: it is trained to a fixed number of epochs without choosing among them, quantised
on training pictures, and only scored on the rest. The result lies beside the others in the models directory and is
never put into use here: `hallwatch models install` does that, and refuses a worse one.

Whoever is labelled as a person stays the network's class 0: of a network with many classes ultralytics' trainer carries
the row `person` of the classification head over into the new head with one; that it did is checked before training.
"""

import importlib
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import cv2

from models import calibration, catalogue, checkpoint, install, prepare, runtimes
from models.agreement import THRESHOLD
from models.metadata import WeightsError
from models.openvino import OpenVinoDetector
from models.train import channels_last, described, reviewed
from models.trial import Trial, trial
from models.weights import SUFFIX, cache, places, resolve

NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,62}")
"""Names of networks."""
STRIDE = 32
"""Sides of an input are multiples of it, pixels."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to fine-tune on a device."""

    device: str
    """`cpu`, or the number of a CUDA device."""
    epochs: int
    batch: int
    side: int
    """Longer side of the input, pixels."""
    freeze: int
    """Layers from the first on that stay as they are; the first 10 of a YOLO11 are its backbone."""
    seed: int = 1

    def asked(self) -> dict[str, object]:
        """What ultralytics' trainer is asked for."""
        cpu = self.device == "cpu"
        return {
            "device": self.device,
            "epochs": self.epochs,
            "batch": self.batch,
            "imgsz": self.side,
            "freeze": self.freeze or None,
            "rect": cpu,  # batches in the shape of the pictures, no mosaics: a third of the work on 16:9
            "amp": False if cpu else "bf16",  # True would fetch weights to check it with
            "workers": 1 if cpu else 4,
            "cache": "ram" if cpu else False,
            "optimizer": "AdamW",
            "lr0": 0.0003,  # a tenth of what is usual: it has learnt already
            "lrf": 0.05,
            "cos_lr": True,
            "warmup_epochs": 0.5,
            "warmup_bias_lr": 0.0,  # the default of 0.1 is meant for SGD; AdamW would forget everything with it
            "nbs": self.batch,  # a step with every batch: a site's set has few
            "scale": 0.3,
            "hsv_v": 0.4,
            "plots": False,
            "val": False,  # choosing the best epoch by the held-out part would be fitting to it
        }


CPU = Recipe("cpu", epochs=8, batch=8, side=416, freeze=10)
"""For two cores: some 5 minutes for 200 pictures and YOLO11n."""
GPU = Recipe("0", epochs=40, batch=32, side=640, freeze=0)


class NotCarried(Exception):
    """The trainer began without the person that the network knew: expected, found."""


class Unfit(Exception):
    """What was asked for cannot be trained: which, expected, found."""


@dataclass(frozen=True, slots=True)
class Tuned:
    """A network that was fine-tuned, and how it and the one in use see the held-out pictures."""

    name: str
    path: Path
    found: Trial
    in_use: str
    in_use_found: Trial

    def rows(self) -> tuple[dict[str, object], ...]:
        """Both, for printing."""
        both = ((self.name, "new", self.found), (self.in_use, "in use", self.in_use_found))
        return tuple({"network": name, "is": what, **_shown(one)} for name, what, one in both)


def _shown(one: Trial) -> dict[str, object]:
    return {"people": one.people, "recall": one.recall, "precision": one.precision, "f1": round(one.f1, 4)}


def recipe(device: str = "auto") -> Recipe:
    """Sensible defaults for a device: `auto`, `cpu`, or the number of a CUDA device; raises `DeviceMissing`."""
    if device == "auto":
        device = "0" if importlib.import_module("torch").cuda.is_available() else "cpu"
    runtimes.require_device(device)
    return CPU if device == "cpu" else Recipe(device, GPU.epochs, GPU.batch, GPU.side, GPU.freeze)


def start(asked: str, environ: Mapping[str, str]) -> Path:
    """The checkpoint to go on from: a .pt file, or a family whose .pt lies in a models directory.

    Raises `WeightsError`.
    """
    named = [directory / f"{asked}.pt" for directory, _ in places(environ)] if NAME.fullmatch(asked) else []
    for path in (Path(asked).expanduser(), *named):
        if path.is_file():
            return path
    raise WeightsError(asked, "a file *.pt, or the name of a model whose .pt lies in a models directory", "neither")


def finetune(
    data: Path, name: str, source: Path, environ: Mapping[str, str], wish: Recipe, directory: Path | None = None
) -> Tuned:
    """Trains, quantises, scores and records; what is in use stays in use.

    Raises `Unfit`, `WeightsError`, `ExtraMissing`, `NotCarried`, `FramesRefused`, and `FileNotFoundError` where a part
    of the data set has no (confirmed) pictures. Whatever is cut short leaves the models directory as it was.
    """
    directory = directory or cache(environ)
    _require_new(directory, name)
    training, _ = reviewed(data, "train"), reviewed(data, "val")
    size = shape(training, wish.side)
    now = resolve(None, environ)
    with TemporaryDirectory(prefix="hallwatch-tuning-") as temporary:
        work = Path(temporary)
        calibrated_on = calibration.of_directory(data / "images" / "train", work / "frames")
        ultralytics = runtimes.quiet_ultralytics(work, verbose=True)
        model = checkpoint.opened(source, ultralytics)
        tuned = _fit(model, described(data, work), work, wish)
        origin = prepare.Origin(tuned, name, f"{source.name}, fine-tuned on {len(training)} pictures of {data.name}",
                                _licence(source, environ), (size,))  # fmt: skip
        made_of = prepare.Wish((size,), work / "frames", calibrated_on, data)
        _keep_in_use(directory)
        (made,) = prepare.prepare(origin, made_of, directory)
        _keep(tuned, directory / f"{name}.pt")
    assert made.trials is not None  # there is a data set
    return Tuned(made.name, made.path, made.trials[0], now.name, trial(OpenVinoDetector(now.path, THRESHOLD), data))


def shape(pictures: list[Path], side: int) -> tuple[int, int]:
    """Width and height of an input in the usual shape of the pictures; raises `Unfit` for what is no picture."""
    ratios = []
    for path in pictures:
        read = cv2.imread(str(path))
        if read is None:
            raise Unfit(f"{path}: expected a picture, found none that decodes")
        ratios.append(read.shape[0] / read.shape[1])
    ratio = median(ratios)
    width, height = (side, side * ratio) if ratio <= 1 else (side / ratio, side)
    return STRIDE * max(1, ceil(width / STRIDE)), STRIDE * max(1, ceil(height / STRIDE))


def _require_new(directory: Path, name: str) -> None:
    if not NAME.fullmatch(name):
        raise Unfit(f"name: expected letters, digits, - and _, found {name!r}")
    families = {*catalogue.known(), *(str(one["family"]) for one in _records(directory) if "family" in one)} - {name}
    if begins := [family for family in families if name.startswith((f"{family}-", f"{family}_"))]:
        raise Unfit(f"name: expected one that is not taken for a network of the family {begins[0]}, found {name!r}")
    taken = [path.name for path in (directory / f"{name}.pt", *directory.glob(f"{name}-*{SUFFIX}")) if path.exists()]
    if taken:
        raise Unfit(f"name {name}: expected one that is not used in {directory}, found {', '.join(taken)}")


def _fit(model: Any, data: Path, work: Path, wish: Recipe) -> Path:
    """The checkpoint after the last epoch."""
    known = _person(model.model)
    if wish.device == "cpu":
        model.add_callback("on_pretrain_routine_end", channels_last)
    model.add_callback("on_train_batch_start", _keep_statistics)
    model.add_callback("on_train_start", lambda trainer: _require_carried(known, _person(trainer.model)))
    model.train(**wish.asked(), data=str(data), project=str(work), name="run", seed=wish.seed)
    return work / "run" / "weights" / "last.pt"


def _keep_statistics(trainer: Any) -> None:
    """Batch norms go on with the means and variances they have learnt: those of a few small batches are worse.

    So training also begins with exactly what the network knew, which a network whose batch norms were folded into its
    convolutions and came back as the identity would otherwise lose at once.
    """
    norm = importlib.import_module("torch").nn.BatchNorm2d
    for module in trainer.model.modules():
        if isinstance(module, norm):
            module.eval()


def _person(network: Any) -> list[Any]:
    """What a network's head knows of class 0: weights and bias of that row at each of its scales."""
    head = network.model[-1]
    rows = [branch[-1] for branch in head.cv3]
    return [part[0].detach().flatten().cpu().float().clone() for row in rows for part in (row.weight, row.bias)]


def _require_carried(known: list[Any], begun: list[Any]) -> None:
    """Raises `NotCarried` unless training begins with the person that the network knew."""
    pairs = zip(known, begun, strict=True)
    if not all(one.shape == two.shape and bool((one - two).abs().max() < 1e-6) for one, two in pairs):
        raise NotCarried(
            "class 0: expected ultralytics' trainer to begin with the person of the network it was given, found other "
            f"numbers (version {runtimes.versions()})"
        )


def _licence(source: Path, environ: Mapping[str, str]) -> str:
    """That of the network it comes from, as far as it is known; ultralytics' own otherwise, whose trainer makes it."""
    if (known := catalogue.known().get(source.stem)) is not None:
        return known.licence
    for directory, _ in places(environ):
        for record in _records(directory):
            if record.get("family") == source.stem and record.get("licence"):
                return str(record["licence"])
    return "AGPL-3.0"


def _records(directory: Path) -> list[Mapping[str, object]]:
    return [record for record in catalogue.read(directory).values() if isinstance(record, Mapping)]


def _keep_in_use(directory: Path) -> None:
    """What a models directory gives stays what it gives, also if that is the shipped network."""
    records = catalogue.read(directory)
    if catalogue.current(records) is None:
        now = install.in_use(directory).name
        catalogue.write(directory, catalogue.installed(records, now, now))


def _keep(checkpoint: Path, path: Path) -> None:
    """The checkpoint beside its network, whole or not at all, to go on from another time."""
    fresh = path.with_name(f".{path.name}.part")
    shutil.copyfile(checkpoint, fresh)
    fresh.replace(path)
