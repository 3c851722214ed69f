"""Handing over, causes of false alerts, and the third reminder that proposes an issue."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dashboards.office import Office
from dashboards.verdicts import decide, hand_over, judge, proposed
from monitor.adapters import alert_records, issue_records, judging_records
from monitor.alerts import Alert, Level, Rule
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


def test_thirty_days_are_counted_to_the_moment(office: Office, site: Site) -> None:
    now: datetime = site.now
    for days in (0.0, 10.0, 29.9, 30.1):
        one = alert(site, days)
        when = now - timedelta(days=days)
        alert_records.judge(site.engine, Verdict(one.key, VerdictKind.REMINDED, "", "监督员", when))
    hall = site.settings.halls[0].id
    assert judging_records.reminders(site.engine, hall, "w002", now) == 3
