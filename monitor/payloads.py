"""Payloads: the shapes of what devices and windows send, keys we do not know ignored, wrong types refused."""

import re
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from monitor.ratings import Channel
from monitor.tickets import TicketEvent
from monitor.window_states import Service

Boot = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
Count = Annotated[int, Field(ge=1, le=2**31 - 1)]
Words = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")]
Code = Annotated[str, Field(max_length=128, pattern=r"^[^\x00]*$")]


def _written(time: object) -> str:
    if not isinstance(time, str) or not re.match(r"\d{4}-\d{2}-\d{2}[Tt ]", time):  # pydantic reads "0" as 1970
        raise ValueError("expected ISO 8601 such as 2026-11-20T10:03:11+08:00")
    return time


Time = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_written)]


class Payload(BaseModel):
    """What they have in common."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore", allow_inf_nan=False)


class PlacePayload(Payload):
    """Where a message stands in its sender's numbering."""

    boot_id: Boot
    seq: Count
    oldest_seq: Count = 1


class StatusPayload(Payload):
    """Online, or offline by the sender's word or its will."""

    schema_: Literal["status/1"] = Field(alias="schema")
    state: Literal["online", "offline"]
    boot_id: Boot


class MetaPayload(Payload):
    """A device's birth certificate."""

    schema_: Literal["meta/1"] = Field(alias="schema")
    dev_id: Code
    boot_id: Boot
    model: Code = ""
    fw: Code = ""
    scale_id: Code = ""


class EventPayload(PlacePayload):
    """Something that happened at a time."""

    ts: Time
    clock: Literal["ntp", "rtc", "none"] = "rtc"
    buffered: bool = False


class RatingPayload(EventPayload):
    """One rating."""

    schema_: Literal["rating/1"] = Field(alias="schema")
    event_id: Code | None = None
    dev_id: Code
    ts_accuracy_s: Annotated[float, Field(ge=0, le=86_400)] = 1.0
    channel: Channel
    scale_id: Code | None = None
    raw: Code
    tags: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    text: Words = ""
    window: Code | None = None
    ticket: Code | None = None
    project_no: Code | None = None
    service_no: Count | None = None
    assess_no: Count | None = None
    eval_process: Count | None = None
    named: bool = False
    rater_hash: Code | None = None
    test: bool = False


class WindowPayload(PlacePayload):
    """A window's declaration."""

    schema_: Literal["window/1"] = Field(alias="schema")
    state: Service
    reason: Words = ""
    at: Time


class TicketPayload(EventPayload):
    """One event of one ticket."""

    schema_: Literal["ticket/1"] = Field(alias="schema")
    event: TicketEvent | None = None
    call: Annotated[int, Field(ge=-1, le=3)] | None = None
    ticket: Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00]*$")]
    window: Code = ""

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if (self.event is None) == (self.call is None):
            raise ValueError("expected either event or call")
        return self


class QueuePayload(PlacePayload):
    """The calling system's summary of a zone."""

    schema_: Literal["queue/1"] = Field(alias="schema")
    at: Time
    waiting: Annotated[int, Field(ge=0, le=100_000)]
    oldest_s: Annotated[float, Field(ge=0, le=86_400)] | None = None
