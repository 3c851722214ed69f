"""`hallwatch models halls`: held-out halls that `models evaluate` reads back."""

import json
from pathlib import Path

import pytest

import hallwatch
from tests.test_models_evaluate import KEYS

LOOKS = 12
"""In fewer a camera may see nobody at all, and truth without people is refused."""


def test_halls_are_drawn_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert hallwatch.main(["models", "halls", str(tmp_path / "halls"), "--looks", str(LOOKS)]) == hallwatch.DONE
    path, how = capsys.readouterr().out.splitlines()
    assert path == str(tmp_path / "halls" / "halls.yaml")
    assert how.endswith(f": hallwatch models evaluate {path}")
    assert hallwatch.main(["models", "evaluate", path, "--json"]) == hallwatch.DONE
    zones = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(zones) > 40 and all(list(zone) == KEYS and zone["samples"] == LOOKS for zone in zones)


def test_nothing_is_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.txt").touch()
    assert hallwatch.main(["models", "halls", str(tmp_path)]) == hallwatch.REFUSED
    assert capsys.readouterr().err == f"{tmp_path}: expected an empty directory or none, found something in it\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize(
    ("directory", "said"),
    [
        ("mine.txt", "expected an empty directory or none, found a file"),
        ("mine.txt/halls", "expected a directory to write to, found Not a directory"),
    ],
)
def test_a_place_that_is_no_directory_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], directory: str, said: str
) -> None:
    (tmp_path / "mine.txt").touch()
    assert hallwatch.main(["models", "halls", str(tmp_path / directory)]) == hallwatch.REFUSED
    assert capsys.readouterr().err == f"{tmp_path / directory}: {said}\n"
