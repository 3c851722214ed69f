from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from monitor.adapters import issue_records
from monitor.adapters.alert_records import (
    AlertRecord,
    add_still,
    alert,
    alerts_since,
    judge,
    open_alerts,
    save,
    versions,
)
from monitor.alerts import Alert, Ending, Level, Moment, Rule, Still
from monitor.categories import Severity, Source
from monitor.issues import IssueDraft, MoveRefused
from monitor.verdicts import Verdict, VerdictKind

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ALERT = Alert(
    Rule.ABSENCE, "hc01", "w001", AT, AT + 5 * MINUTE, Level.YELLOW, waiting=3, values={"yellow_s": 300.0, "version": 1}
)
RED = replace(ALERT, level=Level.RED, waiting=None, sees=False, unseen_s=12.5)
ENDED = replace(RED, until=AT + 12 * MINUTE, ending=Ending.RETURNED, sees=True)
STILL = Still(Moment.START, AT, "alerts/a.jpg", "00")


def verdict(kind: VerdictKind, *, reason: str = "", by: str = "监督员甲") -> Verdict:
    return Verdict(ALERT.key, kind, reason, by, AT + 6 * MINUTE)


def draft(idempotency: str = "k1") -> IssueDraft:
    return IssueDraft(
        idempotency, "hc01", "w001", "A01", Severity.C, Source.AI_VIDEO, "离岗", "监督员甲", AT, alert=ALERT.key
    )


def test_an_alert_and_its_changes_are_kept_with_every_version(engine: Engine) -> None:
    said = [(AT + n * MINUTE, value) for n, value in enumerate([ALERT, RED, ENDED])]
    assert [save(engine, value, at) for at, value in said] == [True, True, True]
    assert versions(engine, ALERT.key) == tuple(said)
    assert alert(engine, ALERT.key) == AlertRecord(ENDED, None, (), None)


def test_the_same_again_changes_nothing(engine: Engine) -> None:
    assert [save(engine, ALERT, AT), save(engine, ALERT, AT + MINUTE)] == [True, False]
    assert len(versions(engine, ALERT.key)) == 1


def test_an_ended_alert_stays_ended(engine: Engine) -> None:
    save(engine, ENDED, AT)
    assert not save(engine, ALERT, AT + MINUTE)
    assert alert(engine, ALERT.key) == AlertRecord(ENDED, None, (), None)


def test_what_opened_it_never_changes(engine: Engine) -> None:
    save(engine, ALERT, AT)
    save(engine, replace(RED, opened_at=AT + 9 * MINUTE, values={}), AT + MINUTE)
    found = alert(engine, ALERT.key)
    assert found is not None
    assert (found.alert.opened_at, found.alert.values) == (ALERT.opened_at, ALERT.values)


def test_a_restart_finds_the_open_alerts_of_its_halls(engine: Engine) -> None:
    other, elsewhere = replace(ALERT, place="w002", opened_at=AT), replace(ALERT, hall="hc02")
    for value in (ALERT, other, elsewhere, replace(ENDED, place="w003")):
        save(engine, value, AT)
    assert open_alerts(engine, ["hc01"]) == (other, ALERT)
    assert open_alerts(engine, []) == ()


def test_alerts_since_are_those_still_open_or_ended_later(engine: Engine) -> None:
    ended_early = replace(ENDED, place="w002", until=AT + 6 * MINUTE)
    for value in (ALERT, ended_early, replace(ENDED, hall="hc02")):
        save(engine, value, AT)
    places = {(record.alert.hall, record.alert.place) for record in alerts_since(engine, AT + 10 * MINUTE)}
    assert places == {("hc01", "w001"), ("hc02", "w001")}
    assert [record.alert for record in alerts_since(engine, AT + 10 * MINUTE, ["hc01"])] == [ALERT]


def test_stills_belong_to_their_alert_once(engine: Engine) -> None:
    save(engine, ALERT, AT)
    later = replace(STILL, moment=Moment.RETURN, at=AT + MINUTE)
    assert [add_still(engine, ALERT.key, still) for still in (later, STILL, STILL)] == [True, True, False]
    assert alerts_since(engine, AT)[0].stills == (STILL, later)


@pytest.mark.parametrize("kind", [VerdictKind.REMINDED, VerdictKind.FALSE])
def test_a_verdict_is_kept(engine: Engine, kind: VerdictKind) -> None:
    save(engine, ALERT, AT)
    assert judge(engine, verdict(kind)) is None
    assert alerts_since(engine, AT)[0].verdict == verdict(kind)


def test_reasonable_needs_a_reason(engine: Engine) -> None:
    save(engine, ALERT, AT)
    with pytest.raises(MoveRefused, match="应为合理的原因，实为空"):
        judge(engine, verdict(VerdictKind.REASONABLE, reason=" "))
    with pytest.raises(MoveRefused, match="最多 2000 字"):
        judge(engine, verdict(VerdictKind.REASONABLE, reason="会" * 2001))
    judge(engine, verdict(VerdictKind.REASONABLE, reason="会议"))
    with pytest.raises(MoveRefused, match="已判定“合理”"):
        judge(engine, verdict(VerdictKind.REASONABLE, reason="培训"))


def test_the_second_verdict_is_told_the_first(engine: Engine) -> None:
    save(engine, ALERT, AT)
    judge(engine, verdict(VerdictKind.REMINDED))
    judge(engine, verdict(VerdictKind.REMINDED))  # the same person pressing twice
    for second in (verdict(VerdictKind.FALSE), verdict(VerdictKind.REMINDED, by="监督员乙")):
        with pytest.raises(MoveRefused, match="监督员甲 已判定“属实·已提醒”"):
            judge(engine, second)
    assert alerts_since(engine, AT)[0].verdict == verdict(VerdictKind.REMINDED)


def test_an_issue_is_registered_with_its_verdict_or_not_at_all(engine: Engine) -> None:
    save(engine, ALERT, AT)
    issue = judge(engine, verdict(VerdictKind.ISSUE), draft())
    assert issue is not None
    assert judge(engine, verdict(VerdictKind.ISSUE), draft()) == issue
    assert alerts_since(engine, AT)[0].issue == issue.number
    with pytest.raises(MoveRefused, match="属实·登记问题"):
        judge(engine, verdict(VerdictKind.ISSUE, by="监督员乙"), draft("k2"))
    assert issue_records.issues(engine) == (issue,)


def test_a_draft_that_is_refused_takes_its_verdict_with_it(engine: Engine) -> None:
    save(engine, ALERT, AT)
    with pytest.raises(MoveRefused, match="问题类别"):
        judge(engine, verdict(VerdictKind.ISSUE), replace(draft(), category="F01"))
    assert alerts_since(engine, AT)[0].verdict is None


def test_an_alert_that_is_not_there_cannot_be_judged(engine: Engine) -> None:
    with pytest.raises(MoveRefused, match="无此预警"):
        judge(engine, verdict(VerdictKind.FALSE))
    assert alert(engine, ALERT.key) is None


def test_an_issue_verdict_comes_with_a_draft(engine: Engine) -> None:
    with pytest.raises(ValueError, match="expected a draft exactly for"):
        judge(engine, verdict(VerdictKind.ISSUE))
