"""What holds of the queue rule whatever is seen; single stories are told in tests/timelines/queue.yaml."""

from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.alerts import Alert, Level, Rule, lasted_s
from monitor.limits import Seen, Watch, resume, step
from monitor.queues import Measured, QueueRule, limits

RULE = QueueRule(yellow_s=30, red_s=50, clear_s=20, unknown_reset_s=60)
EVERY = timedelta(seconds=5)
ZERO = datetime(2026, 11, 20, 1, tzinfo=UTC)
LIMIT = limits(RULE)[Rule.QUEUE]


def look(at: datetime, waiting: int | None, windows: int, in_service: bool) -> Seen:
    return Seen(at, Measured(None, waiting, windows, None).load, in_service, EVERY, people=waiting)


@st.composite
def stories(draw: st.DrawFn) -> list[Seen]:
    """Looks at one zone: stretches of a length, with some looks wrong, blind or late."""
    lengths = st.sampled_from([0, 2, 3, 4, 5, 7, 8, 12, None])
    stretches = draw(st.lists(st.tuples(lengths, st.integers(1, 20)), min_size=1, max_size=8))
    waiting = [value for value, times in stretches for _ in range(times)]
    delays = draw(st.lists(st.sampled_from([5, 5, 5, 5, 7, 20, 70]), min_size=len(waiting), max_size=len(waiting)))
    closing = draw(st.integers(len(waiting) // 2, 2 * len(waiting)))
    windows = draw(st.integers(0, 2))
    return [
        look(ZERO + timedelta(seconds=at), count, windows, index < closing)
        for index, (at, count) in enumerate(zip(accumulate(delays), waiting, strict=True))
    ]


def play(story: list[Seen], watch: Watch | None = None) -> list[Alert]:
    watch = watch or Watch(Rule.QUEUE, "hc01", "za")
    alerts = []
    for seen in story:
        watch, alert = step(LIMIT, watch, seen, {})
        alerts += [alert] if alert else []
    return alerts


@settings(deadline=None)
@given(stories())
def test_since_then_opened_then_until_and_no_overlap(story: list[Seen]) -> None:
    last_words = {alert.key: alert for alert in play(story)}
    for alert in last_words.values():
        assert alert.since <= alert.opened_at <= (alert.until or story[-1].at)
        assert alert.unseen_s >= 0
    for before, after in pairwise(last_words.values()):
        assert before.until is not None
        assert before.until <= after.since


@settings(deadline=None)
@given(stories())
def test_an_alert_opens_on_a_crowd_that_was_seen_long_enough(story: list[Seen]) -> None:
    by_time = {seen.at: seen for seen in story}
    first_words = {alert.key: alert for alert in reversed(play(story))}
    for alert in first_words.values():
        for at, least in ((alert.since, RULE.yellow_open), (alert.opened_at, RULE.yellow_close)):
            seen = by_time[at]
            assert (seen.value or 0) >= least
        assert (alert.opened_at - alert.since).total_seconds() - alert.unseen_s >= RULE.yellow_s


@settings(deadline=None)
@given(stories())
def test_red_never_calms_and_an_ended_alert_stays_ended(story: list[Seen]) -> None:
    last: dict[str, Alert] = {}
    for alert in play(story):
        before = last.get(alert.key)
        assert before is None or (before.until is None and (before.level, alert.level) != (Level.RED, Level.YELLOW))
        last[alert.key] = alert


@settings(deadline=None)
@given(stories())
def test_what_cannot_be_seen_opens_nothing_and_says_so(story: list[Seen]) -> None:
    watch = Watch(Rule.QUEUE, "hc01", "za")
    for seen in story:
        watch, alert = step(LIMIT, watch, look(seen.at, None, 1, seen.in_service), {})
        assert (alert, watch.opened) == (None, None)


@settings(deadline=None)
@given(stories(), st.data())
def test_seeing_less_never_tells_earlier(story: list[Seen], data: st.DataObject) -> None:
    at = ZERO + timedelta(seconds=data.draw(st.integers(0, 300)) + 0.5)
    less = sorted([*story, look(at, None, 1, True)], key=lambda seen: seen.at)
    first, later = next(iter(play(story)), None), next(iter(play(less)), None)
    assert later is None or (first is not None and later.opened_at >= first.opened_at)


@settings(deadline=None)
@given(stories(), st.data())
def test_killed_and_resumed(story: list[Seen], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(story)))
    before = play(story[:cut])
    opened = before[-1] if before and before[-1].until is None else None
    after = play(story[cut:], resume(opened) if opened else None)
    for alert in after:
        assert alert.since >= story[cut].at or (
            opened and (alert.key, alert.opened_at) == (opened.key, opened.opened_at)
        )


@settings(deadline=None)
@given(stories())
def test_the_pictures_an_alert_asks_for_were_announced_in_time(story: list[Seen]) -> None:
    watch = Watch(Rule.QUEUE, "hc01", "za")
    kept: frozenset[datetime] = frozenset()
    for seen in story:
        before = watch.opened
        watch, alert = step(LIMIT, watch, seen, {})
        kept |= {seen.at} & watch.moments
        if alert and before is None:
            assert alert.since in kept
        if alert and alert.until and seen.in_service:
            assert alert.until in kept
        kept &= watch.moments


def looks(waiting: int | None, first: float, last: float, in_service: bool = True) -> list[Seen]:
    """One look every five seconds."""
    times = range(0, int(last - first) + 1, 5)
    return [look(ZERO + timedelta(seconds=first + second), waiting, 1, in_service) for second in times]


def test_a_clock_that_was_set_back_does_not_stop_the_watch() -> None:
    opened, seen_again, ended = play(looks(5, 3600, 3640) + looks(0, 0, 30))
    assert (seen_again.key, seen_again.until) == (opened.key, None)
    assert (ended.key, ended.until) == (opened.key, opened.opened_at)
    assert play(looks(0, 3600, 3640) + looks(5, 0, 40))[0].since == ZERO


def test_an_alert_that_could_not_be_seen_any_more_does_not_last_until_closing_time() -> None:
    ended = play(looks(5, 0, 40) + looks(None, 45, 1000) + looks(None, 1005, 1005, in_service=False))[-1]
    assert ended.until == ZERO + timedelta(seconds=1005)
    assert lasted_s(ended, ended.opened_at) == 40 + EVERY.total_seconds()
