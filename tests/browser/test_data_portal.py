"""The data portal in a real browser: axe finds nothing, nothing is cut off, maps and charts answer to the keyboard."""

import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from dothi_browser import until
from test_accessibility import violations

pytestmark = pytest.mark.browser

FORCED = "/data/?q=zzzz"
PAGES = {
    "front": "/data/",
    "results": "/data/?q=trieu&theme=ENVI",
    "nothing found": FORCED,
    "by place": "/data/map/",
    "dataset": "/data/city-units/",
    "table": "/data/city-units/table/?kind=ward&order=-area_km2",
    "lines": "/data/tide-hourly/chart/",
    "bars": "/data/city-units/chart/?chart.kind=bar&chart.x=kind&chart.y=avg:area_km2",
    "rows on a map": "/data/city-units/map/?map.colour=kind",
    "columns": "/data/city-units/columns/",
    "quality": "/data/city-units/quality/",
    "versions": "/data/city-units/versions/",
    "use": "/data/city-units/use/",
    "follow": "/data/city-units/follow/",
    "report": "/data/city-units/report/",
    "embedding": "/data/city-units/embed/",
    "requests": "/data/requests/",
    "reuses": "/data/reuses/",
    "new reuse": "/data/reuses/new/",
    "sql": "/data/sql/",
    "developers": "/data/developers/",
    "licence": "/data/licences/cc-by-4.0",
    "frame": "/data/tide-hourly/embed/chart/?lang=en",
    "frame table": "/data/city-units/embed/table/",
    "frame map": "/data/city-units/embed/map/",
    "letter": "/data/subscriptions/confirm?token=none",
    "not there": "/data/nothing-of-this-name/",
}
NOT_FOUND = ("404",)
WORKSHOP = {
    "publication": "/data/workshop/",
    "one publication": "/data/workshop/publications/city-units/",
    "flows": "/data/workshop/flows/",
    "flow": "/data/workshop/flows/source/city-units/",
    "gates": "/data/workshop/gates/",
    "inbox": "/data/workshop/inbox/",
    "harvest": "/data/workshop/harvest/",
    "what I follow": "/data/subscriptions/",
}
GROUNDS = [("paper", 1440, "vi"), ("night", 390, "en")]


@pytest.fixture(scope="session", autouse=True)
def datasets(platform):
    """The worker publishes what ships with the platform after the first start."""
    end = time.monotonic() + 120
    while b"working-calendar" not in platform.ask("GET", "/api/3/action/package_list")[1]:
        assert time.monotonic() < end, "the shipped datasets were not published"
        time.sleep(0.5)


def settled(page, path):
    """The page as it is once its map, if it has one, is drawn."""
    if "/map/" in path:
        page.wait_for_selector("#map[data-state=ready]", timeout=30_000)
    return page


@pytest.mark.parametrize(("ground", "width", "language"), GROUNDS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(visit, picture, name, ground, width, language):
    allowed = NOT_FOUND if name == "not there" else ()
    page = visit(PAGES[name], ground=ground, width=width, language=language, wait=False, allowed=allowed)
    picture(settled(page, PAGES[name]), f"data-{name.replace(' ', '-')}-{width}-{language}", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("ground", "width", "language"), GROUNDS)
@pytest.mark.parametrize("name", WORKSHOP)
def test_the_workshop_too(visit, administrator, picture, name, ground, width, language):
    page = visit(WORKSHOP[name], ground=ground, width=width, language=language, storage_state=administrator)
    picture(page, f"data-{name.replace(' ', '-')}-{width}-{language}", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_run_and_a_map_of_it_for_those_who_work_here(visit, administrator, picture):
    page = visit("/data/workshop/flows/source/city-units/", storage_state=administrator)
    page.click("#runs + ul a")
    page.wait_for_selector("#log")
    assert violations(page) == []
    picture(page, "data-run")


def test_the_tab_one_is_in_is_in_sight_on_a_phone(visit):
    page = visit("/data/city-units/versions/", width=390)
    box = page.locator(".tabs [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_a_request_is_asked_for_supported_and_answered(visit, administrator):
    page = visit("/data/requests/", width=390)
    page.fill("[name=title]", "Lịch xe buýt")
    page.fill("[name=text]", "Giờ chạy của từng tuyến, theo ngày.")
    page.click(".form .btn")
    page.wait_for_url("**/c/track/**")  # followed like any other matter
    page.goto(page.url.split("/c/")[0] + "/data/requests/")
    page.click("text=Lịch xe buýt")
    assert violations(page) == []
    asked = page.evaluate("location.pathname")
    page = visit(asked, storage_state=administrator)
    page.click(f'main form[action="{asked}support/"] button')
    page = visit("/data/workshop/inbox/", storage_state=administrator)
    assert "1 người cũng cần" in page.inner_text("main")
    page.click("text=Lịch xe buýt")
    assert violations(page) == []
    page.select_option("[name=state]", "answered")
    page.fill("[name=answer]", "Đã có trong tập dữ liệu.")
    page.click("main form .btn")
    assert "Đã có trong tập dữ liệu." in visit(asked).inner_text("main")


def test_an_error_is_reported_and_reaches_the_inbox(visit, administrator):
    page = visit("/data/city-units/report/", width=390)
    page.select_option("[name=column]", "area_km2")
    page.fill("[name=text]", "Diện tích của phường này đã đổi.")
    page.click(".form .btn")
    assert page.locator("[role=status]").first.inner_text()
    page = visit("/data/workshop/inbox/", storage_state=administrator)
    page.click("text=city-units · area_km2")
    assert "Diện tích của phường này đã đổi." in page.inner_text("main")
    assert violations(page) == []


def test_something_made_is_proposed_and_shown(visit, administrator):
    page = visit("/data/reuses/new/?dataset=city-units")
    for field, value in (
        ("title", "Bản đồ triều"),
        ("text", "Vẽ mực triều theo giờ của cả năm."),
        ("url", "https://example.org/trieu"),
        ("author", "Nhóm Triều"),
    ):
        page.fill(f"[name={field}]", value)
    page.click(".form .btn")
    page = visit("/data/workshop/inbox/", storage_state=administrator)
    page.click("text=Bản đồ triều")
    assert violations(page) == []
    page.click("[value=show]")
    page = visit("/data/reuses/", width=390)
    assert "Bản đồ triều" in page.inner_text("main")
    assert violations(page) == []


def test_another_catalogue_is_harvested_from_the_workshop(visit, administrator, platform):
    page = visit("/data/workshop/harvest/", storage_state=administrator)
    page.select_option("[name=kind]", "ckan")
    for field, value in (("url", platform.url), ("label", "Chính mình"), ("beginning", "again")):
        page.fill(f"[name={field}]", value)
    page.click(".form .btn")
    page.wait_for_url("**/harvest/*/")
    assert violations(page) == []
    end = time.monotonic() + 120  # the background takes it a moment later
    while "again-city-units" not in page.inner_text("main"):
        assert time.monotonic() < end, page.inner_text("main")
        page.wait_for_timeout(1000)
        page.reload()
    assert violations(page) == []


def test_a_box_is_drawn_by_keyboard_alone(visit):
    page = settled(visit("/data/map/"), "/data/map/")
    page.focus("#draw")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "draw-frame"
    before = page.input_value("#west")
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    assert float(page.input_value("#west")) < float(before)
    width = float(page.input_value("#east")) - float(page.input_value("#west"))
    page.keyboard.press("Shift+ArrowLeft")
    assert float(page.input_value("#east")) - float(page.input_value("#west")) < width
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("west="))
    assert page.locator("#count").inner_text()


def test_leaving_the_box_gives_the_focus_back(visit):
    page = settled(visit("/data/map/"), "/data/map/")
    page.click("#draw")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "draw"


def test_a_box_is_drawn_by_pointer_too(visit):
    page = settled(visit("/data/map/"), "/data/map/")
    page.click("#draw")
    grip = page.locator(".grip.se").bounding_box()
    before = float(page.input_value("#south"))
    page.mouse.move(grip["x"] + 12, grip["y"] + 12)
    page.mouse.down()
    page.mouse.move(grip["x"] + 40, grip["y"] + 60)
    page.mouse.up()
    assert float(page.input_value("#south")) < before


def test_the_map_draws_every_row_and_can_be_narrowed_to_what_it_shows(visit):
    page = settled(visit("/data/city-units/map/"), "/data/city-units/map/")
    assert page.get_attribute("#map", "data-count") == "168"
    page.click("#only-here")
    page.wait_for_url(re.compile("bbox="))


def test_the_map_keeps_its_rows_when_the_ground_changes(visit):
    page = settled(visit("/data/city-units/map/", ground="paper"), "/data/city-units/map/")
    page.click(".bar > .tools [data-grounds] button[value=night]")
    page.wait_for_timeout(800)
    assert page.evaluate("document.documentElement.dataset.ground") == "night"


def test_a_line_chart_is_read_by_the_arrow_keys(visit):
    page = visit("/data/tide-hourly/chart/")
    page.wait_for_selector(".chart-told", state="attached")
    page.focus("[data-chart]")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.chart-told').textContent.startsWith('01/2026')")
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('.chart-told').textContent.startsWith('02/2026')")


def test_a_chart_is_made_with_the_form_and_stays_in_the_address(visit):
    page = visit("/data/city-units/chart/")
    page.select_option("#c-x", "kind")
    page.select_option("#c-y", "sum:area_km2")
    page.select_option("#c-kind", "bar")
    page.click(".chart-form .btn")
    page.wait_for_url(re.compile("chart.x=kind"))
    assert page.locator(".bars tbody tr").count() == 3


def test_without_scripts_one_searches_filters_and_asks(visit):
    page = visit("/data/", java_script_enabled=False)
    page.fill("#q", "thuy trieu")
    page.click(".search-box .btn")
    page.click("text=Mực triều dự tính theo giờ")
    page.click("nav.tabs >> text=Bảng")
    page.select_option("#add-column", "station")
    page.select_option("#add-op", "contains")
    page.fill("#add-value", "vung")
    page.click(".add-filter .btn")
    assert "17.520" in page.locator("[role=status]").inner_text()
    page.goto(page.url.split("/data/")[0] + "/data/requests/")
    page.fill("[name=title]", "Điểm ngập theo giờ")
    page.fill("[name=text]", "Vị trí và độ sâu của từng điểm ngập.")
    page.click(".form .btn")
    page.goto(page.url.split("/c/")[0] + "/data/requests/")
    assert "Điểm ngập theo giờ" in page.locator(".ask-list").inner_text()


def test_an_sql_query_is_answered_and_a_bad_one_explained(visit):
    page = visit("/data/sql/", allowed=("400",))
    page.fill("#sql", "SELECT kind, count(*) AS n FROM city_units GROUP BY kind ORDER BY n DESC")
    page.click("form .btn >> nth=0")
    page.wait_for_selector("#answer", timeout=30_000)
    assert page.locator("table.rows tbody tr").count() == 3
    page.fill("#sql", "DELETE FROM city_units")
    page.click("form .btn >> nth=0")
    assert page.locator("#sql-error").inner_text()
    assert violations(page) == []


def test_filters_fold_away_on_a_phone_and_stand_open_at_a_desk(visit):
    assert not visit("/data/?q=", width=390).locator(".facet-list").is_visible()
    assert visit("/data/?q=").locator(".facet-list").is_visible()


@pytest.fixture
def elsewhere():
    """Another site, with whatever page it is given: ``elsewhere(html)`` is its address."""
    held = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(held[-1].encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def serve(html):
        held.append(html)
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    server.shutdown()


@pytest.mark.parametrize(
    ("path", "shown"), [("/data/tide-hourly/embed/chart/?lang=en", True), ("/data/tide-hourly/", False)]
)
def test_another_site_may_show_the_frame_and_nothing_else(platform, chromium, elsewhere, path, shown):
    context = chromium.new_context()
    page = context.new_page()
    page.goto(
        elsewhere(f'<!doctype html><iframe src="{platform.url}{path}" width="600" height="440"></iframe>')
    )
    page.wait_for_timeout(1500)
    assert (page.frame_locator("iframe").locator("main h1").count() == 1) is shown
    context.close()


TILES = """
async (collection) => {
  const here = document.querySelector('script[src*="data/rows_map"]').src;
  const { Map } = await import(new URL("../vendor/maplibre-gl/maplibre-gl.mjs", here).href);
  const url = `${location.origin}/ogc/collections/${collection}/tiles/WebMercatorQuad?f=tilejson`;
  const told = await (await fetch(url)).json();
  const box = document.body.appendChild(document.createElement("div"));
  box.style.cssText = "width:600px;height:600px";
  const layer = { id: "places", type: "circle", source: "tiles", "source-layer": told.vector_layers[0].id };
  const style = { version: 8, sources: { tiles: { type: "vector", url } }, layers: [layer] };
  const map = new Map({ container: box, style, bounds: told.bounds });
  await map.once("idle");
  const found = map.queryRenderedFeatures({ layers: ["places"] });
  return { codes: new Set(found.map((each) => each.properties.code)).size, bounds: told.bounds };
}
"""


def test_maplibre_draws_the_vector_tiles_of_a_dataset(visit):
    page = settled(visit("/data/city-units/map/"), "/data/city-units/map/")
    drawn = page.evaluate(TILES, "city-units")
    assert drawn["codes"] == 168, drawn
