"""The administrator's pages in a real browser: axe finds nothing, nothing is cut off, refreshing keeps the focus."""

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
