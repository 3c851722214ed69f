"""An issue (问题): what a person registered, until it is rectified and closed (销号)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitor.categories import OFFERED, Severity, Source
from monitor.terms import Term


class Status(StrEnum):
    """Where an issue stands."""

    REGISTERED = "REGISTERED"
    DISPATCHED = "DISPATCHED"
    SUBMITTED = "SUBMITTED"
    RETURNED = "RETURNED"
    CLOSED = "CLOSED"


STATUSES = {
    Status.REGISTERED: Term("登记", "registered"),
    Status.DISPATCHED: Term("已交办", "dispatched"),
    Status.SUBMITTED: Term("已反馈", "submitted"),
    Status.RETURNED: Term("退回", "returned"),
    Status.CLOSED: Term("销号", "closed"),
}


class Action(StrEnum):
    """What a person does to an issue."""

    REGISTER = "REGISTER"
    DISPATCH = "DISPATCH"
    SUBMIT = "SUBMIT"
    RETURN = "RETURN"
    CLOSE = "CLOSE"


ACTIONS = {
    Action.REGISTER: Term("登记", "register"),
    Action.DISPATCH: Term("交办", "dispatch"),
    Action.SUBMIT: Term("反馈", "submit"),
    Action.RETURN: Term("退回", "return"),
    Action.CLOSE: Term("销号", "close"),
}

MOVES: dict[tuple[Status, Action], Status] = {
    (Status.REGISTERED, Action.DISPATCH): Status.DISPATCHED,
    (Status.DISPATCHED, Action.SUBMIT): Status.SUBMITTED,
    (Status.RETURNED, Action.SUBMIT): Status.SUBMITTED,
    (Status.SUBMITTED, Action.RETURN): Status.RETURNED,
    (Status.SUBMITTED, Action.CLOSE): Status.CLOSED,
}
"""Every move there is; whatever is not here is refused."""

LONGEST_WORDS = 2000
"""Of a description, a measure, a reason or a unit, in characters."""


@dataclass(frozen=True, slots=True)
class Photograph:
    """A stored photograph: re-encoded, without its camera's metadata."""

    file: str
    """Path relative to the evidence directory."""
    sha256: str
    """Of the stored file, hexadecimal."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""


@dataclass(frozen=True, slots=True)
class IssueDraft:
    """What somebody registers. The same `idempotency` key twice is one issue."""

    idempotency: str
    hall: str
    place: str
    """Window or zone id, or empty: the hall as a whole."""
    category: str
    severity: Severity
    source: Source
    text: str
    by: str
    at: datetime
    alert: str | None = None
    """Key of the alert it came from."""
    photographs: tuple[Photograph, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """One row of the ledger (整改台账) as it stands; every move makes a new version."""

    number: str
    """WH-2026-000123."""
    hall: str
    place: str
    category: str
    severity: Severity
    source: Source
    text: str
    registered_by: str
    registered_at: datetime
    alert: str | None = None
    status: Status = Status.REGISTERED
    version: int = 1
    unit: str = ""
    """The unit made responsible (责任单位) when it was dispatched."""
    dispatched_at: datetime | None = None
    submitted_at: datetime | None = None
    """The last feedback."""
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One line of an issue's history; `version` is the issue's version after it, 1 = registration."""

    version: int
    action: Action
    status: Status
    """Where it led."""
    by: str
    at: datetime
    reason: str = ""
    """The measure taken (feedback), why (return), or a remark."""
    unit: str = ""
    photographs: tuple[Photograph, ...] = ()


class MoveRefused(Exception):
    """A person's action that the record does not allow; nothing was changed."""

    def __init__(self, which: str, expected: Term, found: Term) -> None:
        self.which = which
        self.expected = expected
        self.found = found
        self.zh = f"{which}：应为{expected.zh}，实为{found.zh}"
        self.en = f"{which}: expected {expected.en}, found {found.en}"
        super().__init__(f"{self.zh} ({self.en})")


def register(number: str, draft: IssueDraft) -> Issue:
    """The first version of an issue. Raises MoveRefused on an unknown category, without words or with too many."""
    if draft.category not in OFFERED:
        raise MoveRefused(number, Term("可选的问题类别", "a category on offer"), Term(draft.category, draft.category))
    _need(number, draft.text, Term("问题描述", "a description"))
    bounded(number, draft.text)
    _need(number, draft.by, Term("登记人", "who registers it"))
    return Issue(
        number=number,
        hall=draft.hall,
        place=draft.place,
        category=draft.category,
        severity=draft.severity,
        source=draft.source,
        text=draft.text.strip(),
        registered_by=draft.by,
        registered_at=draft.at,
        alert=draft.alert,
    )


def move(
    issue: Issue,
    action: Action,
    by: str,
    at: datetime,
    *,
    unit: str = "",
    reason: str = "",
    photographs: Sequence[Photograph] = (),
) -> Issue:
    """The issue after one action.

    交办 needs the responsible unit, 反馈 the measure taken and a photograph, 退回 a reason.
    Raises MoveRefused when the action does not follow from the issue's state or something it needs is missing or too
    long.
    """
    status = MOVES.get((issue.status, action))
    if status is None:
        allowed = [state for state, known in MOVES if known is action]
        raise MoveRefused(issue.number, _either(allowed), STATUSES[issue.status])
    _need(issue.number, by, Term("经办人", "who does it"))
    for words in (unit, reason):
        bounded(issue.number, words)
    moved = replace(issue, status=status, version=issue.version + 1)
    if action is Action.DISPATCH:
        _need(issue.number, unit, Term("责任单位", "the unit responsible"))
        return replace(moved, unit=unit.strip(), dispatched_at=at)
    if action is Action.SUBMIT:
        _need(issue.number, reason, Term("整改措施", "the measure taken"))
        _need(issue.number, photographs, Term("整改后照片", "a photograph"))
        return replace(moved, submitted_at=at)
    if action is Action.RETURN:
        _need(issue.number, reason, Term("退回原因", "a reason"))
        return moved
    return replace(moved, closed_at=at)


def bounded(which: str, words: str) -> None:
    """Raises MoveRefused on more than LONGEST_WORDS."""
    if len(words) > LONGEST_WORDS:
        most = Term(f"最多 {LONGEST_WORDS} 字", f"at most {LONGEST_WORDS} characters")
        raise MoveRefused(which, most, Term(f"{len(words)} 字", f"{len(words)}"))


def _need(which: str, given: str | Sequence[Photograph], expected: Term) -> None:
    if not (given.strip() if isinstance(given, str) else given):
        raise MoveRefused(which, expected, Term("空", "nothing"))


def _either(states: Sequence[Status]) -> Term:
    if not states:
        return Term("未登记", "not registered yet")
    return Term("或".join(STATUSES[s].zh for s in states), " or ".join(STATUSES[s].en for s in states))
