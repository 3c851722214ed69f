"""Notices of windows that cross together, and of windows that nobody sees."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine

from monitor.adapters import alert_records, notice_records
from monitor.adapters.notice_records import Confirmed
from monitor.adapters.notices import Notifier
from monitor.adapters.senders import Sender
from monitor.alerts import Alert, Level
from monitor.ladder import Person
from monitor.places import Window
from monitor.thresholds import Thresholds
from tests.monitor.adapters.test_notices import DISTRICT, DUTY, Pocket, after, worded
from tests.monitor.hall import HALL
from tests.monitor.test_ladder import ALERT, RED, ZERO

LARGE = replace(HALL, windows=tuple(Window(f"w{n:03d}", f"{n:02d}", "za") for n in range(1, 21)))
"""A hall in which windows may cross together."""


def crossed(engine: Engine, *seconds: float) -> list[Alert]:
    """Windows of the large hall whose alerts opened so long after ZERO."""
    alerts = [
        replace(ALERT, place=f"w{n:03d}", opened_at=ZERO + timedelta(seconds=second), since=ALERT.since)
        for n, second in enumerate(seconds, 1)
    ]
    for alert in alerts:
        alert_records.save(engine, alert, alert.opened_at)
    return alerts


def of_large(engine: Engine, people: dict[Person, Sender]) -> Notifier:
    return Notifier(engine, (LARGE,), Thresholds(), people, worded)


def test_a_group_is_told_once_and_whoever_returns_or_is_confirmed_changes_nothing(engine: Engine) -> None:
    pocket = Pocket()
    alerts = crossed(engine, *[0.0] * 10)
    names = ",".join(alert.place for alert in alerts)
    for minute in (0, 0.4, 0.5, 1):
        of_large(engine, {DUTY: pocket}).turn(after(minute))  # each time a program that was just started
    assert pocket.told == [f"hc01 {names} opened"]
    alert_records.save(engine, replace(alerts[0], until=after(2)), after(2))
    alert_records.save(engine, replace(alerts[4], until=after(3)), after(3))
    for minute in (2, 3, 20, 70):
        of_large(engine, {DUTY: pocket}).turn(after(minute))
    assert len(pocket.told) == 1


def test_a_group_climbs_by_its_reddest_until_the_one_link_is_answered(engine: Engine) -> None:
    duty, district = Pocket(), Pocket()
    alerts = crossed(engine, *[0.0] * 10)
    one = of_large(engine, {DUTY: duty, DISTRICT: district})
    one.turn(after(0.5))
    for alert in alerts[1:]:
        alert_records.save(engine, replace(alert, level=Level.RED, red_at=after(5)), after(5))
    for minute in (5, 14.9):
        one.turn(after(minute))
    assert (len(duty.told), len(district.told)) == (2, 0)
    one.turn(after(15))
    assert (len(duty.told), len(district.told)) == (2, 1)
    told = notice_records.told_with(engine, alerts[0].key)
    assert set(told) == {alert.key for alert in alerts}
    assert notice_records.confirm(engine, told, Confirmed("reminded", "", "值班主任", after(16)))
    for minute in (16, 40, 100):
        one.turn(after(minute))
    assert (len(duty.told), len(district.told)) == (2, 1)


def test_windows_that_open_one_after_the_other_are_one_message(engine: Engine) -> None:
    """A turn every five seconds over ten windows that open ten seconds apart."""
    pocket = Pocket()
    one = of_large(engine, {DUTY: pocket})
    for second in range(0, 240, 5):
        n = second // 10
        if second % 10 == 0 and n < 10:
            at = ZERO + timedelta(seconds=second)
            alert_records.save(engine, replace(ALERT, place=f"w{n:03d}", opened_at=at), at)
        one.turn(ZERO + timedelta(seconds=second))
    assert len(pocket.told) == 1
    assert pocket.told[0].count("w0") == 10


def test_a_stage_above_is_not_told_while_its_window_cannot_be_seen(engine: Engine) -> None:
    district = Pocket()
    one = Notifier(engine, (HALL,), Thresholds(), {DISTRICT: district}, worded)
    alert_records.save(engine, ALERT, ZERO)
    alert_records.save(engine, RED, after(5))
    alert_records.save(engine, replace(RED, sees=False), after(14))
    said = [one.turn(after(minute)) for minute in (15, 40)]
    alert_records.save(engine, replace(RED, unseen_s=30 * 60), after(44))
    said += [one.turn(after(minute)) for minute in (44.9, 45)]
    assert said == [0, 0, 0, 1]


def test_nothing_climbs_while_nobody_watches(engine: Engine) -> None:
    """The watching program has died: the record still says that the window is seen."""
    duty, district = Pocket(), Pocket()
    people: dict[Person, Sender] = {DUTY: duty, DISTRICT: district}
    dead = Notifier(
        engine,
        (HALL,),
        Thresholds(),
        people,
        worded,
        seen=lambda alert, at: (replace(alert, sees=False), min(at, after(6))),
    )
    alert_records.save(engine, ALERT, ZERO)
    alert_records.save(engine, RED, after(5))
    for minute in (5, 6, 16, 60):
        dead.turn(after(minute))
    assert (duty.told, district.told) == (["hc01 w001 red"], [])
    Notifier(engine, (HALL,), Thresholds(), people, worded).turn(after(61))
    assert len(district.told) == 1
