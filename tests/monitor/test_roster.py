"""The roster: what may be arranged, and what is in force."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.roster import LONGEST, Arrangement, Entry, Refused, approval, check, contradicts, in_force
from monitor.terms import Term
from tests.monitor.example import HALL

NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
A = Arrangement


def entry(kind: Arrangement = A.PAUSE, since: float = 0, until: float | None = 60, **more: Any) -> Entry:
    """Minutes after nine."""
    end = None if until is None else NINE + timedelta(minutes=until)
    reason = {"reason": "break"} if kind is A.PAUSE else {}
    values = {"id": "e1", "hall": "hc01", "window": "w001", "by": "值班主任"} | reason | more
    return Entry(kind=kind, since=NINE + timedelta(minutes=since), until=end, **values)


@pytest.mark.parametrize(
    ("wrong", "field", "says"),
    [
        (entry(window="w099"), "window", "没有窗口 w099"),
        (entry(until=0), "until", "结束时间须晚于开始时间"),
        (entry(until=367 * 1440), "until", "最长安排 366 天"),
        (entry(reason=""), "reason", "暂停须选原因类别"),
        (entry(reason="感冒发烧"), "reason", "只能选类别"),
        (entry(by=""), "by", "岗位"),
        (entry(by="x" * 33), "by", "岗位"),
        (entry(A.LEAVE, substitute="w001"), "substitute", "同一区域的其他窗口，不能是 w001"),
        (entry(A.LEAVE, substitute="w099"), "substitute", "不能是 w099"),
        (entry(A.PAUSE, substitute="w002"), "substitute", "不需要顶岗窗口"),
        (entry(A.OPEN, substitute="*"), "substitute", "不需要顶岗窗口"),
    ],
)
def test_what_cannot_be_arranged_is_one_sentence(wrong: Entry, field: str, says: str) -> None:
    with pytest.raises(Refused) as refused:
        check(wrong, HALL, [])
    assert refused.value.field == field
    assert says in refused.value.zh
    assert refused.value.en


def test_a_substitute_of_another_zone_is_refused() -> None:
    other = replace(HALL, windows=(*HALL.windows[:1], replace(HALL.windows[1], zone="zb")))
    with pytest.raises(Refused, match="同一区域"):
        check(entry(A.COVER, substitute="w002"), other, [])


@pytest.mark.parametrize("substitute", ["", "*", "w002"])
@pytest.mark.parametrize("kind", [A.LEAVE, A.SIGN_OUT, A.COVER])
def test_who_takes_over(kind: Arrangement, substitute: str) -> None:
    check(entry(kind, substitute=substitute), HALL, [])


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        (entry(A.PAUSE), entry(A.PAUSE, 30), True),
        (entry(A.PAUSE), entry(A.PAUSE, 60, 90), False),
        (entry(A.PAUSE, until=None), entry(A.PAUSE, 60, 90), True),
        (entry(A.PAUSE), entry(A.BACK_OFFICE), False),
        (entry(A.OPEN), entry(A.CLOSED), True),
        (entry(A.CLOSED, 0, 480), entry(A.OPEN, 60, 120), False),
        (entry(A.OPEN), entry(A.OPEN, 30), False),
        (entry(A.LEAVE), entry(A.OPEN, 30), True),
        (entry(A.LEAVE, substitute="w002"), entry(A.OPEN, 30), False),
        (entry(A.LEAVE, withdrawn=True), entry(A.LEAVE), False),
    ],
)
def test_what_cannot_both_stand(one: Entry, other: Entry, contradict: bool) -> None:
    assert contradicts(one, other) is contradicts(other, one) is contradict


def test_an_entry_does_not_contradict_its_own_earlier_version() -> None:
    check(entry(until=90, version=2), HALL, [entry()])
    with pytest.raises(Refused, match="已有“暂停服务”安排"):
        check(entry(id="e2"), HALL, [entry()])


def test_what_began_last_is_in_force() -> None:
    closed, opened = entry(A.CLOSED, 0, 480), entry(A.OPEN, 60, 120)
    for minute, expected in ((30, closed), (60, opened), (120, closed), (480, None)):
        assert in_force([opened, closed], NINE + timedelta(minutes=minute), A.OPEN, A.CLOSED) is expected


@pytest.mark.parametrize(
    ("wrong", "zh", "en"),
    [
        (entry(window="w099"), "环翠区政务服务中心没有窗口 w099", "hall hc01 has no window w099"),
        (entry(until=0), "结束时间须晚于开始时间", "the end must come after the beginning"),
        (entry(until=367 * 1440), "一次最长安排 366 天", "at most 366 days can be arranged at once"),
        (entry(reason=""), "暂停须选原因类别", "a pause needs a class of reason"),
        (entry(by=""), "须写明由哪个岗位安排（32 字以内）", "say which post arranges it, in 32 characters"),
        (entry(A.PAUSE, substitute="w002"), "“暂停服务”不需要顶岗窗口", "nobody takes over when paused"),
        (
            entry(A.LEAVE, substitute="w001"),
            "顶岗窗口须为同一区域的其他窗口，不能是 w001",
            "another window of the same zone must take over, not w001",
        ),
        (
            entry(reason="cold"),
            "原因只能选类别：短时离席、设备检修、业务会商、交接班、公务外出、引导群众、网上办件、其他",
            "the reason must be one of break, equipment, meeting, handover, errand, guiding, cases, other",
        ),
    ],
)
def test_the_sentence_in_both_languages(wrong: Entry, zh: str, en: str) -> None:
    with pytest.raises(Refused) as refused:
        check(wrong, HALL, [])
    assert (refused.value.zh, refused.value.en, str(refused.value)) == (zh, en, f"{zh} ({en})")


def test_what_stands_in_the_way_is_named() -> None:
    with pytest.raises(Refused) as refused:
        check(entry(id="e2"), HALL, [entry()])
    assert (refused.value.zh, refused.value.en, refused.value.field) == (
        "窗口 w001 同一时间已有“暂停服务”安排",
        "window w001 is paused at that time",
        "since",
    )


def test_what_may_just_be_arranged() -> None:
    check(entry(by="x" * 32), HALL, [])
    check(entry(until=LONGEST / timedelta(minutes=1)), HALL, [])
    check(entry(window="w099", withdrawn=True), HALL, [])


def test_a_pause_is_approved_until_the_longest_that_it_may_last() -> None:
    half, at = timedelta(minutes=30), NINE + timedelta(minutes=12)
    assert approval("e9", "hc01", "w001", NINE, half, at, "值班主任") == Entry(
        "e9", "hc01", "w001", A.APPROVED, at, NINE + half, by="值班主任"
    )
    with pytest.raises(Refused) as refused:
        approval("e9", "hc01", "w001", NINE, half, NINE + half, "值班主任")
    assert (refused.value.zh, refused.value.en, refused.value.field) == (
        "暂停已满 30 分钟，不能再批准",
        "the pause has already lasted 30 minutes",
        "until",
    )
    assert approval("e9", "hc01", "w001", NINE, half, NINE + half - timedelta(seconds=1), "x").until == NINE + half


def test_a_refusal_may_be_about_no_field_alone() -> None:
    assert Refused(Term("不行", "no")).field == ""
