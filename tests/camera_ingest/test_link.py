"""When a stream is given up and tried again: timelines, no clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.link import Link, Timing, backoff
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
    link.seen()
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
    link.seen()
    link.heard_at = 1000.0
    assert link.overdue(1000.0) is None


def test_a_picture_forgives_earlier_losses() -> None:
    link = Link(TIMING)
    for _ in range(5):
        link.opened(0.0)
        link.lost(0.0, Blind.UNREACHABLE, 0.999)
    assert link.retry_at > 30.0
    link.seen()
    link.lost(0.0, Blind.UNREACHABLE, 0.999)
    assert link.retry_at <= 2.0
    assert link.overdue(1000.0) is None


def test_a_refusal_is_retried_after_minutes() -> None:
    for blind in (Blind.REFUSED, Blind.NOT_FOUND):
        assert 300.0 <= backoff(TIMING, 1, blind, 0.5) <= 330.0


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_stays_within_its_bounds(losses: int, chance: float) -> None:
    pause = backoff(TIMING, losses, Blind.STALLED, chance)
    assert TIMING.backoff_least_s <= pause <= TIMING.backoff_most_s
    assert pause <= backoff(TIMING, losses + 1, Blind.STALLED, chance)
