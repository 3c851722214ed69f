"""Who is told of alerts and how: roles and hours in the YAML, every address out of the environment or a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from pathlib import Path
from typing import Annotated, Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from config.flaws import refusal
from config.mistakes import Flaw
from monitor.ladder import Person, Role

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
ADDRESS = re.compile(r"[\x21-\x7e]{5,2000}")
SECRET = re.compile(r"[\x21-\x7e]{32,512}")


class Around(Protocol):
    """What a configuration refers to outside itself."""

    @property
    def directory(self) -> Path: ...
    @property
    def environ(self) -> Mapping[str, str]: ...


@dataclass(frozen=True, slots=True)
class SmsWay:
    """A gateway of text messages."""

    url: str = field(repr=False)
    to: str = field(repr=False)
    body: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who is told, with the address."""

    person: Person
    url: str = field(default="", repr=False)
    """For Apprise; empty = by text message."""
    sms: SmsWay | None = None


@dataclass(frozen=True, slots=True)
class Notices:
    """How people on duty are told."""

    recipients: tuple[Recipient, ...] = ()
    base_url: str = ""
    """Under which the pages are reached from outside, by a proxy; empty = messages have no link."""
    secret: str = field(default="", repr=False)
    """With which links are signed; empty = messages have no link."""


class Part(BaseModel):
    """No unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SmsShape(Part):
    """A gateway: its address, the number, and the body with `{to}` and `{text}`."""

    url_env: str
    to_env: str
    body: str = '{"phone": "{to}", "content": "{text}"}'
    header: str = ""
    """The name of a header that carries a key."""
    key_env: str = ""

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        if "{to}" not in self.body or "{text}" not in self.body:
            raise refusal([(("body",), "a body with {to} and {text}", "one without")])
        if bool(self.header) != bool(self.key_env):
            raise refusal([((), "both `header` and `key_env`, or neither", "one of them")])
        self.resolve(info.context)
        return self

    def resolve(self, around: Around) -> SmsWay:
        """The gateway with its secrets. Never tells one."""
        headers = {self.header: variable(self.key_env, "key_env", around)} if self.header else {}
        return SmsWay(
            variable(self.url_env, "url_env", around), variable(self.to_env, "to_env", around), self.body, headers
        )


class RecipientShape(Part):
    """Somebody who is told."""

    name: Annotated[str, Field(min_length=1, max_length=32)]
    role: Role
    halls: tuple[str, ...] = ()
    quiet: tuple[time, time] | None = None
    url_env: str | None = None
    url_file: str | None = None
    sms: SmsShape | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        if sum(way is not None for way in (self.url_env, self.url_file, self.sms)) != 1:
            raise refusal([((), "one of `url_env`, `url_file` and `sms`", "none or several")])
        self.resolve(info.context)
        return self

    def resolve(self, around: Around) -> Recipient:
        """The recipient with the address. Never tells it."""
        person = Person(self.name, self.role, frozenset(self.halls), self.quiet)
        if self.sms is not None:
            return Recipient(person, sms=self.sms.resolve(around))
        if self.url_env is not None:
            return Recipient(person, variable(self.url_env, "url_env", around))
        return Recipient(person, line(self.url_file or "", "url_file", around))


class NoticesShape(Part):
    """The whole section."""

    recipients: tuple[RecipientShape, ...] = ()
    base_url: str = ""
    secret_env: str | None = None
    secret_file: str | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        names = [one.name for one in self.recipients]
        if len(set(names)) < len(names):
            raise refusal([(("recipients",), "each name once", "one a second time")])
        if self.base_url and not re.fullmatch(r"https?://[^\s/]+(/[^\s?#]*)?", self.base_url):
            raise refusal([(("base_url",), "http(s)://host[:port][/path]", "something else")])
        if self.secret_env is not None and self.secret_file is not None:
            raise refusal([((), "either `secret_env` or `secret_file`", "both")])
        self.resolve(info.context)
        return self

    def resolve(self, around: Around) -> Notices:
        """The section with its secrets."""
        secret = ""
        if self.secret_env is not None:
            secret = variable(self.secret_env, "secret_env", around, SECRET, "at least 32 letters, digits and signs")
        elif self.secret_file is not None:
            secret = line(self.secret_file, "secret_file", around, SECRET, "at least 32 letters, digits and signs")
        return Notices(tuple(one.resolve(around) for one in self.recipients), self.base_url.rstrip("/"), secret)


def variable(
    name: str, key: str, around: Around, form: re.Pattern[str] = ADDRESS, expected: str = "an address without spaces"
) -> str:
    """The value of an environment variable. Refused when it is missing or cannot be meant; never tells it."""
    if not VARIABLE.fullmatch(name):
        raise refusal([_flaw(key, "the name of a variable (A-Z, 0-9 and _), never the value", "another text")])
    value = around.environ.get(name, "")
    if not form.fullmatch(value):
        found = "something else in it" if value else "it missing or empty"
        raise refusal([_flaw(key, f"{expected} in the environment variable {name}", found)])
    return value


def line(
    name: str, key: str, around: Around, form: re.Pattern[str] = ADDRESS, expected: str = "an address without spaces"
) -> str:
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
