"""A site's round trip: frames of its own halls are labelled and fine-tuned on; what did the named hard case gain?

The site has halls whose clerks are hardly seen: behind screens, bent down, turned round, slumped. The person who
corrects boxes on the page is played by the script that drew the halls: its truth comes back as a COCO document. The
exam is the held-out hall of the same case: other people, furniture and light.
"""

import contextlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hallwatch import main
from simulation.exam import CADENCE_S, CASES, write
from simulation.parts import Part
from simulation.stages import HEIGHT, WIDTH

HIDDEN = next(case for case in CASES if case.id == "hidden")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Scores = dict[str, Any]


def run(work: Path, start: str, looks: int, frames: int, seed: int, halls: int = 4) -> dict[str, Scores]:
    """Staff scores of the held-out case before and after, at the same input size; `start`: the .pt to go on from."""
    cases = [replace(HIDDEN, id=f"hall{number}") for number in range(1, halls + 1)]
    site = write(work / "site", looks, seed, part=Part.TRAIN, cases=cases)
    exam = write(work / "exam", looks, seed + 1, cases=cases)
    clips = [f"{path.stem}={path}" for path in sorted((work / "site").glob("*.mp4"))]
    asked = [word for clip in clips for word in ("--camera", clip)]
    labels, models = work / "labels", str(work / "models")
    _hallwatch("models", "label", str(site), str(labels), *asked, "--frames", str(frames), "--no-page")
    document = work / "corrected.json"
    document.write_text(json.dumps(corrected(labels, work / "site")), encoding="utf-8")
    _hallwatch("models", "label", str(site), str(labels), "--import", "coco", str(document), "--no-page")
    pictures = str(labels / "images" / "train")
    _hallwatch("models", "prepare", start, "--frames", pictures, "--sizes", "416x256", "--directory", models)
    _hallwatch("models", "train", str(labels), "site", "--from", start, "--directory", models, "--seed", str(seed))
    networks = sorted((work / "models").glob("*_openvino_model"), key=lambda path: path.name.startswith("site-"))
    return {when: staff(exam, str(path)) for when, path in zip(("before", "after"), networks, strict=True)}


def corrected(labels: Path, truth: Path) -> Mapping[str, Any]:
    """The set's frames with the boxes that the script of the halls knows, as a COCO document."""
    images: list[Scores] = []
    boxes: list[Scores] = []
    for number, row in enumerate(json.loads((labels / "frames.json").read_text("utf-8"))["frames"], 1):
        images.append({"id": number, "file_name": f"{row['name']}.jpg", "width": WIDTH, "height": HEIGHT})
        look = round((datetime.fromisoformat(row["at"]) - EPOCH).total_seconds() / CADENCE_S) + 1
        for line in (truth / f"{row['camera']}.txt").read_text("ascii").splitlines():
            frame, _, left, top, width, height = map(float, line.split(",")[:6])
            if frame == look:
                box = {"bbox": [left, top, width, height], "area": width * height, "iscrowd": 0}
                boxes.append({"id": len(boxes) + 1, "image_id": number, "category_id": 1, **box})
    return {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "person"}]}


def staff(exam: Path, weights: str | None = None) -> Scores:
    """The row of seated staff in the roles of an exam; of the weights in use unless others are named."""
    chosen = ("--weights", weights) if weights else ()
    lines = _hallwatch("models", "evaluate", str(exam), *chosen, "--roles", "--json")
    return next(row for row in map(json.loads, lines) if row["part"] == "staff")


def _hallwatch(*words: str) -> Sequence[str]:
    """Run a verb in this process; its standard output, line by line."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main(words)
    if code:
        raise RuntimeError(f"hallwatch {' '.join(words)}: expected exit 0, found {code}")
    return out.getvalue().splitlines()
