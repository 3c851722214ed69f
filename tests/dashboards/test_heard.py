"""What is let through to the pages: whole live messages of our halls, and nothing that would break a figure."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from dashboards import figures
from dashboards.heard import BadLive, check, read
from tests.dashboards import city

NOW = city.NOW


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return city.settings(tmp_path)


WINDOW = {"id": "w001", "state": "ON_DUTY", "since": None, "reason": "", "pause_signal": True, "seen_at": None}
ZONE = {"id": "za", "waiting": 3, "seen_at": None, "open_windows": 2, "level": "green"}
ALERT = {"key": "a", "sees": True, "waiting": None, "people": None, "severity": 1.5}
CAMERAS = {"total": 6, "seeing": 6, "blind": []}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"schema": "live/2"}, "schema: .*'live/1', found 'live/2'"),
        ({"hall": "xx99"}, "hall 'xx99' is not in the configuration"),
        ({"hall": ["hc01"]}, "hall: "),
        ({"at": "yesterday"}, "at: .*found 'yesterday'"),
        ({"at": "2026-11-20T10:00:00"}, "at: .*a time with an offset"),
        ({"at": 1763600000}, "at: "),
        ({"detector": None}, "detector: "),
        ({"windows": None}, "windows: "),
        ({"windows": [{"id": "w001"}]}, "windows.0.state: "),
        ({"windows": [{**WINDOW, "id": ["w001"]}]}, "windows.0.id: "),
        ({"windows": [{**WINDOW, "state": "DANCING"}]}, "windows.0.state: .*found 'DANCING'"),
        ({"windows": [{**WINDOW, "since": "noon"}]}, "windows.0.since: "),
        ({"zones": ["za"]}, "zones.0: "),
        ({"zones": [{**ZONE, "waiting": "three"}]}, "zones.0.waiting: "),
        ({"zones": [{**ZONE, "waiting": -1}]}, "zones.0.waiting: "),
        ({"zones": [{**ZONE, "level": {}}]}, "zones.0.level: "),
        ({"cameras": [CAMERAS]}, "cameras: "),
        ({"cameras": {"seeing": 1}}, "cameras.total: "),
        ({"cameras": {**CAMERAS, "seeing": -1}}, "cameras.seeing: "),
        ({"cameras": {**CAMERAS, "blind": ["c1"]}}, "cameras.blind.0: "),
        ({"alerts": [{**ALERT, "severity": "high"}]}, "alerts.0.severity: "),
        ({"alerts": [{**ALERT, "severity": float("nan")}]}, "alerts.0.severity: "),
        ({"late": None}, "late: "),
        ({"stretch": "much"}, "stretch: "),
        ({"on_time": 1.2}, "on_time: "),
        ({"slow_since": "noon"}, "slow_since: "),
        ({"cameras": {**CAMERAS, "unwatched": -1}}, "cameras.unwatched: "),
        ({"cameras": {**CAMERAS, "clocks": [{"id": "c1"}]}}, "cameras.clocks.0.off_s: "),
    ],
)
def test_a_message_that_cannot_be_shown_is_refused(settings: Settings, change: dict[str, Any], said: str) -> None:
    with pytest.raises(BadLive, match=said) as refused:
        check({**city.message(settings, "hc01", NOW), **change}, frozenset({"hc01"}))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("whole", [None, [], "live/1", 7])
def test_what_is_no_mapping_is_refused(whole: Any) -> None:
    with pytest.raises(BadLive, match="as a whole"):
        check(whole, frozenset({"hc01"}))


@pytest.mark.parametrize("payload", [b"", b"{", b"\xff\xfe", b"[" * 200_000])
def test_what_is_not_json_is_refused(payload: bytes) -> None:
    with pytest.raises(BadLive, match="expected JSON"):
        read(payload)


def test_what_no_page_reads_may_be_anything_and_may_be_absent(settings: Settings) -> None:
    message = {**city.message(settings, "hc01", NOW), "weather": [None], "version": "newest"}
    del message["detector"]
    del message["late"]
    assert check(message, frozenset({"hc01"})) == "hc01"
    figures.figures(settings, figures.Records((), (), ()), {"hc01": message}, NOW, timedelta(seconds=90))
