"""A window's own page and the roster page in a real browser."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from monitor.adapters import roster_records
from monitor.calendar import BEIJING, today
from monitor.roster import Arrangement, Entry
from tests.dashboards import city
from tests.dashboards.conftest import Running
from tests.dashboards.test_browser import DESK, PHONE, chromium, opened

pytestmark = pytest.mark.browser
__all__ = ["chromium"]  # the fixture: one browser for the file


@pytest.fixture
def phone(chromium: Browser, board: Running) -> Iterator[Page]:  # pytest's way of asking for a fixture
    yield from opened(chromium, board, PHONE)


@pytest.fixture
def desk(chromium: Browser, board: Running) -> Iterator[Page]:
    yield from opened(chromium, board, DESK)


def entries(board: Running) -> tuple[Entry, ...]:
    start = datetime.combine(today(board.site.now), time(), BEIJING)
    return roster_records.between(board.site.engine, ["hc01"], start, start + timedelta(days=1), withdrawn=True)


def test_one_tap_pauses_and_one_tap_resumes(phone: Page, board: Running) -> None:
    phone.goto("/window?hall=hc01&window=w002")
    phone.get_by_role("button", name="短时离席").click()
    expect(phone.locator("#window-notice")).to_contain_text("已设置：暂停服务")
    (entry,) = entries(board)
    assert (entry.window, entry.kind, entry.reason, entry.until) == ("w002", Arrangement.PAUSE, "break", None)
    expect(phone.locator(".own-running")).to_contain_text("短时离席")
    phone.get_by_role("button", name="恢复服务").click()
    expect(phone.locator("#window-notice")).to_contain_text("已结束：暂停服务")
    (entry,) = entries(board)
    assert entry.until is not None


@pytest.mark.parametrize(
    ("section", "button", "kind"),
    [("外出", "无人顶岗", Arrangement.SIGN_OUT), ("后台办件", "开始后台办件", Arrangement.BACK_OFFICE),
     ("AB岗", "顶岗人员到本窗口", Arrangement.COVER)],
)  # fmt: skip
def test_what_a_window_says_of_itself_takes_one_tap(
    phone: Page, board: Running, section: str, button: str, kind: Arrangement
) -> None:
    phone.goto("/window?hall=hc01&window=w002")
    phone.locator(".own-set", has_text=section).get_by_role("button", name=button).click()
    expect(phone.locator("#window-notice")).to_contain_text("已设置")
    assert [entry.kind for entry in entries(board)] == [kind]


def test_the_hint_is_given_to_the_window_alone_before_anybody_else(phone: Page, board: Running) -> None:
    site = board.site
    phone.goto("/window?hall=hc01&window=w002")
    expect(phone.locator("#window-live")).to_be_visible()
    told = city.message(site.settings, "hc01", datetime.now(BEIJING))
    windows = [
        {**one, "state": "AWAY_HINT", "since": told["at"]} if one["id"] == "w002" else one for one in told["windows"]
    ]
    site.hub.put({**told, "windows": windows, "version": 99})
    expect(phone.locator("#window-hint")).to_be_visible()
    expect(phone.locator("#window-hint")).to_contain_text("请返岗或点选原因")
    phone.goto("/window?hall=hc01&window=w001")
    expect(phone.locator("#window-live")).to_be_visible()
    expect(phone.locator("#window-hint")).to_be_hidden()


def test_leave_is_entered_and_withdrawn_on_the_roster(desk: Page, board: Running) -> None:
    desk.goto("/roster?hall=hc01")
    expect(desk.locator("#roster-listing")).to_contain_text("按常规开窗")
    roster_records.add(
        board.site.engine,
        next(hall for hall in board.site.settings.halls if hall.id == "hc01"),
        Entry(
            "leave-1",
            "hc01",
            "w002",
            Arrangement.LEAVE,
            datetime.combine(today(board.site.now), time(), BEIJING),
            datetime.combine(today(board.site.now) + timedelta(days=1), time(), BEIJING),
            by="科室负责人",
        ),
        board.site.now,
    )
    desk.goto("/roster?hall=hc01")
    row = desk.locator("#roster-listing tr", has_text="请假")
    expect(row).to_contain_text("生效中")
    row.get_by_role("button", name="撤回").click()
    expect(desk.locator("#roster-listing tr", has_text="已撤回")).to_be_visible()
    (entry,) = entries(board)
    assert entry.withdrawn
