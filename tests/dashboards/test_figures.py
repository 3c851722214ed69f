"""Every figure of the page, counted a second time from the stores and the live messages."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import ROUND_FLOOR, Decimal
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component
from sqlalchemy import Engine, text

from config.settings import Settings
from dashboards import figures
from dashboards.pages import situation
from dashboards.visit import Visit
from monitor.adapters import alert_records, issue_records
from monitor.adapters.alert_records import AlertRecord
from monitor.adapters.database import open_database
from monitor.alerts import Rule
from monitor.issues import Action, Photograph
from monitor.verdicts import Verdict, VerdictKind
from tests.dashboards import city

NOW = city.NOW
STALE = timedelta(seconds=90)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return city.settings(tmp_path)


@pytest.fixture
def engine(settings: Settings) -> Engine:
    engine = open_database(settings.stores.database)
    city.record(engine, settings.stores.evidence, settings, NOW)
    keys = [alert.key for alert in city.alerts(NOW)]
    for key, kind in zip(keys, (VerdictKind.REMINDED, VerdictKind.FALSE, VerdictKind.REASONABLE), strict=False):
        alert_records.judge(engine, Verdict(key, kind, "back_office", "监督员", NOW))
    photo = Photograph("issues/aa/a.jpg", "0" * 64, 4, 3)
    for number, action, more in (
        ("WH-2026-000001", Action.DISPATCH, {"unit": "甲"}),
        ("WH-2026-000002", Action.DISPATCH, {"unit": "乙"}),
        ("WH-2026-000001", Action.SUBMIT, {"reason": "已改", "photographs": (photo,)}),
        ("WH-2026-000001", Action.CLOSE, {}),
    ):
        found = issue_records.issue(engine, number)
        assert found is not None
        issue_records.apply(engine, number, action, "监督员", NOW, expected_version=found[0].version, **more)
    return engine


@pytest.fixture
def messages(settings: Settings) -> dict[str, Any]:
    return {hall.id: city.message(settings, hall.id, NOW, city.alerts(NOW)) for hall in settings.halls}


@pytest.fixture
def shown(settings: Settings, engine: Engine, messages: dict[str, Any]) -> dict[str, Any]:
    return figures.figures(settings, figures.read(engine, NOW), messages, NOW, STALE)


def floored(a: int, b: int) -> dict[str, Any]:
    share = (Decimal(100 * a) / b).quantize(Decimal("0.01"), ROUND_FLOOR) if b else None
    return {"a": a, "b": b, "text": "—" if share is None else f"{share}%"}


def count(engine: Engine, sql: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(sql)).scalar_one())


def test_windows_eyes_and_queues_are_those_of_the_live_messages(
    shown: dict[str, Any], messages: dict[str, Any]
) -> None:
    states = Counter(window["state"] for message in messages.values() for window in message["windows"])
    windows = shown["kpi"]["windows"]
    assert windows["on"] == states["ON_DUTY"] + states["SERVING"]
    assert windows["away"] == states["AWAY_WARN"] + states["AWAY_ALERT"]
    assert windows["unknown"] == states["UNKNOWN"] > 0
    assert windows["due"] == sum(states.values()) == 40
    assert windows["due"] == sum(windows[part] for part in ("on", "away", "stepped", "paused", "unknown"))
    seeing = sum(message["cameras"]["seeing"] for message in messages.values())
    assert shown["kpi"]["eyes"] == floored(seeing, 18)
    waiting = [zone["waiting"] for message in messages.values() for zone in message["zones"]]
    assert shown["kpi"]["waiting"]["total"] == sum(people for people in waiting if people is not None)
    assert shown["kpi"]["waiting"]["unseen"] == waiting.count(None) == 1


def test_rows_of_halls_add_up_to_the_key_figures(shown: dict[str, Any]) -> None:
    rows = [hall for area in shown["areas"] for hall in area["halls"]]
    for part in ("on", "away", "unknown", "due"):
        assert sum(row[part] for row in rows) == shown["kpi"]["windows"][part]
    assert sum(row["waiting"] or 0 for row in rows) == shown["kpi"]["waiting"]["total"]
    assert sum(row["eyes"]["a"] for row in rows) == shown["kpi"]["eyes"]["a"]
    assert sum(zone["waiting"] or 0 for zone in shown["zones"]) == shown["kpi"]["waiting"]["total"]


def test_alerts_are_those_on_record(shown: dict[str, Any], engine: Engine) -> None:
    alerts = shown["kpi"]["alerts"]
    assert alerts["pending"] == len(shown["feed"])
    assert alerts["pending"] == count(
        engine, "SELECT count(*) FROM alerts WHERE key NOT IN (SELECT alert_key FROM verdicts)"
    )
    assert alerts["handled"] == count(engine, "SELECT count(*) FROM verdicts") == len(shown["handled"])
    adopted = count(engine, "SELECT count(*) FROM verdicts WHERE kind IN ('reminded', 'issue')")
    assert alerts["adopted"] == floored(adopted, alerts["handled"])


def test_open_alerts_come_first_then_the_most_severe(shown: dict[str, Any]) -> None:
    order = [(alert["until"] is not None, -alert["severity"]) for alert in shown["feed"]]
    assert order == sorted(order)
    assert len(order) == 3


def test_ratings_are_those_on_record(shown: dict[str, Any], engine: Engine) -> None:
    valid = "SELECT count(*) FROM ratings WHERE NOT test AND channel <> 'COIN'"
    n = count(engine, valid)
    assert shown["kpi"]["ratings"] == {
        "n": n,
        "bad": count(engine, f"{valid} AND level < 3"),
        "coin": count(engine, "SELECT count(*) FROM ratings WHERE NOT test AND channel = 'COIN'"),
    }
    assert shown["kpi"]["satisfaction"] == floored(count(engine, f"{valid} AND level >= 3"), n)
    levels = {str(level): count(engine, f"{valid} AND level = {level}") for level in (1, 2, 3, 4, 5)}
    assert shown["ratings"]["levels"] == levels
    assert sum(levels.values()) == n
    assert shown["ratings"]["shares"] == {level: floored(number, n)["text"] for level, number in levels.items()}


def test_issues_are_those_on_record(shown: dict[str, Any], engine: Engine) -> None:
    assert shown["kpi"]["issues"]["open"] == count(engine, "SELECT count(*) FROM issues WHERE status <> 'CLOSED'") == 2
    closed = count(engine, "SELECT count(*) FROM issues WHERE status = 'CLOSED'")
    dispatched = count(engine, "SELECT count(*) FROM issues WHERE dispatched_at IS NOT NULL")
    assert shown["kpi"]["completion"] == floored(closed, dispatched) == {"a": 1, "b": 2, "text": "50.00%"}
    assert sum(shown["issues"].values()) == count(engine, "SELECT count(*) FROM issues")


def test_a_hall_gone_quiet_is_unknown_not_on_duty(settings: Settings, engine: Engine, messages: dict[str, Any]) -> None:
    later = NOW + STALE + timedelta(seconds=1)
    shown = figures.figures(settings, figures.read(engine, later), messages, later, STALE)
    assert shown["kpi"]["windows"] == {"due": 40, "on": 0, "away": 0, "stepped": 0, "paused": 0, "unknown": 40}
    assert shown["kpi"]["eyes"] == floored(0, 18)
    assert shown["kpi"]["waiting"]["total"] is None
    assert {hall["worst"] for area in shown["areas"] for hall in area["halls"]} == {"unknown"}


def test_a_message_of_a_time_to_come_is_not_believed(
    settings: Settings, engine: Engine, messages: dict[str, Any]
) -> None:
    before = NOW - timedelta(hours=1)
    shown = figures.figures(settings, figures.read(engine, before), messages, before, STALE)
    assert shown["kpi"]["windows"]["unknown"] == 40


def test_without_any_record_no_rate_is_made_up(settings: Settings, tmp_path: Path) -> None:
    empty = figures.Records((), (), ())
    shown = figures.figures(settings, empty, {}, NOW, STALE)
    assert shown["kpi"]["satisfaction"]["text"] == shown["kpi"]["completion"]["text"] == "—"
    assert shown["kpi"]["alerts"]["adopted"]["text"] == "—"


def test_every_place_on_the_page_names_a_figure_there_is(settings: Settings, shown: dict[str, Any]) -> None:
    paths = set(figure_paths(situation.layout(settings, Visit("zh", {}), 90)))
    assert len(paths) > 40
    for path in paths - {"kpi.waiting.longest.waiting"}:
        value: Any = shown
        for name in path.split("."):
            value = value[name]
        assert isinstance(value, int | str), path


def figure_paths(component: Any) -> list[str]:
    """Every figure that the page's elements name."""
    found = []
    if isinstance(component, Component):
        names = ("data-figure", "data-alarm", "data-share", "data-whole", "data-if", "data-unless")
        found = [str(getattr(component, name)) for name in names if getattr(component, name, None)]
        component = getattr(component, "children", None)
    if isinstance(component, list | tuple):
        return found + [path for child in component for path in figure_paths(child)]
    return found + (figure_paths(component) if isinstance(component, Component) else [])


def test_shadow_halls_and_cameras_ask_for_nobody(settings: Settings) -> None:
    base = city.alerts(NOW)[0]
    records = tuple(
        AlertRecord(one, None, (), None)
        for one in (base, replace(base, place="w009", shadow=True), replace(base, place="c1", rule=Rule.CAMERA))
    )
    rows = figures.feed(records, {}, NOW, STALE)
    assert [row["place"] for row in rows] == [base.place]
    assert figures.alert_figures(records, NOW)["pending"] == 1


def test_windows_that_cross_together_are_one_card_and_each_is_named(settings: Settings) -> None:
    base = replace(city.alerts(NOW)[0], until=None)
    alerts = [replace(base, place=f"w{number:03}") for number in range(1, 12)]
    records = tuple(AlertRecord(one, None, (), None) for one in alerts)
    rows = figures.feed(records, {}, NOW, STALE)
    (card,) = figures.grouped(settings, records, rows)
    assert [member["place"] for member in card["members"]] == [one.place for one in alerts]
    few = records[:9]
    alone = figures.grouped(settings, few, figures.feed(few, {}, NOW, STALE))
    assert len(alone) == 9
    assert all(row["members"] == [] for row in alone)


def test_an_event_stays_one_card_while_its_alerts_are_judged_one_by_one(settings: Settings) -> None:
    base = replace(city.alerts(NOW)[0], until=None)
    alerts = [replace(base, place=f"w{number:03}") for number in range(1, 11)]
    verdict = Verdict(alerts[0].key, VerdictKind.REMINDED, "", "supervisor", NOW)
    records = tuple(AlertRecord(one, verdict if one is alerts[0] else None, (), None) for one in alerts)
    (card,) = figures.grouped(settings, records, figures.feed(records, {}, NOW, STALE))
    assert [member["place"] for member in card["members"]] == [one.place for one in alerts[1:]]
    last = tuple(replace(one, verdict=replace(verdict, alert_key=one.alert.key)) for one in records[:9]) + records[9:]
    (card,) = figures.grouped(settings, last, figures.feed(last, {}, NOW, STALE))
    assert (card["place"], card["members"]) == (alerts[9].place, [])
