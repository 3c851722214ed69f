"""A fixed small part of `python -m tests.health_run`: faults over rendered and real footage, and none over clean."""

from collections.abc import Sequence

import numpy as np
import pytest

from tests.health_footage import Camera, real, rendered
from tests.health_run import AFTER, BEFORE, DURING, clean, faults

SEED = 20261125
LOOKS = BEFORE + DURING + AFTER
WINDOW = (192, 144, 576)
"""The part of the real clip in which most people walk."""


def judge(cameras: Sequence[Camera]) -> None:
    """Everything is found, under its name, and over when it is over; nothing is found that is not there."""
    print("seed", SEED)
    rng = np.random.default_rng(SEED)
    for (origin, kind), found in faults(cameras, rng).items():
        assert found.detected == found.named == found.recovered == len(cameras), f"{origin} {kind}: {found}"
        assert not found.before, f"{origin} {kind}: {found}"
    table = clean(cameras, rng)
    assert {name: alarms.where for (_, name), alarms in table.items() if alarms.false} == {}
    assert {alarms.looks for alarms in table.values()} == {sum(len(camera.pictures) for camera in cameras)}


def test_a_rendered_counter_and_queue() -> None:
    counter, _, queue = rendered(LOOKS, SEED, cases=1)
    judge([counter, queue])


@pytest.mark.footage
def test_real_footage() -> None:
    (camera,) = real(starts=[0], windows=[WINDOW])
    judge([Camera(camera.id, camera.origin, camera.pictures[:LOOKS])])
