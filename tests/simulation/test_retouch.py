"""What is retouched is honest: motion is in the P-frames, and only the clock of a frozen picture runs."""

import numpy as np
import pytest

from camera_ingest.camera import Role
from simulation.coding import FRAMES, decode
from simulation.drawing import StageId
from simulation.kinds import Kind
from simulation.retouch import Spoilt, changed, moved, spoilt, walk
from simulation.sprites import Pixels
from simulation.stages import HEIGHT, WIDTH

STAGE = StageId(Role.WINDOW, "x01-c01", seed=5, style=6, numbers=(7,))
FAST = StageId(Role.WINDOW, "x01-c01", seed=5, style=6, numbers=(7,), kind=Kind.FAST)


def hall(people: int) -> Pixels:
    """A wall with a pattern, and so many dark blocks before it."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    picture = np.repeat(np.asarray(120 + 30 * np.sin(columns / 9) * np.cos(rows / 11), np.uint8)[..., None], 3, axis=2)
    for one in range(people):
        picture[120:240, 150 + 200 * one : 200 + 200 * one] = 40
    return picture


def apart(first: Pixels, second: Pixels) -> float:
    return float(np.abs(first[30:].astype(int) - second[30:]).mean())


@pytest.mark.parametrize("stage", [STAGE, FAST])
@pytest.mark.parametrize("arrives", [False, True])
def test_a_move_begins_in_one_state_ends_in_the_other_and_shows_motion(stage: StageId, arrives: bool) -> None:
    old, new = (hall(0), hall(1)) if arrives else (hall(1), hall(0))
    units = moved(stage, old, new, arrives)
    assert len(units) == FRAMES[stage.kind]
    first, *between, last = decode(stage.kind, units)
    assert apart(first, old) < 0.6 * apart(first, new)
    assert apart(last, new) < 0.6 * apart(last, old)
    assert sum(apart(one, old) > 3 and apart(one, new) > 1.5 for one in between) >= len(between) // 3
    still = moved(stage, old, old, arrives)
    assert sum(map(len, units[1:])) > sum(map(len, still[1:]))


def test_somebody_who_walks_off_is_whole_on_the_way() -> None:
    pictures = list(walk(hall(1), hall(0), 10, np.random.default_rng(1)))
    dark = [int(np.count_nonzero(picture[120:240, :, 0] < 50)) for picture in pictures]
    assert dark[0] == 120 * 50
    assert all(0.9 * dark[0] <= one <= 1.1 * dark[0] for one in dark[:-1])
    assert dark[-1] == 0


def test_noise_is_no_change_and_a_person_is() -> None:
    rng = np.random.default_rng(2)
    noisy = np.asarray(np.clip(hall(1) + rng.normal(0, 3, (HEIGHT, WIDTH, 3)), 0, 255), np.uint8)
    assert not changed(hall(1), noisy).any()
    mask = changed(hall(1), hall(0))
    assert mask[120:240, 150:200].mean() > 250
    assert np.count_nonzero(mask) < 1.4 * 120 * 50


def keyframes(fault: Spoilt) -> list[Pixels]:
    """Those of somebody's picture under a fault."""
    heads, tails = spoilt(STAGE, hall(1), fault)
    assert all(len(tail) == FRAMES[STAGE.kind] - 1 for tail in tails)
    return [picture for head in heads for picture in decode(STAGE.kind, [b"".join(head)])]


def test_only_the_clock_of_a_frozen_picture_runs() -> None:
    first, second, _ = keyframes(Spoilt.FROZEN)
    assert apart(first, second) < 0.5
    assert np.abs(first[:22, :250].astype(int) - second[:22, :250]).max() > 100


@pytest.mark.parametrize("fault", [Spoilt.BLACK, Spoilt.BLURRED, Spoilt.COVERED, Spoilt.MOVED])
def test_other_faults_keep_their_extent_and_not_their_noise(fault: Spoilt) -> None:
    first, second, _ = keyframes(fault)
    assert apart(first, hall(1)) > 3
    assert 0 < apart(first, second) < 4
