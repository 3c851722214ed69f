"""Faults of the picture do what they say, to any picture."""

import cv2
import numpy as np
import pytest

from camera_ingest.health import is_dark
from simulation.faults import MOVE_SHARE, PictureFault, damage, degrade
from simulation.lobby import queue_stage
from simulation.looks import look
from simulation.sprites import Pixels

SEEDS = range(6)


def scene(seed: int = 1) -> Pixels:
    return queue_stage(seed, look(seed)).background


def sharpness(picture: Pixels) -> float:
    """Variance of the Laplacian over that of the picture: survives dimming."""
    grey = cv2.resize(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), (320, 180), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(grey, cv2.CV_64F).var() / max(1.0, grey.var()))


@pytest.mark.parametrize("kind", PictureFault)
def test_a_picture_keeps_its_shape_and_the_original_its_pixels(kind: PictureFault) -> None:
    before = scene()
    kept = before.copy()
    after = degrade(before, kind, np.random.default_rng(3))
    assert after.shape == before.shape and after.dtype == np.uint8
    assert np.array_equal(before, kept)
    assert not np.array_equal(after, before)


@pytest.mark.parametrize("kind", PictureFault)
def test_a_fault_lasts_and_only_the_noise_is_new(kind: PictureFault) -> None:
    spoilt = damage(kind, np.random.default_rng(4), noise=1.0)
    first, second = spoilt(scene()).astype(int), spoilt(scene()).astype(int)
    assert 0.2 < np.abs(first - second).mean() < 3
    calm = damage(kind, np.random.default_rng(4), noise=0)
    assert np.array_equal(calm(scene()), calm(scene()))


@pytest.mark.parametrize("seed", SEEDS)
def test_blur_takes_the_edges_and_leaves_the_light(seed: int) -> None:
    clear = scene(seed)
    blurred = degrade(clear, PictureFault.BLURRED, np.random.default_rng(seed), noise=0)
    assert sharpness(blurred) < 0.2 * sharpness(clear)
    assert abs(blurred.mean() - clear.mean()) < 3


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_covered_is_nearly_uniform_and_not_black(seed: int) -> None:
    covered = degrade(scene(seed), PictureFault.COVERED, np.random.default_rng(seed))
    assert not is_dark(covered)
    calm = np.asarray(cv2.GaussianBlur(covered, (0, 0), 4), np.uint8)
    assert calm.std(axis=(0, 1)).max() < 0.3 * calm.mean()
    assert cv2.Laplacian(calm, cv2.CV_64F).std() < 1, "no edge is left"


@pytest.mark.parametrize("seed", SEEDS)
def test_a_black_picture_is_dark(seed: int) -> None:
    assert is_dark(degrade(scene(seed), PictureFault.BLACK, np.random.default_rng(seed)))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_camera_is_turned_by_the_share_that_is_said(seed: int) -> None:
    still = np.asarray(np.random.default_rng(0).integers(0, 256, (180, 320, 3)), np.uint8)
    moved = degrade(still, PictureFault.MOVED, np.random.default_rng(seed), noise=0)
    height, width = still.shape[:2]
    part = still[height * 3 // 8 : height * 5 // 8, width * 3 // 8 : width * 5 // 8]
    _, _, (x, y), _ = cv2.minMaxLoc(cv2.matchTemplate(moved, part, cv2.TM_SQDIFF))
    shares = [abs(x - width * 3 // 8) / width, abs(y - height * 3 // 8) / height]
    assert max(shares) >= MOVE_SHARE[0] - 0.01
    assert all(share <= 0.01 or MOVE_SHARE[0] - 0.01 <= share <= MOVE_SHARE[1] + 0.01 for share in shares)
