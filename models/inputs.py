"""Inputs: the networks of one family, one for each input size."""

import re
from collections.abc import Mapping
from pathlib import Path

from models import catalogue, metadata
from models.looks import Size
from models.weights import DIRECTORY, SUFFIX, Weights

SIZED = re.compile(r"(?P<kind>.+)-\d+x\d+")
"""Names of prepared networks: family, precision and input."""


def inputs(weights: Weights, alone: bool = False) -> Mapping[Size, Path]:
    """The input sizes (height, width) that the network's family has beside it, with the directory of each.

    `alone`: only its own, because somebody asked for this network and no other.

    A network that was measured in further inputs has those too; for them its directory is opened in another size. A
    family is what was made alike from the same weights: networks whose names differ in their input only. Those that
    were found to disagree with what they were made from are left out. A weights file of ultralytics, whose input is as
    good as any, has the one it is usually run with. Raises `WeightsError`.
    """
    if not weights.path.is_dir():
        return {(640, 640): weights.path}
    about = metadata.read(weights.path)
    found = dict.fromkeys((about.size, *about.further), weights.path)
    sized = SIZED.fullmatch(weights.name)
    if sized is None or alone:
        return found
    records = catalogue.read(weights.path.parent)
    for path in sorted(weights.path.parent.glob(DIRECTORY)):
        other = SIZED.fullmatch(name := path.name.removesuffix(SUFFIX))
        if other and other["kind"] == sized["kind"] and not catalogue.disagrees(records, name):
            found.setdefault(metadata.read(path).size, path)
    return found
