"""A person without a phone registers a birth at the counter, pays in cash, the department enters it, the leader signs, the result
is handed out: in a real browser, without an account of theirs. What is seen on the way is clean for axe."""

import io
import re

import pytest
from PIL import Image
from test_accessibility import violations

pytestmark = pytest.mark.browser
WARD = "26740"
AT = "/desk/one-stop/"


def scan():
    out = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(out, "PNG")
    return {"name": "trang.png", "mimeType": "image/png", "buffer": out.getvalue()}


def reload_until(page, selector, tries=40):
    """What a step ordered (a fee, a letter) comes a moment later."""
    for _ in range(tries):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"not there: {selector}")


def take_in(page):
    """The clerk types for somebody who stands there; gives the address of what was registered."""
    page.goto(page.url.split("/desk/")[0] + f"{AT}intake/?unit={WARD}")
    page.click("button:has-text('Đăng ký khai sinh')")
    page.check("[name='a.born_here'][value=true]")
    page.click("main form button.wide")
    page.fill("[name=number]", "079190000001")
    page.fill("[name=name]", "Trần Thị Mai")
    page.check("[name=seen]")
    assert violations(page) == []
    page.click("main form button.wide")
    for name, value in {
        "child_name": "Nguyễn An Nhiên", "born_on": "2026-11-01", "birth_place": "Bệnh viện Từ Dũ", "ethnicity": "Kinh",
        "home_town": "Thành phố Hồ Chí Minh",
    }.items():  # fmt: skip
        page.fill(f"[name='f.{name}']", value)
    page.check("[name='f.sex'][value=female]")
    page.click("main form button.wide")
    for name, value in {
        "mother_id": "079190000001", "mother_name": "Trần Thị Mai", "mother_born_on": "1995-03-12", "home_address": "12 Lê Lợi",
    }.items():  # fmt: skip
        page.fill(f"[name='f.{name}']", value)
    page.select_option("[name='f.home_unit']", WARD)
    page.click("main form button.wide")
    page.check("[name='f.parents_married'][value=true]")
    page.check("[name='f.father_declared'][value=false]")
    page.click("main form button.wide")
    page.fill("[name='f.copies']", "2")
    page.check("[name='f.relation'][value=mother]")
    page.click("main form button.wide")
    page.set_input_files("#file-birth-proof", [scan(), scan()])
    assert violations(page) == []
    page.click("button[name=go]")
    page.check("[name=sure]")
    page.click("main form button.wide")
    page.wait_for_url(re.compile("/registered/"))


def test_from_the_counter_to_the_result_handed_out(visit, administrator, picture):
    page = visit(AT, ground="paper", storage_state=administrator)
    take_in(page)
    code = page.locator("h1").inner_text()
    reload_until(page, "form[action$='/pay/']")
    picture(page, "one-stop-registered", full_page=True)
    page.click("form[action$='/pay/'] button")
    reload_until(page, "a[href*='/payments/receipts/']")
    reload_until(page, "button[data-hot=a]")
    page.click("button[data-hot=a]")
    reload_until(page, "a[href*='/documents/']")
    assert "Giấy tiếp nhận hồ sơ" in page.locator("main").inner_text()
    assert violations(page) == []

    root = page.url.split("/desk/")[0]
    page.goto(f"{root}/desk/cases/{code}/do/propose/")
    page.fill("[name='f.registration_no']", "12/2026")
    page.fill("[name='f.book_no']", "01/2026")
    page.click("main form button.btn")
    assert violations(page) == []

    page.goto(f"{root}/desk/signing/")
    page.check(f"[name=code][value='{code}']")
    picture(page, "one-stop-signing", full_page=True)
    assert page.request.get(f"{root}/desk/signing/{code}/sign/paper.pdf").body()[:4] == b"%PDF"
    page.click("button[value=sign]")

    page.goto(f"{root}{AT}results/{code}/")
    page.fill("[name=number]", "079190000001")
    page.check("[name=seen]")
    assert violations(page) == []
    picture(page, "one-stop-hand-out", full_page=True)
    page.click("main form button.wide")
    reload_until(page, "a:has-text('Phiếu trả kết quả')")
    reload_until(page, "a:has-text('Giấy khai sinh')")
    picture(page, "one-stop-handed-out", full_page=True)
