"""Why this alert: told from what is kept with it, whatever the configuration says today."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from dash import html

from dashboards.pages import alert as page
from dashboards.visit import visit
from dashboards.why import explanation, sources, state_word
from dashboards.words import words
from monitor.adapters import alert_records
from monitor.alerts import Alert, Level, Rule
from monitor.lanes import Lane, Lanes, why
from tests.dashboards.conftest import Site
from tests.dashboards.test_coverage import office_of
from tests.dashboards.test_judging import text
from tests.monitor.hall import ZERO

SAY = words("zh")


def minutes(number: float) -> timedelta:
    return timedelta(minutes=number)


def absence(hall: str = "hc01") -> Alert:
    values = {"yellow_s": 300.0, "red_s": 600.0, "version": 2.0}
    return Alert(Rule.ABSENCE, hall, "w001", ZERO, ZERO + minutes(5), Level.YELLOW, unseen_s=15.0, values=values)


def told(alert: Alert) -> dict[str, Any]:
    lanes = Lanes()
    lanes.mark(Lane.CAMERA, ZERO - minutes(20), "present")
    lanes.mark(Lane.CAMERA, ZERO, "empty")
    lanes.mark(Lane.CAMERA, ZERO + minutes(2), "unseen:black")
    lanes.mark(Lane.CAMERA, ZERO + minutes(3), "empty")
    lanes.mark(Lane.TICKETS, ZERO - minutes(20), "idle:4")
    lanes.mark(Lane.PAUSE, ZERO - minutes(20), "no-signal")
    lanes.mark(Lane.ROSTER, ZERO - minutes(20), "open:上午")
    return why(alert, lanes, ZERO + minutes(5), {"yellow_s": "hall.yaml rules.absence.yellow_s (line 7)"})


def classes(component: Any) -> list[tuple[str, dict[str, str]]]:
    """The class names and styles of everything in a part of a page."""
    if isinstance(component, list | tuple):
        return [found for part in component for found in classes(part)]
    if not isinstance(component, html.Div | html.Small | html.P | html.B):
        return []
    own = (getattr(component, "className", ""), getattr(component, "style", {}))
    return [own, *classes(getattr(component, "children", None))]


def test_the_four_lanes_the_crossing_and_the_rule_are_told() -> None:
    shown = explanation(told(absence()), "zh", SAY)
    assert text(shown).startswith("起 09:00:00 预警 09:05:00 画面 有人 无人 ")
    for part in ("叫号", "暂停", "岗位安排", "同区等候 4", "应开 上午", "第 2 版", "满 04:45"):
        assert part in text(shown)
    assert "Absent" not in text(explanation(told(absence()), "en", words("en")))


def test_what_crosses_at_once_is_not_said_to_have_lasted_for_nothing() -> None:
    waited = Alert(Rule.WAIT, "hc01", "za", ZERO, ZERO, Level.YELLOW, values={"version": 2.0})
    said = text(explanation(told(waited), "zh", SAY))
    assert "测得的数值达到阈值" in said
    assert "满 00:00" not in said


def test_a_mark_at_the_end_has_its_words_before_it() -> None:
    marks = {name: style for name, style in classes(explanation(told(absence()), "zh", SAY)) if "why-mark is" in name}
    assert set(marks["why-mark is-since"]) == {"left"}
    assert set(marks["why-mark is-opened is-late"]) == {"right"}


def test_what_nobody_kept_is_said_and_strange_codes_are_shown_as_they_are() -> None:
    for nothing in (None, {"schema": "why/9"}):
        assert text(explanation(nothing, "zh", SAY)) == SAY("why.none")
    assert state_word("strange:thing", "zh", SAY) == "strange thing"
    assert sources(None) == {}


def test_an_alert_explains_itself_by_what_was_in_force_then(site: Site) -> None:
    alert = absence("sz01")
    alert_records.save(site.engine, replace(alert, why=told(alert)), site.now)
    record = alert_records.alert(site.engine, alert.key)
    assert record is not None
    later = replace(site.settings, halls=(), cameras=(), regions=())  # the hall is gone, and with it its thresholds
    with site.app.test_request_context("/"):
        shown = text(page.layout(record, office_of(site, later, site.now), visit()))
    assert "hall.yaml rules.absence.yellow_s (line 7)" in shown
    assert "第 2 版" in shown
    assert "15 秒" in shown
