"""Every page with odd addresses, on a site without cameras, and on one without anything."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from dashboards.app import PAGES, build
from dashboards.arranging import declare
from dashboards.live import Hub
from dashboards.office import Office
from dashboards.pages import roster
from dashboards.visit import visit
from monitor.adapters.database import open_database
from monitor.calendar import today
from monitor.roster import Arrangement, Refused
from tests.dashboards import city

ODD = (
    "",
    "?day=9999-12-31",
    "?day=0001-01-01",
    "?day=2026-02-30",
    "?days=²",
    "?days=-1",
    "?hall=..&window=..&key=%00",
    "?hall=hc01&window=none&key=%F0%9F%98%80",
)


@contextmanager
def office_of(settings: Settings) -> Iterator[Office]:
    engine, hub = open_database(settings.stores.database), Hub(frozenset(hall.id for hall in settings.halls))
    app = build(settings, engine, hub, settings.stores.evidence)
    with app.test_request_context("/"):
        yield Office(
            settings,
            engine,
            settings.stores.evidence,
            lambda: datetime.now(UTC),
            timedelta(seconds=30),
            hub.messages,
            lambda: None,
        )
    hub.close()
    engine.dispose()


@pytest.mark.parametrize("without", ["nothing", "cameras", "halls"])
def test_every_page_is_shown_whatever_is_asked_of_it(tmp_path: Path, without: str) -> None:
    settings = city.settings(tmp_path)
    if without != "nothing":
        settings = replace(settings, cameras=(), regions=())
    if without == "halls":
        settings = replace(settings, halls=(), hours={})
    with office_of(settings) as office:
        for show in PAGES.values():
            for search in ODD:
                assert show(office, visit(search)) is not None


def test_a_window_arranges_nothing_but_its_own(tmp_path: Path) -> None:
    with office_of(city.settings(tmp_path)) as office:
        assert declare(office, "hc01", "w001", Arrangement.BACK_OFFICE, "cases").window == "w001"
        with pytest.raises(Refused):
            declare(office, "hc01", "w001", Arrangement.LEAVE)


def test_the_roster_does_not_say_that_a_window_is_opened_which_the_configuration_closes(tmp_path: Path) -> None:
    settings = city.settings(tmp_path)
    hall = settings.halls[0]
    resting = replace(hall, windows=(replace(hall.windows[0], closed=True), *hall.windows[1:2]))
    with office_of(settings) as office:
        told = str(roster.listing(office, resting, today(office.clock()), visit("")))
    assert (told.count("配置为不开窗"), told.count("按常规开窗")) == (1, 1)
