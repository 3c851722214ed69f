from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.categories import Severity, Source
from monitor.issues import (
    LONGEST_WORDS,
    MOVES,
    Action,
    Issue,
    IssueDraft,
    MoveRefused,
    Photograph,
    Status,
    move,
    register,
)

AT = datetime(2026, 11, 20, 2, 3, tzinfo=UTC)
PHOTO = Photograph("issues/00/00.jpg", "00", 640, 480)
DRAFT = IssueDraft("k1", "hc01", "w001", "A01", Severity.C, Source.PATROL, "窗口无人", "督查一组", AT)
ENOUGH: dict[str, Any] = {"unit": "综合窗口", "reason": "已整改", "photographs": [PHOTO]}


def issue_in(status: Status) -> Issue:
    return replace(register("WH-2026-000001", DRAFT), status=status)


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("status", Status)
def test_only_the_moves_of_the_table_are_allowed(status: Status, action: Action) -> None:
    before = issue_in(status)
    if (status, action) in MOVES:
        after = move(before, action, "值班主任", AT, **ENOUGH)
        assert (after.status, after.version) == (MOVES[status, action], before.version + 1)
    else:
        with pytest.raises(MoveRefused) as refused:
            move(before, action, "值班主任", AT, **ENOUGH)
        assert refused.value.which == "WH-2026-000001"


@pytest.mark.parametrize(
    ("status", "action", "without", "expected"),
    [
        (Status.REGISTERED, Action.DISPATCH, "unit", "责任单位"),
        (Status.DISPATCHED, Action.SUBMIT, "reason", "整改措施"),
        (Status.DISPATCHED, Action.SUBMIT, "photographs", "整改后照片"),
        (Status.RETURNED, Action.SUBMIT, "photographs", "整改后照片"),
        (Status.SUBMITTED, Action.RETURN, "reason", "退回原因"),
    ],
)
def test_a_move_says_what_it_lacks(status: Status, action: Action, without: str, expected: str) -> None:
    with pytest.raises(MoveRefused) as refused:
        move(issue_in(status), action, "值班主任", AT, **{key: ENOUGH[key] for key in ENOUGH if key != without})
    assert refused.value.expected.zh == expected
    assert refused.value.zh == f"WH-2026-000001：应为{expected}，实为空"


def test_blank_words_are_no_words() -> None:
    with pytest.raises(MoveRefused, match="责任单位"):
        move(issue_in(Status.REGISTERED), Action.DISPATCH, "值班主任", AT, unit="  ")
    with pytest.raises(MoveRefused, match="经办人"):
        move(issue_in(Status.SUBMITTED), Action.CLOSE, " ", AT)


def test_the_whole_way_with_one_return() -> None:
    hours = (AT + timedelta(hours=n) for n in range(1, 9))
    issue = register("WH-2026-000001", DRAFT)
    issue = move(issue, Action.DISPATCH, "市监督员", next(hours), unit=" 综合窗口 ")
    assert (issue.unit, issue.dispatched_at) == ("综合窗口", AT + timedelta(hours=1))
    issue = move(issue, Action.SUBMIT, "综合窗口", next(hours), reason="已到岗", photographs=[PHOTO])
    issue = move(issue, Action.RETURN, "市监督员", next(hours), reason="照片不清")
    issue = move(issue, Action.SUBMIT, "综合窗口", next(hours), reason="重拍", photographs=[PHOTO])
    assert issue.submitted_at == AT + timedelta(hours=4)
    issue = move(issue, Action.CLOSE, "市监督员", next(hours))
    assert (issue.status, issue.version, issue.closed_at) == (Status.CLOSED, 6, AT + timedelta(hours=5))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"category": "F01"}, "可选的问题类别"),
        ({"category": "A99"}, "可选的问题类别"),
        ({"text": "  "}, "问题描述"),
        ({"by": ""}, "登记人"),
    ],
)
def test_a_draft_says_what_it_lacks(changes: dict[str, Any], expected: str) -> None:
    with pytest.raises(MoveRefused, match=expected):
        register("WH-2026-000001", replace(DRAFT, **changes))


@settings(deadline=None)
@given(st.lists(st.sampled_from(Action), max_size=12))
def test_closed_is_the_end_and_needs_every_step_before(actions: list[Action]) -> None:
    issue = register("WH-2026-000001", DRAFT)
    for count, action in enumerate(actions):
        try:
            issue = move(issue, action, "值班主任", AT + timedelta(minutes=count), **ENOUGH)
        except MoveRefused:
            continue
    if issue.status is Status.CLOSED:
        assert None not in (issue.dispatched_at, issue.submitted_at, issue.closed_at)
        assert issue.unit


@pytest.mark.parametrize(
    ("status", "action", "where"),
    [
        (Status.REGISTERED, Action.DISPATCH, "unit"),
        (Status.DISPATCHED, Action.SUBMIT, "reason"),
        (Status.SUBMITTED, Action.CLOSE, "reason"),
    ],
)
def test_words_without_bound_are_refused(status: Status, action: Action, where: str) -> None:
    most = "字" * LONGEST_WORDS
    assert move(issue_in(status), action, "值班主任", AT, **ENOUGH | {where: most}).version == 2
    with pytest.raises(MoveRefused, match="应为最多 2000 字，实为2001 字"):
        move(issue_in(status), action, "值班主任", AT, **ENOUGH | {where: most + "字"})


def test_a_description_without_bound_is_refused() -> None:
    with pytest.raises(MoveRefused, match="最多 2000 字"):
        register("WH-2026-000001", replace(DRAFT, text="字" * (LONGEST_WORDS + 1)))
