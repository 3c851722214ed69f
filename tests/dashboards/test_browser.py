"""The pages in a real browser: live figures, no foreign request, and a person's whole first loop."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Request, ViewportSize, expect, sync_playwright
from sqlalchemy import text

from dashboards import figures
from monitor.adapters import alert_records, issue_records
from monitor.alerts import Ending
from monitor.issues import Status
from monitor.verdicts import VerdictKind
from tests.dashboards import city
from tests.dashboards.conftest import Running

pytestmark = pytest.mark.browser

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WALL: ViewportSize = {"width": 1920, "height": 1080}
DESK: ViewportSize = {"width": 1366, "height": 768}
PHONE: ViewportSize = {"width": 390, "height": 844}
STALE = timedelta(seconds=90)
WITHIN_ITS_CARD = """node => {
  const own = node.getBoundingClientRect();
  return ["kpi", "kpi-foot"].map(name => node.closest("." + name)).filter(Boolean).every(box => {
    const room = box.getBoundingClientRect();
    return own.right <= room.right + 1 && own.bottom <= room.bottom + 1;
  });
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


class Watched:
    """A page and what went wrong on it."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on(
            "console", lambda message: self.wrong.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda request: self.foreign(request, address))

    def foreign(self, request: Request, address: str) -> None:
        if not request.url.startswith((address, "data:", "blob:")):
            self.wrong.append(f"foreign request {request.url}")


@pytest.fixture
def wall(chromium: Browser, board: Running) -> Iterator[Page]:
    yield from opened(chromium, board, WALL)


@pytest.fixture
def desk(chromium: Browser, board: Running) -> Iterator[Page]:
    yield from opened(chromium, board, DESK)


@pytest.fixture
def phone(chromium: Browser, board: Running) -> Iterator[Page]:
    yield from opened(chromium, board, PHONE)


def opened(chromium: Browser, board: Running, size: ViewportSize) -> Iterator[Page]:
    context = chromium.new_context(viewport=size, base_url=board.address)
    page = context.new_page()
    watched = Watched(page, board.address)
    yield page
    context.close()
    assert watched.wrong == []


def overflow(page: Page) -> list[int]:
    """How far the page scrolls beyond the window, across and down."""
    return list(
        page.evaluate(
            "[document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]"
        )
    )


def test_the_wall_shows_the_halls_live_without_scrolling(wall: Page, board: Running) -> None:
    wall.goto("/")
    expect(wall.locator("#live-windows .tile")).to_have_count(16)
    expect(wall.locator("#live-feed .alert")).to_have_count(6)
    expect(wall.locator(".hall-row[data-worst]")).to_have_count(3)
    expect(wall.locator("#live-push")).to_have_attribute("data-tone", "ok")
    expect(wall.locator(".tile[data-state=AWAY_ALERT]").first).to_be_visible()
    wall.locator(".hall-row", has_text="环翠区政务服务中心").click()
    expect(wall.locator("#live-windows .tile")).to_have_count(14)
    expect(wall.locator(".tile[data-state=UNKNOWN]")).to_have_count(1)
    assert overflow(wall) == [0, 0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_desk_the_head_keeps_its_clock_and_language_at_the_right(desk: Page, language: str) -> None:
    desk.goto(f"/?lang={language}")
    expect(desk.locator("#live-island.is-live")).to_be_visible()
    expect(desk.locator("#live-blind")).to_be_visible()
    boxes = [desk.locator(part).bounding_box() for part in (".top h1", "#live-clock", "#language")]
    title, clock, switch = [box for box in boxes if box is not None]
    assert title["x"] < clock["x"] < switch["x"]
    assert max(clock["y"], switch["y"]) < title["y"] + title["height"]
    assert overflow(desk)[0] == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_the_wall_the_head_holds_every_banner_and_the_switch(wall: Page, language: str) -> None:
    wall.goto(f"/?lang={language}")
    expect(wall.locator("#live-blind")).to_be_visible()
    wall.locator(".top [hidden]").evaluate_all("nodes => nodes.forEach(node => { node.hidden = false; })")
    for part in ("#language", ".banners"):
        box = wall.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= WALL["width"]
        assert box["y"] >= 0 and box["y"] + box["height"] <= 60
    assert overflow(wall) == [0, 0]


def test_the_figures_on_the_page_are_those_of_the_records(wall: Page, board: Running) -> None:
    wall.goto("/")
    expect(wall.locator("#live-island.is-live")).to_be_visible()
    site = board.site
    wanted = figures.figures(site.settings, figures.read(site.engine, site.now), site.hub.messages(), site.now, STALE)
    for element in wall.locator("[data-figure]").all():
        value: object = wanted
        for name in str(element.get_attribute("data-figure")).split("."):
            value = value[name] if isinstance(value, dict) else value
        assert element.text_content() == ("—" if value is None else str(value)), element.get_attribute("data-figure")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_figure_is_cut_off_in_a_large_city(wall: Page, board: Running, language: str) -> None:
    wall.goto(f"/?lang={language}")
    board.halt()
    site = board.site
    shown = figures.figures(site.settings, figures.read(site.engine, site.now), site.hub.messages(), site.now, STALE)
    kpi = shown["kpi"]
    kpi["windows"] = {"due": 1600, "on": 811, "away": 113, "stepped": 227, "paused": 230, "unknown": 219}
    kpi["alerts"] = {"pending": 113, "today": 346, "handled": 233, "adopted": {"a": 218, "b": 233, "text": "93.56%"}}
    kpi["ratings"] = {"n": 4130, "bad": 113, "coin": 1204}
    site.hub.put_figures(shown)
    expect(wall.locator("[data-figure='kpi.windows.unknown']")).to_have_text("219")
    for figure in wall.locator(".kpi [data-figure]").all():
        assert figure.evaluate(WITHIN_ITS_CARD), figure.get_attribute("data-figure")
    for camera in wall.locator("#live-blind-list .line-spot").all():
        assert camera.evaluate("node => node.scrollWidth <= node.clientWidth"), camera.text_content()
    assert wall.locator("#live-blind-list .line-spot").first.text_content() == "hc01-c5"
    assert overflow(wall) == [0, 0]


def test_a_change_in_a_hall_reaches_the_page(wall: Page, board: Running) -> None:
    wall.goto("/")
    expect(wall.locator(".tile[data-state=PAUSED_OK]")).to_have_count(2)
    site = board.site
    site.hub.put(city.message(site.settings, "sz01", site.now + timedelta(seconds=1), state="SERVING", version=2))
    expect(wall.locator(".tile[data-state=SERVING]")).to_have_count(16)


def slowed(board: Running, **more: object) -> None:
    """The first hall says how its shard keeps up, and how its cameras do."""
    site = board.site
    message = city.message(site.settings, "sz01", site.now + timedelta(seconds=1), city.alerts(site.now), version=2)
    clock = {"id": "sz01-c3", "off_s": -130.0, "since": site.now.isoformat()}
    cameras = {**message["cameras"], "unwatched": 2, "clocks": [clock]}
    site.hub.put({**message, "cameras": cameras, **more})


@pytest.mark.parametrize(
    ("language", "stretched", "late", "notes"),
    [
        ("zh", "采样间隔为设定的 1.5 倍", "只有 83% 按时查看", ["因网络限额未查看 2 路", "时钟偏差 −2 分"]),
        (
            "en",
            "1.5 times as long as set",
            "only 83% of the looks",
            ["2 not looked at", "clock off by −2 min"],
        ),
    ],
)
def test_cameras_that_are_looked_at_less_often_are_said_in_plain_words(
    wall: Page, board: Running, language: str, stretched: str, late: str, notes: list[str]
) -> None:
    wall.goto(f"/?lang={language}")
    expect(wall.locator("#live-gauge")).to_contain_text("100%")
    expect(wall.locator("#live-pace")).to_be_hidden()
    since = board.site.now.isoformat()
    slowed(board, stretch=1.5, on_time=0.83, slow_since=since)
    expect(wall.locator("#live-pace")).to_contain_text(stretched)
    expect(wall.locator("#live-gauge")).to_contain_text("66%")
    for note in notes:
        expect(wall.locator("#live-blind-list")).to_contain_text(note)
        expect(wall.locator("#live-windows-meta")).to_contain_text(note)
    for figure in wall.locator(".kpi [data-figure]:visible").all():
        assert figure.evaluate(WITHIN_ITS_CARD), figure.get_attribute("data-figure")
    assert overflow(wall) == [0, 0]
    slowed(board, stretch=1.0, on_time=0.83, slow_since=since)
    expect(wall.locator("#live-pace")).to_contain_text(late)
    slowed(board, stretch=1.0, on_time=1.0)
    expect(wall.locator("#live-pace")).to_be_hidden()


def test_a_broken_broker_and_a_broken_push_are_said(wall: Page, board: Running) -> None:
    wall.goto("/")
    board.site.hub.broker_down(board.site.now)
    expect(wall.locator("#live-push")).to_contain_text("消息中断")
    board.site.hub.broker_up()
    expect(wall.locator("#live-push")).to_contain_text("实时推送正常")


def test_figures_that_stand_still_are_said_to(wall: Page, board: Running) -> None:
    wall.goto("/")
    expect(wall.locator("#live-push")).to_have_attribute("data-tone", "ok")
    site = board.site
    board.halt()
    then = site.now - timedelta(minutes=10)
    old = figures.figures(site.settings, figures.Records((), (), ()), site.hub.messages(), then, STALE)
    site.hub.put_figures(old)
    expect(wall.locator("#live-push")).to_contain_text("统计数据停更 10 分")
    expect(wall.locator("#live-push")).to_have_attribute("data-tone", "warn")


def test_a_hall_that_came_after_the_page_was_opened_stops_nothing(wall: Page, board: Running) -> None:
    wall.goto("/")
    expect(wall.locator("#live-island.is-live")).to_be_visible()
    site = board.site
    shown = figures.figures(site.settings, figures.read(site.engine, site.now), {}, site.now, STALE)
    hall = {**shown["areas"][0]["halls"][0], "id": "new1"}
    board.halt()
    site.hub.put_figures({**shown, "areas": [*shown["areas"], {"code": "1", "halls": [hall]}], "feed": []})
    expect(wall.locator(".hall-row", has_text="new1")).to_be_visible()
    expect(wall.locator("#live-feed-none")).to_be_visible()


def test_an_alert_is_judged_from_the_feed(wall: Page, board: Running) -> None:
    wall.goto("/")
    card = wall.locator(".alert", has_text="07 税务")
    card.get_by_role("button", name="合理").click()
    card.get_by_role("button", name="后台办件").click()
    expect(wall.locator("#situation-toast")).to_contain_text("已处置")
    expect(wall.locator(".alert")).to_have_count(5)
    expect(wall.locator("#live-handled .handled-line")).to_contain_text("07 税务")
    key = next(alert.key for alert in city.alerts(board.site.now) if alert.place == "w007")
    record = alert_records.alert(board.site.engine, key)
    assert record is not None
    assert record.verdict is not None
    assert (record.verdict.kind, record.verdict.reason) == (VerdictKind.REASONABLE, "back_office")


def test_nobody_is_said_to_be_back_who_was_not_seen(wall: Page, board: Running) -> None:
    """An alert that a pause or the closing ended says that, on the feed and on its own page."""
    back = next(alert for alert in city.alerts(board.site.now) if alert.ending)
    paused = replace(back, place="w010", ending=Ending.ARRANGED)
    alert_records.save(board.site.engine, paused, board.site.now)
    board.site.hub.refresh()
    wall.goto("/")
    expect(wall.locator(".alert .alert-window", has_text="09 ").locator("xpath=ancestor::article")).to_contain_text(
        "返岗"
    )
    card = wall.locator(".alert", has_text="10 办不成事反映")
    expect(card.locator(".chip-ended")).to_contain_text("因安排结束")
    expect(card).not_to_contain_text("返岗")
    wall.goto(f"/alert?key={quote(paused.key)}")
    expect(wall.locator(".alert-facts")).to_contain_text("因安排结束")
    expect(wall.locator(".alert-page-stills")).not_to_contain_text("返岗")


def test_time_in_which_nobody_could_see_is_not_told_as_absence(wall: Page, board: Running) -> None:
    site = board.site
    alert = next(alert for alert in city.alerts(site.now) if alert.place == "w004" and not alert.sees)
    message = city.message(site.settings, "hc01", site.now, [alert])
    opened = alert.opened_at.isoformat()
    site.hub.put({**message, "windows": [{**window, "seen_at": opened} for window in message["windows"]]})
    wall.goto(f"/alert?key={quote(alert.key)}")
    expect(wall.locator(".alert-facts .facts").first).to_contain_text("持续05:00")
    expect(wall.locator("#alert-text")).to_have_value(re.compile("持续05:00"))


def test_a_still_is_enlarged(wall: Page) -> None:
    wall.goto("/")
    wall.locator(".still:not(:disabled)").first.click()
    picture = wall.locator("dialog img")
    expect(picture).to_be_visible()
    wall.wait_for_function("document.querySelector('dialog img').naturalWidth === 640")
    wall.keyboard.press("Escape")
    expect(picture).to_have_count(0)


def test_a_second_verdict_is_told_of_the_first(wall: Page, chromium: Browser, board: Running) -> None:
    wall.goto("/")
    wall.locator(".alert", has_text="07 税务").locator(".alert-place").click()
    expect(wall.locator("#alert-judgement")).to_be_visible()
    other = wall.context.new_page()
    other.goto(wall.url)
    other.get_by_role("button", name="误报").click()
    expect(other.locator(".facts").last).to_contain_text("误报")
    wall.get_by_role("button", name="属实·已提醒").click()
    expect(wall.locator(".notice.is-refused")).to_contain_text("误报")


def test_an_alert_becomes_an_issue_with_a_prefilled_form(wall: Page, board: Running) -> None:
    wall.goto("/")
    wall.locator(".alert", has_text="07 税务").get_by_role("button", name="属实·登记问题").click()
    expect(wall.locator("#alert-text")).to_have_value(re.compile("威海市政务服务中心07 税务自.*疑似离岗"))
    wall.get_by_role("button", name="属实·登记问题").click()
    wall.get_by_role("link", name=re.compile("WH-")).click()
    expect(wall.locator(".photographs img")).to_have_count(2)
    issue = issue_records.issues(board.site.engine)[0]
    assert (issue.category, issue.place, issue.source) == ("A01", "w007", "AI_VIDEO")


def test_from_the_phone_to_closed(phone: Page, board: Running, tmp_path: Path) -> None:
    city.still(tmp_path / "finding.jpg", 1)
    phone.goto("/patrol")
    phone.locator("#patrol-submit").click()
    expect(phone.locator("#patrol-notice")).to_contain_text("还缺:大厅、问题类别、现场照片、问题描述")
    phone.locator("#patrol-hall").click()
    phone.get_by_role("option", name="环翠区政务服务中心").click()
    phone.locator("#patrol-place").click()
    phone.get_by_role("option", name="03 不动产登记").click()
    phone.locator("#patrol-group").get_by_text("环境设施").click()
    phone.locator("#patrol-category").get_by_text("环境卫生").click()
    phone.locator("#patrol-text").fill("<b>地面积水</b>,未设警示牌")
    phone.locator("#patrol-photo-field input").last.set_input_files(tmp_path / "finding.jpg")
    expect(phone.locator(".photo-shown img")).to_be_visible()
    assert overflow(phone)[0] == 0
    phone.locator("#patrol-submit").dblclick()
    number = phone.locator("#patrol-number").text_content() or ""
    assert re.fullmatch(r"WH-\d{4}-000004", number)
    assert len(issue_records.issues(board.site.engine)) == 4

    phone.get_by_role("link", name="查看").click()
    expect(phone.locator(".issue-text")).to_have_text("<b>地面积水</b>,未设警示牌")
    phone.locator("#issue-unit").fill("环翠区大厅管理科")
    phone.get_by_role("button", name="交办").click()
    expect(phone.locator(".status")).to_have_text("已交办")
    phone.locator("#issue-reason").fill("已清理")
    phone.get_by_role("button", name="反馈").click()
    expect(phone.locator("#issue-notice")).to_contain_text("照片")
    phone.locator("#issue-photo-field input").last.set_input_files(tmp_path / "finding.jpg")
    expect(phone.locator(".photo-shown img")).to_be_visible()
    phone.get_by_role("button", name="反馈").click()
    expect(phone.locator(".status")).to_have_text("已反馈")
    phone.get_by_role("button", name="退回").click()
    expect(phone.locator("#issue-notice")).to_contain_text("退回原因")
    phone.get_by_role("button", name="销号").click()
    expect(phone.locator(".status")).to_have_text("销号")
    expect(phone.locator(".step")).to_have_count(4)
    assert overflow(phone)[0] == 0
    found = issue_records.issue(board.site.engine, number)
    assert found is not None
    assert found[0].status is Status.CLOSED


def test_somebody_else_was_faster(wall: Page) -> None:
    wall.goto("/issues")
    wall.locator(".ledger tbody a").first.click()
    expect(wall.locator("#issue-unit")).to_be_visible()
    other = wall.context.new_page()
    other.goto(wall.url)
    expect(other.locator("#issue-unit")).to_be_visible()
    for page in (other, wall):
        page.locator("#issue-unit").fill("市人社局驻厅窗口")
        page.get_by_role("button", name="交办").click()
        expect(page.locator(".status-DISPATCHED, .notice.is-refused")).to_be_visible()
    expect(wall.locator("#issue-notice")).to_contain_text("他人刚刚办理过")


def test_the_completion_rate_opens_to_its_records(wall: Page) -> None:
    wall.goto("/issues")
    expect(wall.locator(".ledger tbody tr")).to_have_count(3)
    wall.locator("#ledger-completion").click()
    expect(wall.locator(".ledger tbody tr")).to_have_count(0)
    wall.locator("#ledger-open").click()
    expect(wall.locator(".ledger tbody tr")).to_have_count(3)


@pytest.mark.parametrize(
    "address", ["/", "/issues", "/ratings", "/patrol", "/alert?key=none", "/issue?number=none", "/nowhere"]
)
def test_every_page_speaks_english_after_one_click(wall: Page, address: str) -> None:
    wall.goto(address)
    if address == "/nowhere":
        expect(wall.locator(".page-none")).to_have_text("没有这个页面")
        return
    wall.locator("#language").click()
    expect(wall.locator("#language")).to_have_text("中文")
    expect(wall.locator("html")).to_have_attribute("lang", "en")
    expect(wall.locator("h1")).to_have_text("Weihai Government Service Supervision")
    assert overflow(wall) == [0, 0] if address == "/" else overflow(wall)[0] == 0


def test_an_action_that_breaks_is_told(wall: Page, board: Running) -> None:
    wall.goto("/issues")
    wall.locator(".ledger tbody a").first.click()
    wall.locator("#issue-unit").fill("市人社局驻厅窗口")
    with board.site.engine.begin() as connection:
        connection.execute(text("ALTER TABLE issue_moves RENAME TO issue_moves_gone"))
    wall.get_by_role("button", name="交办").click()
    expect(wall.locator("#page-failed")).to_contain_text("没有办成")
    expect(wall.locator(".status")).to_have_text("登记")
