"""Random days of the whole judgement, a fixed part of the 10,000 that `make prove VERBS=days` plays."""

import random

import pytest

from tests.days import broken, play, random_day

SEED = 20261126
DAYS = 40


@pytest.mark.parametrize("part", range(4))
def test_what_must_hold_holds_on_random_days(part: int) -> None:
    print(f"seed {SEED}")
    seeds = [random.Random(SEED + part).randrange(1 << 30) for _ in range(1)]
    for seed in (seeds[0] + number for number in range(DAYS // 4)):
        assert broken(seed) == [], f"day {seed}"


def test_the_days_are_worth_it() -> None:
    """Alerts of most rules open on them, so that what holds does not hold of nothing."""
    said = [play(random_day(seed)) for seed in range(40)]
    rules = {alert.rule for one in said for alert in one.changes}
    assert len(rules) >= 8, rules
    assert any(alert.until is not None for one in said for alert in one.changes)
