"""The fuzzer: a fixed part of what `make prove VERBS=fuzz` does, and whether it would notice anything."""

from pathlib import Path

import pytest

from tests.fuzz import MOST_FINDINGS, fuzz, main, only
from tests.prove import SEED

INPUTS = 6_000


def test_a_fixed_part_of_the_inputs_breaks_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    right = main(["--inputs", str(INPUTS), "--seed", str(SEED), "--json"]) == 0
    assert right, capsys.readouterr().out


def test_many_inputs_get_through() -> None:
    """A fuzzer whose inputs are all refused at the door tests the door."""
    run = fuzz(2_000, SEED)
    assert run.next == 2_000
    for name, (tried, through) in run.counts.items():
        assert through > tried * 0.04, name


def test_crashes_hangs_and_exceptions_are_findings_and_the_run_goes_on() -> None:
    run = fuzz(500, 3, module="tests.fuzz_planted", budget_s=0.2)
    what = " ".join(finding["what"] for finding in run.findings)
    assert "ZeroDivisionError: planted" in what
    assert "died of SIGABRT" in what
    assert "more CPU than its budget" in what
    assert run.next == 500
    assert not run.report()["right"]


def test_growth_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "growth")
    run = fuzz(1_500, 1, module="tests.fuzz_planted", growth_mb=100, warm=500)
    assert [finding["target"] for finding in run.findings] == ["all"]
    assert run.growth_mb > 500


def test_a_run_goes_on_where_it_was_with_the_same_recordings(tmp_path: Path) -> None:
    keep = tmp_path / "run.json"
    fuzz(500, SEED, keep)
    recordings = (tmp_path / "run.seeds").read_bytes()
    run = fuzz(1_000, SEED, keep)
    assert run.next == 1_000
    assert sum(tried for tried, _ in run.counts.values()) == 1_000
    assert (tmp_path / "run.seeds").read_bytes() == recordings
    with pytest.raises(ValueError, match="expected a run of seed 2"):
        fuzz(1_000, 2, keep)
    assert isinstance(only(1, SEED, keep), bool)


def test_a_run_that_finds_the_same_again_and_again_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "raise")
    run = fuzz(5_000, 1, module="tests.fuzz_planted")
    assert len(run.findings) == MOST_FINDINGS
    assert run.next < 5_000
