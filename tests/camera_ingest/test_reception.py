"""What is measured of a camera's network."""

import pytest

from camera_ingest.plan import Means, Way
from camera_ingest.reception import Reception


def reception() -> Reception:
    return Reception(mbit_s=0.25, look_mbit=0.75, look_s=3.0, snapshot_mbit=0.4)


def test_the_first_look_replaces_what_was_expected_and_later_ones_mix() -> None:
    one = reception()
    assert not one.known
    one.looked(0.4, 2.0)
    assert (one.look_mbit, one.look_s, one.known) == (0.4, 2.0, True)
    one.looked(1.4, 2.0)
    assert one.look_mbit == pytest.approx(0.7)


def test_a_look_tells_of_the_stream_only_if_that_is_much_dearer() -> None:
    one = reception()
    one.looked(0.8, 2.0)  # 0.4 Mbit/s, of which most is the keyframe
    assert one.mbit_s == 0.25
    one.looked(6.0, 2.0)
    assert one.mbit_s == 3.0


def test_a_stream_is_measured_ten_seconds_at_a_time() -> None:
    one = reception()
    for second in range(100):
        one.streams(True, float(second))
        one.bytes += 100_000
    assert one.mbit_s == pytest.approx(0.8, abs=0.05)
    before = one.mbit_s
    one.streams(False, 100.0)
    one.streams(True, 101.0)
    one.streams(True, 105.0)
    assert one.mbit_s == before


def test_who_sleeps_is_connected_for_looks_only() -> None:
    one = reception()
    assert not one.on_demand
    one.asleep = True
    assert one.on_demand
    one.asleep, one.means = False, Means(Way.ON_DEMAND)
    assert one.on_demand
    one.means = Means(Way.LEFT_OUT)
    assert one.left_out and not one.on_demand
