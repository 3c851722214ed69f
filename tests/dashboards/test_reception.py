"""How the cameras are looked at: the pace that people are told of, network limits and wrong clocks."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from dashboards import figures
from dashboards.reception import pace
from tests.dashboards import city

NOW = city.NOW
STALE = timedelta(seconds=90)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return city.settings(tmp_path)


def shown(settings: Settings, **changes: dict[str, Any]) -> dict[str, Any]:
    """The figures when the messages of some halls have other values."""
    messages = {hall.id: city.message(settings, hall.id, NOW) | changes.get(hall.id, {}) for hall in settings.halls}
    return figures.figures(settings, figures.Records((), (), ()), messages, NOW, STALE)


def cameras(settings: Settings, hall: str, **more: Any) -> dict[str, Any]:
    return {"cameras": city.message(settings, hall, NOW)["cameras"] | more}


def test_without_a_word_of_it_the_cadences_are_kept(settings: Settings) -> None:
    told = shown(settings)
    expected = {"share": 100, "whole": 100, "stretch": 1.0, "on_time": None, "slow": False, "since": None}
    assert told["kpi"]["pace"] == expected
    assert (told["kpi"]["unwatched"], told["notes"]) == (0, [])


def test_the_worst_shard_is_told_of_and_since_when(settings: Settings) -> None:
    first, later = ((NOW - timedelta(minutes=n)).isoformat() for n in (9, 2))
    told = shown(
        settings,
        sz01={"stretch": 1.53, "on_time": 0.99, "slow_since": later},
        hc01={"stretch": 1.3, "on_time": 0.29, "slow_since": first},
    )
    expected = {"share": 65, "whole": 100, "stretch": 1.5, "on_time": 29, "slow": True, "since": first}
    assert told["kpi"]["pace"] == expected


def test_a_hall_that_is_not_heard_any_more_says_nothing_of_the_pace(settings: Settings) -> None:
    old = (NOW - 2 * STALE).isoformat()
    told = shown(settings, sz01={"stretch": 3.0, "slow_since": old, "at": old})
    assert told["kpi"]["pace"]["stretch"] == 1.0
    assert pace({})["share"] is None


def test_network_limits_and_wrong_clocks_are_listed_after_what_cannot_see(settings: Settings) -> None:
    since = (NOW - timedelta(hours=1)).isoformat()
    clocks = [
        {"id": "rc01-c1", "off_s": 2.5, "since": None},
        {"id": "rc01-c2", "off_s": -61.0, "since": since},
    ]
    told = shown(settings, sz01=cameras(settings, "sz01", unwatched=2), rc01=cameras(settings, "rc01", clocks=clocks))
    assert told["kpi"]["unwatched"] == 2
    assert told["notes"] == [
        {"hall": "sz01", "id": "", "kind": "unwatched", "n": 2},
        {"hall": "rc01", "kind": "clock", "id": "rc01-c2", "off_s": -61.0, "since": since},
        {"hall": "rc01", "kind": "clock", "id": "rc01-c1", "off_s": 2.5, "since": None},
    ]
    assert told["faults"] == 3 + len(told["blind"])


def test_a_city_that_cannot_see_does_not_fill_the_page(settings: Settings) -> None:
    blind = [{"id": f"sz01-c{n}", "reason": "unreachable", "since": NOW.isoformat()} for n in range(2000)]
    clocks = [{"id": f"rc01-c{n}", "off_s": 60.0, "since": None} for n in range(6)]
    told = shown(
        settings,
        sz01=cameras(settings, "sz01", blind=blind, seeing=0),
        rc01=cameras(settings, "rc01", clocks=clocks),
    )
    assert (len(told["blind"]), len(told["notes"]), told["faults"]) == (figures.EYES, 0, 2002 + 6)
    assert len(json.dumps(told)) < 40_000


def test_only_what_is_to_be_seen_first_is_sent(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = shown(settings)
    assert (len(whole["zones"]), whole["zones_more"], whole["feed_more"]) == (6, 0, 0)
    monkeypatch.setattr(figures, "ZONES", 2)
    cut = shown(settings)
    assert (cut["zones"], cut["zones_more"]) == (whole["zones"][:2], 4)
    assert cut["kpi"]["waiting"] == whole["kpi"]["waiting"]
