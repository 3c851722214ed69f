"""The HTTP interface's key: a bearer token out of the environment or a file, never out of the YAML."""

import re
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from config.flaws import refusal
from config.secret import Around, line, variable

TOKEN = re.compile(r"[\x21-\x7e]{16,512}")
EXPECTED = "a token of 16 to 512 letters, digits and signs without spaces"


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
                return variable(name, "token_env", around, TOKEN, EXPECTED)
            case (None, str(name)):
                return line(name, "token_file", around, TOKEN, EXPECTED)
        raise refusal([((), "either `token_env` or `token_file`", "both")])
