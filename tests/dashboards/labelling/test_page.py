"""The labelling page in a real browser: a person corrects, confirms, undoes, and is never overwritten unseen."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from models import labels
from models.labels import Boxes
from tests.dashboards.labelling.conftest import Site
from tests.dashboards.test_browser import SWITCHES, Watched, overflow

pytestmark = pytest.mark.browser
DESK: ViewportSize = {"width": 1366, "height": 768}
REFUSED = re.compile("409|400")
"""Statuses that Chromium's console tells of, and that are meant."""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    context = chromium.new_context(viewport=DESK, base_url=site.address)
    opened = context.new_page()
    watched = Watched(opened, site.address)
    opened.goto("/")
    expect(opened.locator("#canvas")).to_have_attribute("data-name", names(site)[0])
    yield opened
    context.close()
    assert [text for text in watched.wrong if not REFUSED.search(text)] == []


def names(site: Site) -> list[str]:
    return [row.name for row in labels.frames(site.directory)]


def people(site: Site, number: int = 0) -> Boxes:
    return labels.boxes(site.directory, labels.frames(site.directory)[number])


def pull(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drags the mouse from one place of the picture to another, in shares of it."""
    box = page.locator("#picture").bounding_box()
    assert box is not None
    (x1, y1), (x2, y2) = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in (start, end)]
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move((x1 + x2) / 2, (y1 + y2) / 2)
    page.mouse.move(x2, y2)
    page.mouse.up()


def click(page: Page, x: float, y: float) -> None:
    pull(page, (x, y), (x, y))


def saved(page: Page) -> None:
    expect(page.locator("#saved")).to_have_text("已保存")


def test_a_box_is_drawn_moved_resized_removed_and_brought_back(page: Page, site: Site) -> None:
    pull(page, (0.5, 0.2), (0.7, 0.8))
    saved(page)
    expect(page.locator(".box")).to_have_count(2)
    drawn = people(site)[1]
    assert (drawn.x1, drawn.y1, drawn.x2, drawn.y2) == pytest.approx((0.5, 0.2, 0.7, 0.8), abs=0.01)

    pull(page, (0.6, 0.5), (0.7, 0.4))  # its inside: it is selected
    saved(page)
    moved = people(site)[1]
    assert (moved.x1, moved.y1, moved.x2, moved.y2) == pytest.approx((0.6, 0.1, 0.8, 0.7), abs=0.01)

    pull(page, (0.8, 0.7), (0.95, 0.9))  # its lower right corner
    saved(page)
    resized = people(site)[1]
    assert (resized.x1, resized.y1, resized.x2, resized.y2) == pytest.approx((0.6, 0.1, 0.95, 0.9), abs=0.01)

    page.keyboard.press("Delete")
    expect(page.locator(".box")).to_have_count(1)
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    expect(page.locator(".box")).to_have_count(2)
    saved(page)
    assert people(site)[1].x2 == pytest.approx(0.8, abs=0.01)


def test_a_person_within_a_box_can_be_drawn_and_a_click_selects(page: Page, site: Site) -> None:
    pull(page, (0.15, 0.3), (0.25, 0.6))
    expect(page.locator(".box")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator(".box.is-selected")).to_have_count(0)
    click(page, 0.12, 0.8)
    expect(page.locator(".box.is-selected")).to_have_attribute("data-number", "0")
    page.keyboard.press("s")
    expect(page.locator(".box.is-selected")).to_have_attribute("data-number", "1")
    pull(page, (0.9, 0.9), (0.9, 0.9))
    expect(page.locator(".box")).to_have_count(2)


def test_enter_confirms_and_goes_on_until_all_are_done(page: Page, site: Site) -> None:
    for number, name in enumerate(names(site)):
        expect(page.locator("#canvas")).to_have_attribute("data-name", name)
        expect(page.locator("#progress")).to_have_text(f"已确认 {number} / 4")
        page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_have_text("已确认 4 / 4")
    expect(page.locator("#done")).to_be_visible()
    page.wait_for_load_state("networkidle")  # the last answer may still be on its way to the disk
    assert all(row.reviewed for row in labels.frames(site.directory))


def test_keys_walk_through_the_list_hardest_first(page: Page, site: Site) -> None:
    walked = names(site)
    for key, name in zip("dDaD", (walked[1], walked[2], walked[1], walked[2]), strict=True):
        page.keyboard.press(key)
        expect(page.locator("#canvas")).to_have_attribute("data-name", name)
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#canvas")).to_have_attribute("data-name", walked[1])
    page.get_by_role("button", name="留出").click()
    expect(page.locator(".frame")).to_have_count(2)  # the held-out one and the one that is shown
    page.locator(".frame").last.click()
    expect(page.locator("#fact-part")).to_have_text("留出")


def test_two_tabs_do_not_overwrite_each_other(page: Page, site: Site) -> None:
    other = page.context.new_page()
    other.goto("/")
    expect(other.locator(".box")).to_have_count(1)
    pull(other, (0.5, 0.2), (0.7, 0.8))
    saved(other)
    page.bring_to_front()
    page.keyboard.press("s")
    page.keyboard.press("Delete")
    expect(page.locator("#conflict")).to_be_visible()
    expect(page.locator("#saved")).to_contain_text("expected version 1, found 2")
    assert len(people(site)) == 2
    page.get_by_role("button", name="载入最新").click()
    expect(page.locator(".box")).to_have_count(2)
    page.keyboard.press("s")
    page.keyboard.press("Delete")
    saved(page)
    assert len(people(site)) == 1


def test_a_coco_document_goes_out_and_comes_back(page: Page, site: Site, tmp_path: Path) -> None:
    with page.expect_download() as download:
        page.locator("#export-coco").click()
    document = json.loads(download.value.path().read_text("utf-8"))
    document["annotations"] = document["annotations"][1:]
    for text, said in ((json.dumps(document), "已导入 4 幅画面的框"), ("{", "没有导入,什么都没有改:COCO document")):
        (tmp_path / "boxes.json").write_text(text, "utf-8")
        page.locator("#import-coco").set_input_files(tmp_path / "boxes.json")
        expect(page.locator("#notice")).to_contain_text(said)
    expect(page.locator("#canvas")).to_have_attribute("data-name", names(site)[0])
    expect(page.locator(".box")).to_have_count(0)
    expect(page.locator("#progress")).to_have_text("已确认 4 / 4")


def test_the_page_speaks_english_after_one_click_and_fits(page: Page) -> None:
    assert overflow(page) == [0, 0]
    page.locator("#language").click()
    expect(page.locator("h1")).to_have_text("Label pictures")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#fact-why")).to_have_text("Uncertain")
    assert overflow(page) == [0, 0]
    page.goto("/")
    expect(page.locator("h1")).to_have_text("Label pictures")
