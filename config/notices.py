"""Who is told of alerts and how: roles and hours in the YAML, every address out of the environment or a file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from config.flaws import refusal
from config.secret import Around, line, variable
from monitor.ladder import Person, Role

ADDRESS = re.compile(r"[\x21-\x7e]{5,2000}"), "an address without spaces"
SECRET = re.compile(r"[\x21-\x7e]{32,512}"), "at least 32 letters, digits and signs"


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
        headers = {self.header: variable(self.key_env, "key_env", around, *ADDRESS)} if self.header else {}
        return SmsWay(
            variable(self.url_env, "url_env", around, *ADDRESS),
            variable(self.to_env, "to_env", around, *ADDRESS),
            self.body,
            headers,
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
            return Recipient(person, variable(self.url_env, "url_env", around, *ADDRESS))
        return Recipient(person, line(self.url_file or "", "url_file", around, *ADDRESS))


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
            secret = variable(self.secret_env, "secret_env", around, *SECRET)
        elif self.secret_file is not None:
            secret = line(self.secret_file, "secret_file", around, *SECRET)
        return Notices(tuple(one.resolve(around) for one in self.recipients), self.base_url.rstrip("/"), secret)
