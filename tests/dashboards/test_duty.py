"""The duty director confirms by one tap, from a signed link; a preview, a forger and a second tap change nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner

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
    assert "模拟数据" in page.text
    assert "同区等候 5 人" in page.text
    assert "起，已 13 分 5" in page.text
    assert notice_records.confirmed(site.engine, alert.key) is None  # looking confirms nothing
    assert tap(client, token(alert), "covered") == 200
    assert tap(client, token(alert), "reminded") == 200
    done = notice_records.confirmed(site.engine, alert.key)
    assert done is not None
    assert (done.action, done.by) == ("covered", "值班主任")
    assert "AB岗已补" in client.get(f"/confirm?token={token(alert)}").text


def test_the_page_of_a_link_speaks_english_after_one_tap(client: FlaskClient, alert: Alert) -> None:
    page = client.get(f"/confirm?token={token(alert)}", base_url=BASE)
    address = unescape(page.text.partition("class='tongue' href='")[2].partition("'")[0])
    english = client.get(f"/{address}", base_url=BASE)
    assert (english.status_code, "Suspected absence" in english.text) == (200, True)
    assert "疑似离岗" not in english.text


def test_a_reason_is_kept_with_the_good_reason_alone(client: FlaskClient, site: Site, alert: Alert) -> None:
    assert tap(client, token(alert), "reasonable", reason="guiding") == 200
    done = notice_records.confirmed(site.engine, alert.key)
    assert done is not None
    assert done.reason == "guiding"


@pytest.mark.parametrize("reason", ["", "张三今天请病假", "maintenance", "capacity"])
def test_a_reason_that_is_not_on_offer_is_refused(client: FlaskClient, site: Site, alert: Alert, reason: str) -> None:
    assert tap(client, token(alert), "reasonable", reason=reason) == 400
    assert notice_records.confirmed(site.engine, alert.key) is None
    assert tap(client, token(alert), "reminded", reason=reason) == 200
    done = notice_records.confirmed(site.engine, alert.key)
    assert done is not None
    assert done.reason == ""


def seen_at(site: Site, alert: Alert) -> datetime | None:
    day = timedelta(days=1)
    found = notice_records.responses(site.engine, site.now - day, site.now + day)
    return next(one.seen_at for one in found if one.alert.key == alert.key)


def test_only_the_page_itself_says_that_it_was_seen(client: FlaskClient, site: Site, alert: Alert) -> None:
    address = f"/confirm?token={token(alert)}"
    assert client.head(address, base_url=BASE).status_code == 200
    assert client.get(address, base_url=BASE, headers={"User-Agent": "WeCom link preview"}).status_code == 200
    assert seen_at(site, alert) is None
    assert tap(client, token(alert), "seen", origin="https://evil.example.org") == 403
    assert tap(client, token(alert), "seen") == 204
    assert seen_at(site, alert) is not None
    assert notice_records.confirmed(site.engine, alert.key) is None


def test_the_link_of_a_group_shows_and_confirms_those_of_it_that_are_open(client: FlaskClient, site: Site) -> None:
    ours = [one for one in city.alerts(site.now) if one.hall in ("sz01", "hc01") and one.place.startswith("w")]
    head, over = next(one for one in ours if one.until is not None), 1
    assert len(ours) == 4
    notice_records.gather(site.engine, {one.key: head.key for one in ours})  # of two halls, which matters to nobody
    page = client.get(f"/confirm?token={token(head)}", base_url=BASE)
    assert f"同时 {len(ours) - over} 个窗口" in page.text
    assert page.text.count("起，已") == len(ours) - over
    assert tap(client, token(head), "covered") == 200
    done = {one.key for one in ours if notice_records.confirmed(site.engine, one.key) is not None}
    assert done == {one.key for one in ours if one.until is None}
    assert "值班主任已确认" in client.get(f"/confirm?token={token(head)}", base_url=BASE).text


@pytest.mark.parametrize(
    ("made", "status"),
    [
        ("nonsense", 403),
        ("", 403),
        (str(signer("x" * 40).dumps("absence:hc01:w007:1")), 403),
    ],
)
def test_a_link_that_is_not_ours_is_refused(client: FlaskClient, made: str, status: int) -> None:
    page = client.get(f"/confirm?token={made}")
    assert page.status_code == status
    assert "链接不完整或不是本平台发出的" in page.text
    assert tap(client, made, "reminded") == status


@pytest.mark.parametrize(("language", "said"), [("zh", "链接已过期"), ("en", "The link is too old")])
def test_whoever_opens_an_old_link_is_told_so_in_words(
    client: FlaskClient, alert: Alert, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    old = TimestampSigner.get_timestamp
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda self: old(self) - 3 * 24 * 3600)
    made = token(alert)
    monkeypatch.undo()
    page = client.get(f"/confirm?token={made}&lang={language}", headers={"Accept-Language": language})
    assert (page.status_code, said in page.text) == (410, True)


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
    alone = Due(replace(alert, waiting=2), "opened", "班长", site.now)
    title, text = message(settings, alone)
    assert title.startswith("【模拟】疑似离岗 · ")
    assert "威海市政务服务中心 07 税务" in text
    assert "起，已 13 分 54 秒" in text
    assert "同区等候 2 人" in text
    assert f"{BASE}/confirm?token={signer(SECRET).dumps(alert.key).rpartition('.')[0][:20]}" in text
    grouped = message(settings, replace(alone, members=("w007", "w004"), head="absence:sz01:w001:x"))[1]
    assert "07 税务、04" in grouped
    assert signer(SECRET).loads(grouped.rpartition("token=")[2]) == "absence:sz01:w001:x"
    unseen = replace(alert, sees=False, unseen_s=60.0, waiting=None)
    blind = message(settings, Due(unseen, "red", "班长", site.now - timedelta(minutes=5)))[1]
    assert "起，已 7 分 54 秒" in blind
    assert "目前看不见" in blind
    assert "同区等候未知" in blind
