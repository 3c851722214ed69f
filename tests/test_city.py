"""The whole system over a simulated city in real time, parts of it killed: a small fixed share of `make prove`."""

from datetime import timedelta
from pathlib import Path

from monitor.alerts import Rule
from tests.city_run import play

SECONDS = 230
KILLS = ((85.0, "watch"), (100.0, "intake"), (140.0, "watch"), (150.0, "intake"))
FORGETS = timedelta(seconds=75)
"""Yellow threshold of the demonstration, two looks and a restart."""


def test_a_city_is_watched_rightly_though_its_parts_are_killed(tmp_path: Path) -> None:
    """At 85 s the first absence is open; it goes on over the restart and is neither repeated nor ended early."""
    print(f"city seed 1, {SECONDS} s, kills {KILLS}")
    outcome = play(tmp_path, SECONDS, 1, KILLS)
    assert outcome.code == 0
    assert len(outcome.killed) == len(KILLS)
    assert outcome.score["found"] >= 1
    assert outcome.missed(FORGETS) == []
    assert outcome.score["false"] == []
    assert outcome.repeated() == []
    assert outcome.lost() == []
    assert len(outcome.rated) == len(set(outcome.rated)) > 0
    absences = (one for one in outcome.records if one.alert.rule is Rule.ABSENCE)
    first = min(absences, key=lambda one: one.alert.opened_at)
    assert first.alert.until is not None
    assert {str(still.moment) for still in first.stills} == {"start", "threshold", "return"}
    assert all((tmp_path / "evidence" / still.file).is_file() for still in first.stills)
