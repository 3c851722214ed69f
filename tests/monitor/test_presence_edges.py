"""One window's presence at the edges: pauses, excuses, openings, closings, returns and blindness, value by value."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING
from monitor.duty import Duty, Excuse, Pause
from monitor.hours import Service
from monitor.looks import Look
from monitor.posts import Post
from monitor.presence import AbsenceRule, Seen, Watch, rule_values, step
from monitor.roster import Arrangement
from tests.monitor.hall import HALL

RULE, EVERY = AbsenceRule(), timedelta(seconds=10)
ZERO = datetime(2026, 11, 20, 10, tzinfo=BEIJING)
SERVICE = Service(HALL.segments[0], ZERO - timedelta(minutes=90), ZERO + timedelta(hours=2))
OPEN = Duty(SERVICE, opens_at=SERVICE.opens_at)
NEW = Watch("hc01", "w001")


def at(second: float) -> datetime:
    return ZERO + timedelta(seconds=second)


def seen(second: float, people: int | None = 0, duty: Duty = OPEN, **more: object) -> Seen:
    return replace(Seen(at(second), people, duty, EVERY), **more)  # type: ignore[arg-type]


def looks(people: int | None, first: int, last: int, duty: Duty = OPEN, **more: object) -> list[Seen]:
    """One every ten seconds, from one second to another."""
    return [seen(second, people, duty, **more) for second in range(first, last + 1, 10)]


def played(*stories: list[Seen], watch: Watch = NEW) -> tuple[Watch, list[Alert]]:
    told = []
    for story in stories:
        for one in story:
            watch, alert = step(RULE, watch, one)
            told += [alert] if alert else []
    return watch, told


THERE = looks(1, 0, 50)
PAUSED = replace(OPEN, pause=Pause(at(60), "break"))


def test_everything_an_alert_tells() -> None:
    _, (alert,) = played(THERE, looks(0, 60, 360, waiting=2, pause_signal=False))
    assert alert == Alert(
        Rule.ABSENCE,
        "hc01",
        "w001",
        at(60),
        at(360),
        Level.RED,
        red_at=at(360),
        waiting=2,
        pause_signal=False,
        values=rule_values(RULE),
    )
    assert alert.values["smooth_n"] == 6.0


def test_a_pause_that_lasts_too_long_is_told_once_and_ends_with_it() -> None:
    watch, told = played(THERE, looks(0, 60, 700, PAUSED, waiting=3))
    (opened,) = told
    assert (opened.rule, opened.since, opened.opened_at, opened.level) == (Rule.PAUSE, at(60), at(660), Level.YELLOW)
    assert (opened.unseen_s, opened.waiting, opened.red_at) == (0.0, 3, None)
    watch, _ = step(RULE, watch, seen(710, 0, PAUSED, waiting=5))
    assert watch.opened is not None
    assert (watch.opened.waiting, watch.opened.sees) == (5, True)
    watch, lost = step(RULE, watch, seen(720, None, PAUSED))
    assert lost is not None
    assert not lost.sees
    watch, found = step(RULE, watch, seen(730, 0, PAUSED))
    assert found is not None
    assert (found.sees, found.until) == (True, None)
    watch, ended = step(RULE, watch, seen(740, 1))
    assert ended is not None
    assert (ended.key, ended.until) == (opened.key, at(740))
    again, more = played(looks(0, 750, 900, PAUSED), watch=watch)
    assert (more, again.opened) == ([], None)  # the same pause is not told again
    later = replace(OPEN, pause=Pause(at(910), "break"))
    _, other = played(looks(0, 910, 1520, later), watch=again)
    assert [one.since for one in other] == [at(910)]


def test_a_pause_forgets_the_run_and_ends_an_absence() -> None:
    watch, told = played(THERE, looks(0, 60, 400), [seen(410, 0, replace(OPEN, pause=Pause(at(410), "break")))])
    assert [(one.rule, one.until) for one in told] == [(Rule.ABSENCE, None), (Rule.ABSENCE, at(410))]
    assert (watch.since, watch.looks, watch.gone, watch.seen_at, watch.hall, watch.window) == (
        None,
        (),
        None,
        at(410),
        "hc01",
        "w001",
    )
    assert watch.alert == told[-1]
    _, after = played(looks(0, 420, 420), watch=watch)
    assert after == []


def test_who_was_blind_when_the_pause_began_is_counted_as_unseen() -> None:
    watch, _ = played(THERE, looks(0, 60, 400), looks(None, 410, 450))
    _, ended = step(RULE, watch, seen(460, 0, replace(OPEN, pause=Pause(at(460), "break"))))
    assert ended is not None
    assert (ended.until, ended.unseen_s) == (at(460), 50.0)


def test_a_window_that_closes_ends_its_alert_with_that_look() -> None:
    watch, _ = played(THERE, looks(0, 60, 400))
    after, ended = step(RULE, watch, seen(410, 0, Duty(SERVICE, "leave")))
    assert ended is not None
    assert (ended.until, ended.unseen_s) == (at(410), 0.0)
    assert after == Watch(
        "hc01", "w001", Post.CLOSED, at(410), "leave", at(410), alert=ended, closes_at=SERVICE.closes_at
    )


def test_the_end_of_service_ends_an_alert_at_the_closing_not_at_the_look_that_comes_later() -> None:
    watch, _ = played(THERE, looks(0, 60, 400))
    after, ended = step(RULE, watch, seen(7205, 0, Duty()))
    assert ended is not None
    assert ended.until == SERVICE.closes_at
    assert ended.unseen_s == (SERVICE.closes_at - at(400)).total_seconds() - 10
    assert (after.post, after.closes_at, after.alert) == (Post.NOT_IN_SERVICE, None, ended)


@pytest.mark.parametrize(("blind_looks", "since", "unseen_s"), [(17, 60, 170.0), (18, 290, 0.0)])
def test_three_minutes_of_blindness_freeze_a_run_and_more_begin_it_anew(
    blind_looks: int, since: int, unseen_s: float
) -> None:
    last = 100 + 10 * blind_looks
    watch, _ = played(THERE, looks(0, 60, 100), looks(None, 110, last), looks(0, last + 10, last + 60))
    assert (watch.since, watch.gone, watch.unseen_s) == (at(since), at(since), unseen_s)


def test_what_was_unseen_within_the_looks_that_decide_is_taken_off_the_run() -> None:
    """Two empty looks, half a minute of blindness, and the post proves to be empty since the first of them."""
    watch, _ = played(THERE, looks(0, 60, 70), looks(None, 80, 100), looks(0, 110, 140))
    assert (watch.since, watch.unseen_s) == (at(60), 30.0)
    watch, _ = played(THERE, looks(None, 60, 80), looks(0, 90, 140))
    assert (watch.since, watch.unseen_s) == (at(90), 0.0)  # what lies before the run is none of it


def test_a_return_ends_the_alert_with_its_first_look_and_without_what_was_unseen_since() -> None:
    story = [*looks(1, 410, 410), *looks(None, 420, 440), *looks(1, 450, 460)]
    watch, told = played(THERE, looks(0, 60, 400), story)
    ended = told[-1]
    assert (ended.until, ended.unseen_s) == (at(410), 0.0)
    assert (watch.returned, watch.since, watch.gone, watch.unseen_s, watch.excuse) == (at(410), None, None, 0.0, "")
    assert [look.at for look in watch.looks] == [at(410), at(450), at(460)]
    assert (watch.post, watch.post_since, watch.first_seen) == (Post.ON_DUTY, at(410), None)


def test_only_somebody_after_the_opening_ends_an_alert() -> None:
    """Two glimpses before the threshold do not count among the three that show a return."""
    story = [*looks(0, 60, 330), *looks(1, 340, 340), *looks(0, 350, 360), *looks(1, 370, 380)]
    watch, told = played(THERE, story)
    assert [one.opened_at for one in told] == [at(360), at(360)]
    assert told[-1].until == at(370)
    assert watch.opened is None


@pytest.mark.parametrize(("back_s", "since"), [(170, None), (180, 590)])
def test_whoever_was_back_for_less_than_three_minutes_has_armed_nothing(back_s: int, since: int | None) -> None:
    gone = 410 + back_s
    _, told = played(THERE, looks(0, 60, 400), looks(1, 410, gone - 10), looks(0, gone, gone + 310))
    openings = [one.since for one in told if one.until is None]
    assert openings == [at(60), *([] if since is None else [at(since)])]


def test_a_red_alert_opens_however_short_the_return_was() -> None:
    _, told = played(THERE, looks(0, 60, 400), looks(1, 410, 460), looks(0, 470, 1080))
    assert [(one.since, one.level) for one in told if one.until is None] == [
        (at(60), Level.YELLOW),
        (at(470), Level.RED),
    ]


def test_unknown_time_after_a_return_does_not_arm() -> None:
    """Back for three minutes, of which nobody saw one: two minutes arm nothing."""
    back = [*looks(1, 410, 460), *looks(None, 470, 520), *looks(1, 530, 580)]
    watch, _ = played(THERE, looks(0, 60, 400), back)
    assert watch.returned == at(410 + 60)
    _, more = played(looks(0, 590, 950), watch=watch)
    assert more == []


LATE = Duty(Service(HALL.segments[0], ZERO, ZERO + timedelta(hours=2)), opens_at=ZERO)


@pytest.mark.parametrize(
    ("first", "rule"),
    [(0, Rule.LATE), (180, Rule.LATE), (190, Rule.ABSENCE)],
)
def test_late_is_what_was_empty_from_the_first_looks_of_the_stretch(first: int, rule: Rule) -> None:
    _, told = played(looks(0, first, first + 300, LATE))
    assert [(one.rule, one.since, one.opened_at) for one in told] == [(rule, at(first), at(first + 300))]


def test_whoever_came_and_left_again_was_not_late() -> None:
    _, told = played(looks(1, 0, 50, LATE), looks(0, 60, 360, LATE))
    assert [one.rule for one in told] == [Rule.ABSENCE]


def test_one_glimpse_does_not_make_a_late_window_punctual() -> None:
    _, told = played(looks(0, 0, 20, LATE), looks(1, 30, 30, LATE), looks(0, 40, 310, LATE))
    assert [(one.rule, one.since) for one in told] == [(Rule.LATE, at(0))]


def closing_in(minutes: float) -> Duty:
    """Of a stretch that ends so long after ZERO."""
    return replace(OPEN, service=replace(SERVICE, closes_at=ZERO + timedelta(minutes=minutes)))


@pytest.mark.parametrize(("minutes", "rule"), [(21, Rule.EARLY), (21.1, Rule.ABSENCE)])
def test_early_is_what_is_empty_from_twenty_minutes_before_the_closing_on(minutes: float, rule: Rule) -> None:
    duty = closing_in(minutes)
    _, told = played(looks(1, 0, 50, duty), looks(0, 60, 360, duty))
    assert [one.rule for one in told] == [rule]


def test_in_the_last_five_minutes_nothing_opens_or_turns_red() -> None:
    duty = closing_in(11)
    assert played(looks(1, 0, 50, duty), looks(0, 60, 400, duty))[1] == []
    duty = closing_in(11.1)
    assert len(played(looks(1, 0, 50, duty), looks(0, 60, 400, duty))[1]) == 1
    duty = closing_in(16)
    _, told = played(looks(1, 0, 50, duty), looks(0, 60, 700, duty))
    assert [one.level for one in told] == [Level.YELLOW]


OUT = Excuse(Arrangement.SIGN_OUT, at(60), False, "w002")


def test_a_vacant_post_is_a_run_of_its_own_from_the_signing_out() -> None:
    vacant = replace(OPEN, excuse=OUT)
    watch, told = played(THERE, looks(0, 60, 370, vacant))
    assert [(one.rule, one.since, one.opened_at, one.level) for one in told] == [
        (Rule.VACANT, at(60), at(360), Level.YELLOW)
    ]
    assert (watch.post, watch.reason, watch.excuse) == (Post.VACANT_WITH_REASON, "w002", "VACANT_WITH_REASON")
    _, more = played(looks(0, 380, 1200, vacant, waiting=4), watch=watch)
    assert more == []  # signed out: never red
    signed_later = replace(OPEN, excuse=replace(OUT, since=at(200)))
    watch, told = played(THERE, looks(0, 60, 190), looks(0, 200, 510, signed_later))
    assert [(one.rule, one.since) for one in told] == [(Rule.VACANT, at(200))]


def test_an_excuse_that_ends_begins_the_run_anew_and_one_that_begins_ends_the_alert() -> None:
    covered = replace(OPEN, excuse=replace(OUT, covered=True))
    watch, told = played(THERE, looks(0, 60, 400), looks(0, 410, 500, covered))
    assert [(one.rule, one.until) for one in told] == [(Rule.ABSENCE, None), (Rule.ABSENCE, at(410))]
    assert (watch.post, watch.unseen_s, watch.gone) == (Post.COVERED, 0.0, at(60))
    watch, told = played(looks(0, 510, 860), watch=watch)
    assert [(one.since, one.opened_at) for one in told] == [(at(510), at(810))]


def test_an_excuse_that_ends_with_somebody_there_begins_nothing() -> None:
    covered = replace(OPEN, excuse=replace(OUT, covered=True))
    watch, _ = played(THERE, looks(0, 60, 200, covered), looks(1, 210, 210))
    assert (watch.since, watch.unseen_s) == (None, 0.0)
    assert watch.looks == (Look(at(210), True, 0.0),)


@pytest.mark.parametrize(
    ("duty", "second", "excused"),
    [
        (replace(OPEN, back_office=at(60)), 1859, True),
        (replace(OPEN, back_office=at(60)), 1860, False),
        (replace(OPEN, ticket=at(-600)), 659, True),  # from when the post became empty
        (replace(OPEN, ticket=at(-600)), 660, False),
        (replace(OPEN, ticket=at(100)), 699, True),  # from the call, if that came later
        (replace(OPEN, ticket=at(100)), 700, False),
    ],
)
def test_how_long_an_excuse_lasts(duty: Duty, second: int, excused: bool) -> None:
    watch, _ = played(THERE, looks(0, 60, second - 9, duty))
    after, _ = step(RULE, watch, seen(second, 0, duty))
    assert (after.post in (Post.BACK_OFFICE, Post.AWAY_SERVING)) is excused


def test_a_look_that_comes_late_is_ignored_unless_the_clock_was_set_back() -> None:
    watch, _ = played(THERE, looks(0, 60, 400))
    for back_s in (0, 10, 180):
        assert step(RULE, watch, seen(400 - back_s, 1)) == (watch, None)
    after, told = step(RULE, watch, seen(219, 1))
    assert after.at == at(219)
    assert after.opened is not None
    assert told is None or told.key == after.opened.key


def test_what_is_shown_and_since_when() -> None:
    watch, _ = played(THERE, looks(0, 60, 130))
    assert (watch.post, watch.reason, watch.post_since) == (Post.AWAY_TIMER, "empty", at(60))
    hinted, _ = played(looks(0, 140, 240), watch=watch)
    assert (hinted.post, hinted.post_since) == (Post.AWAY_HINT, at(60))
    served, _ = played(THERE, [seen(60, 1, served=True), seen(70, 1, served=True)])
    assert (served.post, served.reason, served.post_since) == (Post.SERVING, "citizen", at(60))
    over, _ = played(THERE, looks(0, 60, 660, PAUSED))
    assert (over.post, over.reason, over.post_since) == (Post.PAUSED_OVER, "break", at(60))
    nobody, _ = played(THERE, [seen(60, 0, served=True)])
    assert nobody.post is Post.ON_DUTY  # one miss; but nobody is there who could serve


def test_a_break_is_over_though_nobody_looked_at_it() -> None:
    afternoon = Service(HALL.segments[0], SERVICE.closes_at, SERVICE.closes_at + timedelta(hours=3))
    next_one = Duty(afternoon, opens_at=afternoon.opens_at)
    watch, _ = played(THERE, looks(0, 60, 400))
    after, ended = step(RULE, watch, seen(7200, 0, next_one))
    assert ended is not None
    assert (ended.until, after.since, len(after.looks)) == (SERVICE.closes_at, None, 1)
    assert (after.first_seen, after.closes_at) == (at(7200), afternoon.closes_at)


def test_pictures_that_may_be_asked_for() -> None:
    watch, _ = played(THERE, looks(0, 60, 100))
    assert watch.moments == {at(60)}
    opened, _ = played(THERE, looks(0, 60, 370), looks(1, 380, 380))
    assert opened.moments == {at(60), at(380)}
    assert played(THERE)[0].moments == frozenset()


def test_an_alert_that_turns_red_keeps_when_it_did() -> None:
    _, told = played(THERE, looks(0, 60, 660))
    assert [(one.level, one.opened_at, one.red_at) for one in told] == [
        (Level.YELLOW, at(360), None),
        (Level.RED, at(360), at(660)),
    ]


def test_who_was_glimpsed_at_the_opening_and_is_missing_three_minutes_later_is_late() -> None:
    _, told = played([seen(0, 1, LATE)], looks(0, 180, 480, LATE))
    assert [(one.rule, one.since) for one in told] == [(Rule.LATE, at(180))]


def test_while_a_window_is_paused_its_state_lasts_from_the_pause() -> None:
    watch, _ = played(THERE, looks(0, 60, 100, PAUSED))
    assert (watch.post, watch.post_since) == (Post.PAUSED_OK, at(60))
    back, _ = played(looks(1, 110, 160), watch=watch)
    assert (back.post, back.post_since) == (Post.ON_DUTY, at(110))


def test_one_blind_look_is_unknown_time_too() -> None:
    watch, _ = played(THERE, looks(0, 60, 130), [seen(140, None)], looks(0, 150, 360))
    assert (watch.since, watch.unseen_s, watch.blind_since, watch.opened) == (at(60), 10.0, None, None)
    _, told = played(looks(0, 370, 370), watch=watch)
    assert [(one.opened_at, one.unseen_s) for one in told] == [(at(370), 10.0)]
    blind, _ = played(THERE, [seen(60, None), seen(70, None)])
    assert blind.blind_since == at(60)


def test_the_grace_at_the_opening_is_its_own() -> None:
    short, watch, told = replace(RULE, opening_grace_s=120), NEW, []
    for one in looks(0, 0, 130, LATE):
        watch, alert = step(short, watch, one)
        told += [alert] if alert else []
    assert [(one.rule, one.opened_at) for one in told] == [(Rule.LATE, at(120))]


def test_whoever_came_back_from_being_signed_out_and_leaves_is_absent_from_the_first_empty_look() -> None:
    vacant = replace(OPEN, excuse=OUT)
    watch, _ = played(THERE, looks(0, 60, 200, vacant), looks(1, 210, 260))
    assert watch.excuse == ""
    watch, told = played(looks(0, 270, 570), watch=watch)
    assert [(one.rule, one.since, one.opened_at) for one in told] == [(Rule.ABSENCE, at(270), at(570))]
