"""Every state of a window with its reason in the order of decision, and what a restart without memory goes on from."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule, resumed
from monitor.calendar import BEIJING
from monitor.duty import Duty, Excuse, Pause
from monitor.hours import Service
from monitor.posts import Post, Presence, presence
from monitor.presence import AbsenceRule, Seen, Watch, resume, step
from monitor.roster import Arrangement
from tests.monitor.hall import HALL

RULE, EVERY = AbsenceRule(), timedelta(seconds=10)
ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
SERVICE = Service(HALL.segments[0], ZERO - timedelta(minutes=90), ZERO + timedelta(hours=2))
OPEN = Duty(SERVICE, opens_at=SERVICE.opens_at)
OUT = Excuse(Arrangement.SIGN_OUT, ZERO, True, "w002")


def seen(second: float, people: int | None = 0, duty: Duty = OPEN, **more: object) -> Seen:
    return replace(Seen(ZERO + timedelta(seconds=second), people, duty, EVERY), **more)  # type: ignore[arg-type]


def watched(*looks: Seen, watch: Watch | None = None) -> Watch:
    watch = watch or Watch("hc01", "w001")
    for look in looks:
        watch, _ = step(RULE, watch, look)
    return watch


STAFFED = tuple(seen(second, 1) for second in range(0, 60, 10))


def empty(seconds: float, duty: Duty = OPEN) -> tuple[Seen, ...]:
    """Empty from 60 s on for so long."""
    return tuple(seen(60 + second, 0, duty) for second in range(0, int(seconds) + 1, 10))


@pytest.mark.parametrize(
    ("last", "post", "reason"),
    [
        (seen(60, 1), Post.ON_DUTY, "person"),
        (seen(60, 1, served=True), Post.SERVING, "citizen"),
        (seen(60, 1, replace(OPEN, ticket=ZERO)), Post.SERVING, "ticket"),
        (seen(60, None, blind="black"), Post.UNKNOWN, "black"),
        (seen(60, 0, Duty()), Post.NOT_IN_SERVICE, ""),
        (seen(60, 0, Duty(SERVICE, "leave")), Post.CLOSED, "leave"),
        (seen(60, None, Duty(SERVICE, "leave")), Post.CLOSED, "leave"),  # the roster comes before the camera
        (seen(60, None, replace(OPEN, pause=Pause(ZERO, "break"))), Post.UNKNOWN, "blind"),  # and the camera before it
        (seen(60, 1, replace(OPEN, pause=Pause(ZERO, "break"))), Post.PAUSED_OK, "break"),
        (seen(599, 0, replace(OPEN, pause=Pause(ZERO, "break"))), Post.PAUSED_OK, "break"),
        (seen(600, 0, replace(OPEN, pause=Pause(ZERO, "break"))), Post.PAUSED_OVER, "break"),
        (seen(1799, 0, replace(OPEN, pause=Pause(ZERO, "break", True))), Post.PAUSED_OK, "break"),
        (seen(1800, 0, replace(OPEN, pause=Pause(ZERO, "break", True))), Post.PAUSED_OVER, "break"),
    ],
)
def test_the_state_after_somebody_was_there(last: Seen, post: Post, reason: str) -> None:
    watch = watched(*STAFFED, last)
    assert (watch.post, watch.reason) == (post, reason)


@pytest.mark.parametrize(
    ("seconds", "duty", "post", "reason"),
    [
        (40, OPEN, Post.AWAY_TIMER, "empty"),
        (179, OPEN, Post.AWAY_TIMER, "empty"),
        (180, OPEN, Post.AWAY_HINT, "empty"),
        (300, OPEN, Post.AWAY_WARN, "absence"),
        (600, OPEN, Post.AWAY_ALERT, "absence"),
        (200, replace(OPEN, excuse=OUT), Post.COVERED, "w002"),
        (200, replace(OPEN, excuse=replace(OUT, covered=None)), Post.COVERED, "unseen"),
        (200, replace(OPEN, excuse=replace(OUT, covered=False)), Post.VACANT_WITH_REASON, "w002"),
        (1700, replace(OPEN, back_office=ZERO), Post.BACK_OFFICE, ""),
        (1800, replace(OPEN, back_office=ZERO), Post.AWAY_TIMER, "empty"),
        (590, replace(OPEN, ticket=ZERO), Post.AWAY_SERVING, ""),
        (610, replace(OPEN, ticket=ZERO), Post.AWAY_TIMER, "empty"),
        (200, replace(OPEN, excuse=OUT, back_office=ZERO, ticket=ZERO), Post.COVERED, "w002"),
        (200, replace(OPEN, back_office=ZERO, ticket=ZERO), Post.BACK_OFFICE, ""),
    ],
)
def test_the_state_of_an_empty_post(seconds: float, duty: Duty, post: Post, reason: str) -> None:
    watch = watched(*STAFFED, *empty(seconds, duty))
    assert (watch.post, watch.reason) == (post, reason)


def test_since_when_a_state_lasts() -> None:
    at = ZERO + timedelta(seconds=60)
    assert watched(*STAFFED).post_since == ZERO  # shown as unknown until there are enough looks
    assert watched(*STAFFED, *empty(100)).post_since == at
    assert watched(*STAFFED, *empty(400)).post_since == at
    paused = replace(OPEN, pause=Pause(ZERO + timedelta(seconds=20), "break"))
    assert watched(*STAFFED, seen(60, 0, paused)).post_since == ZERO + timedelta(seconds=20)
    back = watched(*STAFFED, *empty(400), *(seen(470 + number, 1) for number in range(0, 60, 10)))
    assert (back.post, back.post_since) == (Post.ON_DUTY, ZERO + timedelta(seconds=470))


def test_a_few_looks_say_nothing() -> None:
    watch = watched(seen(0), seen(10))
    assert (watch.post, watch.reason) == (Post.UNKNOWN, "too-few-looks")


def test_who_waits_is_told_with_every_look_at_an_open_alert() -> None:
    watch = watched(*STAFFED, *empty(310), seen(380, 0, waiting=3))
    assert watch.opened is not None
    assert (watch.opened.waiting, watch.opened.level) == (3, Level.RED)


@pytest.mark.parametrize("rule", [Rule.ABSENCE, Rule.PAUSE, Rule.VACANT])
def test_a_restart_without_a_memory(rule: Rule) -> None:
    alert = Alert(rule, "hc01", "w001", ZERO, ZERO + timedelta(seconds=300), Level.YELLOW, unseen_s=7.0)
    watch = resume(alert)
    run = None if rule is Rule.PAUSE else ZERO
    assert (watch.hall, watch.window, watch.since, watch.gone) == ("hc01", "w001", run, run)
    assert (watch.seen_at, watch.blind_since) == (alert.opened_at, alert.opened_at)
    assert (watch.post_since, watch.unseen_s) == (alert.opened_at, 7.0 if rule is not Rule.PAUSE else watch.unseen_s)
    assert watch.opened == resumed(alert)
    assert watch.excuse == ("sign-out" if rule is Rule.VACANT else "")


def test_a_break_that_nobody_looked_at_ends_an_alert_at_the_closing() -> None:
    watch = watched(*STAFFED, *empty(400))
    later = Service(HALL.segments[0], ZERO + timedelta(hours=3), ZERO + timedelta(hours=6))
    afternoon = replace(seen(3 * 3600 + 60), duty=Duty(later, opens_at=later.opens_at))
    watch, alert = step(RULE, watch, afternoon)
    assert alert is not None
    assert alert.until == SERVICE.closes_at
    assert (watch.opened, watch.since, watch.closes_at) == (None, None, later.closes_at)


def test_the_clock_set_back_keeps_the_alert_and_forgets_the_rest() -> None:
    watch = watched(*STAFFED, *empty(400))
    after, _ = step(RULE, watch, seen(-3600))
    assert watch.opened is not None
    assert after.opened is not None
    assert (after.opened.key, after.hall, after.window) == (watch.opened.key, "hc01", "w001")
    calm, _ = step(RULE, watched(*STAFFED), seen(-3600))
    assert (calm.hall, calm.window, len(calm.looks)) == ("hc01", "w001", 1)


@pytest.mark.parametrize(
    ("post", "value"),
    [
        (Post.ON_DUTY, Presence.PRESENT),
        (Post.SERVING, Presence.PRESENT),
        (Post.AWAY_TIMER, Presence.ABSENT),
        (Post.AWAY_ALERT, Presence.ABSENT),
        (Post.VACANT_WITH_REASON, Presence.ABSENT),
        (Post.UNKNOWN, Presence.UNKNOWN),
        (Post.COVERED, Presence.NOT_REQUIRED),
        (Post.PAUSED_OVER, Presence.NOT_REQUIRED),
        (Post.CLOSED, Presence.NOT_REQUIRED),
    ],
)
def test_the_four_values(post: Post, value: Presence) -> None:
    assert presence(post) is value
