"""The catalogue: which detectors can be fetched, and what is known of the networks in a models directory.

The first is `catalogue.toml` of this package. The second is a `catalogue.toml` in each models directory: one table per
network, and above them `current`, the network that is in use, with `before`, those that were (newest last).
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.metadata import WeightsError
from models.toml import written

SHIPPED = Path(__file__).parent / "catalogue.toml"
FILE = "catalogue.toml"
OTHERS = re.compile(r"yolo(v5|v8|v9|v10|11|12|26)[a-z]6?u?")
"""Names of detectors of ultralytics, from the smallest (n, t) to the largest (x)."""
SIZES = ((640, 384), (416, 256), (320, 192))
"""Width and height of the inputs that are made when none are asked for."""
Records = dict[str, object]
"""The content of a models directory's catalogue; keys that nobody here knows are kept."""


class BadSize(ValueError):
    """A size of input that cannot be one: what was expected, what was found."""


class NothingBefore(Exception):
    """There is no earlier network to go back to."""


@dataclass(frozen=True, slots=True)
class Known:
    """A detector that can be fetched."""

    name: str
    url: str
    sha256: str | None
    """Of the file; None = no hash is known, so that it is only taken with one that the user gives."""
    licence: str
    sizes: tuple[tuple[int, int], ...]
    """Width and height of the inputs made by default."""


def known() -> Mapping[str, Known]:
    """The detectors that can be fetched and whose hash is known, by name."""
    entries = {name: one for name, one in _shipped().items() if isinstance(one, Mapping)}
    return {
        name: Known(name, one["url"], one.get("sha256"), one["licence"], tuple(map(size, one["sizes"])))
        for name, one in entries.items()
    }


def find(name: str) -> Known | None:
    """A detector that can be fetched, also one of the same makers whose hash is not known; None for any other name."""
    if (found := known().get(name)) or not OTHERS.fullmatch(name):
        return found
    return Known(name, f"{_shipped()['release']}/{name}.pt", None, "AGPL-3.0", SIZES)


def _shipped() -> Mapping[str, Any]:
    return tomllib.loads(SHIPPED.read_text(encoding="utf-8"))


def size(text: str) -> tuple[int, int]:
    """`416x256` as width and height; raises `BadSize` unless both are multiples of 32 from 32 to 4096."""
    width, _, height = text.strip().partition("x")
    sides = [int(side) if side.isdecimal() else 0 for side in (width, height)]
    if not all(32 <= side <= 4096 and side % 32 == 0 for side in sides):
        raise BadSize(f"size: expected WIDTHxHEIGHT such as 416x256, both multiples of 32, found {text!r}")
    return sides[0], sides[1]


def read(directory: Path) -> Records:
    """The records of a models directory, empty if it has none; raises `WeightsError` for what is no TOML."""
    path = directory / FILE
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except (OSError, ValueError) as error:
        raise WeightsError(path, "readable TOML", " ".join(str(error).split())) from error


def write(directory: Path, records: Records) -> None:
    """Replaces the records of a models directory at once: whoever reads meanwhile finds the old or the new ones."""
    directory.mkdir(parents=True, exist_ok=True)
    fresh = directory / f".{FILE}.{os.getpid()}"
    try:
        fresh.write_text(written(records), encoding="utf-8")
        fresh.replace(directory / FILE)
    except OSError:
        fresh.unlink(missing_ok=True)
        raise


def record(records: Records, name: str) -> Mapping[str, object]:
    """What is known of a network; empty if nothing is."""
    found = records.get(name)
    return found if isinstance(found, Mapping) else {}


def recorded(records: Records, name: str, facts: Mapping[str, object]) -> Records:
    """The records with the facts of one network in place of the old ones; its other keys are kept."""
    return {**records, name: {**record(records, name), **facts}}


def current(records: Records) -> str | None:
    """The name of the network in use, or None if none was ever installed."""
    name = records.get("current")
    return name if isinstance(name, str) else None


def before(records: Records) -> tuple[str, ...]:
    """The names of those that were in use, newest last."""
    names = records.get("before")
    return tuple(map(str, names)) if isinstance(names, list | tuple) else ()


def installed(records: Records, name: str, instead_of: str | None) -> Records:
    """The records with `name` in use and what was in use put down to go back to."""
    if name == instead_of:
        return {**records, "current": name}
    earlier = [*before(records), *([instead_of] if instead_of else [])]
    return {**records, "current": name, "before": earlier}


def rolled_back(records: Records) -> Records:
    """The records with the network in use that was before; raises `NothingBefore`."""
    earlier = before(records)
    if not earlier:
        raise NothingBefore("expected a network that was in use before the current one, found none")
    return {**records, "current": earlier[-1], "before": list(earlier[:-1])}


def disagrees(records: Records, name: str) -> bool:
    """True of a network that was found to see something else than the one it was made from: never chosen by itself."""
    return record(records, name).get("agrees") is False
