"""What is measured of a camera's network."""

import pytest

from camera_ingest.plan import Means, Way
from camera_ingest.reception import FLOOD, FLOOD_BYTES, Reception


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


def test_what_made_looks_dear_is_forgotten_by_halves_while_nobody_looks() -> None:
    one = reception()
    one.looked(16.75, 3.0)
    one.unlooked(0.75)
    assert one.look_mbit == 8.75
    one.looked(0.1, 3.0)
    before = one.look_mbit = 0.5
    one.unlooked(0.75)
    assert one.look_mbit == before


def test_a_look_may_take_many_times_what_it_usually_does_and_a_little_always() -> None:
    one = reception()
    assert one.most_bytes == FLOOD_BYTES
    one.looked(8.0, 3.0)
    assert one.most_bytes == pytest.approx(FLOOD * 1e6)


@pytest.mark.parametrize(
    ("network", "pace", "both"), [(1.0, 1.0, 1.0), (1.5, 1.0, 1.5), (1.0, 3.0, 3.0), (1.2, 1.5, 1.8), (1.8, 1.8, 2.0),
                                  (2.0, 2.0, 2.0), (1.5, 5.0, 5.0), (6.0, 2.0, 6.0)]
)  # fmt: skip
def test_pace_and_network_together_stretch_no_further_than_a_window_bears(
    network: float, pace: float, both: float
) -> None:
    one = reception()
    one.means = Means(Way.ON_DEMAND, network)
    assert network * one.stretched(pace) == pytest.approx(both)
