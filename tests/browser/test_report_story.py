"""A broken manhole, from the photo on a phone to the rating: citizen, operator and agency, in both languages, axe clean."""

import io
import re

import pytest
from dothi_browser import until
from PIL import ExifTags, Image
from test_accessibility import violations

pytestmark = pytest.mark.browser
PLACE = (10.7769, 106.7009)
WORDS = {
    "vi": {
        "what": "Nắp cống bể trước cổng trường, trẻ em dễ ngã", "still": "Nắp mới vẫn kênh, xe qua kêu to",
        "done": "Đã thay nắp cống mới.", "again": "Đã chỉnh lại nắp cống.", "thanks": "Cảm ơn",
    },
    "en": {
        "what": "Broken manhole cover at the school gate, children may fall", "still": "The new cover still rocks",
        "done": "The cover was replaced.", "again": "The cover was set right.", "thanks": "Thank you",
    },
}  # fmt: skip


def photo():
    """A photo whose camera wrote down where it was."""
    out, exif = io.BytesIO(), Image.Exif()
    minutes = [((n % 1) * 60 // 1, (n * 60 % 1) * 60) for n in PLACE]
    exif[ExifTags.IFD.GPSInfo] = {
        1: "N", 2: (PLACE[0] // 1, *minutes[0]), 3: "E", 4: (PLACE[1] // 1, *minutes[1]),
    }  # fmt: skip
    Image.effect_mandelbrot((640, 480), (-2, -1.5, 1, 1.5), 60).convert("RGB").save(out, "JPEG", exif=exif)
    return {"name": "nap-cong.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


class Story:
    """One page after the other, each looked at."""

    def __init__(self, page, picture, language):
        self.page, self.picture, self.language, self.number = page, picture, language, 0

    def look(self, name):
        self.number += 1
        self.picture(self.page, f"report-story-{self.language}-{self.number:02}-{name}", full_page=True)
        assert violations(self.page) == [], name
        if self.page.viewport_size["width"] < 600:
            assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name

    def press(self, selector="form.questions button.wide"):
        with self.page.expect_navigation():
            self.page.click(selector)

    def act(self, action):
        """Choose a step that the page offers."""
        with self.page.expect_navigation():
            self.page.click(f"a[href$='/do/{action}/']")


@pytest.fixture(scope="session")
def staff(platform, administrator):
    """Somebody who may dispatch and answer."""
    platform.run(
        "user", "grant", "--email", "quantri@example.vn", "--role", "case-officer", "--reason", "test"
    )
    return administrator


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_manhole_is_reported_answered_reopened_and_rated(visit, picture, staff, language):
    words = WORDS[language]
    citizen = Story(
        visit("/c/report/", language=language, ground="paper", width=390, height=844), picture, language
    )
    code = report(citizen, words)
    citizen.look("sent")
    office = Story(
        visit(f"/desk/cases/{code}/", language=language, ground="paper", storage_state=staff),
        picture,
        f"desk-{language}",
    )
    dispatch(office)
    answer(office, words["done"])
    citizen.page.goto(re.sub(r"\?.*", "", citizen.page.url))
    assert words["done"] in citizen.page.inner_text("main")
    citizen.look("answered")
    citizen.act("reopen")
    citizen.page.fill("[name='f.reopen_reason']", words["still"])
    citizen.look("reopen")
    citizen.press()
    citizen.look("reopened")
    office.page.goto(office.page.url)
    answer(office, words["again"], accept=False)
    citizen.page.reload()
    citizen.act("rate")
    citizen.look("rate")
    citizen.page.check("[name='f.rating'][value='5']")
    citizen.page.fill("[name='f.rating_text']", words["thanks"])
    citizen.press()
    assert words["again"] in citizen.page.inner_text("main")
    citizen.look("closed")
    citizen.page.goto(citizen.page.url.split("/c/")[0] + f"/c/reports/{code}/")
    citizen.look("public")
    assert words["thanks"] not in citizen.page.content()


def report(citizen, words):
    """Photo, what, which kind, where, how to be told, send; the code."""
    page = citizen.page
    citizen.look("photo")
    page.set_input_files("#photos", [photo()])
    citizen.press()
    citizen.look("place-of-photo")
    citizen.press("button[name=use][value=yes]")
    page.fill("#description", words["what"])
    citizen.look("what")
    citizen.press()
    page.check("input[name=category][value=manhole]", force=True)
    citizen.look("kind")
    citizen.press()
    until(page, "['ready', 'none'].includes(document.getElementById('map')?.dataset.state)", 30_000)
    assert page.input_value("[data-lat]").startswith("10.77")
    citizen.look("where")
    citizen.press()
    if page.url.endswith("/same/"):
        citizen.look("same")
        citizen.press()
    page.fill("#phone", "0903 123 456")
    citizen.look("contact")
    citizen.press()
    citizen.look("check")
    citizen.press()
    return re.search(r"/track/([^/]+)/", page.url)[1]


def dispatch(office):
    office.look("case")
    office.act("dispatch")
    page = office.page
    field = page.locator("[name='f.responder']")
    if field.evaluate("e => e.tagName") == "SELECT":
        field.select_option(index=1)
    else:
        field.fill("construction")
    if page.locator("input[type=radio][name='f.priority']").count():
        page.check("input[name='f.priority'][value=high]")
    else:
        page.select_option("[name='f.priority']", "high")
    office.press("main form[method=post] button.btn:not([name])")


def answer(office, text, *, accept=True):
    """The agency accepts and answers."""
    page = office.page
    if accept:
        office.act("accept")
        if page.url.endswith("/do/accept/"):
            office.press("main form[method=post] button.btn:not([name])")
    office.act("answer")
    page.check("input[name='f.result'][value=done]")
    page.fill("[name='f.answer_text']", text)
    office.look("answer")
    office.press("main form[method=post] button.btn:not([name])")


@pytest.mark.parametrize(("language", "width"), [("vi", 390), ("en", 1440)])
def test_axe_finds_nothing_on_what_everybody_sees(visit, picture, language, width):
    for name in ("reports", "reports/follow", "confirm", "track", "me"):
        page = visit(f"/c/{name}/", language=language, ground="paper", width=width)
        picture(page, f"citizen-{name.replace('/', '-')}-{width}-{language}", full_page=True)
        assert violations(page) == [], name
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
