"""A running platform with a few things in it, and a real browser. Needs Debian's Chromium: missing is a failure."""

import re
import shutil
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(
    0, str(Path(__file__).resolve().parent)
)  # helpers beside the tests (importlib mode adds no folder)

from dothi_browser import Platform, fill

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "test-output"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *(
        "--disable-component-update",
        "--disable-sync",
        "--use-angle=swiftshader",
        "--enable-unsafe-swiftshader",
    ),
]


def pytest_addoption(parser):
    parser.addoption(
        "--readme", action="store_true", help="take the pictures of the README anew (docs/images)"
    )


@pytest.fixture(scope="session")
def platform(tmp_path_factory):
    """A running platform without the generator, filled with things of our own."""
    running = Platform(tmp_path_factory.mktemp("home"), "--bare").start()
    try:
        fill(running)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, headless=True, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def administrator(platform, chromium):
    """The session of the first administrator, who came in by the printed link, which works once."""
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


@pytest.fixture
def visit(platform, chromium):
    """Opens an address as a visitor with this language, ground and screen; the test fails on any console error."""
    contexts, complaints = [], []

    def open_page(
        path="/operations/",
        *,
        language="vi",
        ground="night",
        width=1440,
        height=900,
        running=platform,
        wait=True,
        allowed=(),
        **more,
    ):
        phone = width < 600
        context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=phone, **more)
        context.add_cookies(
            [
                {"name": "django_language", "value": language, "url": running.url},
                {"name": "dothi_ground", "value": ground, "url": running.url},
            ]
        )
        contexts.append(context)
        page = context.new_page()

        def complain(text):
            if not any(part in text for part in allowed):
                complaints.append(f"{path}: {text}")

        page.on("console", lambda message: complain(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complain(str(error)))
        page.goto(running.url + path, wait_until="load")
        if wait:
            page.wait_for_selector(
                "#map[data-state=ready], #map[data-state=none], main.page", state="attached", timeout=30_000
            )
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def picture():
    """Keeps a screenshot below test-output/."""
    OUTPUT.mkdir(exist_ok=True)

    def take(page, name, **more):
        page.screenshot(path=OUTPUT / f"{name}.png", **more)

    return take
