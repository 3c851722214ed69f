"""That the trial of mutants is honest: in small, where every end is known, and on a fixed part of the real ones."""

import random
from pathlib import Path

import pytest

from tests.mutants import TESTS, Mutants, made, mutants, mutants_of, passed_over, survives_alone, tried

SEED = 20261127
TRIED = 100
MODULE = """
from functools import cache

LEFT = []


def total(a, b):
    return a + b


def steps(n):
    made = 0
    while n > 0:
        n -= 1
        made += 1
    return made


@cache
def doubled(a):
    return a * 2


class Box(list):
    def __init__(self, n):
        super().__init__()
        self.n = n

    @property
    def half(self):
        return self.n / 2


def leaves(a):
    return a


def unused(a):
    return a + 1
"""
TESTS_OF_IT = """
import pytest
import small

EARLY = small.doubled(3)


@pytest.mark.parametrize("name", ["离开 4 分 50 秒不报", "其他"])
def test_总数(name):
    assert small.total(0, 2) == 2


def test_steps():
    assert small.steps(3) == 3


def test_doubled():
    assert small.doubled(3) == 6


def test_half():
    assert small.Box(3).half == 1.5


def test_nothing_is_left():
    assert small.LEFT == []
    small.leaves(1)
"""
ENDS = {
    "return a + b → return a - b": "killed",
    "made = 0 → made = None": "killed",
    "made = 0 → made = 1": "killed",
    "while n > 0: → while n >= 0:": "killed",
    "while n > 0: → while n > 1:": "killed",
    "n -= 1 → n = 1": "endless",
    "n -= 1 → n += 1": "endless",
    "n -= 1 → n -= 2": "killed",
    "made += 1 → made = 1": "killed",
    "made += 1 → made -= 1": "killed",
    "made += 1 → made += 2": "killed",
    "return a * 2 → return a / 2": "killed",  # though it was computed and cached while the tests were collected
    "return a * 2 → return a * 3": "killed",
    "self.n = n → self.n = None": "killed",
    "return self.n / 2 → return self.n * 2": "killed",
    "return self.n / 2 → return self.n / 3": "killed",
    "return a + 1 → return a - 1": "not called",
    "return a + 1 → return a + 2": "not called",
    "nothing": "survived",
    "leaves something behind": "survived",
}


def small(directory: Path) -> Mutants:
    (directory / "small.py").write_text(MODULE, "utf-8")
    (directory / "test_small.py").write_text(TESTS_OF_IT, "utf-8")
    leaves = {"module": "small", "function": "leaves"}
    by_hand: Mutants = {
        "leaves": lambda: leaves | {"source": "def it(a):\n    LEFT.append(a)\n", "change": "leaves something behind"},
        "nothing": lambda: leaves | {"source": "def it(a):\n    return a\n", "change": "nothing"},
    }
    return by_hand | mutants_of("small", MODULE)


@pytest.mark.parametrize("workers", [1, 2])
def test_every_mutant_ends_as_it_must(tmp_path: Path, workers: int) -> None:
    every = small(tmp_path)
    ends = tried(every, every, ["test_small.py"], tmp_path / "told.jsonl", workers, tmp_path)
    assert {every[name]()["change"]: end["end"] for name, end in ends.items()} == ENDS
    assert passed_over(MODULE) == 0


def test_what_was_told_is_not_tried_again(tmp_path: Path) -> None:
    every = small(tmp_path)
    told = tmp_path / "told.jsonl"
    told.write_text('{"name": "leaves", "end": "killed"}\n{"name": "nothing", "end": "unclear"}\n')
    ends = tried(every, ["leaves", "nothing"], ["test_small.py"], told, 1, tmp_path)
    assert [ends[name]["end"] for name in ("leaves", "nothing")] == ["killed", "survived"]


def test_tests_that_fail_without_a_mutant_kill_nothing(tmp_path: Path) -> None:
    every = small(tmp_path)
    (tmp_path / "test_small.py").write_text(TESTS_OF_IT.replace("== 1.5", "== 2"), "utf-8")
    with pytest.raises(RuntimeError, match=r"expected a pass, found .*test_half"):
        tried(every, every, ["test_small.py"], tmp_path / "told.jsonl", 1, tmp_path)


def test_a_fixed_part_of_the_real_ones(tmp_path: Path) -> None:
    """Of as many as this nine in ten are killed; a few of them again in processes of their own, with the same end."""
    print(f"seed {SEED}")
    told = tmp_path / "told.jsonl"
    report = mutants(told, SEED, TRIED)
    assert report["right"], report
    every, dice = made(), random.Random(SEED)
    chosen = dice.sample(sorted(every), TRIED)
    alive = sorted(report["survivors"])
    dead = [name for name in chosen if name not in alive]
    for name in (*dice.sample(dead, 2), *dice.sample(alive, min(2, len(alive)))):
        assert survives_alone(every[name](), TESTS) is (name in alive), (name, every[name]()["change"])
