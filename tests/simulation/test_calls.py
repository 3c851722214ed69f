"""The call system of a zone: what it tells is what the script shows, told once and in order."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from monitor.alerts import Rule
from monitor.places import Hall, Zone
from monitor.tickets import Book, TicketEvent, TicketSaid, heard
from simulation.calls import LEEWAY, PATIENCE_S, CallSystem, Told
from simulation.city import City, build
from simulation.network import whole
from simulation.script import PAUSE_EDGE_S, Script
from simulation.truth import MISSED_S

BEGAN = datetime(2026, 3, 2, 1, tzinfo=UTC)
SECONDS = 1800
SEEDS = range(1, 4)


def systems(city: City, began: datetime = BEGAN) -> Iterator[tuple[Hall, Zone, Script, CallSystem]]:
    script = Script(city)
    for hall in city.halls:
        for zone in hall.zones:
            yield hall, zone, script, CallSystem(script, hall, zone, began)


def said(hall: Hall, zone: Zone, told: Told, seq: int, began: datetime = BEGAN) -> TicketSaid:
    at = began + timedelta(seconds=told.at)
    return TicketSaid(hall.id, zone.id, told.ticket, told.event, told.window, at, "b", seq, at)


def test_the_same_seed_gives_the_same_tickets_however_often_it_is_asked() -> None:
    for (*_, often), (*_, rarely) in zip(systems(build()), systems(build()), strict=True):
        assert [one for now in range(601) for one in often.step(now * 0.5)] == list(rarely.step(300))
    assert [list(one[-1].step(300)) for one in systems(build())] != [
        list(one[-1].step(300)) for one in systems(build(seed=2))
    ]


@pytest.mark.parametrize("seed", SEEDS)
def test_no_ticket_is_lost_and_the_product_reads_them_so(seed: int) -> None:
    seen = set[TicketEvent]()
    for hall, zone, _, calls in systems(build(seed=seed)):
        book, count, number = Book(), Counter[TicketEvent](), 0
        for now in range(0, SECONDS, 7):
            told = list(calls.step(now))
            words = [said(hall, zone, one, number + place) for place, one in enumerate(told, 1)]
            number += len(words)
            book = heard(book, *words)
            count.update(one.event for one in told)
            over = sum(count[event] for event in (TicketEvent.END, TicketEvent.NOSHOW, TicketEvent.SUSPEND))
            assert count[TicketEvent.ISSUED] == over + len(calls.waiting) + len(calls.serving)
            assert book.waiting.keys() == calls.waiting.keys()
            assert {window: ticket for window, (ticket, _) in book.serving.items()} == calls.serving
        seen |= set(count)
    assert seen == set(TicketEvent)


@pytest.mark.parametrize("seed", SEEDS)
def test_as_many_wait_as_are_seen_and_whoever_is_served_was_called(seed: int) -> None:
    for hall, zone, script, calls in systems(build(seed=seed)):
        away = Counter[int]()
        for now in range(SECONDS):
            list(calls.step(now))
            away[len(calls.waiting) - script.waiting(hall.id, zone.id, now)] += 1
            for window in hall.windows:
                visit = script.visit(hall.id, window.id, now)
                if (
                    window.zone == zone.id
                    and visit is not None
                    and visit.served
                    and visit.since + 1 < now < visit.until - 1
                ):
                    assert window.id in calls.serving
        assert sum(many for off, many in away.items() if -1 <= off <= LEEWAY) > 0.97 * SECONDS
        assert away[0] > SECONDS / 2


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_is_called_or_ended_where_the_clerk_is_away_or_has_paused(seed: int) -> None:
    for hall, _, script, calls in systems(build(seed=seed)):
        for one in calls.step(SECONDS):
            if one.window:
                assert script.clerk(hall.id, one.window, one.at)
                away = script.away(hall.id, one.window, one.at, PAUSE_EDGE_S)
                assert away is None or not away.reason


@pytest.mark.parametrize("seed", SEEDS)
def test_waits_and_missed_calls_stay_ordinary_unless_that_is_the_trouble(seed: int) -> None:
    longest = 0.0
    for hall, zone, script, calls in systems(build(seed=seed)):
        book, number, suffers = Book(), 0, None
        for now in range(0, SECONDS, 5):
            for one in calls.step(now):
                number += 1
                book = heard(book, said(hall, zone, one, number))
            trouble, at = script.trouble(hall.id, zone.id, now), BEGAN + timedelta(seconds=now)
            missed, over = book.abandoned(at)
            if trouble is not None and trouble.rule is Rule.WAIT:
                longest = max(longest, calls.oldest_s(now))
            else:
                assert calls.oldest_s(now) <= PATIENCE_S
            if trouble is not None and trouble.rule is Rule.ABANDONMENT:
                suffers = suffers or trouble
                assert now < trouble.since + MISSED_S or (over >= 10 and missed / over > 0.25)
            elif suffers is None and over >= 10:
                assert missed / over < 0.15
        assert suffers is None or missed / over < 0.2
    assert longest >= 255


def test_numbers_begin_anew_at_midnight() -> None:
    began = datetime(2026, 3, 2, 15, 58, tzinfo=UTC)  # two minutes before midnight in Beijing
    hall, zone, _, calls = next(systems(build(), began))
    words = [said(hall, zone, one, number, began) for number, one in enumerate(calls.step(300), 1)]
    day = [one for one in words if one.at >= began + timedelta(minutes=2)]
    assert next(one.ticket for one in day if one.event is TicketEvent.ISSUED) == "A001"
    book = heard(Book(), *words)
    assert book.waiting.keys() == calls.waiting.keys()
    assert {window: ticket for window, (ticket, _) in book.serving.items()} == calls.serving


def test_the_whole_city_tells_about_an_event_of_a_window_in_five_minutes() -> None:
    city = whole(200)
    windows = sum(not window.closed for hall in city.halls for window in hall.windows)
    events = sum(len(list(calls.step(SECONDS))) for *_, calls in systems(city))
    assert 0.6 < events / windows / (SECONDS / 300) < 1.6
