"""The roster on record: versions, repetition, and what counts on a day."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.adapters import roster_records
from monitor.roster import Arrangement, Entry, Refused
from tests.monitor.example import HALL
from tests.monitor.test_roster import NINE, A, entry


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def kept(engine: Engine, day: datetime = NINE) -> list[Entry]:
    return list(roster_records.entries(engine, ["hc01"], day))


def test_the_same_version_twice_is_once(engine: Engine) -> None:
    assert [roster_records.add(engine, HALL, entry(), at(0)) for _ in range(2)] == [True, False]
    assert kept(engine) == [entry()]


def test_a_change_is_a_new_version_and_the_old_one_stays(engine: Engine) -> None:
    roster_records.add(engine, HALL, entry(until=None), at(0))
    ended = roster_records.end(engine, HALL, "e1", "窗口", at(8))
    assert (ended.until, ended.version, ended.by) == (at(8), 2, "窗口")
    assert roster_records.end(engine, HALL, "e1", "窗口", at(9)) == ended
    assert kept(engine) == [ended]
    assert [(one.version, when) for one, when in roster_records.history(engine, "e1")] == [(1, at(0)), (2, at(8))]


def test_a_withdrawn_entry_counts_no_more(engine: Engine) -> None:
    roster_records.add(engine, HALL, entry(), at(0))
    roster_records.withdraw(engine, HALL, "e1", "值班主任", at(1))
    assert roster_records.withdraw(engine, HALL, "e1", "值班主任", at(2)).version == 2
    assert kept(engine) == []
    assert [one.withdrawn for one, _ in roster_records.history(engine, "e1")] == [False, True]
    assert roster_records.add(engine, HALL, entry(id="e2"), at(3))


def test_ending_what_has_not_begun_withdraws_it(engine: Engine) -> None:
    roster_records.add(engine, HALL, entry(since=30), at(0))
    assert roster_records.end(engine, HALL, "e1", "值班主任", at(10)).withdrawn


@pytest.mark.parametrize(
    "wrong",
    [
        entry(reason="meeting"),
        entry(version=3),
        entry(version=2, window="w002"),
        entry(id="e2", since=10),
        entry(id="e2", version=2, window="w002"),
    ],
)
def test_what_does_not_follow_the_record_is_refused(engine: Engine, wrong: Entry) -> None:
    roster_records.add(engine, HALL, entry(), at(0))
    with pytest.raises(Refused):
        roster_records.add(engine, HALL, wrong, at(1))
    assert kept(engine) == [entry()]


def test_an_unknown_entry_cannot_be_ended(engine: Engine) -> None:
    roster_records.add(engine, HALL, entry(), at(0))
    for hall, id in ((HALL, "e9"), (replace(HALL, id="hc02"), "e1")):
        with pytest.raises(Refused, match=f"没有编号 {id} 的安排"):
            roster_records.end(engine, hall, id, "窗口", at(1))


def test_several_are_recorded_all_or_none(engine: Engine) -> None:
    first, second = roster_records.add_all(engine, [HALL], [entry(), entry(id="e2")], at(0))
    assert first is True
    assert isinstance(second, Refused)
    assert kept(engine) == []
    both = [entry(), entry(id="e2", window="w002")]
    assert roster_records.add_all(engine, [HALL], both, at(0), dry=True) == (True, True)
    assert kept(engine) == []
    assert [roster_records.add_all(engine, [HALL], both, at(0)) for _ in range(2)] == [(True, True), (False, False)]


def test_what_counts_on_a_day(engine: Engine) -> None:
    day = 1440
    for number, (kind, since, until) in enumerate(
        [
            (A.LEAVE, -3 * day, 3 * day),
            (A.OPEN, -30 * day, None),
            (A.SIGN_OUT, -day, None),
            (A.COVER, 0, None),
            (A.BACK_OFFICE, 60, 90),
            (A.CLOSED, day, 2 * day),
        ]
    ):
        only = {"substitute": "w002"} if kind is A.LEAVE else {}
        roster_records.add(engine, HALL, entry(kind, since, until, id=f"e{number}", **only), at(0))
    assert {one.kind for one in kept(engine)} == {A.LEAVE, A.OPEN, A.COVER, A.BACK_OFFICE}
    assert {one.kind for one in kept(engine, at(day))} == {A.LEAVE, A.OPEN, A.CLOSED}
    assert roster_records.entries(engine, ["hc02"], NINE) == ()


def test_yesterdays_open_end_is_no_obstacle(engine: Engine) -> None:
    roster_records.add(engine, HALL, entry(until=None), at(0))
    assert roster_records.add(engine, HALL, entry(id="e2", since=1440, until=None), at(1440))
    assert roster_records.add(engine, HALL, entry(id="e3", since=-1440, until=None), at(1440))


def test_a_day_is_the_one_in_beijing(engine: Engine) -> None:
    late = Entry("e1", "hc01", "w001", Arrangement.CLOSED, datetime(2026, 11, 20, 16, tzinfo=UTC), by="值班主任")
    roster_records.add(engine, HALL, replace(late, until=late.since + timedelta(hours=1)), at(0))
    assert kept(engine) == []
    assert len(kept(engine, datetime(2026, 11, 20, 23, tzinfo=UTC))) == 1
