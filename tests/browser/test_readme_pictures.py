"""The pictures of the README: pytest tests/browser/test_readme_pictures.py -m browser --readme takes them anew."""

import os
from pathlib import Path

import pytest
from dothi_browser import Platform, until

pytestmark = pytest.mark.browser

IMAGES = Path(__file__).resolve().parents[2] / "docs" / "images"
MOST_BYTES = 400_000
PICTURES = {
    "operations.png": {"path": "/operations/", "width": 1440, "height": 900},
    "operations-phone.png": {"path": "/operations/", "width": 390, "height": 844, "ground": "paper"},
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_readme_has_its_pictures_and_they_are_small(name):
    assert 20_000 < (IMAGES / name).stat().st_size < MOST_BYTES


@pytest.fixture(scope="module")
def whole_city(tmp_path_factory, request):
    """The platform as a newcomer starts it, with the real boundaries."""
    boundaries = Path(os.environ.get("DOTHI_SHARED", "../shared")) / "data/hcm_wards/wards_full.geojson"
    running = Platform(tmp_path_factory.mktemp("whole")).start()
    running.run("import", "boundaries", str(boundaries.absolute()))
    yield running
    running.stop()


def test_take_the_pictures_when_asked(request, visit):
    if not request.config.getoption("--readme", default=False):
        return
    running = request.getfixturevalue("whole_city")
    for name, wanted in PICTURES.items():
        page = visit(**wanted, running=running)
        until(page, "Number(document.getElementById('map').dataset.count) > 600", timeout=90_000)
        page.reload()
        page.wait_for_selector("#map[data-state=ready]")
        page.wait_for_timeout(3000)
        page.screenshot(path=IMAGES / name)
