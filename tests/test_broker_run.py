"""A fixed small part of the run with broker, intake and database struck; the whole is `make prove VERBS=broker`."""

from pathlib import Path

import pytest

from tests.broker_run import STROKES, play

SEED = 20261127


@pytest.mark.broker
def test_whatever_is_struck_every_rating_is_on_record_once(tmp_path: Path) -> None:
    print(f"seed {SEED}")
    played = play(tmp_path, len(STROKES), SEED)
    assert played.lost == ()
    assert played.recorded == tuple(range(1, played.given + 1))
    assert played.strokes == dict.fromkeys(STROKES, 1)
