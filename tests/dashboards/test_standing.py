"""How an alert stands: unknown time is never counted as absence."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from dashboards.standing import as_seen, standings
from monitor.alerts import Alert, lasted_s
from tests.dashboards import city

NOW = city.NOW
STALE = timedelta(seconds=90)
MINUTE = timedelta(minutes=1)
ALERT = next(alert for alert in city.alerts(NOW) if alert.place == "w007")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return city.settings(tmp_path)


def told(settings: Settings, alert: Alert, seen_ago: timedelta) -> dict[str, Any]:
    message = city.message(settings, "sz01", NOW, [alert])
    seen_at = (NOW - seen_ago).isoformat()
    return {**message, "windows": [{**window, "seen_at": seen_at} for window in message["windows"]]}


def test_an_alert_that_is_seen_counts_to_now(settings: Settings) -> None:
    assert as_seen(ALERT, told(settings, ALERT, 0 * MINUTE), NOW, STALE) == (ALERT, NOW)


def test_what_the_hall_tells_is_newer_than_the_record(settings: Settings) -> None:
    newer = replace(ALERT, sees=False, waiting=9)
    alert, counts_to = as_seen(ALERT, told(settings, newer, 3 * MINUTE), NOW, STALE)
    assert (alert, counts_to) == (newer, NOW - 3 * MINUTE)


def test_a_hall_gone_quiet_vouches_for_nothing_after_its_last_look(settings: Settings) -> None:
    message = told(settings, ALERT, 0 * MINUTE)
    alert, counts_to = as_seen(ALERT, message, NOW + timedelta(hours=3), STALE)
    assert (alert.sees, counts_to) == (False, NOW)
    assert lasted_s(alert, counts_to) == lasted_s(ALERT, NOW)


def test_an_alert_nobody_tells_of_counts_to_its_opening() -> None:
    assert as_seen(ALERT, None, NOW, STALE) == (replace(ALERT, sees=False), ALERT.opened_at)


def test_a_tidal_window_that_the_roster_has_opened_counts_as_what_it_is(settings: Settings) -> None:
    (hall,) = (one for one in settings.halls if one.id == "sz01")
    tidal = replace(hall, windows=(replace(hall.windows[0], closed=True), *hall.windows[1:]))
    site = replace(settings, halls=(tidal,))
    message = city.message(settings, "sz01", NOW, [])
    state = message["windows"][0]["state"]
    (heard,) = standings(site, {"sz01": message}, NOW, STALE)
    assert (heard.due, heard.states[state]) == (len(hall.windows), sum(w["state"] == state for w in message["windows"]))
    (quiet,) = standings(site, {}, NOW, STALE)
    assert (quiet.due, quiet.states["CLOSED"]) == (len(hall.windows) - 1, 1)
