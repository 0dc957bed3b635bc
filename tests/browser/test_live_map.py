"""The live map in a real browser."""

import re
import time

import pytest
from dothi_browser import until

pytestmark = pytest.mark.browser

FIRST = "urn:ngsi-ld:AirQualityObserved:t0"
PHONE = {"width": 390, "height": 844}
ALL = 81  # ours, and the tide


def texts(page, selector):
    return [element.inner_text().strip() for element in page.query_selector_all(selector)]


def test_the_map_shows_every_entity_and_unit(visit, picture):
    page = visit("/operations/")
    until(page, f"document.getElementById('map').dataset.count === '{ALL}'")
    drawn = page.evaluate(
        "dothiMap.queryRenderedFeatures({layers: ['things', 'abnormal', 'clusters']}).length"
    )
    assert drawn > 5
    assert page.get_attribute("#map", "data-units") == "168"
    picture(page, "map-night-1440")


def test_warnings_are_on_the_map_even_where_all_else_is_clustered(visit):
    page = visit("/operations/")
    until(page, f"document.getElementById('map').dataset.count === '{ALL}'")
    until(page, "dothiMap.queryRenderedFeatures({layers: ['abnormal']}).length >= 4")


def test_a_change_by_the_api_is_on_the_page_within_two_seconds(visit, platform):
    page = visit(f"/operations/?id={FIRST}")
    page.wait_for_selector("#live[data-state=live]")
    page.wait_for_selector(f"#panel [data-id='{FIRST}']")
    page.evaluate("window.notReloaded = true")
    platform.patch(FIRST, "pm25", 177.7, "GQ")
    started = time.monotonic()
    until(
        page, "document.querySelector('#panel [data-live=pm25]').textContent.includes('177,7')", timeout=2000
    )
    until(
        page,
        f"document.querySelector('#rows [data-entity=\"{FIRST}\"]')?.closest('tr').textContent.includes('177,7')",
        timeout=max(1, 2000 - (time.monotonic() - started) * 1000),
    )
    assert page.evaluate("window.notReloaded")
    platform.patch(FIRST, "pm25", 12, "GQ")


def test_a_new_entity_appears_without_a_reload(visit, platform):
    page = visit("/operations/?layers=Camera")
    page.wait_for_selector("#live[data-state=live]")
    new = {
        "id": "urn:ngsi-ld:Camera:new", "type": "Camera", "name": {"type": "Property", "value": "Camera vừa lắp"},
        "location": {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [106.7, 10.8]}},
    }  # fmt: skip
    assert platform.ask("POST", "/ngsi-ld/v1/entities", new)[0] == 201
    until(page, "document.getElementById('map').dataset.count === '61'", timeout=4000)
    assert platform.ask("DELETE", "/ngsi-ld/v1/entities/urn:ngsi-ld:Camera:new")[0] == 204
    until(page, "document.getElementById('map').dataset.count === '60'", timeout=4000)


@pytest.mark.parametrize(
    ("language", "other", "before", "after"),
    [("vi", "en", "Nhịp thành phố", "City pulse"), ("en", "vi", "City pulse", "Nhịp thành phố")],
)
def test_the_language_switch_keeps_the_page_and_its_filters(visit, language, other, before, after):
    page = visit("/operations/", language=language)
    assert page.inner_text("#pulse-title") == before
    page.click("#levels [data-level=critical]")
    page.wait_for_url(re.compile("level=critical"))
    page.click(f".bar > .tools button[value={other}]")
    page.wait_for_selector(f"html[lang={other}]")
    assert page.inner_text("#pulse-title") == after
    assert "level=critical" in page.url


def test_dark_and_light_change_at_once(visit):
    page = visit("/operations/", ground="night")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click(".bar > .tools button[value=paper]")
    page.wait_for_selector("html[data-ground=paper]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    until(page, "dothiMap.getPaintProperty('water', 'background-color') === 'rgb(215, 228, 232)'")
    page.wait_for_selector("#map[data-state=ready]")


def test_filters_live_in_the_address(visit):
    page = visit("/operations/?layers=AirQualityObserved&level=critical,alert")
    until(page, "document.getElementById('map').dataset.count === '4'")
    assert len(texts(page, "#rows tr")) == 4
    page.fill("#q", "khí 6")
    page.wait_for_url(re.compile("q=kh"))
    page.reload()
    until(page, "document.querySelectorAll('#rows tr').length === 1")
    assert page.input_value("#q") == "khí 6"


def test_back_closes_the_panel(visit):
    page = visit("/operations/?layers=Camera")
    page.click("#rows a >> nth=0")
    page.wait_for_selector("#panel article")
    page.go_back()
    page.wait_for_selector("#panel", state="hidden")


def test_what_is_silent_is_greyed(visit):
    page = visit("/operations/?q=khí 20")
    until(page, "document.querySelectorAll('#rows tr').length === 1")
    assert "is-stale" in page.get_attribute("#rows tr", "class")


def test_search_works_by_keyboard_alone_and_without_marks(visit, picture):
    page = visit("/operations/")
    page.focus("#find")
    page.keyboard.type("tram khong khi 7", delay=10)
    page.wait_for_selector("#found [role=option]")
    picture(page, "search-night-1440")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel article")
    assert page.inner_text("#panel h2") == "Trạm không khí 7"
    page.keyboard.press("Escape")
    page.wait_for_selector("#panel", state="hidden")


def test_a_ward_is_found_and_looked_at(visit):
    page = visit("/operations/")
    page.fill("#find", "con dao")
    page.wait_for_selector("#found [role=option]")
    page.click("#found [role=option] >> nth=0")
    page.wait_for_url(re.compile("unit=26732"))
    until(page, "dothiMap.getCenter().lat < 9")


def test_every_control_is_reached_by_tab_and_shows_its_focus(visit):
    page = visit("/operations/?layers=Camera")
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate(
                "document.activeElement.id || document.activeElement.className || document.activeElement.tagName"
            )
        )
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert style != "none", page.evaluate("document.activeElement.outerHTML.slice(0, 120)")
    assert {"find", "q", "source", "color", "in-view"} <= seen


def test_the_panel_draws_the_history(visit, picture):
    page = visit(f"/operations/?id={FIRST}", ground="paper")
    page.wait_for_selector("#panel .uplot canvas")
    assert "trung bình" in page.inner_text("#panel [data-chart-note]")
    picture(page, "panel-paper-1440")
    page.click("#panel [data-window='7d']")
    page.wait_for_url(re.compile("window=7d"))
    page.wait_for_selector("#panel [data-window='7d'][aria-current]")


def test_colouring_the_wards_is_in_the_legend_and_the_address(visit):
    page = visit("/operations/?color=none")
    page.select_option("#color", "AirQualityObserved.temperature")
    page.wait_for_url(re.compile("color=AirQualityObserved.temperature"))
    page.wait_for_selector("#scale:not([hidden])")
    assert "°C" in page.inner_text("#scale .ticks")


def test_a_lost_connection_is_said_and_mended(visit):
    page = visit(
        "/operations/",
        allowed=("ERR_INTERNET_DISCONNECTED", "ERR_NETWORK_CHANGED", "Failed to load resource"),
    )
    page.wait_for_selector("#live[data-state=live]")
    page.context.set_offline(True)
    page.wait_for_selector("#live[data-state=offline]")
    assert "mất kết nối từ" in page.inner_text("#live")
    page.context.set_offline(False)
    page.wait_for_selector("#live[data-state=live]", timeout=10_000)


def test_without_webgl_the_list_is_there(visit, chromium, platform, picture):
    context = chromium.new_context()
    page = context.new_page()
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(platform.url + "/operations/")
    page.wait_for_selector("#map[data-state=none]", state="attached")
    assert "danh sách có cùng dữ liệu".casefold() in page.inner_text("#veil").casefold()
    assert len(texts(page, "#rows tr")) > 10
    picture(page, "no-webgl")
    context.close()


def test_without_scripts_the_page_still_lists_everything(visit, picture):
    page = visit("/operations/list/?layers=Camera&sort=-name", java_script_enabled=False, wait=False)
    assert texts(page, "tbody th a")[0] == "Camera Lê Lợi 60"
    picture(page, "list-without-scripts")


def test_a_failing_part_does_not_take_the_rest_with_it(visit, chromium, platform):
    context = chromium.new_context()
    context.route("**/data/layers/Camera", lambda route: route.fulfill(status=503, body="{}"))
    page = context.new_page()
    page.goto(platform.url + "/operations/?layers=Camera,AirQualityObserved")
    page.wait_for_selector("#layers label.failed")
    until(page, "document.getElementById('map').dataset.count === '20'")
    context.close()


def test_on_a_phone_three_tabs_hold_everything(visit, picture):
    page = visit("/operations/", **PHONE, ground="paper")
    picture(page, "phone-map-paper")
    page.click(".tabs [data-view=list]")
    page.wait_for_selector("#rows tr a")
    picture(page, "phone-list-paper")
    page.click("#rows a >> nth=0")
    page.wait_for_selector("#panel article")
    picture(page, "phone-panel-paper")
    page.click("#panel .close")
    page.click(".tabs [data-view=city]")
    assert page.is_visible("#pulse-title")
    picture(page, "phone-city-paper")


@pytest.mark.parametrize(
    "path",
    [
        "/operations/",
        "/operations/list/",
        "/operations/units/",
        "/operations/units/26740/",
        f"/operations/entities/{FIRST}/",
    ],
)
def test_a_phone_never_scrolls_sideways(visit, path):
    page = visit(path, **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_targets_on_a_phone_are_large_enough(visit):
    page = visit("/operations/?view=list", **PHONE)
    page.wait_for_selector("#rows tr a")
    small = page.evaluate(
        """[...document.querySelectorAll('button, select, input, .tabs button, .menu summary')]
        .filter(e => e.checkVisibility({visibilityProperty: true}))
        .map(e => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])
        .filter(([, r]) => r.width && (r.width < 24 || r.height < 24)).map(([html]) => html)"""
    )
    assert small == []


@pytest.mark.parametrize("width", [390, 1440, 1920])
@pytest.mark.parametrize("ground", ["paper", "night"])
def test_pictures_of_every_width_and_ground(visit, picture, width, ground):
    page = visit(
        f"/operations/?id={FIRST}",
        width=width,
        height=1080 if width == 1920 else 900,
        ground=ground,
        language="en",
    )
    page.wait_for_selector("#panel .uplot canvas")
    picture(page, f"map-{ground}-{width}")


def with_basemap(page, platform, answer):
    """Open the map as if the settings named an online basemap, which gives ``answer``."""

    def document(route):
        response = route.fetch()
        route.fulfill(
            response=response, body=response.text().replace('"basemap": ""', '"basemap": "/basemap.json"')
        )

    page.route("**/operations/?color=none", document)
    page.route("**/basemap.json", answer)
    page.goto(platform.url + "/operations/?color=none")
    page.wait_for_selector("#map[data-state=ready]", state="attached", timeout=30_000)


def test_an_online_basemap_lies_under_the_city(chromium, platform):
    style = {"version": 8, "sources": {}, "layers": [{"id": "theirs", "type": "background", "paint": {}}]}
    context = chromium.new_context()
    page = context.new_page()
    with_basemap(page, platform, lambda route: route.fulfill(json=style))
    layers = page.evaluate("dothiMap.getStyle().layers.map(layer => layer.id)")
    assert layers[0] == "theirs"
    assert {"wards", "things", "abnormal"} <= set(layers)
    context.close()


def test_a_basemap_that_cannot_be_had_is_never_needed(chromium, platform):
    context = chromium.new_context()
    page = context.new_page()
    with_basemap(page, platform, lambda route: route.abort())
    assert page.evaluate("dothiMap.getStyle().layers[0].id") == "water"
    context.close()
