"""The HTTP interface of the roster: other systems enter leave, tidal windows and sign-outs under /api/v1/.

Without a configured token there is no interface. Every answer is JSON; a refusal is one sentence.
"""

import hmac
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from typing import Annotated, Any, Literal

from flask import Flask, Response, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from dashboards.arranging import end, hall_of, of_day, record_all, withdraw
from dashboards.office import Office
from monitor.adapters import roster_records
from monitor.calendar import today
from monitor.roster import YEARS, Arrangement, Entry, Refused
from monitor.terms import Term

LARGEST = 64 * 1024
"""Bytes of a request."""
MOST = 200
"""Entries of one request."""
RATE = 120
"""Requests a minute, of all callers together."""
GUESSES = 10
"""Requests a minute with a wrong token; then nobody is asked for theirs until the minute is over."""
MINUTE_S = 60.0


class Shape(BaseModel):
    """No unknown keys, no guessing of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Time = Annotated[AwareDatetime, Field(strict=False)]


class EntryShape(Shape):
    """One arrangement; its id is the caller's, and sending it again changes nothing."""

    id: Id
    hall: Id
    window: Id
    kind: Annotated[Arrangement, Field(strict=False)]
    since: Time
    until: Time | None = None
    reason: str = ""
    substitute: str = ""
    by: Annotated[str, Field(min_length=1, max_length=32)]
    version: Annotated[int, Field(ge=1, le=10_000)] = 1


class SeveralShape(Shape):
    """Several of them, recorded all or none."""

    entries: Annotated[list[EntryShape], Field(min_length=1, max_length=MOST)]


class ChangeShape(Shape):
    """What happens to an arrangement now."""

    action: Literal["end", "withdraw"]
    by: Annotated[str, Field(min_length=1, max_length=32)]


class Denied(Exception):
    """A request that is not answered: a status of HTTP and one sentence."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status, self.headers = status, {name.replace("_", "-"): value for name, value in headers.items()}


class Gate:
    """Who may come in, and how often."""

    def __init__(self, token: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._token = token
        self._clock = clock
        self._lock = threading.Lock()
        self._asked: deque[float] = deque()
        self._guessed: deque[float] = deque()

    def admit(self) -> None:
        """Raises Denied unless the present request shows the token, is small, and is not one too many."""
        if self._token is None:
            raise Denied(404, "expected `api.token_env` or `api.token_file` in the configuration, found neither")
        if self._full(self._guessed, GUESSES, add=False) or self._full(self._asked, RATE, add=True):
            raise Denied(429, f"expected at most {RATE} requests a minute, found more", Retry_After="60")
        shown = request.headers.get("Authorization", "")
        if not hmac.compare_digest(shown.encode(), f"Bearer {self._token}".encode()):
            self._full(self._guessed, GUESSES, add=True)
            found = "another token" if shown else "none"
            raise Denied(401, f"Authorization: expected the bearer token, found {found}", WWW_Authenticate="Bearer")

    def _full(self, times: deque[float], most: int, *, add: bool) -> bool:
        with self._lock:
            now = self._clock()
            while times and now - times[0] >= MINUTE_S:
                times.popleft()
            if len(times) >= most:
                return True
            if add:
                times.append(now)
            return False


def serve_roster(server: Flask, office: Office, clock: Callable[[], float] = time.monotonic) -> None:
    """Adds /api/v1/roster and its description."""
    gate = Gate(office.settings.api_token, clock)

    def answered(work: Callable[..., tuple[Any, int]]) -> Callable[..., Response]:
        def answer(**place: str) -> Response:
            request.max_content_length = LARGEST
            try:
                gate.admit()
                content, status = work(**place)
            except Denied as denied:
                return _said(denied.status, str(denied), denied.headers)
            except Refused as refused:
                return _said(409 if refused.field == "id" else 422, refused.en, {}, zh=refused.zh, field=refused.field)
            except SQLAlchemyError:
                return _said(503, "database: expected to record and read the roster, found it cannot now", {})
            response = jsonify(content)
            response.status_code = status
            response.headers["Cache-Control"] = "no-store"
            return response

        answer.__name__ = f"roster_{work.__name__}"
        return answer

    def read() -> tuple[Any, int]:
        hall = hall_of(office, _asked("hall"))
        day = _day(request.args.get("day"), office)
        return {"entries": [_json(one) for one in of_day(office, hall.id, day)]}, 200

    def enter() -> tuple[Any, int]:
        body = _body(SeveralShape, EntryShape)
        wanted = body.entries if isinstance(body, SeveralShape) else [body]
        entries = [_entry(one) for one in wanted]
        for number, told in enumerate(outcome := record_all(office, entries)):
            if isinstance(told, Refused):
                raise Refused(_numbered(told, number, len(entries)), told.field)
        return {"entries": [_json(one) for one in entries], "new": sum(map(bool, outcome))}, 201 if any(
            outcome
        ) else 200

    def change(id: str) -> tuple[Any, int]:
        body = _body(ChangeShape)
        held = roster_records.find(office.engine, id)
        if held is None:
            raise Denied(404, f"expected the id of an entry, found {id[:64]!r}")
        act = end if body.action == "end" else withdraw
        return _json(act(office, held.hall, id, body.by)), 200

    def history(id: str) -> tuple[Any, int]:
        versions = roster_records.history(office.engine, id)
        if not versions:
            raise Denied(404, f"expected the id of an entry, found {id[:64]!r}")
        return {"versions": [_json(one) | {"recorded_at": at.isoformat()} for one, at in versions]}, 200

    server.get("/api/v1/roster")(answered(read))
    server.post("/api/v1/roster")(answered(enter))
    server.get("/api/v1/roster/<id>")(answered(history))
    server.patch("/api/v1/roster/<id>")(answered(change))

    @server.get("/api/v1/openapi.json")
    def described() -> Response:
        return jsonify(openapi())


def _said(status: int, sentence: str, headers: dict[str, str], **more: str) -> Response:
    response = jsonify({"error": sentence} | {name: value for name, value in more.items() if value})
    response.status_code = status
    response.headers.update(headers)
    return response


def _numbered(refused: Refused, number: int, of: int) -> Term:
    place = "" if of == 1 else f"entries.{number}: "
    return Term(f"{place}{refused.zh}", f"{place}{refused.en}")


def _asked(name: str) -> str:
    value = request.args.get(name)
    if not value:
        raise Denied(422, f"expected ?{name}=, found nothing")
    return value


def _day(text: str | None, office: Office) -> date:
    if text is None:
        return today(office.clock())
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year not in YEARS:
        raise Denied(422, f"day: expected a date such as 2026-11-20, found {text[:40]!r}")
    return day


def _body(*shapes: Any) -> Any:
    """The request's JSON as the first of some shapes, if it has its keys, else the last. Raises Denied."""
    if (request.content_length or 0) > LARGEST:
        raise Denied(413, f"expected at most {LARGEST} bytes, found {request.content_length}")
    if request.mimetype != "application/json":
        raise Denied(415, f"Content-Type: expected application/json, found {request.mimetype[:40]!r}")
    content = request.get_data()
    shape = shapes[0] if len(shapes) > 1 and b'"entries"' in content else shapes[-1]
    try:
        return shape.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Denied(422, f"{where}: {first['msg']}, found {str(first['input'])[:80]!r}") from None


def _entry(said: EntryShape) -> Entry:
    return Entry(**dict(said))


def _json(entry: Entry) -> dict[str, Any]:
    values = {field.name: getattr(entry, field.name) for field in fields(Entry)}
    until = entry.until.isoformat() if entry.until else None
    return values | {"kind": str(entry.kind), "since": entry.since.isoformat(), "until": until}


def openapi() -> dict[str, Any]:
    """The interface described for programs, made from the shapes that check what comes in."""
    shapes = (EntryShape, SeveralShape, ChangeShape)
    schemas: dict[str, Any] = {}
    for shape in shapes:
        schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas |= schema.pop("$defs", {}) | {shape.__name__: schema}
    error = {"type": "object", "properties": {"error": {"type": "string"}}, "required": ["error"]}
    schemas["Error"] = error

    def ref(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    refusals = {
        str(status): {"description": why, "content": ref("Error")}
        for status, why in (
            (401, "no token, or another one"),
            (404, "no interface configured, or no such entry"),
            (409, "the id is taken by other content; nothing was changed"),
            (413, "too large"),
            (415, "not JSON"),
            (422, "what is wrong, in one sentence; nothing was changed"),
            (429, "too many requests"),
            (503, "the database cannot be reached now"),
        )
    }

    def operation(summary: str, body: str = "", oneof: str = "", created: bool = False, **more: Any) -> dict[str, Any]:
        content = ref(body) if body else {}
        if oneof:
            content["application/json"]["schema"] = {
                "oneOf": [{"$ref": f"#/components/schemas/{n}"} for n in (body, oneof)]
            }
        good = {"200": {"description": "done, or done already"}} | (
            {"201": {"description": "recorded"}} if created else {}
        )
        asked = {"requestBody": {"required": True, "content": content}} if body else {}
        return {"summary": summary, "responses": good | refusals, **asked, **more}

    def parameter(name: str, place: str, required: bool, kind: str = "") -> dict[str, Any]:
        schema = {"type": "string"} | ({"format": kind} if kind else {})
        return {"name": name, "in": place, "required": required, "schema": schema}

    one = [parameter("id", "path", True)]
    day = [parameter("hall", "query", True), parameter("day", "query", False, "date")]
    return {
        "openapi": "3.1.0",
        "info": {"title": "hallwatch roster", "version": "1"},
        "security": [{"token": []}],
        "paths": {
            "/api/v1/roster": {
                "get": operation("What is arranged for a hall on a day", parameters=day),
                "post": operation("Enter one arrangement or several", "EntryShape", "SeveralShape", created=True),
            },
            "/api/v1/roster/{id}": {
                "get": operation("Every version of an arrangement", parameters=one),
                "patch": operation("End or withdraw an arrangement", "ChangeShape", parameters=one),
            },
        },
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }
