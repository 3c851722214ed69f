"""COCO: the label set as one JSON document, and boxes that somebody corrected elsewhere back from one.

https://cocodataset.org/#format-data: `bbox` is left, top, width and height in pixels.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

import cv2

from models import labels
from models.detection import Detection
from models.labels import BadLabels, Boxes
from models.metadata import PERSON
from models.yolo_zip import Read

Size = tuple[int, int]
"""Width and height, pixels."""


def write(directory: Path) -> dict[str, Any]:
    """The whole set as a COCO document, without its pictures."""
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    for number, row in enumerate(labels.frames(directory), 1):
        width, height = size(directory / row.picture)
        images.append({"id": number, "file_name": row.picture, "width": width, "height": height})
        for box in labels.boxes(directory, row):
            sides = (box.x2 - box.x1) * width, (box.y2 - box.y1) * height
            edges = [round(value, 2) for value in (box.x1 * width, box.y1 * height, *sides)]
            row_of = {"id": len(annotations) + 1, "image_id": number, "category_id": 1, "iscrowd": 0}
            annotations.append({**row_of, "bbox": edges, "area": round(sides[0] * sides[1], 2)})
    categories = [{"id": 1, "name": PERSON}]
    return {"images": images, "annotations": annotations, "categories": categories}


def size(picture: Path) -> Size:
    """Width and height of a picture; raises `BadLabels`."""
    read = cv2.imread(str(picture))
    if read is None:
        raise BadLabels(picture.name, "a picture", "none that decodes")
    return read.shape[1], read.shape[0]


def load(directory: Path, text: str | bytes) -> Read:
    """The boxes of the document's pictures, each of which is of this set; raises `BadLabels`.

    A picture that the document lists without boxes has nobody in it; one that it does not list stays as it is.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadLabels("COCO document", "JSON", error) from error
    sizes = {row.name: size(directory / row.picture) for row in labels.frames(directory)}
    return read(document, sizes)


def read(document: object, sizes: Mapping[str, Size]) -> Read:
    """The people of a parsed document over pictures of these names and sizes; raises `BadLabels`."""
    if not isinstance(document, dict):
        raise BadLabels("COCO document", "an object", type(document).__name__)
    person = {one["id"] for _, one in _rows(document, "categories") if _named(one)}
    if not person:
        raise BadLabels("categories", f"one named {PERSON}", "none")
    pictures: dict[int, str] = {}
    for where, image in _rows(document, "images"):
        name = _picture(where, image, sizes)
        if image["id"] in pictures or name in pictures.values():
            raise BadLabels(where, "each picture once", f"{name} again")
        pictures[image["id"]] = name
    found: dict[str, list[Detection]] = {name: [] for name in pictures.values()}
    others = 0
    for where, row in _rows(document, "annotations"):
        owner = _id(where, "image_id", row.get("image_id"))
        if owner not in pictures:
            raise BadLabels(where, "image_id of a listed picture", owner)
        if _id(where, "category_id", row.get("category_id")) in person:
            found[pictures[owner]].append(_box(where, row.get("bbox"), sizes[pictures[owner]]))
        else:
            others += 1
    return Read({name: _bounded(name, tuple(people)) for name, people in found.items()}, others)


def _rows(document: dict[str, Any], part: str) -> list[tuple[str, dict[str, Any]]]:
    """The entries of a list of the document, each with its place and, but for annotations, an id."""
    rows = document.get(part)
    if not isinstance(rows, list):
        raise BadLabels(part, "a list", type(rows).__name__)
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise BadLabels(f"{part}[{number}]", "an object", type(row).__name__)
        if part != "annotations":
            _id(f"{part}[{number}]", "id", row.get("id"))
    return [(f"{part}[{number}]", row) for number, row in enumerate(rows)]


def _id(where: str, key: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadLabels(f"{where}.{key}", "a whole number", repr(value))
    return value


def _named(category: dict[str, Any]) -> bool:
    return str(category.get("name")).strip().lower() == PERSON


def _picture(where: str, image: dict[str, Any], sizes: Mapping[str, Size]) -> str:
    """The name of the listed picture, which must be one of these and as large."""
    file = image.get("file_name")
    name = PurePosixPath(str(file).replace("\\", "/")).stem
    if name not in sizes:
        raise BadLabels(f"{where}.file_name", "a picture of this set", repr(file))
    if (image.get("width"), image.get("height")) != sizes[name]:
        wanted = f"width and height {sizes[name][0]} × {sizes[name][1]}"
        raise BadLabels(where, wanted, f"{image.get('width')} × {image.get('height')}")
    return name


def _box(where: str, edges: object, size: Size) -> Detection:
    if not isinstance(edges, list) or len(edges) != 4 or not all(isinstance(edge, int | float) for edge in edges):
        raise BadLabels(f"{where}.bbox", "four numbers: left, top, width, height", repr(edges))
    try:
        left, top, width, height = (float(edge) for edge in edges)
    except OverflowError:
        raise BadLabels(f"{where}.bbox", "four numbers: left, top, width, height", "one too large") from None
    right, bottom = left + width, top + height
    return labels.checked(
        f"{where}.bbox", Detection(left / size[0], top / size[1], right / size[0], bottom / size[1], 1.0)
    )


def _bounded(name: str, people: Boxes) -> Boxes:
    if len(people) > labels.MOST:
        raise BadLabels(name, f"at most {labels.MOST} boxes", len(people))
    return people
