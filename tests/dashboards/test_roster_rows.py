"""Rows of a roster file: what people write in cells, understood or refused cell by cell."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.settings import Settings
from dashboards.roster_rows import COLUMNS, Flaw, entry_of, follow, moment_of
from monitor.calendar import BEIJING
from monitor.roster import Arrangement, Entry, Refused
from tests.dashboards import city

ROW = {
    "hall": "hc01",
    "window": "w001",
    "kind": "请假",
    "since": "2026-11-20",
    "until": "2026-11-22",
    "reason": "",
    "substitute": "*",
    "by": "科室负责人",
}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return city.settings(Path(tmp_path_factory.mktemp("city")))


def told(settings: Settings, **changes: Any) -> Entry:
    entry = entry_of(2, ROW | changes, settings)
    assert isinstance(entry, Entry), entry
    return entry


def beijing(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BEIJING)  # type: ignore[arg-type, misc]


def test_a_row_is_an_entry(settings: Settings) -> None:
    assert told(settings) == Entry(
        "hc01:w001:leave:20261120T0000",
        "hc01",
        "w001",
        Arrangement.LEAVE,
        beijing(2026, 11, 20),
        beijing(2026, 11, 23),
        "",
        "*",
        "科室负责人",
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"hall": "环翠区政务服务中心", "window": "01 综合受理", "kind": "leave", "substitute": "顶岗人员到本窗口"},
        {"hall": "Huancui District Service Centre", "window": "Window 01", "kind": "on leave"},
        {"since": date(2026, 11, 20), "until": "2026-11-22 24:00"},
        {"since": datetime(2026, 11, 20, 0, 0), "until": datetime(2026, 11, 23, 0, 0)},  # noqa: DTZ001  # as Excel says
        {"since": " 2026/11/20 0:00 ", "until": "2026年11月22日"},
    ],
)
def test_the_same_may_be_written_in_several_ways(settings: Settings, changes: dict[str, Any]) -> None:
    assert told(settings, **changes) == told(settings)


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"hall": "hc09"}, "hall"),
        ({"window": ""}, "window"),
        ({"window": "w099"}, "window"),
        ({"kind": "旅游"}, "kind"),
        ({"since": ""}, "since"),
        ({"since": "12月1日"}, "since"),
        ({"until": "2026-02-30"}, "until"),
        ({"until": "2026-11-20 25:00"}, "until"),
        ({"reason": "感冒"}, "reason"),
        ({"substitute": "w099"}, "substitute"),
    ],
)
def test_what_is_wrong_is_named_with_its_column(settings: Settings, changes: dict[str, Any], column: str) -> None:
    flaw = entry_of(7, ROW | changes, settings)
    assert isinstance(flaw, Flaw)
    assert (flaw.row, flaw.column) == (7, column)


def test_a_day_ends_at_its_end() -> None:
    assert moment_of("2026-11-20", "until", ends=True) == beijing(2026, 11, 21)
    assert moment_of("2026-11-20 24:00", "since") == beijing(2026, 11, 21)
    assert moment_of("2026-11-20 12:30", "until", ends=True) == beijing(2026, 11, 20, 12, 30)
    assert moment_of(None, "until", ends=True) is None


@pytest.mark.parametrize("text", ["9999-12-31", "0001-01-01 00:00", "1026-11-20 08:00", "9999-12-31 24:00"])
def test_a_time_of_another_age_is_a_mistake(text: str) -> None:
    with pytest.raises(Refused):
        moment_of(text, "until", ends=True)
    with pytest.raises(Refused):
        moment_of(datetime.fromisoformat(text[:10]), "until", ends=True)


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text() | st.none() | st.dates() | st.datetimes()))
def test_no_cell_is_too_strange(settings: Settings, cells: dict[str, Any]) -> None:
    assert isinstance(entry_of(2, ROW | cells, settings), Entry | Flaw)


@given(st.text(max_size=30))
def test_no_time_is_too_strange(text: str) -> None:
    try:
        found = moment_of(text, "since")
    except Refused:
        return
    assert found is None or found.tzinfo is not None


def test_a_file_read_again_follows_what_is_on_record(settings: Settings) -> None:
    entry = told(settings)
    assert follow([entry], lambda id: None) == [entry]
    assert follow([entry], lambda id: entry) == [entry]
    longer = replace(entry, until=entry.since + timedelta(days=9))
    assert follow([longer], lambda id: entry) == [replace(longer, version=2)]
    gone = replace(entry, version=2, withdrawn=True, until=datetime(2026, 11, 21, tzinfo=UTC))
    assert follow([entry], lambda id: gone) == [gone]
