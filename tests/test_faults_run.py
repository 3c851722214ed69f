"""A fixed small part of the run with faults; the whole is `make prove VERBS=faults`."""

from dataclasses import replace
from math import inf

import pytest

from camera_ingest.link import Timing
from simulation.rtsp_server import Fault
from tests.faults_cameras import KINDS, Trouble, written
from tests.faults_run import missed, on_time, recovered, restarted, slopes, watching

SEED = 20261125
QUICK = Timing(
    handshake_s=0.7, silence_s=1.0, keyframe_s=5.0, backoff_least_s=0.1, backoff_most_s=0.5, refused_s=0.5,
    opens_per_s=60, drain_s=0.2,
)  # fmt: skip
TROUBLE = Trouble(40, SEED, begins=3.0, ends=11.0, restart=14.0, down=1.0, ill=(1.5, 3.0), well=(4.0, 5.0))


def test_the_healthy_are_on_time_the_ill_recover_and_a_restart_is_no_storm() -> None:
    print(f"seed {SEED}")
    every = [f"c{number}" for number in range(TROUBLE.cameras)]
    healthy = [f"c{number}" for number in range(TROUBLE.cameras) if number not in TROUBLE.ailing]
    with watching(TROUBLE, (4.0,), QUICK) as watch:
        before, after = watch.until(TROUBLE.begins), watch.until(TROUBLE.ends)
        later, back, standing = TROUBLE.restart, TROUBLE.restart + TROUBLE.down, after
        while not all(watch.seen[one][-1] > back for one in every) and later < 90.0:
            standing = watch.until(later := later + 0.5)
    assert on_time(before, after, healthy) >= 0.9
    assert set(recovered(TROUBLE, watch.seen)) == set(KINDS)
    assert max(restarted(TROUBLE, watch.seen)) < 90.0
    assert after["opened_most_per_s"] <= standing["opened_most_per_s"] <= QUICK.opens_per_s
    assert after["bytes"] > before["bytes"]


def test_every_kind_of_fault_befalls_a_share_of_the_cameras_and_nobody_else() -> None:
    trouble = replace(TROUBLE, cameras=100, ends=500.0, restart=inf)
    assert len(trouble.ailing) == 30
    assert {spells[0].fault for spells in trouble.spells.values()} == set(KINDS)
    for number in range(100):
        met = {trouble.fault(number, at / 2) for at in range(1200)}
        assert met == ({None, trouble.spells[number][0].fault} if number in trouble.ailing else {None})
        assert trouble.fault(number, 600.0) is None
    assert trouble.spells == replace(trouble).spells
    assert '"cameras": 100' in written(trouble)


def test_at_a_restart_all_are_gone() -> None:
    trouble = Trouble(3, SEED, restart=100.0, down=5.0)
    assert [trouble.fault(0, at) for at in (99.9, 100.0, 104.9, 105.0)] == [None, Fault.DIE, Fault.DIE, None]
    assert restarted(trouble, {"c0": [50.0, 107.0], "c1": [101.0, 105.5]}) == [2.0, 0.5, 86_400.0]


def test_recovering_is_counted_from_the_end_of_each_fault() -> None:
    trouble = replace(TROUBLE, ends=40.0, restart=inf)
    (number, spells), *_ = trouble.spells.items()
    seen = {f"c{number}": [spell.end + 1.5 for spell in spells]}
    assert recovered(trouble, seen)[spells[0].fault][: len(spells)] == pytest.approx([1.5] * len(spells))


def test_shares_and_rates() -> None:
    before, after = ({"punctuality": {"a": (due, due), "b": (due, half)}} for due, half in ((10, 10), (20, 15)))
    assert (on_time(before, after, ["a", "b"]), on_time(before, after, ["a"])) == (0.75, 1.0)
    assert (missed(before, after, "a"), missed(before, after, "b")) == (0, 5)


def test_growth_is_told_per_hour_after_the_warm_up() -> None:
    records = [
        {"at": 30.0 * turn, "rss_mb": 500.0 if turn < 20 else 100 + turn, "fds": 7, "threads": 3} for turn in range(120)
    ]
    told = slopes(records)
    assert (told["rss_mb_per_hour"], told["fds_per_hour"], told["threads_per_hour"]) == (120.0, 0.0, 0.0)
    assert told["first"]["at"] == 600.0
