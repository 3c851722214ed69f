from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event

from monitor.adapters.issue_records import apply, issue, issues, register
from monitor.categories import Severity, Source
from monitor.issues import Action, IssueDraft, Move, MoveRefused, Photograph, Status

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BEFORE = Photograph("issues/00/before.jpg", "00", 640, 480)
AFTER = Photograph("issues/01/after.jpg", "01", 480, 640)
DRAFT = IssueDraft(
    "k1", "hc01", "w001", "E04", Severity.C, Source.PATROL, "地面有水", "督查一组", AT, photographs=(BEFORE,)
)


def drafts(count: int) -> list[IssueDraft]:
    return [replace(DRAFT, idempotency=f"k{n}") for n in range(count)]


def test_an_issue_keeps_every_move_with_its_photographs(engine: Engine) -> None:
    number = register(engine, DRAFT).number
    apply(engine, number, Action.DISPATCH, "市监督员", AT + HOUR, expected_version=1, unit="综合窗口")
    submitted = apply(
        engine, number, Action.SUBMIT, "综合窗口", AT + 2 * HOUR, expected_version=2, reason="已清理",
        photographs=[AFTER, BEFORE],
    )  # fmt: skip
    assert issue(engine, number) == (
        submitted,
        (
            Move(1, Action.REGISTER, Status.REGISTERED, "督查一组", AT, photographs=(BEFORE,)),
            Move(2, Action.DISPATCH, Status.DISPATCHED, "市监督员", AT + HOUR, unit="综合窗口"),
            Move(3, Action.SUBMIT, Status.SUBMITTED, "综合窗口", AT + 2 * HOUR, "已清理", "", (AFTER, BEFORE)),
        ),
    )


def test_the_same_draft_twice_is_one_issue(engine: Engine) -> None:
    first = register(engine, DRAFT)
    assert register(engine, replace(DRAFT, text="再次提交")) == first
    assert issues(engine) == (first,)


def test_a_draft_that_is_refused_takes_no_number(engine: Engine) -> None:
    with pytest.raises(MoveRefused, match="问题描述"):
        register(engine, replace(DRAFT, text=""))
    assert register(engine, DRAFT).number == "WH-2026-000001"


@pytest.mark.parametrize(
    ("at", "number"),
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "WH-2026-000001"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "WH-2027-000001"),
    ],
)
def test_the_year_of_a_number_is_beijings(engine: Engine, at: datetime, number: str) -> None:
    assert register(engine, replace(DRAFT, at=at)).number == number


def test_numbers_have_no_gap_and_no_repeat_however_many_register_at_once(engine: Engine) -> None:
    with ThreadPoolExecutor(6) as people:
        twice = [*drafts(20), *drafts(20)]
        numbers = {issue.number for issue in people.map(lambda draft: register(engine, draft), twice)}
    assert numbers == {f"WH-2026-{n:06d}" for n in range(1, 21)}


def test_the_second_of_two_people_is_told(engine: Engine) -> None:
    number = register(engine, DRAFT).number

    def dispatch(unit: str) -> str:
        try:
            return apply(engine, number, Action.DISPATCH, unit, AT, expected_version=1, unit=unit).unit
        except MoveRefused as refused:
            return refused.zh

    with ThreadPoolExecutor(2) as people:
        said = list(people.map(dispatch, ["甲", "乙"]))
    assert sorted(said)[0] == f"{number}：应为您所见的版本，实为他人刚刚办理过的新版本，请刷新"
    assert sorted(said)[1] in {"甲", "乙"}
    found = issue(engine, number)
    assert found is not None
    assert len(found[1]) == 2


def test_a_refused_move_changes_nothing(engine: Engine) -> None:
    first = register(engine, DRAFT)
    with pytest.raises(MoveRefused, match="应为已反馈，实为登记"):
        apply(engine, first.number, Action.CLOSE, "市监督员", AT, expected_version=1)
    assert issues(engine) == (first,)


def test_a_number_that_is_not_there(engine: Engine) -> None:
    assert issue(engine, "WH-2026-000099") is None
    with pytest.raises(MoveRefused, match="无此编号"):
        apply(engine, "WH-2026-000099", Action.CLOSE, "市监督员", AT, expected_version=1)


def test_the_newest_issue_comes_first(engine: Engine) -> None:
    first = register(engine, DRAFT)
    second = register(engine, replace(DRAFT, idempotency="k2", at=AT + HOUR))
    assert issues(engine) == (second, first)


def test_a_move_that_cannot_be_recorded_whole_is_not_recorded(engine: Engine) -> None:
    number = register(engine, DRAFT).number

    def fail(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if "issue_moves" in statement:
            raise OSError("no space left on device")

    event.listen(engine, "before_cursor_execute", fail)
    with pytest.raises(OSError, match="no space left"):
        apply(engine, number, Action.DISPATCH, "市监督员", AT, expected_version=1, unit="综合窗口")
    event.remove(engine, "before_cursor_execute", fail)
    found = issue(engine, number)
    assert found is not None
    assert (found[0].status, len(found[1])) == (Status.REGISTERED, 1)
