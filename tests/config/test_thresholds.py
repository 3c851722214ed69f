"""Thresholds that differ by level, hall, zone, window and segment; usual hours; how what is in force is explained."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from config.explain import explain, find
from config.mistakes import ConfigError
from config.settings import Settings
from monitor.alerts import Rule
from monitor.calendar import BEIJING
from monitor.hours import Service
from tests.config.site import DELETE, loaded

LUNCH = {
    "name": "中午",
    "days": [1, 2, 3, 4, 5],
    "start": "12:00",
    "end": "13:30",
    "kind": "lunch",
    "windows": ["w001"],
}
OVERRIDES = [
    {"level": "district", "absence": {"yellow_s": 310}},
    {"hall": "hc01", "absence": {"yellow_s": 320, "red_s": 700}},
    {"hall": "hc01", "zone": "za", "absence": {"yellow_s": 330}, "queue": {"yellow_open": 5}},
    {"hall": "hc01", "window": "w001", "absence": {"yellow_s": 340}},
    {"hall": "hc01", "window": "w001", "absence": {"yellow_s": 345}},
    {"hall": "hc01", "segment": "上午", "absence": {"yellow_s": 350}, "hall_rule": {"empty_share": 0.3}},
]


def site(tmp_path: Path, *changes: tuple[str, Any]) -> Settings:
    usual = ("rules", {"absence": {"red_waiting_s": 400}, "overrides": OVERRIDES})
    return loaded(tmp_path, ("halls.0.segments.+", LUNCH), usual, *changes)


def service(settings: Settings, window: str, text: str) -> Service | None:
    return settings.hours["hc01"].at(window, datetime.fromisoformat(text).replace(tzinfo=BEIJING))


def test_the_nearest_setting_wins_and_a_segment_is_nearer_than_any_place(tmp_path: Path) -> None:
    settings = site(tmp_path)
    (hall,) = settings.halls
    morning, lunch = hall.segments[0], hall.segments[-1]
    rules = settings.thresholds
    assert rules.absence(hall, "w001", None).yellow_s == 345  # the later of two that are equally near
    assert rules.absence(hall, "w002", None).yellow_s == 330
    assert rules.absence(hall, "w001", morning).yellow_s == 350
    assert (rules.absence(hall, "w001", lunch).yellow_s, rules.absence(hall, "w001", lunch).red_s) == (900, 1200)
    assert rules.absence(hall, "w001", None).red_s == 700
    assert rules.absence(hall, "w001", None).red_waiting_s == 400
    assert rules.queue(hall, "za", morning).yellow_open == 5
    assert rules.hall(hall, morning).empty_share == 0.3
    assert rules.hall(hall, lunch).empty_share == 0.4


def test_every_value_says_where_it_came_from(tmp_path: Path) -> None:
    settings = site(tmp_path)
    (hall,) = settings.halls
    sources = settings.thresholds.sources(hall, Rule.ABSENCE, "w001", hall.segments[-1])
    file = "site.yaml"
    assert sources["yellow_s"] == "presence.yaml overrides[0]"
    assert sources["red_waiting_s"] == "presence.yaml overrides[0]"
    assert sources["hint_s"] == "default"
    assert settings.thresholds.sources(hall, Rule.LATE, "w001", None)["red_s"].startswith(f"{file} rules.overrides[1]")
    assert settings.thresholds.sources(hall, Rule.LATE, "w001", None)["red_waiting_s"].startswith(
        f"{file} rules.absence.red_waiting_s"
    )
    assert settings.thresholds.sources(hall, Rule.WAIT, "za", None)["yellow_open"].startswith(
        f"{file} rules.overrides[2]"
    )


def test_what_is_in_force_at_a_window_is_explained(tmp_path: Path) -> None:
    settings = site(tmp_path)
    ((hall, window),) = find(settings, "w001")
    assert find(settings, "w001", "hc09") == []
    told = explain(settings, hall, window, datetime(2026, 2, 14, 12, 10, tzinfo=BEIJING))
    plain = told.plain()
    assert (plain["day"], plain["service"]["segment"], plain["service"]["kind"]) == ("调休上班", "中午", "lunch")
    assert plain["service"]["opens_at"].startswith("2026-02-14T08:30")
    assert plain["rules"]["absence"]["yellow_s"] == {"value": 900.0, "source": "presence.yaml overrides[0]"}
    (line,) = (line for line in told.lines() if line.split()[:2] == ["yellow_s", "900"])
    assert line.endswith("离岗预警·黄（秒） ← presence.yaml overrides[0]")
    closed = explain(settings, hall, window, datetime(2026, 2, 15, 12, 10, tzinfo=BEIJING))
    assert closed.plain()["service"] is None
    assert "不在服务时段" in "\n".join(closed.lines())


def test_a_hall_without_hours_has_those_of_its_level(tmp_path: Path) -> None:
    usual = {"district": [LUNCH | {"windows": []}]}
    settings = loaded(tmp_path, ("halls.0.segments", DELETE), ("hours", usual))
    assert [segment.name for segment in settings.halls[0].segments] == ["中午"]
    assert service(settings, "w001", "2026-11-20T12:30") is not None
    assert service(settings, "w001", "2026-11-20T14:00") is None
    own = loaded(tmp_path, ("hours", usual))
    assert "中午" not in [segment.name for segment in own.halls[0].segments]


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("rules.overrides", [{"hall": "hc01"}], "rules.overrides[0]: expected values under `absence`, `queue` or"),
        (
            "rules.overrides",
            [{"window": "w001", "absence": {"yellow_s": 400}}],
            "rules.overrides[0]: expected the `hall` that the zone or the window is in, found none",
        ),
        (
            "rules.overrides",
            [{"hall": "hc09", "absence": {"yellow_s": 400}}],
            "rules.overrides[0].hall: expected the id of one of `halls`, found 'hc09'",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "window": "w099", "absence": {"yellow_s": 400}}],
            "rules.overrides[0].window: expected a window of its hall, found 'w099'",
        ),
        (
            "rules.overrides",
            [{"segment": "夜间", "absence": {"yellow_s": 400}}],
            "rules.overrides[0].segment: expected the name of a segment, or usual, lunch",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "absence": {"yelow_s": 400}}],
            "rules.overrides[0].absence.yelow_s: expected a value of absence (perhaps yellow_s?), found this one",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "absence": {"yellow_s": 400}}],
            "rules.overrides[0]: expected hint_s ≤ yellow_s ≤ red_waiting_s ≤ red_s at hc01 w001, found hint_s",
        ),
        (
            "halls.0.segments.+",
            LUNCH | {"start": "11:00"},
            "halls[hc01].segments[1]: expected segments that do not overlap, as 上午 and 中午 do, found the same time",
        ),
        (
            "halls.0.segments.+",
            LUNCH | {"windows": ["w077"]},
            "halls[hc01].segments[1].windows: expected windows of the hall, found 'w077'",
        ),
        (
            "halls.0.segments.+",
            LUNCH | {"first": "02-30", "last": "05-31"},
            "halls[hc01].segments[1].first: expected a day of the year such as 10-01, found '02-30'",
        ),
        (
            "halls.0.segments.+",
            LUNCH | {"first": "02-01"},
            "halls[hc01].segments[1]: expected both `first` and `last` of a season, or neither, found one of them",
        ),
        (
            "rules.overrides",
            [{"absence": {"rearm_s": 200}}],
            "rules.overrides[0]: expected a level, hall, zone, window or segment (for the whole site write it under",
        ),
        (
            "rules.overrides",
            [{"level": "town", "hall": "hc01", "absence": {"rearm_s": 200}}],
            "rules.overrides[0].level: expected nothing beside a `hall`, found 'town'",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "zone": "za", "window": "w001", "absence": {"rearm_s": 200}}],
            "rules.overrides[0].zone: expected nothing beside a `window`, found 'za'",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "window": "w001", "queue": {"yellow_open": 5}}],
            "rules.overrides[0].queue: expected values of a queue at a zone, as any window of it takes any matter",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "zone": "za", "hall_rule": {"empty_share": 0.5}}],
            "rules.overrides[0].hall_rule: expected values of the hall as a whole at no part of it, found them at a",
        ),
        (
            "rules.overrides",
            [{"hall": "hc01", "absence": {"smooth_n": 2.5}}],
            "rules.overrides[0].absence.smooth_n: expected a whole number, found 2.5",
        ),
        (
            "rules.overrides",
            [{"level": "town", "absence": {"yellow_s": -5}}],
            "rules.overrides[0].absence.yellow_s: expected more than 0, found -5",
        ),
        (  # the site has no hall of that level yet
            "rules.overrides",
            [{"level": "town", "absence": {"yellow_s": 420}}],
            "rules.overrides[0]: expected hint_s ≤ yellow_s ≤ red_waiting_s ≤ red_s at town, found hint_s 180",
        ),
        (
            "halls.0.zones.0.segments",
            [LUNCH | {"windows": ["w077"]}],
            "halls[hc01].zones[za].segments[0].windows: expected windows of the zone, found 'w077'",
        ),
        (
            "halls.0.windows.0.segments",
            [LUNCH | {"windows": ["w002"]}],
            "halls[hc01].windows[w001].segments[0].windows: expected no window but this one, found 'w002'",
        ),
        (
            "halls.0.zones.+",
            {"id": "w001", "name": "x"},
            "halls[hc01].windows[w001].id: expected an id that no zone of the hall has, found 'w001'",
        ),
        (
            "hours",
            {"town": [LUNCH | {"days": [8]}]},
            "hours.town[0].days: expected different days from 1 (Monday) to 7 (Sunday), found [8]",
        ),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, place: str, value: Any, sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, (place, value))
    sentences = [
        str(one).removeprefix(f"{tmp_path}/site.yaml").lstrip(":0123456789 ") for one in refused.value.mistakes
    ]
    assert any(told.startswith(sentence) for told in sentences), sentences


def sentences(tmp_path: Path, *changes: tuple[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, *changes)
    return [str(one).partition("site.yaml ")[2] for one in refused.value.mistakes]


def test_a_contradiction_is_told_once_and_of_what_was_written_last(tmp_path: Path) -> None:
    innocent, guilty = {"hall": "hc01", "absence": {"rearm_s": 200}}, {"hall": "hc01", "absence": {"yellow_s": 400}}
    (told,) = sentences(tmp_path, ("rules.overrides", [innocent, guilty, innocent]))
    assert told.startswith("rules.overrides[1]: expected hint_s ≤ yellow_s ≤ red_waiting_s ≤ red_s at hc01 w001, found")


def test_values_of_the_site_have_to_go_with_what_is_shipped_for_noon_where_there_is_one(tmp_path: Path) -> None:
    rules = ("rules.absence", {"hint_s": 1000, "yellow_s": 1500, "red_waiting_s": 1500, "red_s": 2000})
    assert loaded(tmp_path, rules)
    (told,) = sentences(tmp_path, rules, ("halls.0.segments.+", LUNCH))
    assert told.startswith("rules.absence: expected hint_s ≤ yellow_s ≤ red_waiting_s ≤ red_s at hc01 w001 中午, found")


def test_a_mistake_in_the_usual_hours_is_not_told_again_by_every_hall(tmp_path: Path) -> None:
    usual = ("hours", {"district": [LUNCH | {"end": "11:00"}]})
    assert sentences(tmp_path, ("halls.0.segments", DELETE), usual) == [
        "hours.district[0].end: expected a time after 12:00, found 11:00"
    ]
    assert sentences(tmp_path, ("halls.0.segments", DELETE)) == [
        "halls[hc01].segments: expected a value, found nothing"
    ]


def test_what_counts_samples_stays_a_whole_number(tmp_path: Path) -> None:
    settings = loaded(tmp_path, ("rules.overrides", [{"hall": "hc01", "absence": {"smooth_n": 8, "version": 3}}]))
    rule = settings.thresholds.absence(settings.halls[0], "w001", None)
    assert [type(rule.smooth_n), type(rule.version)] == [int, int]
    assert list(range(20))[-rule.smooth_n :] == list(range(12, 20))


def test_segments_of_one_name_but_two_kinds_have_their_own_thresholds(tmp_path: Path) -> None:
    saturday = {"name": "上午", "days": [6], "start": "08:30", "end": "12:00", "kind": "appointment"}
    overrides = ("rules.overrides", [{"segment": "appointment", "absence": {"rearm_s": 99}}])
    settings = loaded(tmp_path, ("halls.0.segments.+", saturday), overrides)
    (hall,) = settings.halls
    for _ in range(2):  # worked out, then remembered
        assert [settings.thresholds.absence(hall, "w001", one).rearm_s for one in hall.segments] == [180, 99]
