"""Judging an alert from a page: the reasons and categories on offer, and the one call that records a verdict."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

from dashboards.office import SUPERVISOR, Office
from dashboards.places import hall_name, place_name
from dashboards.times import lasting, minute
from dashboards.visit import Visit, visit
from dashboards.words import WORDS, say_term
from monitor.adapters import alert_records, judging_records
from monitor.adapters.alert_records import AlertRecord
from monitor.alerts import CROWD, PRESENCE, Alert, Rule, lasted_s
from monitor.categories import Severity, Source
from monitor.issues import IssueDraft, MoveRefused
from monitor.verdicts import NAMES, REMINDERS, Verdict, VerdictKind

REASONS = {
    **dict.fromkeys(PRESENCE, ("back_office", "guiding", "handover", "duty", "short")),
    **dict.fromkeys((*CROWD, Rule.HALL), ("capacity", "guiding")),
    Rule.CAMERA: ("maintenance",),
}
"""Codes of the reasons for 合理, by rule; `short` covers personal needs and says no more than that."""

CATEGORIES_OF = {
    Rule.ABSENCE: ("A01", "A02", "A08", "D01"),
    Rule.LATE: ("A03", "A01", "A02", "D01"),
    Rule.EARLY: ("A04", "A01", "A02", "D01"),
    Rule.PAUSE: ("A08", "A01", "D01"),
    Rule.VACANT: ("A02", "D01", "A01"),
    Rule.QUEUE: ("C01", "C02", "C04", "D01"),
    Rule.WAIT: ("C01", "C02", "C04", "D01"),
    Rule.ABANDONMENT: ("C04", "C01", "C02"),
    Rule.IDLE: ("C02", "C01", "C04"),
    Rule.FEW: ("C01", "C02", "D01"),
    Rule.CAPACITY: ("C01", "C02"),
    Rule.UNSTAFFED: ("A02", "D01", "C01"),
    Rule.HALL: ("A02", "A01", "D01"),
    Rule.CAMERA: ("E03",),
}
"""Categories of issues that an alert may become, by rule; the first is proposed."""

Finding = tuple[str, Severity, str]
"""Category, severity and description of the issue that 属实·登记问题 registers."""


def judge(office: Office, key: str, kind: VerdictKind, reason: str, finding: Finding | None = None) -> tuple[str, bool]:
    """Records a verdict, with its issue if it has one; the sentence to show, and whether it was refused."""
    say, tongue = visit().say, visit().language
    record = alert_records.alert(office.engine, key)
    if record is None:
        return say("alert.none"), True
    verdict = Verdict(key, kind, reason, SUPERVISOR, office.clock())
    place = place_name(office.settings, record.alert.hall, record.alert.place, tongue)
    try:
        issue = alert_records.judge(office.engine, verdict, _draft(record.alert, verdict, finding) if finding else None)
    except MoveRefused as refused:
        return (refused.en if tongue == "en" else refused.zh).replace(key, place, 1), True
    office.changed()
    if issue is not None:
        return say("issue.registered", number=issue.number), False
    return say("verdict.done", place=place, verdict=say_term(NAMES[kind], tongue)), False


def hand_over(office: Office, key: str) -> tuple[str, bool]:
    """转值班主任: the alert stays to be judged; the sentence to show, and whether it was refused."""
    say = visit().say
    if alert_records.alert(office.engine, key) is None:
        return say("alert.none"), True
    if not judging_records.hand_over(office.engine, key, SUPERVISOR, office.clock()):
        return say("verdict.not_handed"), True
    office.changed()
    return say("verdict.handed"), False


def proposed(office: Office, record: AlertRecord) -> int:
    """How many reminders in 30 days propose an issue from this one; 0 = nothing is proposed, or it is decided."""
    verdict = record.verdict
    if verdict is None or verdict.kind is not VerdictKind.REMINDED or record.alert.rule not in PRESENCE:
        return 0
    if record.issue is not None or judging_records.decided(office.engine, record.alert.key) is not None:
        return 0
    count = judging_records.reminders(office.engine, record.alert.hall, record.alert.place, verdict.at)
    return count if count >= REMINDERS else 0


def decide(office: Office, key: str, accepted: bool) -> tuple[str, bool]:
    """What a person decides about a proposed issue; the sentence to show, and whether it was refused."""
    here = visit()
    record = alert_records.alert(office.engine, key)
    if record is None or record.verdict is None or not proposed(office, record):
        return here.say("verdict.decided"), True
    finding = (CATEGORIES_OF[record.alert.rule][0], Severity.C, drafted(record.alert, office, here))
    draft = _draft(record.alert, replace(record.verdict, by=SUPERVISOR, at=office.clock()), finding)
    try:
        done, issue = judging_records.decide(
            office.engine, key, SUPERVISOR, office.clock(), draft if accepted else None
        )
    except MoveRefused as refused:
        return (refused.en if here.language == "en" else refused.zh), True
    if not done:
        return here.say("verdict.decided"), True
    office.changed()
    if issue is None:
        return here.say("verdict.proposal.no"), False
    return here.say("issue.registered", number=issue.number), False


def undecided(office: Office, records: Iterable[AlertRecord]) -> list[tuple[AlertRecord, int]]:
    """The newest reminder of each window that proposes an issue nobody has decided of, and how many there were."""
    newest: dict[tuple[str, str], AlertRecord] = {}
    for one in records:
        if one.verdict is not None and one.verdict.kind is VerdictKind.REMINDED and one.alert.rule in PRESENCE:
            place = one.alert.hall, one.alert.place
            held = newest.get(place)
            if held is None or held.verdict is None or held.verdict.at < one.verdict.at:
                newest[place] = one
    found = ((one, proposed(office, one)) for one in newest.values())
    return [(one, count) for one, count in found if count]


def drafted(alert: Alert, office: Office, visit: Visit) -> str:
    """The description that is proposed for an alert's issue."""
    return visit.say(
        f"draft.{alert.rule}" if f"draft.{alert.rule}" in WORDS else "draft.other",
        what=visit.say(f"rule.{alert.rule}"),
        hall=hall_name(office.settings, alert.hall, visit.language),
        place=place_name(office.settings, alert.hall, alert.place, visit.language),
        since=minute(alert.since),
        lasted=lasting(timedelta(seconds=lasted_s(*office.as_seen(alert)))),
    )


def _draft(alert: Alert, verdict: Verdict, finding: Finding) -> IssueDraft:
    category, severity, text = finding
    return IssueDraft(
        idempotency=f"alert:{alert.key}",
        hall=alert.hall,
        place=alert.place,
        category=category,
        severity=severity,
        source=Source.AI_VIDEO,
        text=text,
        by=verdict.by,
        at=verdict.at,
        alert=alert.key,
    )
