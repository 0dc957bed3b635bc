"""The register desk in a real browser: axe finds nothing and nothing is cut off, in both languages, at the desk and on the phone;
an officer brings a file, reads in clear for a purpose, merges and parts, without a script of ours."""

import re

import pytest
from test_accessibility import violations

pytestmark = pytest.mark.browser
DESK = "/desk/registers"
PAGES = {
    "registers": f"{DESK}/",
    "list with a map": f"{DESK}/parcel/",
    "filtered": f"{DESK}/parcel/?w.area=1&unit=26740",
    "list of people": f"{DESK}/person/",
    "nothing found": f"{DESK}/parcel/?q=zzzz",
    "enter": f"{DESK}/household/new/",
    "bring": f"{DESK}/parcel/import/",
    "imports": f"{DESK}/imports/",
    "duplicates": f"{DESK}/duplicates/",
    "queue": f"{DESK}/duplicates/person/",
    "units": f"{DESK}/parcel/units/",
    "retention": f"{DESK}/person/retention/",
    "record": "record of parcel",
    "person": "record of person",
    "household": "record of household",
    "revise": "record of parcel/revise/",
    "correct": "record of parcel/correct/",
    "end": "record of parcel/end/",
    "no such record": f"{DESK}/parcel/01a22e80-0000-7000-8000-000000000000/",
}
ROWS = """code,sheet,number,land_use,area,unit
T-9001,1,1,Đất ở tại đô thị,"120,5",26740
T-9002,1,2,không có loại này,80,26740
T-9003,1,3,ODT,-4,26740
"""


@pytest.fixture(scope="session")
def desk(platform, administrator):
    """Some generated people, households and parcels."""
    for kind, count in (("person", 30), ("household", 10), ("parcel", 60)):
        platform.run("simulate", "records", kind, str(count))
    return administrator


@pytest.fixture
def at(visit, desk):
    """Opens a page of the desk; ``record of TYPE`` is the first record of its list."""

    def go(path, **more):
        more.setdefault("allowed", ("404",) if "0000-7000" in path else ())
        first = re.match(r"record of (\w+)(.*)", path)
        if first is None:
            page = visit(path, storage_state=desk, wait=False, **more)
        else:
            page = visit(f"{DESK}/{first[1]}/", storage_state=desk, wait=False, **more)
            page.goto(page.url + page.locator("tbody th a").first.get_attribute("href").split("/")[-2] + "/")
            if first[2]:
                page.goto(page.url + first[2].removeprefix("/"))
        if page.locator("#map").count():
            page.wait_for_selector("#map[data-state=ready], #map[data-state=none]", timeout=30_000)
        return page

    return go


@pytest.mark.parametrize(("ground", "width", "language"), [("paper", 1440, "vi"), ("night", 390, "en")])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(at, picture, name, ground, width, language):
    page = at(PAGES[name], ground=ground, width=width, language=language)
    picture(page, f"desk-{name.replace(' ', '-')}-{width}-{language}", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
