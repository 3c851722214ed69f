"""What comes with the package: the calendar, the scales, the demo and the example."""

from dataclasses import asdict
from datetime import date, time, timedelta
from pathlib import Path

import pytest
import yaml

from camera_ingest.camera import CADENCE
from config.mistakes import ConfigError
from config.schema import SHIPPED, Settings, load
from models.regions import RegionKind
from monitor.calendar import Calendar, DayKind
from monitor.halls import HallRule
from monitor.hours import Hours
from monitor.places import Hall, HallLevel, Segment, SegmentKind, Window, Zone
from monitor.presence import AbsenceRule
from monitor.queues import QueueRule

VARIABLES = {"HW_C1_USER": "u", "HW_C1_PASSWORD": "geheim", "HW_C2_USER": "u", "HW_C2_PASSWORD": "geheim"}


@pytest.fixture
def demo() -> Settings:
    return load(SHIPPED / "demo.yaml", {})


@pytest.fixture
def example() -> Settings:
    return load(SHIPPED / "example.yaml", VARIABLES)


def worked(calendar: Calendar, year: int) -> int:
    days = (date(year, 1, 1) + timedelta(days) for days in range(366))
    return sum(calendar.kind(day) in (DayKind.WORKDAY, DayKind.MAKE_UP) for day in days if day.year == year)


@pytest.mark.parametrize(
    ("year", "working_days", "make_up"),
    [
        (2020, 249, "01-19 04-26 05-09 06-28 09-27 10-10"),
        (2021, 250, "02-07 02-20 04-25 05-08 09-18 09-26 10-09"),
        (2022, 249, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, 249, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, 251, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, 248, "01-26 02-08 04-27 09-28 10-11"),
        (2026, 248, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ],
)
def test_working_days_of_a_year(demo: Settings, year: int, working_days: int, make_up: str) -> None:
    assert worked(demo.calendar, year) == working_days
    days = sorted(day for day in demo.calendar.workdays if day.year == year)
    assert " ".join(f"{day:%m-%d}" for day in days) == make_up
    assert all(day.isoweekday() > 5 for day in days)


@pytest.mark.parametrize("year", range(2020, 2027))
def test_make_up_days_have_the_hours_of_a_monday_and_holidays_none(demo: Settings, year: int) -> None:
    monday = Segment("上午", (1,), time(8, 30), time(12))
    weekend = Segment("周末预约", (6, 7), time(9), time(11), SegmentKind.APPOINTMENT)
    always = Segment("自助", (1, 2, 3, 4, 5, 6, 7), time(0), time(0))
    windows = (Window("w001", "01", "za"), Window("w002", "02", "za", segments=(always,)))
    hall = Hall("hc01", "", "", HallLevel.CITY, (monday, weekend), (Zone("za", ""),), windows)
    hours = Hours(hall, demo.calendar)
    for day in sorted(day for day in demo.calendar.workdays if day.year == year):
        assert [service.segment for service in hours.day("w001", day)] == [monday], day
    for day in sorted(day for day in demo.calendar.holidays if day.year == year):
        assert not hours.day("w001", day), day
        assert [service.segment for service in hours.day("w002", day)] == [always], day


def test_the_calendar_does_not_contradict_itself_and_knows_its_end(demo: Settings) -> None:
    assert not demo.calendar.holidays & demo.calendar.workdays
    assert demo.calendar.last_year == max(day.year for day in demo.calendar.holidays) == 2026
    assert demo.calendar.kind(date(2027, 1, 4)) is DayKind.UNPUBLISHED


@pytest.mark.parametrize(
    ("scale", "levels"),
    [
        ("NAT5", {"5": 5, "4": 4, "3": 3, "2": 2, "1": 1}),
        ("GB39046", {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}),
        ("KEY5_DESC", {"0": 5, "1": 4, "2": 3, "3": 2, "4": 1}),
        ("KEY4", {"1": 5, "2": 4, "3": 3, "4": 2}),
        ("QS134", {"4": 5, "3": 4, "1": 2}),
        ("COIN3", {"1": 4, "2": 3, "3": 2}),
        ("HON4", {"0": 1, "1": 2, "2": 4, "3": 5}),
        ("HON5", {"0": 1, "1": 2, "2": 3, "3": 4, "4": 5}),
        ("HON5R", {"0": 5, "1": 4, "2": 3, "3": 2, "4": 1}),
    ],
)
def test_scales(demo: Settings, scale: str, levels: dict[str, int]) -> None:
    assert demo.scales[scale].levels == levels


def test_the_demo_is_simulated_short_and_empty(demo: Settings) -> None:
    rule = demo.thresholds.site_absence
    assert demo.simulated
    assert (rule.hint_s, rule.yellow_s, rule.red_waiting_s, rule.red_s) == (20, 60, 60, 120)
    assert (rule.rearm_s, rule.unknown_reset_s, rule.smooth_n) == (30, 60, 6)
    assert (demo.thresholds.site_queue.yellow_s, demo.thresholds.site_queue.red_s) == (60, 120)
    assert (demo.broker.mode, demo.broker.host, demo.broker.port) == ("embedded", "127.0.0.1", 18830)
    assert not (demo.areas or demo.halls or demo.cameras or demo.regions or demo.devices)


def test_the_example_spells_out_the_real_thresholds(example: Settings) -> None:
    assert (example.thresholds.site_absence, example.thresholds.site_queue) == (AbsenceRule(), QueueRule())


def test_every_default_stands_in_the_shipped_file_with_its_value() -> None:
    written = yaml.safe_load((SHIPPED / "rules" / "presence.yaml").read_text(encoding="utf-8"))
    defaults = {
        "absence": asdict(AbsenceRule()),
        "queue": asdict(QueueRule()),
        "hall_rule": asdict(HallRule()),
    }
    assert {name: written[name] for name in defaults} == defaults
    assert written.keys() - defaults == {"overrides"}


def test_the_example_watches_one_hall_with_two_cameras(example: Settings) -> None:
    (hall,) = example.halls
    assert (len(hall.windows), len(hall.zones), len(example.cameras)) == (3, 1, 2)
    assert all(camera.login and camera.cadence == CADENCE[camera.role] for camera in example.cameras)
    assert {region.kind for region in example.regions} == set(RegionKind)
    assert "geheim" not in repr(example)


def test_the_example_names_the_variables_it_needs() -> None:
    with pytest.raises(ConfigError) as refused:
        load(SHIPPED / "example.yaml", {})
    assert all(any(name in str(mistake) for mistake in refused.value.mistakes) for name in VARIABLES)


def test_a_copy_of_the_example_loads_elsewhere(tmp_path: Path) -> None:
    copy = tmp_path / "mine.yaml"
    copy.write_text((SHIPPED / "example.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert load(copy, VARIABLES).stores.directory == tmp_path / "var"
