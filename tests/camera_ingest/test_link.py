"""When a stream is given up and tried again: timelines, no clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.link import REFUSED_FEW, Link, Timing, backoff
from camera_ingest.sample import Blind

TIMING = Timing()


def test_a_handshake_has_five_seconds() -> None:
    link = Link(TIMING)
    assert link.overdue(1000.0) is None  # nothing has been opened
    link.opened(100.0)
    assert link.overdue(104.9) is None
    assert link.overdue(105.0) == ("a stream within 5 s", "no answer")


def test_silence_ends_a_stream_after_ten_seconds() -> None:
    link = Link(TIMING)
    link.opened(0.0)
    link.plays(1.0)
    link.seen(1.0)
    link.heard_at = 50.0
    assert link.overdue(59.9) is None
    assert link.overdue(60.0) == ("bytes", "none for 10 s")


@pytest.mark.parametrize(("gop_s", "patience"), [(0.0, 15.0), (2.0, 15.0), (10.0, 30.0)])
def test_a_wanted_keyframe_is_waited_for_by_the_cameras_own_measure(gop_s: float, patience: float) -> None:
    link = Link(TIMING, gop_s=gop_s)
    link.opened(0.0)
    link.plays(0.0)
    link.seen()
    link.wants(100.0)
    link.wants(105.0)  # wanted already
    link.heard_at = 99.9 + patience
    assert link.overdue(99.9 + patience) is None
    assert link.overdue(100.0 + patience) == ("a complete keyframe", f"none for {patience:g} s")


def test_bytes_without_a_wanted_keyframe_are_fine() -> None:
    link = Link(TIMING)
    link.opened(0.0)
    link.plays(0.0)
    link.seen(1.0)
    link.heard_at = 1000.0
    assert link.overdue(1000.0) is None


def lost_often(times: int, blind: Blind = Blind.UNREACHABLE) -> Link:
    link = Link(TIMING)
    for _ in range(times):
        link.opened(0.0)
        link.lost(0.0, blind, 0.999)
    return link


def test_a_stream_that_lasts_forgives_earlier_losses() -> None:
    link = lost_often(8)
    assert link.retry_at > 0.9 * TIMING.backoff_most_s
    link.opened(100.0)
    link.plays(100.0)
    link.seen(100.0 + TIMING.backoff_most_s)
    link.lost(200.0, Blind.UNREACHABLE, 0.999)
    assert link.retry_at <= 202.0
    assert link.overdue(1000.0) is None


def test_a_stream_that_flaps_is_tried_less_and_less_often() -> None:
    link, pauses = Link(TIMING), []
    for now in range(0, 600, 60):
        link.opened(now)
        link.plays(now)
        link.seen(now + 2.0)
        link.lost(now + 4.0, Blind.UNREACHABLE, 0.5)
        pauses.append(link.retry_at - now - 4.0)
    assert pauses == sorted(pauses)
    assert pauses[0] < 2.0 < 20.0 < pauses[-1]


def test_a_refused_login_is_retried_soon_only_a_few_times() -> None:
    pauses = [backoff(TIMING, losses, Blind.REFUSED, 0.5) for losses in range(1, 10)]
    assert all(45.0 <= pause <= 50.0 for pause in pauses[:REFUSED_FEW])
    assert all(300.0 <= pause <= 330.0 for pause in pauses[REFUSED_FEW:])


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_a_path_that_is_not_found_is_not_hammered_and_back_within_a_minute(losses: int, chance: float) -> None:
    assert 45.0 <= backoff(TIMING, losses, Blind.NOT_FOUND, chance) <= 50.0


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_within_its_bounds(losses: int, chance: float) -> None:
    pause = backoff(TIMING, losses, Blind.STALLED, chance)
    assert TIMING.backoff_least_s <= pause <= TIMING.backoff_most_s
    assert pause <= backoff(TIMING, losses + 1, Blind.STALLED, chance)


@given(st.integers(5, 10_000))
def test_many_that_are_lost_together_do_not_come_back_together(losses: int) -> None:
    pauses = [backoff(TIMING, losses, Blind.UNREACHABLE, n / 100) for n in range(100)]
    assert max(pauses) - min(pauses) > TIMING.backoff_most_s / 3
