"""Mutation testing of the decision modules: mutmut makes mutants, the tests of the judgement have to notice them."""

import ast
import json
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from pathlib import Path
from textwrap import dedent
from typing import Any

import libcst
from mutmut.mutation.file_mutation import Mutation, create_mutations, deep_replace

ROOT = Path(__file__).parents[1]
MODULES = (
    "alerts",
    "calendar",
    "coverage",
    "desk",
    "draw",
    "duty",
    "halls",
    "hours",
    "ladder",
    "lanes",
    "limits",
    "looks",
    "measuring",
    "mistaken",
    "observation",
    "posts",
    "precision",
    "presence",
    "queues",
    "responses",
    "roster",
    "sight",
    "thresholds",
    "tickets",
    "views",
    "watches",
    "window_states",
)
"""Of `monitor`: what decides, from what a look showed to who is told and how right it was."""
TESTS = (
    *sorted(
        str(path.relative_to(ROOT))
        for module in MODULES
        for path in (ROOT / "tests/monitor").glob(f"test_{module}*.py")
    ),
    "tests/monitor/test_timelines.py",
    "tests/monitor/test_zones.py",
    "tests/monitor/test_flow.py",
    "tests/monitor/test_live.py",
    "tests/config/test_timelines.py",
    "tests/config/test_thresholds.py",
)
UNWRAPPED = ("property", "cache")
LEAST = 0.9
DEAD = ("killed", "endless")
UNCLEAR = {"end": "unclear"}
Mutant = dict[str, str]
"""`module`, `function` (with its class), `source` of the changed function, and `change`, line before → line after."""
Mutants = dict[str, Callable[[], Mutant]]
"""By names such as `monitor.limits.step 7`; each is written when it is asked for, because that takes its time."""


def mutants_of(module: str, code: str) -> Mutants:
    """The mutants of every function of a module."""
    tree, mutations, _, _ = create_mutations(module, unwrapped(code))
    found: Mutants = {}
    numbers: Counter[str] = Counter()
    for mutation in mutations:
        if isinstance(mutation.contained_by_top_level_function, libcst.FunctionDef):
            function = _name(tree, mutation.contained_by_top_level_function)
            numbers[function] += 1
            found[f"{module}.{function} {numbers[function]}"] = partial(_written, module, function, tree, mutation)
    return found


def _written(module: str, function: str, tree: libcst.Module, mutation: Mutation) -> Mutant:
    whole = mutation.contained_by_top_level_function
    assert whole is not None
    mutated = deep_replace(whole, mutation.original_node, mutation.mutated_node)
    after = _text(tree, mutated)
    return {"module": module, "function": function, "source": after, "change": _change(_text(tree, whole), after)}


@cache
def _text(tree: libcst.Module, function: libcst.FunctionDef) -> str:
    return dedent(tree.code_for_node(function))


def _name(tree: libcst.Module, function: libcst.FunctionDef) -> str:
    for node in tree.body:
        if isinstance(node, libcst.ClassDef) and any(function is one for one in node.body.body):
            return f"{node.name.value}.{function.name.value}"
    return function.name.value


def _change(before: str, after: str) -> str:
    """The lines that differ; all else is as it was, because a mutant changes one place."""
    old, new = before.splitlines(), after.splitlines()
    while old and new and old[0] == new[0]:
        old, new = old[1:], new[1:]
    while old and new and old[-1] == new[-1]:
        old, new = old[:-1], new[:-1]
    return " → ".join(" ".join(line.strip() for line in lines) for lines in (old, new))


def unwrapped(code: str) -> str:
    """A module without the `@property` and `@cache` of its functions, because mutmut passes decorated ones over."""
    lines = code.splitlines()
    for decorator in sorted(_decorators(code), key=lambda one: -one.lineno):
        if isinstance(decorator, ast.Name) and decorator.id in UNWRAPPED:
            del lines[decorator.lineno - 1]
    return "\n".join(lines) + "\n"


def _decorators(code: str) -> list[ast.expr]:
    nodes = (node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.FunctionDef))
    return [decorator for node in nodes for decorator in node.decorator_list]


def passed_over(code: str) -> int:
    """How many functions have other decorators, so that no mutants are made of them."""
    return len(_decorators(unwrapped(code)))


def made() -> Mutants:
    """Every mutant of the decision modules."""
    found: Mutants = {}
    for module in MODULES:
        found |= mutants_of(f"monitor.{module}", (ROOT / f"monitor/{module}.py").read_text("utf-8"))
    return found


def tried(
    mutants: Mutants,
    names: Iterable[str],
    tests: Iterable[str],
    told: Path,
    workers: int = 1,
    root: Path = ROOT,
) -> dict[str, Any]:
    """Try mutants by some tests under a directory: how each ended, by name. What `told` has is not tried again."""
    ends = _ends(told)
    left = {name: mutants[name]() for name in names if ends.get(name, UNCLEAR)["end"] == "unclear"}
    if left:
        job = {"mutants": left, "tests": list(tests), "told": str(told.resolve()), "workers": workers}
        code, said = _run(job, root)
        if code != 0:
            raise RuntimeError(f"trying mutants: expected an end, found {said}")
    return _ends(told)


def survives_alone(mutant: Mutant, tests: Iterable[str], root: Path = ROOT) -> bool:
    """Whether no test notices a mutant in a process of its own that runs all of them: slow, and beyond doubt."""
    code, said = _run({"mutants": {"it": mutant}, "alone": "it", "tests": list(tests)}, root)
    if code not in (0, 1):
        raise RuntimeError(f"trying a mutant: expected passes or a failure, found {said}")
    return code == 0


def _run(job: Mapping[str, Any], root: Path) -> tuple[int, str]:
    with tempfile.TemporaryDirectory(prefix="hallwatch-mutants-") as name:
        written = Path(name) / "job.json"
        written.write_text(json.dumps(job), "utf-8")
        environment = os.environ | {"MUTANT_UNDER_TEST": "1", "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.mutants_trial", str(written)]
        ended = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
        return ended.returncode, f"{ended.stdout[-2000:]}{ended.stderr[-2000:]}"


def _ends(told: Path) -> dict[str, Any]:
    lines = told.read_text("utf-8").splitlines() if told.exists() else []
    return {line["name"]: line for line in map(json.loads, lines)}


def mutants(told: Path, seed: int, most: int | None = None) -> dict[str, Any]:
    """Try all mutants of the decision modules, or a random part of them; which survive.

    `told` (JSON lines): how each ended, so that a run that was ended is gone on with.
    """
    every = made()
    chosen = random.Random(seed).sample(sorted(every), min(most or len(every), len(every)))
    ends = tried(every, chosen, TESTS, told, os.cpu_count() or 1)
    counted = Counter(ends[name]["end"] for name in chosen)
    dead = [name for name in chosen if ends[name]["end"] in DEAD]
    whole, killed = (Counter(name.split(".")[1] for name in names) for names in (chosen, dead))
    return {
        "mutants": len(every),
        "tried": len(chosen),
        **counted,
        "share": round(len(dead) / len(chosen), 4),
        "modules": {module: f"{killed[module]}/{whole[module]}" for module in sorted(whole)},
        "survivors": {name: every[name]()["change"] for name in sorted(set(chosen) - set(dead))},
        "right": len(dead) >= LEAST * len(chosen),
    }
