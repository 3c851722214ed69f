"""Exchange: label sets to and from files of other label tools, by the name of the format."""

import json
import os
import tempfile
from pathlib import Path

from models import coco, labels, yolo_zip
from models.labels import BadLabels

FORMATS = ("yolo", "coco")


def move(way: str, format: str, directory: Path, file: Path) -> dict[str, object]:
    """Exports or imports (`way`) a set; says what was done; raises `BadLabels` and OSError."""
    if format not in FORMATS:
        raise BadLabels(f"--{way}", " or ".join(FORMATS), repr(format))
    if way == "export":
        _export(format, directory, file)
        return {"exported": str(file), "format": format}
    if format == "yolo":
        with file.open("rb") as archive:
            read = yolo_zip.read(archive)
    else:
        read = coco.load(directory, file.read_bytes())
    rows = labels.put(directory, read.people)
    return {"imported": str(file), "pictures": len(rows), "other_categories": read.others}


def _export(format: str, directory: Path, file: Path) -> None:
    """Writes a file whole or not at all, for its owner alone: it holds pictures."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # 0600
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as out:
            if format == "yolo":
                yolo_zip.write(directory, out)
            else:
                out.write(json.dumps(coco.write(directory), indent=1).encode())
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
