"""/confirm on a phone: the page says by itself that it was seen, and one tap answers."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from werkzeug.serving import make_server

from config.notices import Notices
from dashboards.app import build
from dashboards.duty import signer
from monitor.adapters import notice_records
from monitor.alerts import Alert
from tests.dashboards import city
from tests.dashboards.conftest import Site
from tests.dashboards.test_browser import PHONE, Watched, chromium, overflow
from tests.dashboards.test_duty import SECRET, seen_at

pytestmark = pytest.mark.browser

__all__ = ["chromium"]


@pytest.fixture
def address(site: Site) -> Iterator[str]:
    """Of a board whose links are signed."""
    app = build(replace(site.settings, notices=Notices((), "", SECRET)), site.engine, site.hub, Path(site.evidence))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


@pytest.fixture
def alert(site: Site) -> Alert:
    return next(one for one in city.alerts(site.now) if one.place == "w007")


def phone(chromium: Browser, address: str, alert: Alert, scripts: bool) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, base_url=address, java_script_enabled=scripts, has_touch=True)
    page = context.new_page()
    watched = Watched(page, address)
    page.goto(f"/confirm?token={signer(SECRET).dumps(alert.key)}")
    yield page
    context.close()
    assert watched.wrong == []


def test_it_is_seen_when_it_was_on_the_screen_and_answered_with_one_tap(
    chromium: Browser, address: str, site: Site, alert: Alert
) -> None:
    for page in phone(chromium, address, alert, True):
        with page.expect_response(lambda response: response.request.method == "POST") as answer:
            pass  # nobody touches it
        assert answer.value.status == 204
        assert seen_at(site, alert) is not None
        assert overflow(page)[0] == 0
        page.get_by_role("button", name="AB岗已补").tap()
        expect(page.get_by_role("status")).to_have_text("已记录，谢谢")
        done = notice_records.confirmed(site.engine, alert.key)
        assert done is not None
        assert done.action == "covered"


def test_it_is_answered_without_scripts_too(chromium: Browser, address: str, site: Site, alert: Alert) -> None:
    for page in phone(chromium, address, alert, False):
        page.get_by_role("combobox").select_option("guiding")
        page.get_by_role("button", name="有正当理由").tap()
        expect(page.get_by_role("status")).to_have_text("已记录，谢谢")
        assert seen_at(site, alert) is None
        done = notice_records.confirmed(site.engine, alert.key)
        assert done is not None
        assert (done.action, done.reason) == ("reasonable", "guiding")
