"""观察覆盖: every rate with its denominator, what nobody watched, blind spots, and shadow mode compared."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from dashboards.office import Office
from dashboards.pages import coverage
from dashboards.visit import visit
from monitor.adapters import alert_records, coverage_records
from monitor.alerts import Alert, Level, Rule
from monitor.calendar import BEIJING, today
from monitor.coverage import Coverage
from monitor.verdicts import Verdict, VerdictKind
from tests.dashboards.conftest import Site
from tests.dashboards.test_judging import text


def office_of(site: Site, settings: Settings, now: datetime) -> Office:
    return Office(
        settings, site.engine, Path(site.evidence), lambda: now, timedelta(seconds=30), site.hub.messages, lambda: None
    )


@pytest.fixture
def noon(site: Site) -> Iterator[datetime]:
    with site.app.test_request_context("/"):
        yield datetime.combine(today(site.now), time(12), BEIJING)


def test_a_rate_never_stands_without_what_was_observed(site: Site, noon: datetime) -> None:
    day = today(noon)
    for hall in site.settings.halls:
        days = {(one.id, day): Coverage(43_200.0, 39_744.0, 38_512.0, 1232.0) for one in hall.windows}
        coverage_records.save(site.engine, hall.id, days)
    shown = text(coverage.show(office_of(site, site.settings, noon), visit("?days=1")))
    assert "离岗 3.09%（观察 92.00%）" in shown
    assert "没有盲区" in shown


def test_days_and_hours_that_nobody_watched_are_not_observed(site: Site, noon: datetime) -> None:
    day, hall = today(noon), site.settings.halls[0]
    office = office_of(site, site.settings, noon)
    assert coverage.covered(office, [day])[hall.id] == {}  # nobody has begun to watch
    first = day - timedelta(days=3)
    days = {(one.id, first): Coverage(9000.0, 9000.0, 9000.0, 0.0) for one in hall.windows}  # begun that evening
    days |= {(one.id, day): Coverage(21_600.0, 21_600.0, 21_600.0, 0.0) for one in hall.windows}  # until 06:00
    coverage_records.save(site.engine, hall.id, days)
    found = coverage.covered(office, [day - timedelta(days=before) for before in range(29, -1, -1)])[hall.id]
    hours = {at: found["w001", at].service_s / 3600 for at in (first, first + timedelta(days=1), day)}
    assert list(hours.values()) == [2.5, 24, 12]
    assert ("w001", first - timedelta(days=1)) not in found  # before anybody ever watched
    assert found["w001", day].observed == 0.5
    beside = coverage.covered(office, [day])["hc01"]  # a hall that nobody has ever watched
    assert (beside["w001", day].observed, beside["w001", day].service_s) == (0.0, 12 * 3600)
    assert "盲区：观察不到一半的窗口" in text(coverage.show(office, visit("?days=7&hall=hc01")))


def test_shadow_mode_is_compared_and_tells_nobody(site: Site, noon: datetime) -> None:
    halls = tuple(replace(one, shadow=one.id == "hc01") for one in site.settings.halls)
    office = office_of(site, replace(site.settings, halls=halls), noon)
    for number, kind in enumerate((VerdictKind.REMINDED, VerdictKind.FALSE, None)):
        opened = noon - timedelta(hours=number + 1)
        one = Alert(Rule.ABSENCE, "hc01", "w003", opened, opened, Level.YELLOW, shadow=True)
        alert_records.save(site.engine, replace(one, until=opened + timedelta(minutes=9)), opened)
        if kind is not None:
            alert_records.judge(site.engine, Verdict(one.key, kind, "", "监督员", noon))
    shown = text(coverage.show(office, visit()))
    assert "太少，不作结论（1/2）" in shown
    assert "待比对" in shown
