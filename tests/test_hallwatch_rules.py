"""`hallwatch check --explain`: what is asked of one window, in words and as JSON."""

import json
from dataclasses import fields
from pathlib import Path

import pytest

import hallwatch
from config.schema import SHIPPED
from config.thresholds import RULES
from config.value_names import FAMILIES, NAMES
from monitor.thresholds import Family

MAKE_UP = "2026-02-14T10:00"
"""A Saturday that is worked."""


@pytest.fixture
def example(monkeypatch: pytest.MonkeyPatch) -> str:
    for camera in ("C1", "C2"):
        monkeypatch.setenv(f"HW_{camera}_USER", "u")
        monkeypatch.setenv(f"HW_{camera}_PASSWORD", "geheim")
    return str(SHIPPED / "example.yaml")


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert hallwatch.main(["check", *arguments]) == hallwatch.DONE
    return capsys.readouterr().out


def test_a_window_is_explained_in_chinese(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, example, "--explain", "w001", "--at", MAKE_UP)
    assert "北京时间 2026-02-14 10:00 调休上班\n服务时段 上午（通常），连续服务 08:30–17:00\n【窗口在岗】" in told
    (line,) = (line for line in told.splitlines() if "yellow_open" in line)
    written = Path(example).read_text("utf-8").splitlines()
    number = next(at for at, text in enumerate(written, 1) if "queue: {yellow_open: 5}" in text)
    assert line.split()[1] == "5"
    assert line.endswith(f"每个开放窗口等候人数·黄 ← example.yaml rules.overrides[1] (line {number})")
    assert "提示（秒） ← 默认值" in told


def test_a_window_is_explained_in_english(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    told = said(capsys, example, "--explain", "w001", "--at", "2026-02-14T12:10", "--lang", "en")
    assert "2026-02-14 12:10 in Beijing, a make-up working day with Monday's hours" in told
    assert "(lunch rota), in service without a break 08:30–17:00" in told
    assert "hint (s) ← default" in told


@pytest.mark.parametrize("at", [MAKE_UP, f"{MAKE_UP}+08:00", "2026-02-14T02:00+00:00"])
def test_a_time_without_an_offset_is_that_of_beijing(example: str, capsys: pytest.CaptureFixture[str], at: str) -> None:
    told = json.loads(said(capsys, example, "--explain", "w002", "--hall", "hc01", "--at", at, "--json"))
    assert (told["day"], told["service"]["segment"]) == ("调休上班", "上午")
    assert told["service"]["closes_at"] == "2026-02-14T12:00:00+08:00"


@pytest.mark.parametrize(
    ("at", "lines"),
    [
        ("2027-01-04T10:00", ["日历未公布", "服务时段 上午（通常）"]),
        ("2026-02-16T10:00", ["节假日", "不在服务时段，不作判断"]),
        ("2026-02-21T10:00", ["节假日", "不在服务时段，不作判断"]),
        ("2026-03-07T10:00", ["周末", "服务时段 周六预约（预约），连续服务 08:30–12:00"]),
    ],
)
def test_what_day_it_is_is_told(example: str, capsys: pytest.CaptureFixture[str], at: str, lines: list[str]) -> None:
    told = said(capsys, example, "--explain", "w001", "--at", at)
    assert all(line in told for line in lines)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--explain", "w9"], "--explain w9: expected one such window in the halls, found none"),
        (["--explain", "w001", "--hall", "zz"], "--explain w001: expected one such window in hall zz, found none"),
        (["--at", MAKE_UP], "--at: expected --explain WINDOW beside it, found none"),
        (["--json"], "--json: expected --explain WINDOW beside it, found none"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(
    example: str, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert hallwatch.main(["check", example, *arguments]) == hallwatch.REFUSED
    assert capsys.readouterr().err == f"{sentence}\n"


@pytest.mark.parametrize("at", ["10:00", "2026-02-30T10:00", "2026-02-14T10:00+99:00"])
def test_a_wrong_time_is_one_sentence(example: str, capsys: pytest.CaptureFixture[str], at: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        hallwatch.main(["check", example, "--explain", "w001", "--at", at])
    assert stopped.value.code == hallwatch.USAGE
    assert capsys.readouterr().err.endswith(f"argument --at: expected an ISO 8601 time, found {at!r}\n")


def test_every_value_has_a_name_in_both_languages() -> None:
    for family in Family:
        assert all(FAMILIES[family])
        assert NAMES[family].keys() >= {field.name for field in fields(RULES[family])}
        assert all(chinese and english for chinese, english in NAMES[family].values())
