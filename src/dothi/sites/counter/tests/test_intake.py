"""A clerk takes a dossier in for somebody who stands at the counter: their document is seen, the same form is filled in."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pypdf import PdfReader

from dothi.centres.services import scans
from dothi.centres.services.actions import drafting, intake
from dothi.centres.services.models import Draft, IdentityCheck
from dothi.core.errors import BadInput, Forbidden
from dothi.kernel.cases.models import Case
from dothi.kernel.fulfilment.models import Contact
from dothi.kernel.identity.access import Actor, Grant
from dothi.sites.citizen.tests.test_dossier import PAGES
from dothi.sites.counter.tests.conftest import OTHER_WARD, WARD, signed_in

pytestmark = pytest.mark.django_db
AT = "/desk/one-stop/intake/"
MAI = {"document": "card", "number": "079190000001", "name": "Trần Thị Mai", "seen": "1"}
CLERK = Actor("account", "clerk", "Một cửa", (Grant("services.*", unit=WARD),), account="clerk")


def picture(colour):
    out = io.BytesIO()
    Image.new("RGB", (60, 80), colour).save(out, "PNG")
    return SimpleUploadedFile("scan.png", out.getvalue(), "image/png")


def begin(client):
    return client.post(f"{AT}new/birth-registration/", {"unit": WARD}).headers["Location"]


def test_a_dossier_goes_from_the_counter_to_its_code(clerk):
    at = begin(clerk)
    clerk.post(f"{at}eligibility/", {"a.born_here": "true"})
    assert clerk.get(f"{at}child/").headers["Location"] == f"{at}who/"
    assert clerk.post(f"{at}who/", MAI).headers["Location"] == f"{at}child/"
    for page, answers in PAGES.items():
        assert clerk.post(f"{at}{page}/", answers).status_code == 302
    pages = [picture("red"), picture("blue")]
    assert (
        clerk.post(f"{at}documents/", {"d.birth-proof": pages, "joined": "1", "go": "1"}).status_code == 302
    )
    answer = clerk.post(f"{at}check/", {"sure": "1"})
    case = Case.objects.get()
    assert answer.headers["Location"] == f"/desk/one-stop/dossiers/{case.code}/registered/"
    assert (case.unit, case.channel, case.state) == (WARD, "counter", "submitted")
    assert not case.applicant.endswith(str(clerk.account.pk))
    assert Contact.objects.get(case=case.id).name == "Trần Thị Mai"
    assert "?k=" in clerk.get(answer.headers["Location"]).content.decode()


def test_an_interrupted_dossier_is_found_again_at_the_counter(clerk):
    at = begin(clerk)
    clerk.post(f"{at}eligibility/", {"a.born_here": "true"})
    clerk.post(f"{at}who/", MAI)
    clerk.post(f"{at}child/", PAGES["child"])
    assert "Trần Thị Mai" in clerk.get(f"{AT}?unit={WARD}").content.decode()
    colleague = signed_in("one-stop-clerk", email="f@example.org")
    assert colleague.get(at).headers["Location"] == f"{at}mother/"
    elsewhere = signed_in("one-stop-clerk", unit=OTHER_WARD, email="g@example.org")
    assert elsewhere.get(at).status_code == 404
    assert colleague.post(f"{at}leave/").status_code == 302
    assert Draft.objects.get().on_behalf == {}


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"seen": False}, "seen"),
        ({"number": "123"}, "number"),
        ({"name": " "}, "name"),
        ({"document": "x"}, "document"),
    ],
)
def test_nobody_is_noted_whose_document_was_not_seen(wired, ward, change, where):
    draft, _ = drafting.begin("birth-registration", by=CLERK, channel="counter", unit=WARD)
    with pytest.raises(BadInput) as refused:
        intake.identify(draft, **(MAI | {"seen": True} | change), by=CLERK)
    assert refused.value.where == where
    assert not IdentityCheck.objects.exists()


def test_the_check_is_logged_with_its_purpose_and_without_the_number(wired, ward):
    draft, _ = drafting.begin("birth-registration", by=CLERK, channel="counter", unit=WARD)
    made = intake.identify(draft, **(MAI | {"seen": True}), by=CLERK)
    assert (made.number_tail, made.purpose, made.checked_by) == ("0001", "Đăng ký khai sinh", "account:clerk")
    other = Actor("account", "x", "x", (Grant("services.*", unit=OTHER_WARD),), account="x")
    with pytest.raises(Forbidden):
        intake.identify(draft, **(MAI | {"seen": True}), by=other)
    with pytest.raises(Forbidden):
        drafting.begin("birth-registration", by=other, channel="counter", unit=WARD)


def test_pictures_become_the_pages_of_one_pdf():
    made = scans.one_pdf([picture("red"), picture("blue"), picture("white")])
    assert len(PdfReader(io.BytesIO(made)).pages) == 3
    with pytest.raises(BadInput):
        scans.one_pdf([io.BytesIO(b"no picture")])
