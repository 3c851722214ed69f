"""A switch comes back: all cameras of a city at once, in simulated time."""

import random

import pytest

from camera_ingest.link import Link, Timing
from camera_ingest.sample import Blind
from camera_ingest.turns import Turns

CITY = 2064
BACK_S = 60.0
PICTURE_S = 7.0
"""From opening to the first picture: a handshake, a GOP of four seconds, a visit to the sockets."""


def restart(down_s: float, hangs: bool, seed: int) -> tuple[list[float], int]:
    """(seconds until each camera's connection was opened after the switch was back, most opens in a second)."""
    dice, timing = random.Random(seed), Timing()
    links = {number: Link(timing) for number in range(CITY)}
    turns: Turns[int] = Turns(timing.opens_per_s)
    back: dict[int, float] = {}
    for link in links.values():
        link.lost(0.0, Blind.UNREACHABLE, dice.random())
    for tick in range(int(50 * (down_s + 2 * BACK_S))):
        now = tick / 50
        if tick % 50 == 0:
            for number, link in links.items():
                if number not in back and link.overdue(now):
                    link.lost(now, Blind.UNREACHABLE, dice.random())
                if link.opened_at is None and now >= link.retry_at:
                    turns.wait(number)
        while (who := turns.next(now)) is not None:
            links[who].opened(now)
            if now >= down_s:
                back[who] = now - down_s
            elif not hangs:
                links[who].lost(now, Blind.UNREACHABLE, dice.random())
    return list(back.values()), turns.most_per_s


@pytest.mark.parametrize("down_s", [3.0, 30.0, 300.0])
@pytest.mark.parametrize("hangs", [False, True], ids=["refused", "silent"])
def test_everybody_is_back_within_a_minute_without_a_storm(down_s: float, hangs: bool) -> None:
    """However long it was down, and whether connections were refused or hung in the meantime."""
    back, most = restart(down_s, hangs, seed=1)
    assert len(back) == CITY
    assert max(back) <= BACK_S - PICTURE_S
    assert most <= Timing().opens_per_s
