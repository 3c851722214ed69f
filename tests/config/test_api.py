"""The HTTP interface's key: out of the environment or a file, and never told."""

from pathlib import Path

import pytest

from config.schema import ConfigError, load

TOKEN = "correct-horse-battery-staple"


def token(directory: Path, api: dict[str, str] | None, environ: dict[str, str] | None = None) -> str | None:
    path = directory / "site.yaml"
    path.write_text("version: 1\nname: x\n", encoding="utf-8")
    return load(path, environ or {}, {"api": api} if api is not None else {}).api_token


def test_without_a_token_there_is_none(tmp_path: Path) -> None:
    assert token(tmp_path, None) is token(tmp_path, {}) is None


def test_a_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    assert token(tmp_path, {"token_env": "HW_TOKEN"}, {"HW_TOKEN": TOKEN}) == TOKEN
    assert token(tmp_path, {"token_file": "token"}) == TOKEN


@pytest.mark.parametrize(
    ("api", "says"),
    [
        ({"token_env": "HW_TOKEN"}, "HW_TOKEN, found it missing"),
        ({"token_env": TOKEN}, "never the value"),
        ({"token_env": "HW_SHORT"}, "16 to 512"),
        ({"token_file": "none"}, "a readable file none"),
        ({"token_file": "short"}, "first line of short"),
        ({"token_env": "HW_TOKEN", "token_file": "token"}, "found both"),
        ({"token": TOKEN}, "api.token"),
    ],
)
def test_a_token_that_is_not_there_or_weak_is_refused(tmp_path: Path, api: dict[str, str], says: str) -> None:
    (tmp_path / "short").write_text("secret word\n")
    with pytest.raises(ConfigError) as refused:
        token(tmp_path, api, {"HW_SHORT": "secret word"})
    assert says in str(refused.value)
    assert "secret word" not in str(refused.value)
    assert TOKEN not in str(refused.value)
