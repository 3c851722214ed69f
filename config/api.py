"""The HTTP interface's key: a bearer token out of the environment or a file, never out of the YAML."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from config.flaws import refusal

TOKEN = re.compile(r"[\x21-\x7e]{16,512}")
EXPECTED = "a token of 16 to 512 letters, digits and signs without spaces"


class Around(Protocol):
    """What a configuration refers to outside itself."""

    @property
    def directory(self) -> Path: ...
    @property
    def environ(self) -> Mapping[str, str]: ...


class ApiShape(BaseModel):
    """Where the token is found: in an environment variable or on the first line of a file; neither = no interface."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    token_env: str | None = None
    token_file: str | None = None

    @model_validator(mode="after")
    def _is_there(self, info: ValidationInfo[Around]) -> Self:
        self.resolve(info.context)
        return self

    def resolve(self, around: Around) -> str | None:
        """The token itself; refused when it is missing or weak. Never tells it."""
        match (self.token_env, self.token_file):
            case (None, None):
                return None
            case (str(name), None):
                return _of_variable(name, around.environ)
            case (None, str(name)):
                return _of_file(name, around.directory)
        raise refusal([((), "either `token_env` or `token_file`", "both")])


def _of_variable(name: str, environ: Mapping[str, str]) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", name):  # perhaps the token itself: not to be repeated
        raise refusal([(("token_env",), "the name of a variable (A-Z, 0-9 and _), never the value", "another text")])
    if not TOKEN.fullmatch(environ.get(name, "")):
        found = "something else in it" if environ.get(name) else "it missing or empty"
        raise refusal([(("token_env",), f"{EXPECTED} in the environment variable {name}", found)])
    return environ[name]


def _of_file(name: str, directory: Path) -> str:
    try:
        lines = (directory / name).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "no text in it"
        raise refusal([(("token_file",), f"a readable file {name}", reason)]) from None
    if not lines or not TOKEN.fullmatch(lines[0]):
        raise refusal([(("token_file",), f"{EXPECTED} on the first line of {name}", "something else")])
    return lines[0]
