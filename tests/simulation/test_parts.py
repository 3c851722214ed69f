"""Parts: what is held out occurs nowhere else, whatever the pictures are made of."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulation import exam
from simulation.footage import MADE_OF, write
from simulation.looks import LIGHTS, look
from simulation.parts import Part, among, people_of
from simulation.sprites import people


@given(st.lists(st.integers(), max_size=30))
def test_a_sort_falls_into_two_parts(things: list[int]) -> None:
    trained, held = among(Part.TRAIN, things), among(Part.HELD_OUT, things)
    assert sorted([*trained, *held]) == list(among(Part.WHOLE, things)) == list(enumerate(things))
    assert len(held) == len(things) // 4


def test_every_kind_of_light_has_something_held_out() -> None:
    assert all(among(Part.HELD_OUT, lights) for lights in LIGHTS.values())


def test_nobody_is_in_both_parts() -> None:
    trained, held = ({one.identity for one in people_of(part, people())} for part in (Part.TRAIN, Part.HELD_OUT))
    assert not trained & held
    assert trained | held == {one.identity for one in people()}
    roles = {one.role for one in people_of(Part.HELD_OUT, people())}
    assert roles == {"staff", "public", "mannequin"}


@pytest.mark.parametrize("seed", range(40))
def test_looks_of_the_parts_have_nothing_in_common(seed: int) -> None:
    shares = {"dark": 0.3, "glare": 0.3}
    trained = {name for n in range(5) for name in look(seed + n, **shares, part=Part.TRAIN).made_of}
    assert not trained & set(look(seed, **shares, part=Part.HELD_OUT).made_of)


def test_exam_and_footage_are_made_of_different_things(tmp_path: Path) -> None:
    """What was really drawn, by its own account: people, colours, lights, posters, mannequins, coats."""
    write(tmp_path / "data", count=60, seed=3, split=0.34)
    exam.write(tmp_path / "exam", looks=3, seed=1)
    drawn = json.loads((tmp_path / "data" / MADE_OF).read_text("utf-8"))
    asked = set(json.loads((tmp_path / "exam" / MADE_OF).read_text("utf-8"))["held-out"])
    trained = set(drawn["train"])
    assert not trained & asked
    assert not trained & set(drawn["val"])
    for sort in ("person ", "light ", "wall ", "floor ", "counter ", "coat ", "mannequin "):
        assert any(name.startswith(sort) for name in trained), sort
        assert any(name.startswith(sort) for name in asked), sort
