"""How the run over limited lines counts; real lines are in `tests/camera_ingest/test_budget.py`."""

import pytest

from tests.network_run import most


def test_the_most_of_any_ten_seconds() -> None:
    steady = [(float(second), 125_000 * second) for second in range(60)]
    assert most(steady) == pytest.approx(1.0)
    burst = [(at, count + (2_500_000 if at > 30 else 0)) for at, count in steady]
    assert most(burst) == pytest.approx(3.0)
    assert most([]) == 0.0
