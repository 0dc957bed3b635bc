"""The administrator's pages in a real browser: axe finds nothing, nothing is cut off, refreshing keeps the focus."""

import re
import time

import pytest
from test_accessibility import violations

pytestmark = pytest.mark.browser

PAGES = {
    "overview": "/admin/",
    "system": "/admin/system/",
    "feeds": "/admin/feeds/",
    "feed": "/admin/feeds/generator/",
    "reset": "/admin/feeds/generator/reset/",
    "events": "/admin/events/",
    "newest": "/admin/events/newest/",
    "failed": "/admin/events/failed/",
    "packs": "/admin/packs/",
    "pack": "/admin/packs/environment/",
    "type": "/admin/packs/types/AirQualityObserved/",
    "search": "/admin/units/?q=ben+nghe",
    "unit": "/admin/units/vn34:26740/",
    "boundaries": "/admin/units/boundaries/",
}


@pytest.fixture(scope="session")
def administrator(platform, chromium):
    """The session of the first administrator, who came in by the printed link."""
    end, found = time.monotonic() + 30, None
    while found is None:  # the link is printed a moment after the platform answers
        assert time.monotonic() < end, "no link was printed"
        found = re.search(r"http://[^/]+(/identity/setup/\S+)\s", (platform.home / "up.log").read_text())
        time.sleep(0.1)
    path = found[1]
    context = chromium.new_context()
    page = context.new_page()
    page.goto(platform.url + path)
    for field, value in (
        ("email", "quantri@example.vn"),
        ("name", "Quản Trị"),
        ("password", "bốn từ chẳng liên quan"),
    ):
        page.fill(f"[name={field}]", value)
    page.click("main button")
    page.wait_for_url(f"{platform.url}/identity/")
    state = context.storage_state()
    context.close()
    return state


@pytest.mark.parametrize(("ground", "width"), [("paper", 1440), ("night", 390)])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(visit, administrator, name, ground, width):
    page = visit(PAGES[name], ground=ground, width=width, storage_state=administrator)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_refreshing_keeps_the_focus(visit, administrator):
    page = visit("/admin/feeds/", storage_state=administrator)
    page.focus("#switch-generator")
    with page.expect_response("**/admin/feeds/", timeout=20_000):
        pass  # it asks by itself every ten seconds
    page.wait_for_timeout(300)
    assert page.evaluate("document.activeElement.id") == "switch-generator"


def test_on_a_phone_the_menu_begins_with_the_part_one_is_in(visit, administrator):
    page = visit("/admin/units/", width=390, storage_state=administrator)
    box = page.locator(".adm-nav [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
