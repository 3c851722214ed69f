"""Handing over, causes of false alerts, and the third reminder that proposes an issue."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboards.office import Office
from dashboards.pages import label, mistaken, quality
from dashboards.verdicts import decide, hand_over, judge, proposed, undecided
from dashboards.visit import visit
from monitor.adapters import alert_records, issue_records, judging_records, mistaken_records
from monitor.alerts import Alert, Level, Moment, Rule, Still
from monitor.draw import Drawn
from monitor.mistaken import Box
from monitor.verdicts import Verdict, VerdictKind
from tests.dashboards.conftest import Site


@pytest.fixture
def office(site: Site) -> Iterator[Office]:
    """The office behind the pages, within a request."""
    clock = [site.now]
    made = Office(
        site.settings,
        site.engine,
        Path(site.evidence),
        lambda: clock[0],
        timedelta(seconds=30),
        site.hub.messages,
        lambda: None,
    )
    with site.app.test_request_context("/"):
        yield made


def alert(site: Site, days: float, place: str = "w002") -> Alert:
    """One on record that opened so many days ago."""
    hall, at = site.settings.halls[0].id, site.now - timedelta(days=days)
    made = Alert(Rule.ABSENCE, hall, place, at - timedelta(minutes=5), at, Level.YELLOW)
    alert_records.save(site.engine, replace(made, until=at + timedelta(minutes=2)), at)
    return made


def reminded(office: Office, key: str) -> None:
    assert not judge(office, key, VerdictKind.REMINDED, "")[1]


def at(office: Office, key: str) -> int:
    record = alert_records.alert(office.engine, key)
    assert record is not None
    return proposed(office, record)


def test_the_third_reminder_in_thirty_days_proposes_an_issue_and_a_person_decides(office: Office, site: Site) -> None:
    first, second, third = (alert(site, days) for days in (3.0, 2.0, 1.0))
    other = alert(site, 1.5, place="w003")
    for one in (first, second, other):
        reminded(office, one.key)
        assert at(office, one.key) == 0
    before = len(issue_records.issues(site.engine))
    reminded(office, third.key)
    assert at(office, third.key) == 3
    assert len(issue_records.issues(site.engine)) == before  # nothing by itself
    said, refused = decide(office, third.key, True)
    assert (refused, at(office, third.key)) == (False, 0)
    assert len(issue_records.issues(site.engine)) == before + 1
    assert issue_records.issues(site.engine)[0].number in said
    assert decide(office, third.key, False)[1]


def test_an_issue_is_never_lost_between_a_decision_and_its_registration(
    office: Office, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = [alert(site, days).key for days in (3.0, 2.0, 1.0)]
    for key in keys:
        reminded(office, key)

    def broken(*_: object) -> None:
        raise RuntimeError("the disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(issue_records, "registered", broken)
        with pytest.raises(RuntimeError):
            decide(office, keys[-1], True)
    assert at(office, keys[-1]) == 3  # still to be decided
    assert not decide(office, keys[-1], True)[1]


def test_what_waits_for_a_decision_is_listed_until_it_is_made(office: Office, site: Site) -> None:
    for days in (3.0, 2.0, 1.0, 0.5):
        reminded(office, alert(site, days).key)
    ((waits, count),) = undecided(office, judged(site))
    assert (count, waits.alert.place) == (4, "w002")
    assert "待决定：是否登记问题" in text(quality.layout(office, visit(), judged(site)))
    assert not decide(office, waits.alert.key, True)[1]
    assert undecided(office, judged(site)) == []
    assert "待决定" not in text(quality.layout(office, visit(), judged(site)))
    for days in (0.2, 0.1):  # what has led to an issue is counted no more
        key = alert(site, days).key
        reminded(office, key)
        assert at(office, key) == 0


def test_an_alert_says_how_many_there_were_before(office: Office, site: Site) -> None:
    for days in (31.5, 20.0, 3.0):
        reminded(office, alert(site, days, place="w005").key)
    late = alert(site, 1.0, place="w005")
    assert judging_records.earlier(site.engine, late) == (2, 2)


def test_what_was_decided_against_is_not_proposed_again(office: Office, site: Site) -> None:
    keys = [alert(site, days).key for days in (3.0, 2.0, 1.0)]
    for key in keys:
        reminded(office, key)
    before = len(issue_records.issues(site.engine))
    assert not decide(office, keys[-1], False)[1]
    assert at(office, keys[-1]) == 0
    assert len(issue_records.issues(site.engine)) == before


def test_an_alert_is_handed_over_once_and_stays_to_be_judged(office: Office, site: Site) -> None:
    key = alert(site, 0.1).key
    assert [hand_over(office, key)[1] for _ in range(2)] == [False, True]
    assert judging_records.handed_over(site.engine, [key])[key].by == "监督员"
    record = alert_records.alert(site.engine, key)
    assert record is not None
    assert record.verdict is None
    reminded(office, key)
    late = alert(site, 0.2).key
    reminded(office, late)
    assert hand_over(office, late)[1]  # judged already
    assert hand_over(office, "none")[1]


def test_of_two_verdicts_the_first_stands_and_the_second_is_told_whose_it_is(office: Office, site: Site) -> None:
    key = alert(site, 0.1).key
    reminded(office, key)
    assert not judge(office, key, VerdictKind.REMINDED, "")[1]  # a double click
    said, refused = judge(office, key, VerdictKind.FALSE, "hidden")
    assert refused
    assert said == "02 企业开办：应为未处置的预警，实为监督员 已判定“属实·已提醒”"
    record = alert_records.alert(site.engine, key)
    assert record is not None
    assert record.verdict is not None
    assert record.verdict.kind is VerdictKind.REMINDED


def test_thirty_days_are_counted_to_the_moment(office: Office, site: Site) -> None:
    now: datetime = site.now
    for days in (0.0, 10.0, 29.9, 30.1):
        one = alert(site, days)
        when = now - timedelta(days=days)
        alert_records.judge(site.engine, Verdict(one.key, VerdictKind.REMINDED, "", "监督员", when))
    hall = site.settings.halls[0].id
    assert judging_records.reminders(site.engine, hall, "w002", now) == 3


def text(component: object) -> str:
    """Everything that is written in a part of a page."""
    if isinstance(component, str):
        return component
    if isinstance(component, list | tuple):
        return " ".join(map(text, component))
    return text(getattr(component, "children", None) or [])


def test_quality_is_told_with_its_numbers_and_proposes_what_keeps_being_false(office: Office, site: Site) -> None:
    for number in range(12):
        one = alert(site, 1 + number / 10)
        kind, reason = (VerdictKind.FALSE, "not-person") if number < 3 else (VerdictKind.REMINDED, "")
        alert_records.judge(site.engine, Verdict(one.key, kind, reason, "监督员", site.now - timedelta(hours=1)))
    shown = text(quality.layout(office, visit(), judged(site)))
    assert "采信率 75.00%（9/12）" in shown
    assert "75.0%（95% 区间 46.8%–91.1%，9/12）" in shown
    assert "还没有可用的标注" in shown
    assert "各次误报没有共同的位置" in shown


def judged(site: Site) -> list[alert_records.AlertRecord]:
    records = alert_records.alerts_since(site.engine, site.now - timedelta(days=30))
    return [record for record in records if record.verdict is not None]


def test_blind_labelling_shows_a_picture_and_nothing_else(office: Office, site: Site) -> None:
    hall = site.settings.halls[0].id
    for number in range(3):
        drawn = Drawn(f"w00{number + 1}", site.now - timedelta(hours=number), number == 0, f"drawn/x/{number}.jpg")
        assert judging_records.add_sample(site.engine, hall, drawn, "0" * 64, 40)
    shown = label.layout(office, visit())
    assert "还有 3 张" in text(shown)
    assert "岗位上有没有人" in text(shown)
    assert "预警" not in text(shown)
    assert "离岗" not in text(shown)
    while (sample := judging_records.next_sample(site.engine, site.now - judging_records.OFFERED)) is not None:
        judging_records.label(site.engine, sample.id, "absent" if sample.window == "w001" else "present", "x", site.now)
    assert "已全部标完" in text(label.layout(office, visit()))
    assert "太少，不作结论（1 张）" in text(quality.layout(office, visit(), []))


def false_at(site: Site, days: float, camera: str, *boxes: Box) -> None:
    """A queue alert that was false because of 不是人, with whom its still counted."""
    hall, opened = site.settings.halls[0].id, site.now - timedelta(days=days)
    made = Alert(Rule.QUEUE, hall, "za", opened - timedelta(minutes=5), opened, Level.YELLOW)
    alert_records.save(site.engine, replace(made, until=opened + timedelta(minutes=2)), opened)
    still = Still(Moment.THRESHOLD, opened, f"alerts/x/{days}.jpg", "0" * 64, camera, boxes)
    alert_records.add_still(site.engine, made.key, still)
    alert_records.judge(site.engine, Verdict(made.key, VerdictKind.FALSE, "not-person", "监督员", site.now))


def test_what_is_no_person_is_proposed_where_it_stands_and_a_person_decides(office: Office, site: Site) -> None:
    camera = site.settings.cameras[0].id
    for number in range(3):
        false_at(site, 1.0 + number, camera, (400 + number, 300, 480 + number, 700), (100 * number, 10, 90, 400))
    shown = text(mistaken.section(office, judged(site), visit()))
    assert "不计为人" in shown
    assert "没有共同的位置" not in shown
    assert "已不计为人的位置" not in shown
    assert camera in text(quality.layout(office, visit(), judged(site)))  # precision by camera: that of the still
    assert mistaken.decide(office, "sz01", camera, "401,300,481,700", True) == ("mistaken.accepted", False)
    shown = text(mistaken.section(office, judged(site), visit()))
    assert "仍计为人" not in shown
    assert "已不计为人的位置" in shown
    (mask,) = mistaken_records.masks(site.engine, ["sz01"])["sz01"]
    assert mask.camera == camera
    assert mistaken.decide(office, "sz01", camera, "401,300,481,700", False) == ("mistaken.kept", False)
    assert mistaken_records.masks(site.engine, ["sz01"]) == {"sz01": ()}
    assert "不计为人" not in text(mistaken.section(office, judged(site), visit()))


@pytest.mark.parametrize("box", ["", "1,2,3", "a,b,c,d", "5,5,5,9", "-1,0,5,5", "0,0,1001,5", "0,0,5,5,5", "²,0,5,5"])
def test_a_place_that_is_none_is_refused(office: Office, site: Site, box: str) -> None:
    assert mistaken.decide(office, "sz01", site.settings.cameras[0].id, box, True)[1]
    assert mistaken.decide(office, "hc01", site.settings.cameras[0].id, "1,2,3,4", True)[1]
    assert mistaken_records.decisions(site.engine, ["sz01", "hc01"]) == ()
