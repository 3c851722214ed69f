"""What a desk remembers and goes on from: nothing is lost by a restart, and nothing that has ended begins again."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from camera_ingest.sample import Sample
from monitor import limits, presence
from monitor.adapters import memories
from monitor.alerts import Alert, Ending, Level, Rule, resumed
from monitor.desk import Desk
from monitor.memory import Memory
from tests.monitor.hall import CITIZEN, CLERK_1, EVERY, ZERO, blind, desk, seeing
from tests.monitor.looking import show

MINUTE = timedelta(minutes=1)


def busy() -> tuple[Desk, dict[str, Alert]]:
    """A hall in which w002 is empty, people wait, and a camera has failed; with every alert that it told of."""
    hall, told = desk(), dict[str, Alert]()
    for second in range(0, 420, 10):
        for one in show(hall, seeing("c1", second), (CLERK_1,)):
            told[one.key] = one
        seen = seeing("c2", second) if second < 250 else blind("c2", second)
        for one in show(hall, seen, (CITIZEN,) * 9):
            told[one.key] = one
    return hall, told


def by_key(alerts: Iterable[Alert]) -> dict[str, Alert]:
    return {alert.key: alert for alert in alerts}


def test_a_restart_with_a_memory_changes_nothing() -> None:
    hall, told = busy()
    assert {(one.rule, one.place) for one in told.values()} == {
        (Rule.ABSENCE, "w002"),
        (Rule.FEW, "za"),
        (Rule.CAMERA, "c2"),
    }
    written = memories.load(memories.dump(hall.memory()))
    again = desk(alerts=told.values(), memory=written)
    assert again.memory() == hall.memory() == written
    assert by_key(again.alerts(ZERO + 7 * MINUTE)) == by_key(hall.alerts(ZERO + 7 * MINUTE))
    last = show(hall, seeing("c1", 420), (CLERK_1,)), show(hall, seeing("c2", 420), (CITIZEN,) * 9)
    assert (show(again, seeing("c1", 420), (CLERK_1,)), show(again, seeing("c2", 420), (CITIZEN,) * 9)) == last
    assert again.memory() == hall.memory()


def test_what_is_remembered_of_a_hall() -> None:
    hall, _ = busy()
    memory = hall.memory()
    assert (memory.began, memory.walked) == (ZERO, ZERO + timedelta(seconds=410))
    assert sorted(memory.lanes) == ["absence/w002", "queue/za"]  # of the others nobody will ask why
    assert {(window, f"{day}") for window, day, _ in memory.coverage} == {
        ("w001", "2026-11-20"),
        ("w002", "2026-11-20"),
    }
    assert {(look.camera, look.region, look.people) for look in memory.looks} == {
        ("c1", "w001", 1),
        ("c1", "w001.citizen", 0),
        ("c1", "w002", 0),
        ("c2", "za", None),
    }
    assert {(rule, place): sight.people for rule, place, sight in memory.sights} == {
        (Rule.ABSENCE, "w001"): 1,
        (Rule.ABSENCE, "w002"): 0,
        (Rule.QUEUE, "za"): None,
    }
    assert {id: eye.blind for id, eye in memory.eyes.items()} == {"c1": "", "c2": "unreachable"}
    assert memory.measured["za"].counted is None


def test_what_is_no_longer_there_is_forgotten() -> None:
    hall, told = busy()
    memory = hall.memory()
    elsewhere = Memory(
        windows=memory.windows | {"w099": presence.Watch("hc01", "w099")},
        zones=memory.zones | {"zx": memory.zones["za"]},
        whole=memory.whole,
        faults=memory.faults | {"c9": memory.faults["c1"]},
        looks=[*memory.looks, replace(memory.looks[0], camera="c9")],
        eyes=memory.eyes | {"c9": memory.eyes["c1"]},
        measured=memory.measured | {"zx": memory.measured["za"]},
    )
    again = desk(alerts=told.values(), memory=elsewhere)
    assert (again.windows.keys(), again.zones.keys(), again.watches.faults.keys()) == (
        hall.windows.keys(),
        hall.zones.keys(),
        hall.watches.faults.keys(),
    )
    assert (again.memory().looks, again.eyes, again.measured) == (memory.looks, hall.eyes, hall.measured)


def test_what_was_ended_on_record_meanwhile_stays_ended() -> None:
    hall, told = busy()
    ended = {key: replace(one, until=ZERO + 8 * MINUTE) for key, one in told.items()}
    again = desk(alerts=ended.values(), memory=hall.memory())
    watches = (again.windows["w002"], again.zones["za"][Rule.FEW], again.watches.faults["c2"])
    assert [watch.opened for watch in watches] == [None] * 3
    assert {watch.alert.key: watch.alert for watch in watches if watch.alert} == ended
    absence = again.windows["w002"]
    assert (absence.hall, absence.window, absence.since) == ("hc01", "w002", None)
    few = again.zones["za"][Rule.FEW]
    assert (few.rule, few.hall, few.place, few.yellow) == (Rule.FEW, "hc01", "za", None)
    assert again.windows["w001"] == hall.windows["w001"]
    assert show(again, seeing("c1", 500), (CLERK_1,)) == ()


def test_what_the_record_does_not_know_yet_is_told_again() -> None:
    hall, told = busy()
    again = desk(memory=hall.memory())
    first = show(again, seeing("c1", 420), (CLERK_1,))
    assert {one.key for one in first} == set(told)
    assert show(again, seeing("c1", 430), (CLERK_1,)) == ()


OPENED = ZERO + 5 * MINUTE
ON_RECORD = {
    Rule.ABSENCE: "w002",
    Rule.PAUSE: "w002",
    Rule.QUEUE: "za",
    Rule.WAIT: "za",
    Rule.CAMERA: "c2",
    Rule.HALL: "hc01",
}


def recorded(rule: Rule) -> Alert:
    return Alert(rule, "hc01", ON_RECORD[rule], ZERO, OPENED, Level.RED, unseen_s=7.0)


def watched(hall: Desk, rule: Rule) -> presence.Watch | limits.Watch:
    place = ON_RECORD[rule]
    if rule is Rule.HALL:
        return hall.watches.whole
    if rule is Rule.CAMERA:
        return hall.watches.faults[place]
    return hall.zones[place][rule] if place == "za" else hall.windows[place]


@pytest.mark.parametrize("rule", ON_RECORD)
def test_an_open_alert_on_record_goes_on_without_a_memory(rule: Rule) -> None:
    alert = recorded(rule)
    hall = desk(alerts=[alert])
    assert watched(hall, rule).opened == resumed(alert)
    assert hall.alerts(OPENED) == (resumed(alert),)
    over = replace(alert, until=OPENED)
    assert watched(desk(alerts=[over]), rule).opened is None
    assert desk(alerts=[over]).alerts(OPENED) == ()


@pytest.mark.parametrize("rule", ON_RECORD)
def test_what_was_open_when_the_hall_closed_ends_at_the_closing_and_a_fault_does_not(rule: Rule) -> None:
    alert = recorded(rule)
    hall = desk(alerts=[alert])
    monday = timedelta(days=3)
    changes = {one.key: one for one in show(hall, seeing("c1", monday.total_seconds()), (CLERK_1,))}
    if rule is Rule.CAMERA:
        assert changes == {}
        assert hall.watches.faults["c2"].opened == resumed(alert)
        return
    closed = ZERO + timedelta(hours=3)
    unseen_s = 7.0 + (closed - OPENED).total_seconds()
    assert changes[alert.key] == replace(alert, until=closed, ending=Ending.CLOSED, unseen_s=unseen_s)
    watch = watched(hall, rule)
    assert watch.opened is None
    assert (watch.hall, watch.window if isinstance(watch, presence.Watch) else watch.place) == ("hc01", ON_RECORD[rule])
    if isinstance(watch, limits.Watch):
        assert watch.rule is rule
    if rule is not Rule.HALL:  # which has been judged by this look already
        assert watch.alert is None


def test_of_two_open_alerts_of_one_zone_the_newer_one_goes_on() -> None:
    older, newer = recorded(Rule.QUEUE), replace(recorded(Rule.QUEUE), since=ZERO + MINUTE)
    hall = desk(alerts=[newer, older])
    changes = show(hall, seeing("c2", 310), (CITIZEN,) * 9)
    assert [(one.key, one.until is None) for one in changes] == [(older.key, False), (newer.key, True)]


@pytest.mark.parametrize("rule", [Rule.ABSENCE, Rule.QUEUE, Rule.CAMERA])
def test_a_place_that_nobody_looks_at_any_more_lets_go_of_its_alert(rule: Rule) -> None:
    gone = replace(recorded(rule), place="gone")
    hall = desk(alerts=[gone])
    (ended,) = show(hall, seeing("c1", 310), (CLERK_1,))
    assert ended == replace(gone, until=ZERO + timedelta(seconds=310), ending=Ending.UNWATCHED, unseen_s=17.0)


def test_an_alert_of_a_window_without_a_camera_goes_on_only_by_its_pause() -> None:
    """w003 has no camera: nothing could end an alert about it, so it ends with the first look at the hall."""
    alert = replace(recorded(Rule.ABSENCE), place="w003")
    hall = desk(alerts=[alert])
    assert hall.windows["w003"].opened is None
    (ended,) = show(hall, seeing("c1", 310), (CLERK_1,))
    assert (ended.key, ended.until) == (alert.key, ZERO + timedelta(seconds=310))


def test_a_look_before_an_alert_of_the_record_does_not_end_it_before_it_opened() -> None:
    gone = replace(recorded(Rule.ABSENCE), place="gone")
    (ended,) = show(desk(alerts=[gone]), Sample("c1", ZERO + EVERY, seeing("c1", 0).picture), (CLERK_1,))
    assert (ended.until, ended.unseen_s) == (OPENED, 7.0)


def test_one_that_goes_on_by_the_memory_does_not_keep_the_others_from_going_on() -> None:
    hall, told = busy()
    hidden = replace(recorded(Rule.HALL), since=ZERO + MINUTE)
    again = desk(alerts=[*told.values(), hidden], memory=hall.memory())
    assert again.watches.whole.opened == resumed(hidden)
    assert {one.key for one in again.alerts(ZERO + 7 * MINUTE)} == {*told, hidden.key}


def test_a_camera_that_is_new_since_is_not_forgotten() -> None:
    hall, told = busy()
    memory = hall.memory()
    older = replace(memory, eyes={"c1": memory.eyes["c1"]}, faults={"c1": memory.faults["c1"]})
    again = desk(alerts=told.values(), memory=older)
    assert again.eyes.keys() == again.watches.faults.keys() == {"c1", "c2"}
