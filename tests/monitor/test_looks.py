"""When a run of looks began."""

from datetime import UTC, datetime, timedelta

import pytest

from monitor.looks import Look, Looks, hits, turn, turns

ZERO = datetime(2026, 11, 20, 1, tzinfo=UTC)


def looks(line: str) -> Looks:
    return tuple(Look(ZERO + timedelta(seconds=n), mark == "1", 0.0) for n, mark in enumerate(line))


def seconds(at: datetime) -> int:
    return round((at - ZERO).total_seconds())


@pytest.mark.parametrize(
    ("line", "present", "second"),
    [
        ("100000", False, 1),
        ("010000", False, 2),  # a miss begins nothing
        ("001000", False, 0),  # a false person interrupts nothing
        ("000111", True, 3),
        ("001011", True, 4),
        ("10101", True, 4),  # never two in a row: the newest
        ("0", False, 0),
    ],
)
def test_turn(line: str, present: bool, second: int) -> None:
    assert seconds(turn(looks(line), present)) == second
    assert turn(looks(line), present) in turns(looks(line), present)


def test_turns_and_hits() -> None:
    assert sorted(map(seconds, turns(looks("110010"), present=True))) == [0, 4]
    assert sorted(map(seconds, turns(looks("110010"), present=False))) == [2, 5]
    assert turns((), present=True) == frozenset()
    assert hits(looks("110010")) == 3
