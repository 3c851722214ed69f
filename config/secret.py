"""Secrets: values out of an environment variable or the first line of a file, never out of the YAML, never told."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

from config.flaws import refusal
from config.mistakes import Flaw

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")


class Around(Protocol):
    """What a configuration refers to outside itself."""

    @property
    def directory(self) -> Path: ...
    @property
    def environ(self) -> Mapping[str, str]: ...


def variable(name: str, key: str, around: Around, form: re.Pattern[str], expected: str) -> str:
    """The value of an environment variable. Refused when it is missing or cannot be meant; never tells it."""
    if not VARIABLE.fullmatch(name):
        raise refusal([_flaw(key, "the name of a variable (A-Z, 0-9 and _), never the value", "another text")])
    value = around.environ.get(name, "")
    if not form.fullmatch(value):
        found = "something else in it" if value else "it missing or empty"
        raise refusal([_flaw(key, f"{expected} in the environment variable {name}", found)])
    return value


def line(name: str, key: str, around: Around, form: re.Pattern[str], expected: str) -> str:
    """The first line of a file. Refused when it is missing or cannot be meant; never tells it."""
    try:
        lines = (around.directory / name).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no text in it"
        raise refusal([_flaw(key, f"a readable file {name}", reason)]) from None
    if not lines or not form.fullmatch(lines[0]):
        raise refusal([_flaw(key, f"{expected} on the first line of {name}", "something else")])
    return lines[0]


def _flaw(key: str, expected: str, found: str) -> Flaw:
    return (key,), expected, found
