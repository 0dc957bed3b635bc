"""axe finds nothing, on any page, on either ground, at the desk and on the phone."""

import pytest

pytestmark = pytest.mark.browser

ENTITY = "urn:ngsi-ld:AirQualityObserved:t0"
PAGES = {
    "map": "/operations/",
    "panel": f"/operations/?id={ENTITY}",
    "empty list": "/operations/?q=zzzz",
    "phone list": "/operations/?view=list",
    "phone city": "/operations/?view=city",
    "list": "/operations/list/",
    "units": "/operations/units/",
    "unit": "/operations/units/26740/",
    "entity": f"/operations/entities/{ENTITY}/",
    "not found": "/operations/units/99999/",
}


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(
        page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
    )
    return [
        f"{each['id']}: {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
        for each in found.response["violations"]
        for node in each["nodes"][:3]
    ]


@pytest.mark.parametrize("ground", ["paper", "night"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(visit, name, ground):
    width = 390 if name.startswith("phone") else 1440
    page = visit(PAGES[name], ground=ground, width=width, allowed=("404",) if name == "not found" else ())
    if name == "panel":
        page.wait_for_selector("#panel .uplot canvas")
    assert violations(page) == []
