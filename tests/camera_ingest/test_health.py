"""Health of the picture: what a fault is, when it counts, and when it is over."""

import pickle
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.health import Health, confirm, examine, is_dark
from camera_ingest.sample import Blind, Picture
from simulation.faults import PictureFault, damage
from tests.camera_ingest.synthetic import picture

AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
EVERY = timedelta(seconds=10)
RNG = np.random.default_rng(7)


def place(seed: int = 3) -> Picture:
    """A wall, a floor and things of all sizes before them."""
    rng = np.random.default_rng(seed)
    shown = np.full((360, 640, 3), (190, 200, 205), np.uint8)
    shown[200:] = (110, 120, 130)
    for _ in range(60):
        left, top = int(rng.integers(-20, 620)), int(rng.integers(-20, 340))
        width, height = (int(size) for size in rng.integers(12, 110, 2))
        cv2.rectangle(shown, (left, top), (left + width, top + height), rng.integers(20, 240, 3).tolist(), -1)
    return shown


HALL = place()


def seen(shown: Picture, noise: float = 2.0) -> Picture:
    """As a sensor gives it, never the same twice."""
    grain = RNG.standard_normal(shown.shape, np.float32) * np.float32(noise)
    return np.asarray(cv2.add(shown, grain, dtype=cv2.CV_8U), np.uint8)


def faulty(kind: str) -> list[Picture]:
    """Twelve looks at the hall with one fault."""
    if kind == "frozen":
        return [seen(HALL)] * 13
    changed = damage(PictureFault(kind), np.random.default_rng(5))
    return [changed(seen(HALL)) for _ in range(12)]


def after(health: Health, pictures: Iterable[Picture], every: timedelta = EVERY) -> Health:
    """The health after more looks at this pace."""
    at = health.at or AT - every
    for shown in pictures:
        at += every
        health = examine(health, shown, at)
    return health


@pytest.fixture(scope="module")
def known() -> Health:
    """A camera whose scene is learned."""
    return after(Health(), (seen(HALL) for _ in range(20)))


def flat(level: int) -> Picture:
    return np.full((96, 160, 3), level, np.uint8)


@pytest.mark.parametrize(("level", "dark"), [(0, True), (16, True), (18, True), (19, False), (128, False)])
def test_black_by_level(level: int, dark: bool) -> None:
    assert is_dark(flat(level)) is dark


def test_a_lit_screen_in_a_dark_hall_is_not_black() -> None:
    night = flat(2)
    night[20:40, 20:60] = 250  # 5 % of the picture
    assert not is_dark(night)


def test_noise_of_a_covered_lens_is_black() -> None:
    noise = np.random.default_rng(1).integers(0, 20, (96, 160, 3), np.uint8)
    assert is_dark(noise)


def test_three_in_a_row_make_black_and_two_good_pictures_end_it() -> None:
    health, faults = Health(), []
    shown = (flat(0), flat(0), picture(0), flat(0), flat(0), picture(1), picture(2), picture(3))
    for number, one in enumerate(shown):
        health = examine(health, one, AT + number * EVERY)
        faults.append(health.fault)
    assert faults == [None, None, None, Blind.BLACK, Blind.BLACK, Blind.BLACK, None, None]


@pytest.mark.parametrize("kind", ["black", "frozen", "blurred", "covered", "moved"])
def test_a_fault_is_found_told_since_its_first_look_and_over_with_good_ones(known: Health, kind: str) -> None:
    assert known.fault is None
    assert known.at is not None
    ill = after(known, faulty(kind))
    assert ill.fault == Blind(kind)
    assert ill.since == known.at + EVERY
    assert "期望 expected" in ill.detail
    assert "实得 found" in ill.detail
    well = after(ill, [seen(HALL), seen(HALL)])
    assert (well.fault, well.since, well.detail) == (None, None, "")


@pytest.mark.parametrize("kind", ["blurred", "covered", "moved", "frozen"])
def test_what_is_over_soon_is_no_fault(known: Health, kind: str) -> None:
    assert after(known, faulty(kind)[:2]).fault is None, "too few looks"
    assert after(known, faulty(kind)[:4], timedelta(seconds=5)).fault is None, "too short a time"


@pytest.mark.parametrize("kind", ["blurred", "covered", "moved"])
def test_a_long_gap_ends_a_suspicion(known: Health, kind: str) -> None:
    shown = faulty(kind)
    assert after(after(known, shown[:2]), shown[2:4], timedelta(minutes=10)).fault is None


def test_a_frozen_picture_with_a_running_clock_is_frozen(known: Health) -> None:
    def clocked(number: int) -> Picture:
        shown = frozen.copy()
        cv2.putText(shown, f"12:{number:02d}:07", (10, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)
        return shown

    frozen = seen(HALL)
    assert after(known, (clocked(number) for number in range(10))).fault is Blind.FROZEN


def test_a_scene_in_which_nothing_moves_is_not_frozen(known: Health) -> None:
    assert after(known, (seen(HALL, 0.5) for _ in range(30))).fault is None


@pytest.mark.parametrize("gain", [0.15, 0.3, 1.3])
def test_other_light_is_no_fault(known: Health, gain: float) -> None:
    lit = np.clip(HALL * gain, 0, 255).astype(np.uint8)
    assert after(known, (seen(lit) for _ in range(30))).fault is None


def test_lights_out_are_black_even_where_the_sensor_is_not_quite(known: Health) -> None:
    grey = np.full_like(HALL, 28)
    assert after(known, (seen(grey) for _ in range(5))).fault is Blind.BLACK


def test_a_move_is_told_with_its_shift(known: Health) -> None:
    moved = after(known, (seen(np.roll(HALL, (36, -64), (0, 1))) for _ in range(10)))
    assert moved.fault is Blind.MOVED
    assert "-10.0% of the width to the right, +11.1% of the height down" in moved.detail


def test_people_close_to_the_lens_are_neither_cover_nor_move(known: Health) -> None:
    def crowd(number: int) -> Picture:
        shown = HALL.copy()
        cv2.ellipse(shown, (150 + 29 * number % 200, 330), (110, 250), 0, 0, 360, (60, 50, 45), -1)
        cv2.ellipse(shown, (420 + 17 * number % 150, 340), (80, 200), 0, 0, 360, (30, 60, 90), -1)
        return seen(shown)

    assert after(known, (crowd(number) for number in range(40))).fault is None


def test_somebody_before_a_plain_wall_hides_no_scene() -> None:
    wall = np.full((360, 640, 3), 180, np.uint8)
    wall[150:230, 300:350] = 60
    plain = after(Health(), (seen(wall) for _ in range(10)))
    wall[100:, 240:400] = place(5)[100:, 240:400]
    assert after(plain, (seen(wall) for _ in range(70))).fault is None


def test_another_view_altogether_is_a_move_after_a_while(known: Health) -> None:
    elsewhere = place(99)
    assert after(known, (seen(elsewhere) for _ in range(11))).fault is None
    doubtful = after(known, (seen(elsewhere) for _ in range(17)))
    assert (doubtful.fault, doubtful.moved) == (Blind.MOVED, None), "nothing is concluded from it, and it may yet pass"
    assert after(doubtful, (seen(HALL) for _ in range(2))).fault is None
    health = after(known, (seen(elsewhere) for _ in range(65)))
    assert health.moved is not None
    assert health.fault is Blind.MOVED
    assert "recognised" in health.detail


def test_a_moved_camera_stays_so_behind_a_black_picture_until_it_is_confirmed(known: Health) -> None:
    def moved() -> Picture:
        return seen(np.roll(HALL, 100, 1))

    ill = after(known, (moved() for _ in range(10)))
    dark = after(ill, [flat(0)] * 4)
    assert (dark.fault, dark.moved) == (Blind.BLACK, ill.moved)
    again = after(dark, (moved() for _ in range(10)))
    assert (again.fault, again.since) == (Blind.MOVED, ill.since)
    fresh = after(confirm(again), (moved() for _ in range(20)))
    assert fresh.fault is None
    assert after(fresh, (seen(HALL) for _ in range(10))).fault is Blind.MOVED, "the new view is the scene now"


def test_a_camera_that_was_never_sharp_is_blurred_from_the_start() -> None:
    vague = cv2.GaussianBlur(HALL, (0, 0), 12)
    assert after(Health(), (seen(np.asarray(vague, np.uint8), 1.0) for _ in range(5))).fault is Blind.BLURRED


def test_nothing_is_learned_from_a_fault(known: Health) -> None:
    assert after(known, faulty("covered")).scene == known.scene


def test_the_clock_is_a_note_and_no_blindness(known: Health) -> None:
    health = known
    for number in range(8):
        health = examine(health, seen(HALL), AT + timedelta(hours=1) + number * EVERY, clock_off_s=-7200.0)
    assert health.clock.wrong
    assert health.fault is None


def test_health_is_small(known: Health) -> None:
    assert len(pickle.dumps(after(known, faulty("moved")))) < 20_000


@given(st.integers(1, 700), st.integers(1, 500), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_pictures_of_any_size_and_content_are_examined(width: int, height: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    health = Health()
    for number in range(8):
        shown = rng.integers(0, int(rng.integers(1, 257)), (height, width, 3), np.uint8)
        health = examine(health, shown, AT + number * EVERY)
