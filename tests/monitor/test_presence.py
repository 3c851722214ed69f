"""What holds of the absence rule whatever is seen; single stories are told in tests/timelines/absence.yaml."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from camera_ingest.health import HealthRule
from monitor.alerts import Alert, Level, Rule, lasted_s
from monitor.duty import Duty, Pause
from monitor.hours import Service
from monitor.presence import AbsenceRule, Seen, Watch, resume, step
from tests.monitor.hall import HALL

RULE = AbsenceRule(yellow_s=60, red_s=120, red_waiting_s=90, hint_s=30, rearm_s=40, unknown_reset_s=60)
EVERY = timedelta(seconds=5)
ZERO = datetime(2026, 11, 20, 1, tzinfo=UTC)
SERVICE = Service(HALL.segments[0], ZERO - timedelta(minutes=30), ZERO + timedelta(hours=3))
REQUIRED = Duty(SERVICE, opens_at=SERVICE.opens_at)
PAUSED = replace(REQUIRED, pause=Pause(ZERO, "break"))
CLOSED = Duty(SERVICE, "configured")
NOT_IN_SERVICE = Duty()


class Story(list[Seen]):
    """Looks that are written short where a test fails."""

    def __repr__(self) -> str:
        return " ".join(f"{(s.at - ZERO).total_seconds():g}:{'_' if s.people is None else s.people}" for s in self)


@st.composite
def stories(draw: st.DrawFn, duties: tuple[Duty, ...] = (REQUIRED,)) -> Story:
    """Looks of one window: stretches of somebody, nobody and blindness, of miscounted looks and of missing ones."""
    stretches = draw(st.lists(st.tuples(st.sampled_from([1, 0, 0, None]), st.integers(1, 40)), min_size=1, max_size=8))
    people = [value for value, times in stretches for _ in range(times)]
    for index in draw(st.lists(st.integers(0, len(people) - 1), max_size=4)):
        people[index] = draw(st.sampled_from([0, 1, None]))
    delays = draw(st.lists(st.sampled_from([5, 5, 5, 5, 5, 6, 9, 20, 70]), min_size=len(people), max_size=len(people)))
    times = list(accumulate(delays))
    duty = draw(st.lists(st.sampled_from(duties), min_size=1, max_size=4))
    share = -(-len(people) // len(duty))
    begun = [ZERO + timedelta(seconds=times[min(part * share, len(times) - 1)]) for part in range(len(duty))]
    asked = [
        replace(one, pause=Pause(since, "break")) if one is PAUSED else one
        for one, since in zip(duty, begun, strict=True)
    ]
    return Story(
        Seen(ZERO + timedelta(seconds=at), count, asked[index // share], EVERY)
        for index, (at, count) in enumerate(zip(times, people, strict=True))
    )


def play(story: list[Seen], watch: Watch | None = None) -> list[Alert]:
    watch = watch or Watch("hc01", "w001")
    alerts = []
    for seen in story:
        watch, alert = step(RULE, watch, seen)
        alerts += [alert] if alert else []
    return alerts


def openings(alerts: list[Alert]) -> dict[str, Alert]:
    """The first word on each alert."""
    return {alert.key: alert for alert in reversed(alerts)}


EVERY_DUTY = (REQUIRED, REQUIRED, PAUSED, CLOSED, NOT_IN_SERVICE)


@settings(deadline=None)
@given(stories(EVERY_DUTY))
def test_since_then_opened_then_until(story: list[Seen]) -> None:
    for alert in play(story):
        assert alert.since <= alert.opened_at <= (alert.until or story[-1].at)
        assert alert.unseen_s >= 0


@settings(deadline=None)
@given(stories(EVERY_DUTY))
def test_one_open_alert_at_a_time_and_no_overlap(story: list[Seen]) -> None:
    last_words = {alert.key: alert for alert in play(story)}
    for before, after in pairwise(last_words.values()):
        assert before.until is not None
        assert before.until <= after.since


@settings(deadline=None)
@given(stories(EVERY_DUTY))
def test_a_key_is_opened_once_and_never_calmed(story: list[Seen]) -> None:
    last: dict[str, Alert] = {}
    for alert in play(story):
        before = last.get(alert.key)
        assert before is None or before.until is None
        assert before is None or (before.level, alert.level) != (Level.RED, Level.YELLOW)
        assert before is None or before.opened_at == alert.opened_at
        last[alert.key] = alert


@settings(deadline=None)
@given(stories())
def test_an_alert_opens_on_an_empty_look_after_enough_seen_absence(story: list[Seen]) -> None:
    by_time = {seen.at: seen for seen in story}
    for alert in openings(play(story)).values():
        assert by_time[alert.since].people == 0
        assert by_time[alert.opened_at].people == 0
        assert (alert.opened_at - alert.since).total_seconds() - alert.unseen_s >= RULE.yellow_s
        looks = [seen for seen in story if alert.since <= seen.at <= alert.opened_at and seen.people is not None]
        assert sum(seen.people == 0 for seen in looks) > len(looks) / 2


@settings(deadline=None)
@given(stories())
def test_since_is_never_before_a_long_unobserved_stretch(story: list[Seen]) -> None:
    for alert in openings(play(story)).values():
        looks = [s.at for s in story if alert.since <= s.at <= alert.opened_at and s.people is not None]
        assert all((b - a).total_seconds() <= RULE.unknown_reset_s for a, b in pairwise(looks))


@settings(deadline=None)
@given(stories(), st.data())
def test_seeing_less_never_tells_earlier(story: list[Seen], data: st.DataObject) -> None:
    at = ZERO + timedelta(seconds=data.draw(st.integers(0, 400)) + 0.5)
    less = sorted([*story, Seen(at, None, REQUIRED, EVERY)], key=lambda seen: seen.at)
    first = next(iter(play(story)), None)
    later = next(iter(play(less)), None)
    assert later is None or (first is not None and later.opened_at >= first.opened_at)


@settings(deadline=None)
@given(stories(), st.data())
def test_what_cannot_be_seen_opens_nothing(story: list[Seen], data: st.DataObject) -> None:
    blind = [Seen(seen.at, None, seen.duty, EVERY) for seen in story]
    assert play(blind) == []


@settings(deadline=None)
@given(stories(), st.data())
def test_killed_and_resumed(story: list[Seen], data: st.DataObject) -> None:
    """Only the open alert survives: it is not opened again, and what is new begins after the restart."""
    cut = data.draw(st.integers(0, len(story)))
    before = play(story[:cut])
    opened = before[-1] if before and before[-1].until is None else None
    after = play(story[cut:], resume(opened) if opened else None)
    assert openings(before).items() <= openings(play(story)).items()
    for alert in openings(after).values():
        assert alert.since >= story[cut].at or (opened and alert.key == opened.key)
    if opened and after and after[0].until is None:
        assert (after[0].key, after[0].opened_at) == (opened.key, opened.opened_at)


@settings(deadline=None)
@given(stories())
def test_a_repeated_or_older_look_changes_nothing(story: list[Seen]) -> None:
    watch = Watch("hc01", "w001")
    for seen in story:
        watch, _ = step(RULE, watch, seen)
        assert step(RULE, watch, seen) == (watch, None)
        assert step(RULE, watch, Seen(seen.at - EVERY, 1, CLOSED, EVERY)) == (watch, None)


@settings(deadline=None)
@given(stories(EVERY_DUTY))
def test_the_pictures_an_alert_asks_for_were_announced_in_time(story: list[Seen]) -> None:
    """Keeping the picture of a look that is in `moments`, for as long as it is, is enough for every alert."""
    watch = Watch("hc01", "w001")
    kept: frozenset[datetime] = frozenset()
    for seen in story:
        before = watch.opened
        watch, alert = step(RULE, watch, seen)
        if alert and before is None and alert.rule is not Rule.PAUSE:  # whose beginning was declared, not seen
            assert alert.since in kept
        if alert and alert.until and seen.duty is REQUIRED and alert.rule is not Rule.PAUSE:
            assert alert.until in kept | {seen.at}
        kept = (kept | {seen.at}) & watch.moments


def looks(people: int | None, first: float, last: float, duty: Duty = REQUIRED) -> list[Seen]:
    """One look every five seconds."""
    times = range(0, int(last - first) + 1, 5)
    return [Seen(ZERO + timedelta(seconds=first + second), people, duty, EVERY) for second in times]


def test_a_clock_that_was_set_back_does_not_stop_the_watch() -> None:
    hour = 3600
    alerts = play(looks(1, hour, hour + 60) + looks(1, 0, 30) + looks(0, 35, 200))
    assert [(alert.since, alert.until) for alert in alerts[:1]] == [(ZERO + timedelta(seconds=35), None)]


def test_an_alert_ends_though_the_clock_was_set_back_to_before_it() -> None:
    story = looks(0, 3600, 3700) + looks(1, 0, 60)
    opened = play(story[: len(looks(0, 3600, 3700))])[0]
    restarted = play(looks(1, 0, 60), resume(opened))[-1]
    for ended in (play(story)[-1], restarted):
        assert (ended.key, ended.until) == (opened.key, opened.opened_at)


def test_an_alert_that_could_not_be_seen_any_more_does_not_last_until_closing_time() -> None:
    ended = play(looks(0, 0, 100) + looks(None, 105, 1000) + looks(None, 1005, 1005, NOT_IN_SERVICE))[-1]
    assert ended.until == ZERO + timedelta(seconds=1005)
    assert lasted_s(ended, ended.opened_at) == 100 + EVERY.total_seconds()


def test_unknown_time_is_not_counted_twice_by_a_restart() -> None:
    alert = play(looks(0, 0, 100) + looks(None, 105, 1000) + looks(0, 1005, 1010))[-1]
    for _ in range(3):
        alert = play(looks(0, 1100, 1110), resume(alert))[-1]
    assert alert.until is None
    assert lasted_s(alert, ZERO + timedelta(seconds=1110)) >= RULE.yellow_s


def test_a_camera_that_was_turned_away_is_blind_before_its_windows_are_hinted_at() -> None:
    assert HealthRule().doubtful.lasting_s < AbsenceRule().hint_s
