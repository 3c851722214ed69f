"""Who is told of alerts: addresses from the environment and files alone, and every mistake one sentence."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from config.mistakes import ConfigError
from config.summary import describe
from monitor.alerts import Level
from monitor.ladder import LADDER as DEFAULT
from monitor.ladder import Role, Rung
from tests.config.site import loaded

ENVIRON = {"HW_BOT": "wecombot://geheim-key", "HW_SMS": "https://sms.example.org/send", "HW_TO": "13800000000",
           "HW_KEY": "geheim-gateway", "HW_SECRET": "g" * 40}  # fmt: skip
BOT: dict[str, Any] = {
    "name": "值班主任",
    "role": "duty",
    "halls": ["hc01"],
    "quiet": ["22:00", "07:00"],
    "url_env": "HW_BOT",
}
SMS: dict[str, Any] = {"name": "督察", "role": "district",
       "sms": {"url_env": "HW_SMS", "to_env": "HW_TO", "header": "X-Key", "key_env": "HW_KEY"}}  # fmt: skip


def test_people_with_their_addresses(tmp_path: Path) -> None:
    section = {"recipients": [BOT, SMS], "base_url": "https://jd.example.org/", "secret_env": "HW_SECRET"}
    notices = loaded(tmp_path, ("notices", section), environ=ENVIRON).notices
    bot, sms = notices.recipients
    assert (bot.person.role, bot.person.quiet, bot.url) == (Role.DUTY, (time(22), time(7)), ENVIRON["HW_BOT"])
    assert sms.sms is not None
    assert (sms.sms.to, sms.sms.headers) == ("13800000000", {"X-Key": "geheim-gateway"})
    assert (notices.base_url, notices.secret) == ("https://jd.example.org", "g" * 40)
    assert "geheim" not in repr(notices)
    assert "13800000000" not in repr(notices)


LADDER: list[dict[str, Any]] = [
    {"stage": "city", "role": "city", "level": "red", "minutes": 20},
    {"stage": "first", "role": "duty", "level": "yellow"},
    {"stage": "again", "role": "duty", "level": "red", "minutes": 2.5},
]


def test_a_ladder_of_its_own_in_the_order_of_its_heights(tmp_path: Path) -> None:
    notices = loaded(tmp_path, ("notices", {"ladder": LADDER}), environ=ENVIRON).notices
    assert notices.ladder == (
        Rung("first", Role.DUTY, Level.YELLOW),
        Rung("again", Role.DUTY, Level.RED, 150),
        Rung("city", Role.CITY, Level.RED, 1200),
    )
    assert loaded(tmp_path).notices.ladder == DEFAULT


def test_the_summary_shows_the_ladder_and_stages_that_reach_nobody(tmp_path: Path) -> None:
    lines = describe(loaded(tmp_path, ("notices", {"recipients": [BOT], "ladder": LADDER}), environ=ENVIRON))
    (ladder,) = [line for line in lines if "ladder" in line]
    assert ladder.endswith("first → duty (yellow); again → duty (red, 2.5 min); city → city (red, 20 min)")
    assert any(line.endswith("stages that reach nobody: city") for line in lines)


def test_a_gateway_by_get_with_a_time_of_its_own(tmp_path: Path) -> None:
    url = "https://sms.example.org/send?to={to}&text={text}"
    sms = {"url_env": "HW_SMS", "to_env": "HW_TO", "method": "GET", "timeout_s": 3}
    notices = loaded(tmp_path, ("notices", {"recipients": [SMS | {"sms": sms}]}), environ=ENVIRON | {"HW_SMS": url})
    way = notices.notices.recipients[0].sms
    assert way is not None
    assert (way.method, way.timeout_s, way.url) == ("GET", 3, url)


@pytest.mark.parametrize(
    "url", ["geheim", "ftp://geheim.org/", "http://geheim:port/", "http://x:99999/geheim", "http:///geheim"]
)
def test_an_address_that_is_none_is_refused_and_not_shown(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="url_env: expected") as refused:
        loaded(tmp_path, ("notices", {"recipients": [SMS]}), environ=ENVIRON | {"HW_SMS": url})
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    "recipient",
    [
        BOT | {"url_env": ["wecombot://geheim"]},
        BOT | {"url_env": 1, "url_file": {"geheim": 1}},
        {"name": "x", "role": "duty", "sms": "https://geheim"},
        SMS | {"sms": SMS["sms"] | {"to_env": ["geheim"]}},
        SMS | {"sms": SMS["sms"] | {"header": "X-geheim: geheim"}},
        SMS | {"sms": SMS["sms"] | {"body": {"geheim": 1}}},
        SMS | {"sms": SMS["sms"] | {"method": "geheim"}},
    ],
)
def test_a_secret_in_the_wrong_place_is_not_shown(tmp_path: Path, recipient: dict[str, Any]) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, ("notices", {"recipients": [recipient]}), environ=ENVIRON)
    assert "geheim" not in str(refused.value)


@pytest.mark.parametrize(
    ("section", "sentence"),
    [
        ({"recipients": [BOT | {"role": "boss"}]}, "notices.recipients[0].role: expected 'duty', 'district' or 'city'"),
        (
            {"recipients": [BOT | {"halls": ["hc09"]}]},
            "notices.recipients[0].halls: expected the ids of some of",
        ),
        ({"recipients": [BOT, BOT]}, "notices.recipients: expected each name once, found one a second time"),
        (
            {"recipients": [BOT | {"url_file": "x"}]},
            "notices.recipients[0]: expected one of `url_env`, `url_file` and `sms`, found none or several",
        ),
        (
            {"recipients": [BOT | {"url_env": "HW_NONE"}]},
            "notices.recipients[0].url_env: expected an address without spaces in the environment variable HW_NONE",
        ),
        (
            {"recipients": [BOT | {"url_env": "wecombot://geheim"}]},
            "notices.recipients[0].url_env: expected the name of a variable (A-Z, 0-9 and _), never the value",
        ),
        (
            {"recipients": [SMS | {"sms": {"url_env": "HW_SMS", "to_env": "HW_TO", "body": "{to}"}}]},
            "notices.recipients[0].sms.body: expected a body with {to} and {text}, found one without",
        ),
        (
            {"secret_env": "HW_BOT"},
            "notices.secret_env: expected at least 32 letters, digits and signs in",
        ),
        ({"ladder": []}, "notices.ladder: expected at least one stage, found none"),
        (
            {"ladder": [LADDER[1], LADDER[1]]},
            "notices.ladder: expected each stage once, found one a second time",
        ),
        (
            {"ladder": [LADDER[1], LADDER[1] | {"stage": "second"}]},
            "notices.ladder: expected one stage for each role, level and time, found first and second at once",
        ),
        (
            {"ladder": [LADDER[2], LADDER[0] | {"minutes": 1}]},
            "notices.ladder: expected duty to be told before city, found stage city before again",
        ),
        ({"ladder": [LADDER[0] | {"minutes": -1}]}, "notices.ladder[0].minutes: expected greater than or equal to 0"),
        ({"ladder": [LADDER[0] | {"level": "blue"}]}, "notices.ladder[0].level: expected 'yellow' or 'red'"),
        (
            {"recipients": [SMS | {"sms": SMS["sms"] | {"method": "GET"}}]},
            "notices.recipients[0].sms.url_env: expected an address with {to} and {text} in it, for GET",
        ),
        ({"base_url": "jd.example.org"}, "notices.base_url: expected http(s)://host[:port][/path], found something"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, ("notices", section), environ=ENVIRON)
    told = [str(one).removeprefix(f"{tmp_path}/site.yaml").lstrip(":0123456789 ") for one in refused.value.mistakes]
    assert any(one.startswith(sentence) for one in told), told
    assert "geheim" not in str(refused.value)
