"""The hub: whole state first, then the newest of what changed, never a queue."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from dashboards.live import Hub, HubFull, stream
from tests.dashboards import city

NOW = city.NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return city.settings(tmp_path)


@pytest.fixture
def hub(settings: Settings) -> Hub:
    return Hub(frozenset(hall.id for hall in settings.halls), places=2)


def events(text: str) -> list[tuple[str, dict[str, Any]]]:
    """The events of a stretch of the stream, without the beats."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n") if block]
    told = [(lines[0].removeprefix("event: "), json.loads(lines[1].removeprefix("data: "))) for lines in blocks]
    return [(name, payload) for name, payload in told if name != "beat"]


def test_a_new_page_gets_the_whole_state(hub: Hub, settings: Settings) -> None:
    for hall in settings.halls:
        hub.put(city.message(settings, hall.id, NOW))
    hub.put_figures({"schema": "figures/1"})
    told = events(hub.listen().take(0))
    assert [name for name, _ in told] == ["hall", "hall", "hall", "figures"]
    assert {payload["hall"] for name, payload in told if name == "hall"} == {hall.id for hall in settings.halls}


def test_a_slow_page_gets_the_newest_of_each_hall(hub: Hub, settings: Settings) -> None:
    listener = hub.listen()
    for version in range(100):
        hub.put(city.message(settings, "hc01", NOW + timedelta(seconds=version), version=version))
        hub.put(city.message(settings, "sz01", NOW + timedelta(seconds=version), version=version))
    assert sorted((payload["hall"], payload["version"]) for _, payload in events(listener.take(0))) == [
        ("hc01", 99),
        ("sz01", 99),
    ]


def test_after_the_whole_state_only_what_changed(hub: Hub, settings: Settings) -> None:
    hub.put(city.message(settings, "hc01", NOW))
    listener = hub.listen()
    listener.take(0)
    hub.put(city.message(settings, "sz01", NOW))
    assert [payload["hall"] for _, payload in events(listener.take(0))] == ["sz01"]
    assert listener.take(0) == ""


def test_after_a_clock_is_set_back_the_hall_goes_on(hub: Hub, settings: Settings) -> None:
    hub.put(city.message(settings, "hc01", NOW, version=900))
    hub.put(city.message(settings, "hc01", NOW - timedelta(hours=1), version=1))
    assert hub.messages()["hc01"]["version"] == 1


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_no_browser_reads_is_not_sent_on(hub: Hub, settings: Settings, number: float) -> None:
    listener = hub.listen()
    with pytest.raises(ValueError, match="not JSON compliant"):
        hub.put({**city.message(settings, "hc01", NOW), "unread": number})
    assert hub.messages() == {}
    assert listener.take(0) == ""


def test_half_a_character_does_not_break_the_stream(hub: Hub, settings: Settings) -> None:
    hub.put({**city.message(settings, "hc01", NOW), "unread": "\ud800"})
    assert hub.listen().take(0).encode("utf-8")


def test_the_broker_is_told_down_once_and_up_again(hub: Hub) -> None:
    listener = hub.listen()
    hub.broker_down(NOW)
    hub.broker_down(NOW + timedelta(minutes=1))
    assert events(listener.take(0)) == [("broker", {"down_since": NOW.isoformat()})]
    hub.broker_up()
    assert events(listener.take(0)) == [("broker", {"down_since": None})]


def test_places_are_bounded_and_given_back(hub: Hub) -> None:
    first = hub.listen()
    hub.listen()
    with pytest.raises(HubFull, match="all 2 places"):
        hub.listen()
    hub.leave(first)
    hub.listen()


def test_a_quiet_page_still_hears_a_beat_and_closing_ends_the_stream(hub: Hub) -> None:
    told = stream(hub, hub.listen(), beat_s=0)
    assert next(told).startswith("event: beat\n")
    hub.close()
    assert list(told) == []


def test_who_acted_is_not_kept_waiting() -> None:
    hub = Hub(frozenset())
    assert not hub.wait(0)
    hub.refresh()
    assert hub.wait(60, 60)
    assert not hub.wait(0)
