"""The law of the rooms: a room imports what stands before it and itself, and only edges import what is not ours."""

import ast
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("camera_ingest", "models", "monitor", "config", "dashboards", "simulation")
"""In the order of import: each may see the ones before it. Only the front door sees all."""
FRONT = (
    "hallwatch",
    "hallwatch_models",
    "hallwatch_rules",
    "hallwatch_cameras",
    "hallwatch_devices",
    "hallwatch_bench",
    "hallwatch_bench_runs",
    "hallwatch_bench_figures",
    "hallwatch_bench_rivals",
    "hallwatch_bench_programs",
    "hallwatch_bench_looks",
    "hallwatch_bench_processes",
    "hallwatch_watch",
    "hallwatch_wiring",
)
"""The front door: the command and its leaves, each of which may import those after it."""

EDGES = (
    *(f"camera_ingest/{noun}.py" for noun in ("rtsp", "snapshot", "clip", "fleet", "decode", "health", "sample")),
    "camera_ingest/frame.py",
    "camera_ingest/fallback*.py",  # PyAV
    "camera_ingest/health_*.py",  # numpy, OpenCV
    *(f"camera_ingest/{noun}.py" for noun in ("onvif", "onvif_find", "onvif_reply", "onvif_talk")),  # onveef
    "models/*",
    "monitor/evidence.py",
    "monitor/adapters/*",
    "config/document.py",  # PyYAML
    "config/schema.py",  # pydantic
    "config/shapes.py",
    "config/flaws.py",
    "config/api.py",
    "config/notices.py",
    "config/secret.py",
    "config/timelines.py",
    "dashboards/*",
    "simulation/*",
)
"""Files that meet sockets, disks, threads or other people's libraries. All others are noun files."""

ALLOWED = {"monitor/messages.py": {"pydantic"}, "monitor/payloads.py": {"pydantic"}}
"""Incoming payloads: strangers speak there too, but nothing but pydantic is needed."""

HEAVY = {"torch", "torchvision", "ultralytics"}
"""Take seconds and hundreds of MB to import: only inside the function that needs them."""

FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(tree: ast.AST) -> Iterator[str]:
    """Top-level names of the packages that a piece of code imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the room"
            yield (node.module or "").split(".")[0]


def imported_at_once(node: ast.AST) -> Iterator[str]:
    """The same, without what is imported only when a function runs or for types alone."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield from imported(child) if isinstance(child, ast.Import | ast.ImportFrom) else imported_at_once(child)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_room_imports_only_what_stands_before_it(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    after = {*ROOMS[ROOMS.index(room) + 1 :], *FRONT, "tests"}
    assert not after.intersection(imported(parse(path)))


@pytest.mark.parametrize(
    "path", [path for path in FILES if not any(fnmatch(name(path), edge) for edge in EDGES)], ids=name
)
def test_a_noun_file_imports_only_the_standard_library_and_rooms(path: Path) -> None:
    foreign = set(imported(parse(path))) - set(sys.stdlib_module_names) - set(ROOMS)
    assert foreign <= ALLOWED.get(name(path), set())


@pytest.mark.parametrize("path", [*FILES, *(ROOT / f"{leaf}.py" for leaf in FRONT)], ids=name)
def test_heavy_libraries_are_imported_only_where_they_run(path: Path) -> None:
    assert not HEAVY.intersection(imported_at_once(parse(path)))


@pytest.mark.parametrize("leaf", FRONT)
def test_the_front_door_opens_a_room_only_when_a_verb_runs(leaf: str) -> None:
    assert set(imported_at_once(parse(ROOT / f"{leaf}.py"))) <= {*sys.stdlib_module_names, *FRONT}


@pytest.mark.parametrize("leaf", FRONT)
def test_a_leaf_imports_nothing_that_imports_it(leaf: str) -> None:
    """`python -m hallwatch` would hold a second copy of the command, with exceptions of its own."""
    assert not set(FRONT[: FRONT.index(leaf) + 1]).intersection(imported(parse(ROOT / f"{leaf}.py")))


def test_the_law_knows_an_offence() -> None:
    tree = ast.parse("import torch.nn\nclass A:\n    from config import x\n    def f(self): import ultralytics\n")
    assert set(imported(tree)) == {"torch", "config", "ultralytics"}
    assert set(imported_at_once(tree)) == {"torch", "config"}
