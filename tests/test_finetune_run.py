"""The round trip that `make prove VERBS=finetune` makes at full length, with a small budget: every step for real."""

from pathlib import Path

import pytest

from models import catalogue
from tests.finetune_run import run
from tests.models.converted import checkpoint

SEED = 20261125


@pytest.mark.torch
@pytest.mark.filterwarnings(
    # ultralytics 8.4 exports through the tracer that torch 2.14 deprecates, and which warns of its own limits
    "ignore:`torch.jit.trace:FutureWarning",
    "ignore:Converting a tensor to a Python:Warning",
)
def test_frames_are_labelled_trained_on_and_scored_and_nothing_is_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Starts from the shipped network, whose clerks are few pixels; a handful of frames, so nothing is asked of it."""
    print(f"seed {SEED}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("HALLWATCH_MODELS", raising=False)
    scores = run(tmp_path, str(checkpoint(tmp_path / "start.pt")), looks=40, frames=20, seed=SEED, halls=1)
    assert set(scores) == {"before", "after"}
    for row in scores.values():
        assert (row["part"], row["samples"], row["footage"]) == ("staff", 120, "rendered")
    assert catalogue.current(catalogue.read(tmp_path / "models")) != "site-int8-416x256"
    assert "heads are masked" in capsys.readouterr().err
