"""The four lanes: what they say of a window, a zone and a hall, and how far back they reach."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.duty import Duty, Excuse, Pause
from monitor.hours import Service
from monitor.lanes import KEPT, MOST, Lane, Lanes, of_hall, of_window, of_zone, why
from monitor.posts import Post
from monitor.presence import Seen, Watch
from monitor.queues import Measured
from monitor.roster import Arrangement
from tests.monitor.hall import HALL

ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
SERVICE = Service(HALL.segments[0], ZERO - timedelta(minutes=90), ZERO + timedelta(hours=2))
OPEN = Duty(SERVICE, opens_at=SERVICE.opens_at)
SEEN = Seen(ZERO, 1, OPEN, timedelta(seconds=10), waiting=2)


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


@pytest.mark.parametrize(
    ("seen", "lane", "says"),
    [
        (SEEN, Lane.CAMERA, "present"),
        (replace(SEEN, people=0), Lane.CAMERA, "empty"),
        (replace(SEEN, people=None, blind="black"), Lane.CAMERA, "unseen:black"),
        (SEEN, Lane.TICKETS, "idle:2"),
        (replace(SEEN, waiting=0), Lane.TICKETS, "idle:0"),
        (replace(SEEN, waiting=None), Lane.TICKETS, "idle:?"),
        (replace(SEEN, duty=replace(OPEN, ticket=ZERO)), Lane.TICKETS, "serving:2"),
        (SEEN, Lane.PAUSE, "none"),
        (replace(SEEN, pause_signal=False), Lane.PAUSE, "no-signal"),
        (replace(SEEN, duty=replace(OPEN, pause=Pause(ZERO, "break"))), Lane.PAUSE, "PAUSED_OK:break"),
        (SEEN, Lane.ROSTER, "open:上午"),
        (replace(SEEN, duty=Duty()), Lane.ROSTER, "not-in-service"),
        (replace(SEEN, duty=Duty(SERVICE, "leave")), Lane.ROSTER, "closed:leave"),
        (replace(SEEN, duty=replace(OPEN, back_office=ZERO)), Lane.ROSTER, "back-office"),
        (
            replace(SEEN, duty=replace(OPEN, excuse=Excuse(Arrangement.SIGN_OUT, ZERO, True, "w002"))),
            Lane.ROSTER,
            "sign-out:w002",
        ),
    ],
)
def test_of_a_window(seen: Seen, lane: Lane, says: str) -> None:
    assert of_window(Watch("hc01", "w001", post=Post.PAUSED_OK), seen)[lane] == says


def test_of_a_zone_and_of_a_hall() -> None:
    posts = [Post.PAUSED_OK, Post.PAUSED_OVER, Post.ON_DUTY, Post.CLOSED, Post.NOT_IN_SERVICE]
    known, unknown = Measured(3, 5, 1, 1, 2), Measured(None, None, 1, 1, 2)
    assert list(of_zone(known, posts).items()) == [
        (Lane.CAMERA, "5"),
        (Lane.TICKETS, "3"),
        (Lane.PAUSE, "2"),
        (Lane.ROSTER, "1/2"),
    ]
    assert [of_zone(unknown, posts)[lane] for lane in (Lane.CAMERA, Lane.TICKETS)] == ["unseen", "no-signal"]
    assert list(of_hall(4, 7, posts).values()) == ["4", "7", "2", "3"]


def test_only_a_change_makes_a_mark_and_the_oldest_go() -> None:
    lanes = Lanes()
    for second, state in ((0, "present"), (10, "present"), (20, "empty"), (30, "present")):
        lanes.mark(Lane.CAMERA, at(second), state)
    assert lanes.marks == {Lane.CAMERA: [(at(0), "present"), (at(20), "empty"), (at(30), "present")]}
    many = Lanes()
    for number in range(MOST):
        many.mark(Lane.CAMERA, at(number), str(number))
    assert len(many.marks[Lane.CAMERA]) == MOST
    many.mark(Lane.CAMERA, at(MOST), "one more")
    kept = many.marks[Lane.CAMERA]
    assert (len(kept), kept[0], kept[-1]) == (MOST * 3 // 4 + 1, (at(100), "100"), (at(MOST), "one more"))


def test_what_was_in_force_at_a_time_comes_with_what_followed() -> None:
    lanes = Lanes()
    for second, state in ((0, "a"), (10, "b"), (20, "c"), (30, "d")):
        lanes.mark(Lane.PAUSE, at(second), state)
    assert lanes.since(at(20)) == {
        "camera": [],
        "tickets": [],
        "pause": [[at(20).isoformat(), "c"], [at(30).isoformat(), "d"]],
        "roster": [],
    }
    assert lanes.since(at(19))["pause"][0] == [at(10).isoformat(), "b"]


def test_why_an_alert_is_as_it_is_reaches_half_an_hour_back() -> None:
    lanes = Lanes()
    begun = ZERO - KEPT
    for minute, state in ((-2, "long ago"), (-1, "before"), (1, "after")):
        lanes.mark(Lane.ROSTER, begun + timedelta(minutes=minute), state)
    alert = Alert(
        Rule.PAUSE,
        "hc01",
        "w001",
        ZERO,
        at(60),
        Level.RED,
        red_at=at(90),
        until=at(99),
        unseen_s=5.0,
        values={"version": 2.0},
    )
    told = why(alert, lanes, at(100), {"yellow_s": "default"})
    assert [state for _, state in told["lanes"]["roster"]] == ["before", "after"]
    assert (told["schema"], told["at"], told["rule"], told["version"]) == ("why/1", at(100).isoformat(), "pause", 2.0)
    assert (told["values"], told["sources"]) == ({"version": 2.0}, {"yellow_s": "default"})
    assert told["crossing"] == {
        "since": ZERO.isoformat(),
        "opened_at": at(60).isoformat(),
        "red_at": at(90).isoformat(),
        "until": at(99).isoformat(),
        "unseen_s": 5.0,
    }
    going = why(replace(alert, red_at=None, until=None), lanes, at(100), {})
    assert (going["crossing"]["red_at"], going["crossing"]["until"]) == (None, None)
