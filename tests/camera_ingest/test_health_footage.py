"""A fixed small part of `python -m tests.health_run`: faults over rendered and real footage, and none over clean."""

import numpy as np
import pytest

from tests.health_footage import Camera, real, rendered
from tests.health_run import AFTER, BEFORE, DURING, FAULTS, clean, faults

SEED = 20261125
WINDOW = (192, 144, 576)


@pytest.fixture(scope="module")
def drawn() -> tuple[Camera, ...]:
    """Two counters and a queue, rendered."""
    return tuple(rendered(BEFORE + DURING + AFTER, SEED, cases=1))


@pytest.fixture(scope="module")
def filmed() -> tuple[Camera, ...]:
    """A part of the real clip."""
    return tuple(real(starts=[0], windows=[WINDOW]))


def judge(cameras: tuple[Camera, ...]) -> None:
    print("seed", SEED)  # noqa: T201
    rng = np.random.default_rng(SEED)
    for (origin, kind), found in faults(cameras, rng).items():
        assert found.detected == found.named == found.recovered == len(cameras), f"{origin} {kind}: {found}"
        assert not found.before, f"{origin} {kind}: {found}"
    table = clean(cameras, rng)
    assert {name: alarms.where for (_, name), alarms in table.items() if alarms.false} == {}
    assert sum(alarms.looks for alarms in table.values()) == 8 * sum(len(camera.pictures) for camera in cameras)


def test_rendered_halls(drawn: tuple[Camera, ...]) -> None:
    assert len(drawn) == 3
    judge(drawn)


@pytest.mark.footage
def test_real_footage(filmed: tuple[Camera, ...]) -> None:
    judge(filmed)



    assert set(FAULTS) == {"black", "frozen", "blurred", "covered", "moved"}
