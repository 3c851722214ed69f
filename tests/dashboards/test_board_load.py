"""The whole city on one board: how much a page is sent each second."""

import json
from datetime import timedelta
from pathlib import Path

from dashboards import figures
from tests.dashboards.board_load import City


def test_the_figures_of_the_whole_city_are_small(tmp_path: Path) -> None:
    town = City(tmp_path)
    town.until(61)
    now = town.begun + timedelta(seconds=61)
    records = figures.read(town.engine, now)
    told = figures.figures(town.settings, records, town.hub.messages(), now, timedelta(seconds=45))
    assert len(json.dumps(told, separators=(",", ":"))) < 64_000
    assert (told["kpi"]["eyes"]["b"], told["kpi"]["windows"]["due"]) == (2064, 1632)
    assert len(told["zones"]) + told["zones_more"] == sum(len(hall.zones) for hall in town.settings.halls)
    assert max(town.bus.sizes) < 50_000
    known = figures.read(town.engine, now, records)
    assert known.issues is records.issues
    assert known.alerts == records.alerts
