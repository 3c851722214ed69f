"""/responses: over which days, and what a person sees in a browser."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboards.pages.responses import period
from monitor.adapters import notice_records
from monitor.adapters.notice_records import Confirmed
from monitor.calendar import today
from tests.dashboards import city
from tests.dashboards.conftest import Running
from tests.dashboards.test_browser import WALL, chromium, opened, overflow

DAY = date(2026, 11, 20)

__all__ = ["chromium"]


@pytest.mark.parametrize(
    ("query", "days", "refused"),
    [
        ({}, (6, 0), False),
        ({"days": "30"}, (29, 0), False),
        ({"days": "31"}, (6, 0), False),
        ({"from": "2026-11-01", "to": "2026-11-10"}, (19, 10), False),
        ({"from": "2026-11-10"}, (10, 0), False),
        ({"from": "2026-11-20", "to": "2026-11-20", "days": "30"}, (0, 0), False),
        ({"from": "2026-11-10", "to": "2026-11-01"}, (6, 0), True),
        ({"to": "2026-11-01", "from": "yesterday"}, (6, 0), True),
        ({"from": "2020-01-01", "to": "2026-11-01"}, (6, 0), True),
        ({"from": "0001-01-01", "to": "0001-01-02"}, (6, 0), True),
        ({"from": "9999-12-30", "to": "9999-12-31"}, (6, 0), True),
    ],
)
def test_the_days_that_are_asked_for(query: dict[str, str], days: tuple[int, int], refused: bool) -> None:
    first, last, wrong = period(query, DAY)
    assert ((DAY - first).days, (DAY - last).days, wrong) == (*days, refused)


@pytest.fixture
def wall(chromium: Browser, board: Running) -> Iterator[Page]:
    yield from opened(chromium, board, WALL)


@pytest.mark.browser
def test_how_fast_over_a_range_of_days(wall: Page, board: Running) -> None:
    site = board.site
    alert = next(one for one in city.alerts(site.now) if one.place == "w007")
    acted_at = alert.opened_at + timedelta(seconds=95)
    notice_records.opened(site.engine, [alert.key], acted_at - timedelta(seconds=35))
    notice_records.confirm(site.engine, [alert.key], Confirmed("reminded", "", "值班主任", acted_at))
    wall.goto("/responses")
    row = wall.locator("tbody tr", has_text="威海市政务服务中心")
    expect(row.locator("td").nth(1)).to_have_text("1 分 00 秒 · 1 分 00 秒（1/3）")
    expect(row.locator("td").nth(2)).to_have_text("0 分 35 秒 · 0 分 35 秒（1/3）")
    expect(wall.locator(".coverage-days .is-here")).to_have_text("7 天")
    about, table = wall.locator(".about").bounding_box(), wall.locator(".ledger").bounding_box()
    assert about is not None
    assert table is not None
    assert table["y"] - (about["y"] + about["height"]) >= 12  # room between what it says and the table
    assert overflow(wall)[0] == 0
    long_ago = today(site.now) - timedelta(days=40)
    wall.locator("input[name=from]").fill(f"{long_ago - timedelta(days=3)}")
    wall.locator("input[name=to]").fill(f"{long_ago}")
    wall.locator(".range button").click()
    wall.wait_for_url(f"**/responses?from={long_ago - timedelta(days=3)}&to={long_ago}")
    expect(wall.locator("tbody tr")).to_have_count(1)
    expect(wall.locator("tbody tr td").nth(1)).to_have_text("—（0/0）")
    expect(wall.locator("input[name=to]")).to_have_value(f"{long_ago}")
    wall.goto("/responses?from=2026-11-10&to=2026-11-01&lang=en")
    expect(wall.locator(".notice.is-refused")).to_contain_text("two days in their order")
