"""Small house rules that no linter knows."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("camera_ingest", "models", "monitor", "config", "dashboards", "simulation")

FACES = re.compile(
    r"face|arcface|dlib|deepface|insightface|mtcnn|retina-?face|openface|torchreid|facenet", re.IGNORECASE
)
"""Names by which packages that recognise people are known."""

LOCAL_PATH = re.compile(rb"(?<![\w./:-])/(work|home/\w+|Users/\w+|root)/[\w.]")
"""Paths of somebody's machine."""


def tracked() -> list[Path]:
    """Every file of the repository, or of the unpacked archive when there is no repository."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]
    return [path for path in ROOT.rglob("*") if path.is_file() and not any(p.startswith(".") for p in path.parts)]


def dependencies() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [*project["dependencies"], *(name for extra in project["optional-dependencies"].values() for name in extra)]


def test_no_face_is_recognised() -> None:
    assert [name for name in dependencies() if FACES.search(name)] == []


@pytest.mark.parametrize(
    "directory",
    sorted({path.parent for room in PACKAGES for path in (ROOT / room).rglob("*.py")}),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_package_says_what_it_is(directory: Path) -> None:
    init = directory / "__init__.py"
    assert init.is_file(), "a package without __init__.py"
    assert ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))


def test_no_file_names_a_path_of_one_machine() -> None:
    told = [f"{path.relative_to(ROOT)}: {found.group()!r}" for path in tracked() for found in _local_paths(path)]
    assert told == []


def make_environment(directory: Path, python: str) -> subprocess.CompletedProcess[bytes]:
    command = ["make", "-f", str(ROOT / "Makefile"), ".venv/bin/python", f"PYTHON={python}"]
    return subprocess.run(command, cwd=directory, capture_output=True, check=False)


def test_a_virtual_environment_that_could_not_be_made_leaves_nothing(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\n[ "$2" != venv ] || { mkdir -p "$3/bin"; touch "$3/bin/python"; exit 1; }\n')
    python.chmod(0o755)
    assert make_environment(tmp_path, "./python").returncode
    assert not (tmp_path / ".venv").exists()


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    said = make_environment(tmp_path, "python3.none").stderr
    assert b"hallwatch needs Python 3.11 or newer; no python3.none was found." in said


def _local_paths(path: Path) -> list[re.Match[bytes]]:
    content = path.read_bytes()
    return [] if b"\0" in content[:8192] else list(LOCAL_PATH.finditer(content))
