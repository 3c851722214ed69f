"""Who is told of alerts: addresses from the environment and files alone, and every mistake one sentence."""

from datetime import time
from pathlib import Path
from typing import Any

import pytest

from config.mistakes import ConfigError
from monitor.ladder import Role
from tests.config.site import loaded

ENVIRON = {"HW_BOT": "wecombot://geheim-key", "HW_SMS": "https://sms.example.org/send", "HW_TO": "13800000000",
           "HW_KEY": "geheim-gateway", "HW_SECRET": "g" * 40}  # fmt: skip
BOT = {"name": "值班主任", "role": "duty", "halls": ["hc01"], "quiet": ["22:00", "07:00"], "url_env": "HW_BOT"}
SMS = {"name": "督察", "role": "district",
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
        ({"base_url": "jd.example.org"}, "notices.base_url: expected http(s)://host[:port][/path], found something"),
    ],
)
def test_a_mistake_is_one_sentence(tmp_path: Path, section: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ConfigError) as refused:
        loaded(tmp_path, ("notices", section), environ=ENVIRON)
    told = [str(one).removeprefix(f"{tmp_path}/site.yaml").lstrip(":0123456789 ") for one in refused.value.mistakes]
    assert any(one.startswith(sentence) for one in told), told
    assert "geheim" not in str(refused.value)
