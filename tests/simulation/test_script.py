"""The story: deterministic, calm, and such that the rules have something to find."""

from itertools import chain

import pytest

from camera_ingest.camera import Role
from monitor.alerts import Rule
from monitor.window_states import Service
from simulation.chapter import LENGTH_S, SHORT_S, Away, write
from simulation.city import City, build
from simulation.failures import ORDINARY, Failure
from simulation.script import PAUSE_EDGE_S, Script
from simulation.story import shown
from simulation.troubles import small_zone

CITY = build()
SEEDS = range(1, 9)


def aways(city: City, number: int) -> list[Away]:
    """Without the pauses by which the small zone lacks windows."""
    small = small_zone(city)
    zones = {(hall.id, window.id): (hall.id, window.zone) for hall in city.halls for window in hall.windows}
    every = chain.from_iterable(write(city, number).aways.values())
    return [away for away in every if zones[away.hall, away.window] != small]


def test_the_same_city_tells_the_same_story() -> None:
    assert write(CITY, 3) == write(build(), 3)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_first_absence_comes_soon_is_long_enough_and_seen(seed: int) -> None:
    city = build(seed=seed)
    first = min((away for away in aways(city, 0) if not away.reason), key=lambda away: away.since)
    assert 5 < first.since < 20
    assert first.until - first.since >= 90
    assert first.until < 150
    assert (first.hall, first.window) not in city.silent
    (eye,) = [eye for eye in city.eyes if eye.hall == first.hall and first.window in eye.windows]
    assert eye.id not in write(city, 0).outages


@pytest.mark.parametrize("seed", SEEDS)
def test_it_stays_calm_but_something_happens(seed: int) -> None:
    city = build(seed=seed)
    for number in range(3):
        mine = aways(city, number)
        alerts = [away for away in mine if not (away.reason or away.serving) and away.until - away.since > 60]
        short = [away for away in mine if not away.reason and away.until - away.since <= SHORT_S[1]]
        assert 2 <= len(alerts) <= 3
        assert len(alerts) + len(short) + 2 + 1 == len(mine), "nothing between short and long"
        for away in mine:
            together = [one for one in mine if one.since <= away.since < one.until and not one.reason]
            assert len(together) <= 3
            assert number * LENGTH_S < away.since < away.until < (number + 1) * LENGTH_S


def test_nobody_who_was_away_is_away_again_soon() -> None:
    for number in range(5):
        now = [(away.hall, away.window) for away in aways(CITY, number)]
        later = {(away.hall, away.window) for away in aways(CITY, number + 1)}
        assert len(now) == len(set(now))
        assert not later & set(now)


def test_a_pause_is_declared_around_the_absence() -> None:
    script = Script(CITY)
    windows = {(hall.id, window.id): window for hall in CITY.halls for window in hall.windows}
    for away in aways(CITY, 0) + aways(CITY, 1):
        if not away.reason or (away.hall, away.window) in CITY.silent:
            continue
        window = windows[away.hall, away.window]
        for now in (away.since - PAUSE_EDGE_S, away.since, away.until, away.until + PAUSE_EDGE_S - 0.1):
            assert script.state(away.hall, window, now) == (Service.PAUSED, away.reason)
        assert script.state(away.hall, window, away.since - 60) != (Service.PAUSED, away.reason)
        assert not script.clerk(away.hall, window.id, away.since)
        assert script.clerk(away.hall, window.id, away.until)


def test_closed_windows_are_empty_and_silent_ones_say_nothing() -> None:
    script = Script(CITY)
    for hall in CITY.halls:
        for window in hall.windows:
            if window.closed:
                assert script.state(hall.id, window, 50) == (Service.CLOSED, "")
                assert not any(script.clerk(hall.id, window.id, now) for now in range(0, 1200, 20))
    ((hall_id, silent),) = CITY.silent
    (window,) = [one for hall in CITY.halls if hall.id == hall_id for one in hall.windows if one.id == silent]
    assert script.state(hall_id, window, 50) is None


def test_a_clerk_who_leaves_with_a_citizen_is_seen_at_the_window_no_more_than_he() -> None:
    script = Script(CITY)
    (one,) = [away for away in aways(CITY, 0) if away.serving]
    (eye,) = [eye for eye in CITY.eyes if eye.hall == one.hall and one.window in eye.windows]
    place = 2 * eye.windows.index(one.window)
    visit = script.visit(one.hall, one.window, one.since)
    assert visit is not None
    assert visit.since < one.since < one.until < visit.until
    assert [shown(script, eye, now)[place : place + 2] for now in (one.since - 1, one.since, one.until)] == [
        f"s{visit.who}",
        "--",
        f"s{visit.who}",
    ]


def test_nobody_else_is_served_by_an_empty_window() -> None:
    script = Script(CITY)
    for hall in CITY.halls:
        for window in hall.windows:
            for now in range(0, 1200, 7):
                visit = script.visit(hall.id, window.id, now)
                away = script.away(hall.id, window.id, now)
                if visit is not None and visit.served and not (away is not None and away.serving):
                    assert script.clerk(hall.id, window.id, now)


def test_one_queue_becomes_too_long_now_and_then_and_no_other() -> None:
    script, small = Script(CITY), small_zone(CITY)
    assert small is not None
    sizes = {
        (hall.id, zone.id): sum(window.zone == zone.id and not window.closed for window in hall.windows)
        for hall in CITY.halls
        for zone in hall.zones
    }
    over: dict[tuple[str, str], int] = {}
    for now in range(1800):
        for place, windows in sizes.items():
            over[place] = over.get(place, 0) + (script.waiting(*place, now) / windows >= 3)
    assert over.pop(small) >= 2 * 120
    assert not any(over.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_every_rule_of_zones_has_its_case_and_no_zone_two_at_once(seed: int) -> None:
    city = build(seed=seed)
    chapters = [write(city, number) for number in (0, 1)]
    found = [one for chapter in chapters for mine in chapter.troubles.values() for one in mine]
    wanted = {Rule.FEW, Rule.QUEUE, Rule.WAIT, Rule.IDLE, Rule.ABANDONMENT, Rule.UNSTAFFED}
    assert {one.rule for one in found} == wanted
    assert all(chapter.companions for chapter in chapters)
    for one in found:
        beside = [other for other in found if (other.hall, other.zone) == (one.hall, one.zone) and other is not one]
        assert all(other.since > one.until + 20 or other.until + 20 < one.since for other in beside)


def test_an_idle_window_is_manned_and_serves_nobody_while_somebody_waits() -> None:
    script = Script(CITY)
    for number in range(4):
        (one,) = (one for mine in write(CITY, number).troubles.values() for one in mine if one.rule is Rule.IDLE)
        (window,) = one.windows
        for now in range(round(one.since) + 1, round(one.until)):
            assert script.clerk(one.hall, window, now)
            assert script.visit(one.hall, window, now) is None
            assert script.waiting(one.hall, one.zone, now) >= 2


def test_no_other_window_is_idle_for_long() -> None:
    script = Script(CITY)
    for hall in CITY.halls:
        for window in hall.windows:
            idle = 0
            for now in range(1800):
                busy = not script.clerk(hall.id, window.id, now) or script.visit(hall.id, window.id, now) is not None
                trouble = script.trouble(hall.id, window.zone, now)
                meant = trouble is not None and window.id in trouble.windows
                idle = 0 if busy or meant else idle + 1
                assert idle <= 130


def test_companions_are_seen_and_have_no_tickets() -> None:
    script = Script(CITY)
    ((one,),) = write(CITY, 0).companions.values()
    now = (one.since + one.until) / 2
    assert script.heads(one.hall, one.zone, now) == script.waiting(one.hall, one.zone, now) + one.people
    assert script.heads(one.hall, one.zone, one.until) == script.waiting(one.hall, one.zone, one.until)


def test_ratings_come_at_a_believable_rate() -> None:
    script = Script(CITY)
    given = list(script.ratings(0, 1800))
    assert 8 * 30 < len(given) < 12 * 30
    parts = [rating for step in range(0, 1800, 5) for rating in script.ratings(step, step + 5)]
    assert sorted(one.at for _, _, one in parts) == sorted(one.at for _, _, one in given)
    assert all(tag[0] == str(one.level) for _, _, one in given for tag in one.tags)


def test_window_cameras_refuse_no_login() -> None:
    roles = {eye.id: eye.role for eye in CITY.eyes}
    outages = [one for number in range(40) for one in chain.from_iterable(write(CITY, number).outages.values())]
    assert {one.failure for one in outages} == set(ORDINARY)
    assert all(30 <= one.until - one.since <= 90 for one in outages)
    assert all(roles[one.camera] is not Role.WINDOW for one in outages if one.failure is Failure.UNAUTHORISED)


def test_what_a_camera_shows_is_what_is_so() -> None:
    script = Script(CITY)
    first = aways(CITY, 0)[0]
    (eye,) = [eye for eye in CITY.eyes if eye.hall == first.hall and first.window in eye.windows]
    place = 2 * eye.windows.index(first.window)
    assert shown(script, eye, first.since - 1)[place] == "s"
    assert shown(script, eye, first.since + 1)[place] == "-"
    assert shown(script, eye, first.until)[place] == "s"
    queue = next(eye for eye in CITY.eyes if eye.role is Role.QUEUE)
    assert shown(script, queue, 100) == str(script.waiting(queue.hall, queue.zone, 100))
