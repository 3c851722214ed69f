"""Kinds of camera fall evenly and are written as they are read."""

from collections import Counter

import pytest

from simulation.kinds import MANY_KINDS, ONE_KIND, Kind, kind_of, mix_of, written


def test_any_stretch_of_numbers_holds_every_kind_in_about_its_share() -> None:
    for start in range(0, 2000, 100):
        found = Counter(kind_of(number, MANY_KINDS) for number in range(start, start + 100))
        assert all(abs(found[kind] - 100 * share) <= 3 for kind, share in MANY_KINDS.items())
    assert {kind_of(number, ONE_KIND) for number in range(100)} == {Kind.H264}


def test_a_mix_is_read_as_it_is_written() -> None:
    assert mix_of(written(MANY_KINDS)) == MANY_KINDS
    assert mix_of("") == ONE_KIND


@pytest.mark.parametrize("text", ["mpeg2=0.5", "h265", "h265=0.8,jpeg=0.3", "h265=-0.1"])
def test_other_mixes_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        mix_of(text)
