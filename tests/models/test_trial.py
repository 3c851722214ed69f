"""A trial: scores on the held-out part, and which held-out part that was."""

from pathlib import Path

import numpy as np
import pytest

from models.detection import Detection
from models.trial import Trial, trial, which
from tests.models.fixed import Told, data_set

BLANK = np.full((72, 128, 3), 180, np.uint8)
ROW = "0 0.2 0.5 0.2 0.8\n0 0.7 0.5 0.2 0.8\n"
LEFT = Detection(0.1, 0.1, 0.3, 0.9, 0.9)


def test_recall_precision_and_their_mean(tmp_path: Path) -> None:
    data = data_set(tmp_path, {"a": (BLANK, ROW), "b": (BLANK, "")})
    found = trial(Told(lambda picture: (LEFT,)), data)
    assert found == Trial(which(data), people=2, recall=0.5, precision=0.5)
    assert found.f1 == 0.5 and found.facts()["f1"] == 0.5


def test_who_sees_nobody_has_no_f1(tmp_path: Path) -> None:
    assert trial(Told(lambda picture: ()), data_set(tmp_path, {"a": (BLANK, ROW)})).f1 == 0


def test_another_label_is_another_held_out_part(tmp_path: Path) -> None:
    first = which(data_set(tmp_path / "1", {"a": (BLANK, ROW), "b": (BLANK, "")}))
    assert which(data_set(tmp_path / "2", {"a": (BLANK, ROW), "b": (BLANK, "")})) == first
    assert which(data_set(tmp_path / "3", {"a": (BLANK, ROW), "b": (BLANK, ROW)})) != first
    assert which(data_set(tmp_path / "4", {"a": (BLANK, ROW), "c": (BLANK, "")})) != first


def test_no_held_out_part(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="expected pictures"):
        trial(Told(lambda picture: ()), tmp_path)
