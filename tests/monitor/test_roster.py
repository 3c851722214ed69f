"""The roster: what may be arranged, and what is in force."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from monitor.roster import Arrangement, Entry, Refused, check, contradicts, in_force
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
