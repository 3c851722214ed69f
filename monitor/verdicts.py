"""A verdict: what a person concludes about an alert (预警处置)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from monitor.terms import Term


class VerdictKind(StrEnum):
    """The four conclusions; the first two count as adopted (采信)."""

    REMINDED = "reminded"
    ISSUE = "issue"
    REASONABLE = "reasonable"
    FALSE = "false"


NAMES = {
    VerdictKind.REMINDED: Term("属实·已提醒", "True, reminded"),
    VerdictKind.ISSUE: Term("属实·登记问题", "True, registered as an issue"),
    VerdictKind.REASONABLE: Term("合理", "Reasonable"),
    VerdictKind.FALSE: Term("误报", "False alarm"),
}

CAUSES = {
    "not-person": Term("不是人", "not a person"),
    "hidden": Term("被遮挡", "somebody was hidden"),
    "region": Term("区域画错", "wrong region"),
    "camera": Term("摄像头问题", "the camera"),
    "other": Term("其他", "other"),
}
"""Why an alert was false; the first proposes a region that is no person when it comes again and again."""

REMINDERS, WITHIN = 3, timedelta(days=30)
"""So many 属实·已提醒 at one window within so long propose an issue; a person decides."""

ADOPTED = frozenset({VerdictKind.REMINDED, VerdictKind.ISSUE})
"""Verdicts that say the machine was right."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One conclusion about one alert; an alert has at most one."""

    alert_key: str
    kind: VerdictKind
    reason: str
    """Mandatory for REASONABLE; of FALSE one of CAUSES, or empty; free otherwise."""
    by: str
    """Who judged: an account or a post, as the board knows it."""
    at: datetime
