"""The register desk in a real browser: axe finds nothing and nothing is cut off, in both languages, at the desk and on the phone;
an officer brings a file, reads in clear for a purpose, merges and parts, without a script of ours."""

import json
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


@pytest.mark.parametrize("width", [1440, 390])
def test_a_file_is_brought_tried_run_and_its_faults_fetched(at, picture, width):
    page = at(f"{DESK}/parcel/import/", ground="paper", width=width)
    rows = ROWS.replace("T-9", f"T-{width}-9")
    page.set_input_files(
        "input[type=file]", {"name": "thua.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    )
    page.click("main button")
    page.wait_for_url("**/imports/*/")
    assert page.locator("tr.bad").count() == 2
    assert violations(page) == []
    picture(page, f"desk-import-draft-{width}-vi", full_page=True)
    page.fill("[name=reason]", "thử")
    page.click("button[name=start]")
    assert violations(page) == []
    page.wait_for_selector("a[href$='errors.csv']", timeout=120_000)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"desk-import-done-{width}-vi", full_page=True)
    with page.expect_download() as fetched:
        page.click("a[href$='errors.csv']")
    text = fetched.value.path().read_text("utf-8-sig")
    assert text.count(f"T-{width}-9") == 2


def test_personal_data_is_read_for_a_purpose_and_the_reading_is_shown(at, picture):
    page = at("record of household", ground="paper", width=390)
    page.select_option("#purpose", "residence")
    page.fill("#case", "HS-1")
    page.click("text=Đọc rõ")
    page.wait_for_selector("text=Lần đọc này được lưu cùng tên bạn")
    assert "HS-1" in page.locator("section[aria-labelledby=readers]").inner_text()
    assert page.locator("section[aria-labelledby=links] a").count() > 0
    assert violations(page) == []
    picture(page, "desk-read-in-clear-390-vi", full_page=True)


@pytest.mark.parametrize("width", [1440, 390])
def test_two_records_are_looked_at_side_by_side_merged_and_parted(at, platform, picture, width):
    person = {"full_name": "Trần Thị Minh Châu", "birth_date": "1990-03-04", "phone": f"0901234{width:04d}"[:10],
              "residence_address": "12 Lê Lợi", "residence_unit": "26740", "sex": "female"}  # fmt: skip
    file = platform.home / f"twins-{width}.json"
    features = [
        {"type": "Feature", "geometry": None, "properties": person | {"other_name": name}}
        for name in ("A", "B")
    ]
    file.with_suffix(".geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    platform.run("import", "records", "person", str(file.with_suffix(".geojson")))
    platform.run("registers", "duplicates", "person", "--full")
    page = at(f"{DESK}/duplicates/person/", ground="paper", width=width)
    assert violations(page) == []
    page.locator("tbody th a").first.click()
    page.wait_for_selector("input[name=winner]")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    picture(page, f"desk-pair-{width}-vi", full_page=True)
    page.fill("#reason", "một người")
    page.click("button[value=same]")
    page.wait_for_url("**/duplicates/person/")
    page.goto(page.url + "?state=same")
    page.locator("tbody th a").first.click()
    page.fill("#reason", "hai người")
    page.click("button[value=take-back]")
    page.wait_for_url("**/duplicates/person/")
    assert "Kết luận của bạn" in page.locator("main").inner_text() or page.locator("[role=status]").count()
