"""The desks of those who work on what people ask: axe finds nothing, nothing is cut off, empty and with something in them;
an operator takes a call and hands the report on."""

import pytest
from test_accessibility import violations

pytestmark = pytest.mark.browser
PAGES = {
    "queue": "/desk/",
    "workload": "/desk/workload/",
    "leader": "/desk/leader/",
    "figures": "/desk/leader/figures/",
    "people": "/desk/people/",
    "signing": "/desk/signing/",
    "to accept": "/desk/one-stop/",
    "intake": "/desk/one-stop/intake/",
    "tickets": "/desk/one-stop/tickets/",
    "hand-over lists": "/desk/one-stop/lists/",
    "results": "/desk/one-stop/results/",
    "to hand on": "/desk/1022/",
    "shift": "/desk/1022/shift/",
    "messages": "/desk/1022/messages/",
    "answers": "/desk/1022/answers/",
    "new answer": "/desk/1022/answers/new/",
    "orders": "/desk/payments/",
    "refunds": "/desk/payments/refunds/",
    "reconciliations": "/desk/payments/reconciliations/",
    "ledger": "/desk/payments/ledger/",
    "procedures": "/desk/procedures/",
}
# htmx says on the console when what was asked is not waited for any more: more was typed, the page was left.
SCREENS = [("paper", 1440, "vi"), ("night", 390, "en")]


@pytest.fixture(scope="session")
def filled(platform, administrator):
    """The administrator, who plays every part, with generated cases on the desks."""
    for role in ("case-officer", "hotline-operator", "hotline-supervisor"):
        platform.run("user", "grant", "--email", "quantri@example.vn", "--role", role, "--reason", "test")
    platform.run("cases", "simulate", "--count", "60")
    return administrator


def look(page):
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("ground", "width", "language"), SCREENS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_found_and_nothing_cut_off(visit, filled, picture, name, ground, width, language):
    page = visit(
        PAGES[name], ground=ground, width=width, language=language, storage_state=filled, wait=False,
        allowed=("htmx:",),
    )  # fmt: skip
    picture(page, f"desks-{name.replace(' ', '-')}-{width}-{language}", full_page=True)
    look(page)


@pytest.mark.parametrize(("ground", "width", "language"), SCREENS)
def test_a_call_becomes_a_report_that_is_handed_on(visit, filled, picture, ground, width, language):
    page = visit(
        "/desk/1022/", ground=ground, width=width, language=language, storage_state=filled, wait=False,
        allowed=("htmx:",),
    )  # fmt: skip
    with page.expect_navigation():
        page.click("form[action$='/calls/'] button")
    look(page)
    page.fill("textarea[name=description]", "Nắp cống bể trước số 12 Lê Lợi, rất nguy hiểm")
    page.wait_for_selector("#assist [data-choose=manhole]")
    picture(page, f"desks-call-{width}-{language}", full_page=True)
    look(page)
    page.select_option("#category", "manhole")
    page.fill("[name$='.address']", "12 Lê Lợi")
    page.select_option("[data-unit]", "26740")
    with page.expect_navigation():
        page.click("[data-send]")
    look(page)
    page.wait_for_selector("section[aria-labelledby=to]")
    picture(page, f"desks-report-{width}-{language}", full_page=True)
    with page.expect_navigation():
        page.click("section[aria-labelledby=to] form button")
    look(page)
    assert page.locator("section[aria-labelledby=to]").count() == 0
    picture(page, f"desks-handed-on-{width}-{language}", full_page=True)
