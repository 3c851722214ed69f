"""Judging an alert from a page: the reasons on offer, and the one call that records a verdict."""

from dashboards.desk import SUPERVISOR, Desk, language, speaker
from dashboards.places import place_name
from dashboards.words import say_term
from monitor.adapters import alert_records
from monitor.alerts import Rule
from monitor.issues import MoveRefused
from monitor.verdicts import NAMES, Verdict, VerdictKind

REASONS = {
    Rule.ABSENCE: ("back_office", "guiding", "handover", "duty", "short"),
    Rule.QUEUE: ("capacity", "guiding"),
}
"""Codes of the reasons for 合理, by rule; `short` covers personal needs and says no more than that."""


def judge(desk: Desk, key: str, kind: str, reason: str) -> tuple[str, bool]:
    """Records a verdict that needs no issue; the sentence to show, and whether it was refused."""
    verdict = Verdict(key, VerdictKind(kind), reason, SUPERVISOR, desk.clock())
    try:
        alert_records.judge(desk.engine, verdict)
    except MoveRefused as refused:
        return (refused.en if language() == "en" else refused.zh), True
    record = alert_records.alert(desk.engine, key)
    place = place_name(desk.settings, record.alert.hall, record.alert.place, language()) if record else key
    return speaker()("verdict.done", place=place, verdict=say_term(NAMES[verdict.kind], language())), False
