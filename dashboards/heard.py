"""A live message as the pages read it: what is checked before any page or figure is made from it."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, ValidationError

from monitor.posts import Post
from monitor.queues import Crowd

Message = Mapping[str, Any]


class BadLive(ValueError):
    """A live message that cannot be shown: where, what was expected and what was found."""


def _time(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time with an offset")
    return text


Time = Annotated[str, AfterValidator(_time)]
"""ISO 8601 with offset."""
Count = Annotated[int, Field(ge=0)]


class Part(BaseModel):
    """Keys that no page reads are let through unread."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class Window(Part):
    """One window."""

    id: str
    state: Annotated[Post, Strict(False)]
    since: Time | None
    reason: str
    pause_signal: bool
    seen_at: Time | None


class Zone(Part):
    """One zone; `waiting` None = cannot be seen. Heads and tickets are told beside it, with the limits in force."""

    id: str
    waiting: Count | None
    seen_at: Time | None
    open_windows: Count
    level: Annotated[Crowd, Strict(False)]
    tickets: Count | None = None
    counted: Count | None = None
    disagree: bool = False
    oldest_s: Annotated[float, Field(ge=0)] | None = None
    yellow: Annotated[float, Field(gt=0)] | None = None
    red: Annotated[float, Field(gt=0)] | None = None


class BlindCamera(Part):
    """A camera that cannot see."""

    id: str
    reason: str
    since: Time | None
    detail: str = ""


class WrongClock(Part):
    """A camera whose own clock is ahead by so many seconds, or behind."""

    id: str
    off_s: float
    since: Time | None = None


class Cameras(Part):
    """The hall's cameras; `unwatched`: not looked at because of the hall's network limit."""

    total: Count
    seeing: Count
    blind: list[BlindCamera]
    unwatched: Count = 0
    clocks: list[WrongClock] = []


class LiveAlert(Part):
    """What a hall says of an alert beyond what is on record."""

    key: str
    sees: bool
    unseen_s: float = 0.0
    waiting: Count | None
    people: Count | None
    severity: float


class Detector(Part):
    """What looks."""

    demo: bool = False


class Live(Part):
    """One hall."""

    schema_: Literal["live/1"] = Field(alias="schema")
    hall: str
    at: Time
    detector: Detector = Detector()
    windows: list[Window]
    zones: list[Zone]
    cameras: Cameras
    alerts: list[LiveAlert]
    late: float = 0.0
    stretch: Annotated[float, Field(ge=0)] = 1.0
    on_time: Annotated[float, Field(ge=0, le=1)] | None = None
    slow_since: Time | None = None


def read(payload: bytes) -> Any:
    """The JSON of a payload. Raises BadLive."""
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise BadLive(f"live message: expected JSON, found {type(error).__name__}: {error}") from error


def check(message: Any, halls: frozenset[str]) -> str:
    """The hall that a message tells of. Raises BadLive with what was expected and found."""
    try:
        live = Live.model_validate(message)
    except ValidationError as error:
        raise BadLive(_first(error)) from error
    if live.hall not in halls:
        raise BadLive(f"live message: hall {live.hall!r} is not in the configuration")
    return live.hall


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, in one line."""
    wrong = error.errors(include_url=False)[0]
    where = ".".join(str(step) for step in wrong["loc"]) or "as a whole"
    return f"live message: {where}: {wrong['msg']}, found {str(wrong['input'])[:80]!r}"
