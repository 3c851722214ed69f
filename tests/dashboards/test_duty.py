"""The duty director confirms by one tap, from a signed link; a preview, a forger and a second tap change nothing."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from config.notices import Notices
from dashboards.app import build
from dashboards.duty import link, message, signer
from monitor.adapters import notice_records
from monitor.alerts import Alert
from monitor.ladder import Due
from tests.dashboards import city
from tests.dashboards.conftest import Site

SECRET, BASE = "s" * 40, "https://jd.example.org"


@pytest.fixture
def alert(site: Site) -> Alert:
    return next(one for one in city.alerts(site.now) if one.place == "w007")


@pytest.fixture
def client(site: Site) -> Iterator[FlaskClient]:
    settings = replace(site.settings, notices=Notices((), BASE, SECRET))
    yield build(settings, site.engine, site.hub, Path(site.evidence)).test_client()


def token(alert: Alert) -> str:
    return str(signer(SECRET).dumps(alert.key))


def tap(client: FlaskClient, token: str, action: str, origin: str = BASE, **form: str) -> int:
    answer = client.post("/confirm", data={"token": token, "action": action, **form}, headers={"Origin": origin})
    return answer.status_code


def test_one_tap_confirms_and_the_first_one_counts(client: FlaskClient, site: Site, alert: Alert) -> None:
    page = client.get(f"/confirm?token={token(alert)}", base_url=BASE)
    assert page.status_code == 200
    assert "07 税务" in page.text
    assert "疑似离岗" in page.text
    assert notice_records.confirmed(site.engine, alert.key) is None  # looking confirms nothing
    assert tap(client, token(alert), "covered") == 200
    assert tap(client, token(alert), "reminded") == 200
    done = notice_records.confirmed(site.engine, alert.key)
    assert done is not None
    assert (done.action, done.by) == ("covered", "值班主任")
    assert "AB岗已补" in client.get(f"/confirm?token={token(alert)}").text


def test_a_reason_is_kept_with_the_good_reason_alone(client: FlaskClient, site: Site, alert: Alert) -> None:
    assert tap(client, token(alert), "reasonable", reason="guiding") == 200
    done = notice_records.confirmed(site.engine, alert.key)
    assert done is not None
    assert done.reason == "guiding"


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ("nonsense", 403),
        ("", 403),
        (str(signer("x" * 40).dumps("absence:hc01:w007:1")), 403),
    ],
)
def test_a_link_that_is_not_ours_is_refused(client: FlaskClient, made: str, status: int) -> None:
    assert client.get(f"/confirm?token={made}").status_code == status
    assert tap(client, made, "reminded") == status


def test_a_change_from_elsewhere_or_of_another_kind_is_refused(client: FlaskClient, site: Site, alert: Alert) -> None:
    assert tap(client, token(alert), "reminded", origin="https://evil.example.org") == 403
    assert tap(client, token(alert), "close-all") == 400
    assert client.get("/", base_url=BASE).status_code == 421  # only /confirm is passed on
    assert notice_records.confirmed(site.engine, alert.key) is None


def test_without_a_secret_there_are_no_links(site: Site, alert: Alert) -> None:
    assert site.app.test_client().get("/confirm?token=x").status_code == 404
    assert link("", SECRET, alert.key) == ""
    assert link(BASE, "", alert.key) == ""


def test_a_message_says_what_is_suspected_where_and_how_to_confirm(site: Site, alert: Alert) -> None:
    settings = replace(site.settings, notices=Notices((), BASE, SECRET))
    title, text = message(settings, replace(alert, waiting=2), Due(alert, "opened", "班长"), site.now)
    assert title.startswith("【模拟】疑似离岗 · ")
    assert "威海市政务服务中心 07 税务" in text
    assert "同区等候 2 人" in text
    assert f"{BASE}/confirm?token=" in text
    grouped = message(settings, alert, Due(alert, "opened", "班长", ("w007", "w004")), site.now)[1]
    assert "07 税务、04" in grouped
