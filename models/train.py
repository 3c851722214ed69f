"""Train: makes the small detector that is shipped with the package, again, from nothing.

The data set is YOLO's with one class (images/train, images/val and the same under labels/), such as
`simulation.footage` draws. The network (hallwatch-demo.yaml) starts from random numbers; nothing is downloaded and
nobody's weights are used. Out comes an OpenVINO INT8 directory with its scores in `metadata.yaml`. Needs the extra
`hallwatch[models]`.
"""

import importlib
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import yaml

from models import labels, runtimes
from models.detection import Detection
from models.detector import Detector
from models.matching import matched
from models.openvino import OpenVinoDetector

NETWORK = Path(__file__).parent / "hallwatch-demo.yaml"
SIZE = (256, 416)
"""Height and width of the input: the shape of a 16:9 picture, so that no computation goes into grey bars."""
PARTS = (".xml", ".bin")
"""The two files of an IR."""
CALIBRATED_ON = 512
"""Training pictures at most that INT8 is calibrated on, spread over all of them."""
LARGEST = 3_000_000
"""Bytes they may have together: they lie in the repository."""
RECIPE = {
    "pretrained": False,
    "amp": False,  # its check would fetch weights; see `in_half_precision`
    "val": False,  # the last epoch is kept: choosing one by the held-out part would be learning from it
    "nbs": 16,  # a step per batch instead of one per 64 pictures
    "plots": False,
    "device": "cpu",
    "workers": 1,
    "cache": "ram",
    "rect": True,  # batches in the shape of the pictures; no mosaics, each of which costs four pictures
    "optimizer": "AdamW",
    "lr0": 0.002,
    "lrf": 0.02,
    "cos_lr": True,
    "warmup_epochs": 1.0,
    "scale": 0.4,
    "hsv_v": 0.5,
}
"""What differs from the defaults of ultralytics' trainer."""


class TooLarge(Exception):
    """The exported network is larger than what may be shipped."""


def train(data: Path, out: Path, epochs: int = 6, size: tuple[int, int] = SIZE, seed: int = 1, batch: int = 16) -> Path:
    """Trains, exports and scores; returns `out`. Raises `TooLarge`, and `FileNotFoundError` without pictures."""
    pictures = {split: len(reviewed(data, split)) for split in ("train", "val")}
    with TemporaryDirectory() as directory:
        work = Path(directory)
        ultralytics = runtimes.quiet_ultralytics(work, verbose=True)
        checkpoint = _fit(ultralytics, described(data, work), work, epochs, max(size), seed, batch)
        exported = _export(ultralytics, checkpoint, described(data, work, calibrating=True), size)
        found = sum(file.stat().st_size for file in exported.iterdir() if file.suffix in PARTS)
        if found > LARGEST:
            raise TooLarge(f"{exported.name}: expected at most {LARGEST} bytes, found {found}")
        _publish(exported, out)
    about = {
        "demo": True,
        "trained_on": f"{pictures['train']} pictures, {pictures['val']} held out",
        "from": "random initialisation",
        "epochs": epochs,
        "seed": seed,
        "made_with": f"ultralytics {ultralytics.__version__}",
    }
    write_metadata(out, size, about)
    write_metadata(out, size, {**about, "held_out": held_out(out, data)})
    return out


def held_out(directory: Path, data: Path, threshold: float = 0.35) -> dict[str, float]:
    """Scores of a weights directory on a data set's `val` pictures, through the product's own detector."""
    return found_and_false(OpenVinoDetector(directory, threshold), data, threshold)


def found_and_false(detector: Detector, data: Path, threshold: float) -> dict[str, float]:
    """Recall and precision over the `val` pictures, and false boxes per picture without people."""
    there = found = boxes = empty = false = 0
    for path in reviewed(data, "val"):
        picture = cv2.imread(str(path))
        if picture is None:
            raise ValueError(f"{path}: expected a picture")
        people = detector.detect(picture.astype(np.uint8, copy=False))
        truth = _labels(path)
        there, boxes, found = there + len(truth), boxes + len(people), found + matched(people, truth)
        if not truth:
            empty, false = empty + 1, false + len(people)
    return {
        "threshold": threshold,
        "people": there,
        "recall": round(found / max(1, there), 4),
        "precision": round(found / max(1, boxes), 4),
        "empty_pictures": empty,
        "boxes_on_empty_pictures": false,
    }


def write_metadata(directory: Path, size: tuple[int, int], about: Mapping[str, object]) -> None:
    """`metadata.yaml` in the form of ultralytics, with our own part and no path of the machine it was made on."""
    content = {
        "description": "YOLO11 with one class, three quarters of the width of YOLO11n",
        "author": "hallwatch",
        "date": datetime.now(UTC).date().isoformat(),
        "license": "AGPL-3.0-or-later",
        "stride": 32,
        "task": "detect",
        "batch": 1,
        "imgsz": list(size),
        "names": {0: "person"},
        "args": {"batch": 1, "dynamic": False, "int8": True, "nms": False},
        "channels": 3,
        "hallwatch": dict(about),
    }
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
    (directory / "metadata.yaml").write_text(text, encoding="utf-8")


def described(data: Path, work: Path, calibrating: bool = False) -> Path:
    """A description of the data set with absolute paths; ultralytics would look below its own directory otherwise.

    To calibrate, its `val` is the training part as well: nothing may be fitted to what is held out. What ultralytics
    remembers of labels is forgotten, for it would not notice a box that was moved.
    """
    for cache in (data / "labels").glob("*.cache"):
        cache.unlink()
    parts = {}
    for part, of in (("train", "train"), ("val", "train" if calibrating else "val")):
        listed = work / f"{part}-{calibrating}.txt"
        pictures = reviewed(data, of)
        if calibrating:
            pictures = pictures[:: len(pictures) // CALIBRATED_ON + 1]
        listed.write_text("".join(f"{path.resolve()}\n" for path in pictures), encoding="utf-8")
        parts[part] = str(listed)
    path = work / f"data-{calibrating}.yaml"
    path.write_text(yaml.safe_dump({**parts, "names": {0: "person"}}), encoding="utf-8")
    return path


def _fit(ultralytics: Any, data: Path, work: Path, epochs: int, side: int, seed: int, batch: int) -> Path:
    """The last checkpoint of a training run."""
    model = ultralytics.YOLO(str(NETWORK), task="detect")
    model.add_callback("on_pretrain_routine_end", channels_last)
    model.add_callback("on_train_start", in_half_precision)
    run = {"data": str(data), "epochs": epochs, "imgsz": side, "seed": seed, "batch": batch, "project": str(work)}
    model.train(**RECIPE, **run, name="run")
    return work / "run" / "weights" / "last.pt"


def channels_last(trainer: Any) -> None:
    """ultralytics lays tensors out channels last on CUDA only; on a CPU it saves a quarter of the time as well."""
    trainer.model.to(memory_format=importlib.import_module("torch").channels_last)


def in_half_precision(trainer: Any) -> None:
    """Where the processor has instructions for bfloat16, the network (not the loss) computes in it: 1.6 times as fast.

    ultralytics does so on CUDA only. Called when the averaged copy of the network has been made, which stays as it is.
    """
    torch = importlib.import_module("torch")
    able = torch.cpu.get_capabilities()
    if trainer.device.type != "cpu" or not (able.get("avx512_bf16") or able.get("amx_bf16")):
        return
    full = trainer.model.predict

    def predict(*arguments: Any, **named: Any) -> Any:
        with torch.autocast("cpu", dtype=torch.bfloat16):
            answer = full(*arguments, **named)
        return _floats(torch, answer)

    trainer.model.predict = predict


def _floats(torch: Any, answer: Any) -> Any:
    """The same nest of tensors in single precision."""
    if isinstance(answer, dict):
        return {name: _floats(torch, value) for name, value in answer.items()}
    if isinstance(answer, list | tuple):
        return type(answer)(_floats(torch, value) for value in answer)
    return answer.float() if torch.is_tensor(answer) and answer.is_floating_point() else answer


def _export(ultralytics: Any, checkpoint: Path, data: Path, size: tuple[int, int]) -> Path:
    """An OpenVINO directory quantised to INT8, calibrated on the pictures that `data` names as its `val`."""
    model = ultralytics.YOLO(str(checkpoint), task="detect")
    return Path(model.export(format="openvino", quantize=8, imgsz=list(size), data=str(data), batch=1))


def _publish(exported: Path, out: Path) -> None:
    """The two files of the IR under the name of their directory."""
    out.mkdir(parents=True, exist_ok=True)
    name = out.name.removesuffix("_openvino_model")
    for suffix in PARTS:
        (source,) = exported.glob(f"*{suffix}")
        shutil.copyfile(source, out / f"{name}{suffix}")


def reviewed(data: Path, split: str) -> list[Path]:
    """The pictures of a part of a data set; of a label set those that a person has confirmed.

    Raises `FileNotFoundError` if there is none.
    """
    directory = data / "images" / split
    waiting = labels.unreviewed(data, split)
    pictures = sorted(path for path in directory.glob("*") if path.suffix in {".jpg", ".png"})
    if not pictures:
        raise FileNotFoundError(f"{directory}: expected pictures (.jpg, .png), found none")
    confirmed = [path for path in pictures if path.stem not in waiting]
    if not confirmed:
        raise FileNotFoundError(
            f"{directory}: expected pictures whose boxes a person has confirmed, found {len(pictures)} that wait;"
            " confirm them on the page of: hallwatch models label"
        )
    return confirmed


def _labels(picture: Path) -> list[Detection]:
    """The people (class 0) of a picture; nobody where it has no label file. Raises `BadLabels`."""
    path = picture.parent.parent.parent / "labels" / picture.parent.name / f"{picture.stem}.txt"
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    return list(labels.parse(str(path), text)[0])
