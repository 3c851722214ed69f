"""What the phone form sends is checked again where it arrives: anybody may send anything."""

from base64 import b64encode
from typing import Any

import cv2
import numpy as np
import pytest
from werkzeug.test import TestResponse

from monitor.adapters import issue_records
from tests.dashboards.conftest import Site

JPEG = cv2.imencode(".jpg", np.zeros((4, 4, 3), np.uint8))[1].tobytes()
FORM = {
    "idempotency": "0" * 32,
    "hall": "sz01",
    "place": "w003",
    "category": "A01",
    "severity": "C",
    "text": "窗口无人",
    "photo": "data:image/jpeg;base64," + b64encode(JPEG).decode(),
}


def send(site: Site, form: dict[str, Any]) -> TestResponse:
    properties = {"idempotency": "data", "photo": "data"}
    state = [{"id": f"patrol-{name}", "property": properties.get(name, "value"), "value": form[name]} for name in FORM]
    body = {
        "output": "..patrol-body.children...patrol-notice.children..",
        "outputs": [{"id": f"patrol-{name}", "property": "children"} for name in ("body", "notice")],
        "inputs": [{"id": "patrol-submit", "property": "n_clicks", "value": 1}],
        "state": state,
        "changedPropIds": ["patrol-submit.n_clicks"],
    }
    return site.app.test_client().post("/_dash-update-component", json=body)


def test_what_a_form_sends_is_on_record_once(site: Site) -> None:
    before = len(issue_records.issues(site.engine))
    assert "patrol-number" in send(site, FORM).text
    assert "patrol-number" in send(site, FORM).text
    assert len(issue_records.issues(site.engine)) == before + 1


@pytest.mark.parametrize(
    "change",
    [
        {"hall": "xx99"},
        {"hall": ["sz01"]},
        {"hall": {"id": "sz01"}},
        {"place": "w999"},
        {"place": 3},
        {"category": "F01"},
        {"category": ["A01"]},
        {"severity": "Z"},
        {"text": "字" * 2001},
        {"text": 3},
        {"photo": "data:image/png;base64,AAAA"},
        {"photo": ["x"]},
    ],
)
def test_what_no_form_would_send_is_refused_in_a_sentence(site: Site, change: dict[str, Any]) -> None:
    before = issue_records.issues(site.engine)
    answer = send(site, {**FORM, **change})
    assert answer.status_code == 200
    assert "is-refused" in answer.text
    assert issue_records.issues(site.engine) == before


@pytest.mark.parametrize("key", [None, "", "mine", {"a": 1}])
def test_a_key_that_no_form_was_given_is_refused(site: Site, key: Any) -> None:
    before = issue_records.issues(site.engine)
    assert "is-refused" in send(site, {**FORM, "idempotency": key}).text
    assert issue_records.issues(site.engine) == before
