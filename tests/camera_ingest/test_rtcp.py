"""The clock of a camera, as its sender reports tell it."""

import struct
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from camera_ingest.rtcp import clock_off_s

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)
NTP = int(NOW.timestamp()) + 2_208_988_800


def report(seconds: int, fraction: int = 0) -> bytes:
    return struct.pack("!BBHIIIIII", 0x80, 200, 6, 7, seconds, fraction, 0, 0, 0)


@pytest.mark.parametrize(
    ("seconds", "off"),
    [
        (NTP, 0),
        (NTP - 3600, -3600),
        (2_208_988_800, -NOW.timestamp()),  # 1970: a camera that has not heard of the time since it was switched on
        (0, None),  # one that knows no time
        (86_400, None),  # one that counts since it was switched on
    ],
)
def test_how_far_a_clock_is_off(seconds: int, off: float | None) -> None:
    assert clock_off_s(report(seconds), NOW) == off


def test_fractions_count() -> None:
    assert clock_off_s(report(NTP, 1 << 30), NOW) == 0.25


def test_the_numbers_of_2036_begin_again() -> None:
    after = datetime(2036, 2, 7, 7, tzinfo=UTC)
    assert clock_off_s(report(int(after.timestamp()) + 2_208_988_800 - (1 << 32) + 5), after) == 5
    assert clock_off_s(report((1 << 32) - 1), after) == pytest.approx((1 << 32) - 1 - after.timestamp() - 2_208_988_800)


@given(st.binary(max_size=40))
def test_whatever_comes_does_not_raise(packet: bytes) -> None:
    clock_off_s(packet, NOW)
    assert clock_off_s(b"\x80\xc9" + packet, NOW) is None  # a receiver report
