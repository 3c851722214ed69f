"""`hallwatch models halls`: held-out halls that `models evaluate` reads back."""

import json
from pathlib import Path

import pytest

import hallwatch
from tests.test_models_evaluate import KEYS


def test_halls_are_drawn_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["models", "halls", str(tmp_path / "halls"), "--looks", "12"]) == hallwatch.DONE
    path = tmp_path / "halls" / "halls.yaml"
    assert str(path) in capsys.readouterr().out
    assert hallwatch.main(["models", "evaluate", str(path), "--json"]) == hallwatch.DONE
    zones = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(zones) > 40 and all(list(zone) == KEYS and zone["samples"] == 12 for zone in zones)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").touch()
    assert hallwatch.main(["models", "halls", str(tmp_path)]) == hallwatch.REFUSED
    assert "expected an empty directory or none" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
