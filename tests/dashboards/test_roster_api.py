"""The HTTP interface over a real connection: who may, what is recorded once, and what is refused with a sentence."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server

from dashboards.app import build
from dashboards.roster_api import GUESSES, LARGEST, RATE
from monitor.adapters import roster_records
from tests.dashboards.conftest import Site

TOKEN = "correct-horse-battery-staple"
ENTRY = {
    "id": "hr-1",
    "hall": "hc01",
    "window": "w001",
    "kind": "leave",
    "since": "2026-11-20T00:00:00+08:00",
    "until": "2026-11-22T00:00:00+08:00",
    "substitute": "*",
    "by": "人事系统",
}


class Caller:
    """Another system."""

    def __init__(self, app: Flask, told: list[str]) -> None:
        self.told = told
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.server.server_port)
        content = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        given = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        connection.request(method, path, content, {name: value for name, value in given.items() if value})
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, json.loads(content) if answer.headers["Content-Type"] == "application/json" else content


@pytest.fixture
def caller(site: Site) -> Iterator[Caller]:
    with calling(site, TOKEN) as one:
        yield one


@contextmanager
def calling(site: Site, token: str | None) -> Iterator[Caller]:
    told: list[str] = []
    app = build(
        replace(site.settings, api_token=token), site.engine, site.hub, Path(site.evidence), announce=told.append
    )
    caller = Caller(app, told)
    yield caller
    caller.server.shutdown()
    caller.thread.join()
    caller.server.server_close()


def test_an_entry_is_recorded_once_and_told(caller: Caller, site: Site) -> None:
    status, answer = caller.ask("POST", "/api/v1/roster", ENTRY)
    assert (status, answer["new"]) == (201, 1)
    assert caller.ask("POST", "/api/v1/roster", ENTRY) == (200, answer | {"new": 0})
    assert caller.told == ["hc01"]
    status, found = caller.ask("GET", "/api/v1/roster?hall=hc01&day=2026-11-21")
    assert [one["id"] for one in found["entries"]] == ["hr-1"]
    assert caller.ask("GET", "/api/v1/roster?hall=hc01&day=2026-11-22")[1] == {"entries": []}


def test_the_same_id_with_other_content_is_refused(caller: Caller) -> None:
    caller.ask("POST", "/api/v1/roster", ENTRY)
    status, answer = caller.ask("POST", "/api/v1/roster", ENTRY | {"window": "w002"})
    assert status == 409
    assert "hr-1" in answer["error"]


def test_an_entry_is_changed_ended_and_withdrawn(caller: Caller) -> None:
    caller.ask("POST", "/api/v1/roster", ENTRY)
    assert caller.ask("POST", "/api/v1/roster", ENTRY | {"version": 2, "until": None})[0] == 201
    status, ended = caller.ask("PATCH", "/api/v1/roster/hr-1", {"action": "end", "by": "人事系统"})
    assert (status, ended["version"]) == (200, 3)
    status, gone = caller.ask("PATCH", "/api/v1/roster/hr-1", {"action": "withdraw", "by": "人事系统"})
    assert (status, gone["withdrawn"]) == (200, True)
    status, history = caller.ask("GET", "/api/v1/roster/hr-1")
    assert [one["version"] for one in history["versions"]] == [1, 2, 3, 4]


def test_several_are_recorded_all_or_none(caller: Caller, site: Site) -> None:
    both = [ENTRY, ENTRY | {"id": "hr-2", "window": "w099"}]
    status, answer = caller.ask("POST", "/api/v1/roster", {"entries": both})
    assert (status, answer["field"]) == (422, "window")
    assert answer["error"].startswith("entries.1: ")
    assert roster_records.find(site.engine, "hr-1") is None
    both[1]["window"] = "w002"
    assert caller.ask("POST", "/api/v1/roster", {"entries": both})[1]["new"] == 2


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"kind": "holiday"}, "kind"),
        ({"since": "2026-11-20T00:00:00"}, "since"),
        ({"until": "2026-11-19T00:00:00+08:00"}, "the end must come after the beginning"),
        ({"reason": "has a cold"}, "the reason must be one of"),
        ({"hall": "hc09"}, "there is no hall hc09"),
        ({"note": "x"}, "note"),
        ({"id": "a b"}, "id"),
        ({"substitute": "w001"}, "another window"),
    ],
)
def test_what_is_wrong_is_one_sentence(caller: Caller, changes: dict[str, Any], says: str) -> None:
    status, answer = caller.ask("POST", "/api/v1/roster", ENTRY | changes)
    assert status == 422
    assert says in answer["error"]


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status"),
    [
        ("POST", "/api/v1/roster", b"{", {}, 422),
        ("POST", "/api/v1/roster", b"[]", {}, 422),
        ("POST", "/api/v1/roster", b"x" * (LARGEST + 1), {}, 413),
        ("POST", "/api/v1/roster", ENTRY, {"Content_Type": "text/plain"}, 415),
        ("GET", "/api/v1/roster", None, {}, 422),
        ("GET", "/api/v1/roster?hall=hc09", None, {}, 422),
        ("GET", "/api/v1/roster?hall=hc01&day=today", None, {}, 422),
        ("GET", "/api/v1/roster?hall=hc01&day=9999-12-31", None, {}, 422),
        ("GET", "/api/v1/roster?hall=hc01&day=0001-01-01", None, {}, 422),
        ("POST", "/api/v1/roster", ENTRY | {"since": "0001-01-01T00:00:00+08:00"}, {}, 422),
        ("POST", "/api/v1/roster", ENTRY | {"until": "9999-12-31T23:59:59-12:00"}, {}, 422),
        ("POST", "/api/v1/roster", ENTRY | {"by": "a\0b"}, {}, 422),
        ("POST", "/api/v1/roster", ENTRY | {"by": "\u202e"}, {}, 422),
        ("GET", "/api/v1/roster/none", None, {}, 404),
        ("PATCH", "/api/v1/roster/none", {"action": "end", "by": "x"}, {}, 404),
        ("PATCH", "/api/v1/roster/none", {"action": "delete", "by": "x"}, {}, 422),
        ("GET", "/api/v1/roster?hall=hc01", None, {"Authorization": ""}, 401),
        ("GET", "/api/v1/roster?hall=hc01", None, {"Authorization": "Bearer another-token-entirely"}, 401),
        ("GET", "/api/v1/roster?hall=hc01", None, {"Authorization": TOKEN}, 401),
        ("POST", "/api/v1/roster", ENTRY, {"Origin": "http://evil.example"}, 403),
    ],
)
def test_what_is_not_answered(
    caller: Caller, method: str, path: str, body: Any, headers: dict[str, str], status: int
) -> None:
    found, answer = caller.ask(method, path, body, **headers)
    assert found == status
    if status != 403:  # the guard of all pages
        assert answer["error"]


def test_guessing_is_slow(caller: Caller) -> None:
    for _ in range(GUESSES):
        assert caller.ask("GET", "/api/v1/roster?hall=hc01", Authorization="Bearer guess")[0] == 401
    assert caller.ask("GET", "/api/v1/roster?hall=hc01")[0] == 429


def test_no_caller_takes_more_than_its_share(caller: Caller) -> None:
    statuses = [caller.ask("GET", "/api/v1/roster/none")[0] for _ in range(RATE + 1)]
    assert statuses == [404] * RATE + [429]


def test_without_a_token_there_is_no_interface(site: Site) -> None:
    with calling(site, None) as unreachable:
        status, answer = unreachable.ask("GET", "/api/v1/roster?hall=hc01")
    assert (status, answer["error"]) == (
        404,
        "expected `api.token_env` or `api.token_file` in the configuration, found neither",
    )


def test_it_describes_itself(caller: Caller) -> None:
    status, described = caller.ask("GET", "/api/v1/openapi.json", Authorization="")
    assert (status, described["openapi"]) == (200, "3.1.0")
    assert set(described["paths"]) == {"/api/v1/roster", "/api/v1/roster/{id}"}
    text = json.dumps(described)
    names = set(described["components"]["schemas"])
    assert {"EntryShape", "SeveralShape", "ChangeShape", "Error", "Arrangement"} <= names
    assert all(f'"{part}"' in text for part in ENTRY)
    refs = {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}
    assert refs <= names
