"""Who is told of alerts and how: roles and hours in the YAML, every address out of the environment or a file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from itertools import pairwise
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from config.flaws import refusal
from config.secret import Around, line, variable
from monitor.alerts import Level
from monitor.ladder import LADDER, Person, Role, Rung

ADDRESS = re.compile(r"[\x21-\x7e]{5,2000}"), "an address without spaces"
GATEWAY = (
    re.compile(r"https?://[\x21-\x7e]{1,2000}"),
    "an address http(s)://… without spaces",
)
HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
SECRET = re.compile(r"[\x21-\x7e]{32,512}"), "at least 32 letters, digits and signs"


@dataclass(frozen=True, slots=True)
class SmsWay:
    """A gateway of text messages."""

    url: str = field(repr=False)
    to: str = field(repr=False)
    body: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    method: Literal["POST", "GET"] = "POST"
    timeout_s: float = 10.0


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
    ladder: tuple[Rung, ...] = LADDER
    """The stages, in the order in which they are reached."""


class Part(BaseModel):
    """No unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SmsShape(Part):
    """A gateway: its address, the number, and the body, or with GET the address, with `{to}` and `{text}`."""

    url_env: str
    to_env: str
    method: Literal["POST", "GET"] = "POST"
    body: str = '{"phone": "{to}", "content": "{text}"}'
    header: str = ""
    """The name of a header that carries a key."""
    key_env: str = ""
    timeout_s: Annotated[float, Field(ge=1, le=30)] = 10.0
    """From beginning to send a message until the gateway must have taken it, in seconds."""

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        if "{to}" not in self.body or "{text}" not in self.body:
            raise refusal([(("body",), "a body with {to} and {text}", "one without")])
        if self.header and not HEADER.fullmatch(self.header):
            raise refusal([(("header",), "the name of a header (letters, digits and -)", "another text")])
        if bool(self.header) != bool(self.key_env):
            raise refusal([((), "both `header` and `key_env`, or neither", "one of them")])
        self.resolve(info.context)
        return self

    def resolve(self, around: Around) -> SmsWay:
        """The gateway with its secrets. Never tells one."""
        headers = {self.header: variable(self.key_env, "key_env", around, *ADDRESS)} if self.header else {}
        url = variable(self.url_env, "url_env", around, *GATEWAY)
        if self.method == "GET" and not ("{to}" in url and "{text}" in url):
            raise refusal([(("url_env",), "an address with {to} and {text} in it, for GET", "one without")])
        if not _has_port(url):
            raise refusal([(("url_env",), f"a port from 1 to 65535 in the address of {self.url_env}", "another")])
        to = variable(self.to_env, "to_env", around, *ADDRESS)
        return SmsWay(url, to, self.body, headers, self.method, self.timeout_s)


def _has_port(url: str) -> bool:
    """Whether the port of an address, if it has one, is a port."""
    try:
        return urlsplit(url).port != 0 and bool(urlsplit(url).hostname)
    except ValueError:
        return False


class RungShape(Part):
    """One stage of the ladder."""

    stage: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]
    role: Role
    level: Level
    minutes: Annotated[float, Field(ge=0, le=1440)] = 0.0
    """So long after the alert reached its level, of the time in which it was seen."""


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


def _ladder(stages: Iterable[RungShape]) -> tuple[Rung, ...]:
    """The stages in the order in which they are reached."""
    rungs = (Rung(one.stage, one.role, one.level, one.minutes * 60) for one in stages)
    return tuple(sorted(rungs, key=lambda rung: rung.height))


def _contradiction(ladder: Sequence[Rung]) -> tuple[str, str] | None:
    """What is expected of a ladder, and what is found instead."""
    if not ladder:
        return "at least one stage", "none"
    if len({rung.stage for rung in ladder}) < len(ladder):
        return "each stage once", "one a second time"
    first: dict[Role, Rung] = {}
    at_once: dict[tuple[Role, tuple[bool, float]], str] = {}
    for rung in ladder:
        before = at_once.setdefault((rung.role, rung.height), rung.stage)
        if before != rung.stage:
            return "one stage for each role, level and time", f"{before} and {rung.stage} at once"
        first.setdefault(rung.role, rung)
    told = [first[role] for role in Role if role in first]
    for lower, higher in pairwise(told):
        if higher.height < lower.height:
            return f"{lower.role} to be told before {higher.role}", f"stage {higher.stage} before {lower.stage}"
    return None


class NoticesShape(Part):
    """The whole section."""

    recipients: tuple[RecipientShape, ...] = ()
    ladder: tuple[RungShape, ...] | None = None
    base_url: str = ""
    secret_env: str | None = None
    secret_file: str | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        names = [one.name for one in self.recipients]
        if len(set(names)) < len(names):
            raise refusal([(("recipients",), "each name once", "one a second time")])
        wrong = _contradiction(_ladder(self.ladder)) if self.ladder is not None else None
        if wrong is not None:
            raise refusal([(("ladder",), *wrong)])
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
        recipients = tuple(one.resolve(around) for one in self.recipients)
        ladder = LADDER if self.ladder is None else _ladder(self.ladder)
        return Notices(recipients, self.base_url.rstrip("/"), secret, ladder)
