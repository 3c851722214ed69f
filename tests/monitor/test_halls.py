"""The limits of a hall and of its zones, as the rules write them."""

from dataclasses import asdict
from math import inf

import pytest

from monitor.alerts import Rule
from monitor.halls import HallRule, camera_limit, empty_limit, empty_share, rule_values
from monitor.limits import Limit
from monitor.posts import Post
from monitor.queues import QueueRule
from monitor.queues import limits as zone_limits
from monitor.queues import rule_values as zone_values

WAITS = {"clear_s": 70, "gap_cadences": 4, "unknown_reset_s": 200}
"""Of a zone, and unlike what they are without a rule."""


@pytest.mark.parametrize(
    ("rule", "limit"),
    [
        (Rule.QUEUE, Limit(4, 3, 180, 8, 6, 300, **WAITS)),
        (Rule.WAIT, Limit(900, 720, 0, 1800, 1440, 0, **WAITS)),  # over only when it is a fifth below
        (Rule.ABANDONMENT, Limit(0.05, 0.04, 0, 0.10, 0.10, 0, **WAITS)),
        (Rule.IDLE, Limit(300, 300, 0, inf, inf, 0, **WAITS)),  # over when no window has been idle for so long
        (Rule.FEW, Limit(3, 3, 120, inf, inf, 0, **WAITS)),
        (Rule.CAPACITY, Limit(1, 1, 60, inf, inf, 0, **WAITS)),
        (Rule.UNSTAFFED, Limit(inf, 1, 0, 1, 1, 120, **WAITS)),  # never yellow
    ],
)
def test_the_limits_of_a_zone(rule: Rule, limit: Limit) -> None:
    found = zone_limits(QueueRule(clear_s=70, gap_cadences=4, unknown_reset_s=200))[rule]
    assert asdict(found) == pytest.approx(asdict(limit))


def test_the_limits_of_a_hall() -> None:
    rule = HallRule(clear_s=70)
    assert asdict(empty_limit(rule)) == pytest.approx(asdict(Limit(inf, 0.3, 0, 0.4, 0.3, 300, clear_s=70)))
    assert camera_limit(rule) == Limit(1, 1, 60, clear_s=70)


def test_the_values_that_are_kept_with_an_alert() -> None:
    assert rule_values(HallRule(group_at=12))["group_at"] == 12.0
    assert zone_values(QueueRule(few_s=90))["few_s"] == 90.0
    for kept in (rule_values(HallRule()), zone_values(QueueRule())):
        assert {type(value) for value in kept.values()} == {float}
    assert rule_values(HallRule()).keys() == asdict(HallRule()).keys()
    assert zone_values(QueueRule()).keys() == asdict(QueueRule()).keys()


@pytest.mark.parametrize(
    ("posts", "share"),
    [
        ([Post.AWAY_TIMER, Post.AWAY_TIMER], 0.0),
        ([Post.AWAY_TIMER, Post.AWAY_TIMER, Post.ON_DUTY], 2 / 3),
        ([Post.AWAY_TIMER, Post.AWAY_TIMER, Post.CLOSED], 0.0),  # two windows are no hall to speak of
        ([Post.AWAY_TIMER, Post.AWAY_ALERT, Post.NOT_IN_SERVICE, Post.UNKNOWN], 2 / 3),
    ],
)
def test_the_share_of_empty_windows(posts: list[Post], share: float) -> None:
    assert empty_share(HallRule(), posts) == share
