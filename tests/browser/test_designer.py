"""The procedure designer in a real browser: an official description becomes a procedure that a citizen opens; the pages
are clean for axe and nothing is cut off, in both languages, at the desk and on the phone."""

import json
import re
import subprocess

import pytest
from dothi_browser import until
from test_accessibility import violations

from dothi.centres.services.designing.tests.conftest import OFFICIAL

pytestmark = pytest.mark.browser
BASE = "/desk/procedures"


@pytest.fixture(scope="session")
def description(tmp_path_factory):
    """A description as the national portal publishes them."""
    path = tmp_path_factory.mktemp("official") / "xac-nhan-so-nha.json"
    path.write_text(json.dumps(OFFICIAL, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def leader(platform, chromium):
    """Somebody who publishes procedures and has written none, signed in by the link of the command line."""
    made = subprocess.run(
        platform.command("user", "create", "--email", "lanhdao@example.vn", "--name", "Lãnh Đạo"),
        env=platform.environment, capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    platform.run("user", "grant", "--email", "lanhdao@example.vn", "--role", "procedure-publisher", "--reason", "phê duyệt")  # fmt: skip
    path = re.search(r"/identity/setup/\S+", made.stdout + made.stderr)
    assert path, made.stdout + made.stderr
    context = chromium.new_context()
    page = context.new_page()
    page.goto(platform.url + path[0])
    page.fill("[name=password]", "năm từ chẳng liên quan gì")
    page.click("main button")
    page.wait_for_url(f"{platform.url}/identity/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture(scope="session")
def draft(platform, administrator, chromium, description):
    """The address of a draft made from the description."""
    context = chromium.new_context(storage_state=administrator)
    page = context.new_page()
    page.goto(f"{platform.url}{BASE}/new/")
    page.set_input_files("#files", description)
    page.click("section:has(#files) button")
    page.wait_for_url(re.compile(r"/desk/procedures/[0-9a-f-]{36}/"))
    address = page.url.removeprefix(platform.url)
    context.close()
    return address


PAGES = {
    "list": f"{BASE}/?q=so", "new": f"{BASE}/new/", "overview": "", "general": "parts/general/", "forms": "parts/forms/", "steps": "parts/steps/",
    "letters": "parts/letters/", "action": "item/?at=states.submitted.actions.accept", "question": "item/?at=forms.application.pages[0].fields[0]",
    "clock": "item/?at=clocks.statutory", "yaml": "yaml/", "diagram": "diagram/", "paths": "paths/", "walk": "walk/", "form": "form/", "history": "history/",
    "published": f"{BASE}/published/permit-single-house/", "running": f"{BASE}/published/permit-single-house/running/",
}  # fmt: skip


def drawn(page):
    if page.locator("[data-bpmn]").count():
        until(page, "document.querySelector('[data-bpmn]').dataset.state === 'drawn'", 30_000)


@pytest.mark.parametrize(("ground", "width", "language"), [("paper", 1440, "vi"), ("night", 390, "en"), ("paper", 390, "vi"), ("paper", 1440, "en")])  # fmt: skip
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    visit, administrator, draft, picture, name, ground, width, language
):
    path = PAGES[name] if PAGES[name].startswith("/") else draft + PAGES[name]
    page = visit(path, ground=ground, width=width, language=language, storage_state=administrator)
    drawn(page)
    picture(page, f"designer-{name}-{width}-{language}", full_page=True)
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_decision_table_is_drawn_and_edited_as_a_grid(visit, administrator, platform, picture):
    # dmn-js as published sets style attributes that our policy leaves out (nothing is missed), and says that it is a
    # development build of its own framework
    allowed = ("inline style", "infernojs.org")
    page = visit(f"{BASE}/published/permit-single-house/", ground="paper", storage_state=administrator, allowed=allowed)  # fmt: skip
    page.get_by_role("button", name="Soạn bản tiếp theo").click()
    page.wait_for_url(re.compile(r"/desk/procedures/[0-9a-f-]{36}/$"))
    address = page.url
    page.goto(address + "diagram/")
    drawn(page)
    until(page, "document.querySelector('[data-dmn]').dataset.state === 'drawn'", 30_000)
    assert page.locator(".bjs-powered-by").first.is_visible()  # the licence asks for it
    picture(page, "designer-dmn-1440-vi", full_page=True)
    assert violations(page) == []
    page.goto(address + "grid/review/")
    picture(page, "designer-grid-1440-vi", full_page=True)
    assert violations(page) == []
    page.fill("[name='r2.2']", "> 20")
    page.get_by_role("button", name="Lưu", exact=True).click()
    assert page.locator("[name='r2.2']").input_value() == "> 20"
    page.goto(address)
    page.locator("details:has(button[value=discard]) summary").click()
    page.click("button[value=discard]")
    page.wait_for_url(re.compile("/desk/procedures/$"))


def test_an_official_description_becomes_a_procedure_that_a_citizen_opens(
    visit, administrator, leader, draft, platform, picture
):
    page = visit(draft, ground="paper", storage_state=administrator, allowed=("422",))
    # finish it: one more question, a condition that is judged while it is typed
    page.get_by_role("navigation", name="Các phần của thủ tục").get_by_role("link", name="Biểu mẫu").click()
    page.locator("summary", has_text="Thêm").click()
    page.select_option("#add-form-do", value="add:field:forms.application.pages[1]")
    page.fill("#add-form-key", "house_no")
    page.fill("#add-form-vi", "Số nhà đề nghị xác nhận")
    page.fill("#add-form-en", "House number")
    page.locator(".add-line button").click()
    page.wait_for_url(re.compile("item"))
    page.fill("#c-when", "nobody = 1")
    until(page, "document.querySelector('#c-when-said').innerText.includes('✗')")
    page.fill("#c-when", 'request != ""')
    until(page, "document.querySelector('#c-when-said').innerText.includes('✓')")
    page.get_by_role("button", name="Lưu", exact=True).click()
    # see it, try it
    page.goto(platform.url + draft + "diagram/")
    drawn(page)
    assert page.locator("[data-bpmn] .djs-element").count() > 20
    assert page.locator(".bjs-powered-by").is_visible()
    page.goto(platform.url + draft + "walk/")
    page.get_by_role("button", name="Nộp hồ sơ").click()
    page.get_by_role("button", name="Tiếp nhận", exact=True).click()
    assert page.locator("#choices").inner_text().endswith("Đang xử lý")
    picture(page, "designer-walked-1440-vi", full_page=True)
    page.goto(platform.url + draft + "form/")
    page.get_by_role("button", name="Tiếp tục").click()
    assert page.locator("#faults").is_visible()
    picture(page, "designer-form-faults-1440-vi", full_page=True)
    # settle every point, put it forward; its author cannot approve it
    page.goto(platform.url + draft)
    while page.get_by_role("button", name=re.compile("^Đã xem xong")).count():
        page.get_by_role("button", name=re.compile("^Đã xem xong")).first.click()
    page.get_by_role("button", name="Trình phê duyệt").click()
    page.get_by_role("button", name="Phê duyệt và công bố").click()
    assert "Người soạn không tự phê duyệt" in page.inner_text("main")
    picture(page, "designer-proposed-1440-vi", full_page=True)
    # another person approves it
    other = visit(draft, ground="paper", storage_state=leader)
    other.get_by_role("button", name="Phê duyệt và công bố").click()
    other.wait_for_url(re.compile("/published/"))
    drawn(other)
    picture(other, "designer-published-by-leader-1440-vi", full_page=True)
    # a citizen finds it and begins
    citizen = visit("/c/services/?q=xac+nhan+so+nha", ground="paper", width=390)
    citizen.get_by_role("link", name=re.compile("Xác nhận số nhà")).first.click()
    picture(citizen, "designer-citizen-390-vi", full_page=True)
    citizen.locator("form[action$='/start/'] button").first.click()
    citizen.wait_for_url(re.compile("/c/drafts/"))
    assert "Bạn đáp ứng điều kiện" in citizen.inner_text("main")
