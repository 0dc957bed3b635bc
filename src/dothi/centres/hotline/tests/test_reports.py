"""A report is taken whole and once, says what it repeats, and shows everybody no personal data."""

import io

import pytest
from PIL import Image

from dothi.centres.hotline import actions, publishing, queries
from dothi.centres.hotline.images.publicising import PublicImage
from dothi.centres.hotline.models import PublicReport, RoutingDecision
from dothi.centres.hotline.tests.conftest import HERE
from dothi.core.errors import BadInput, DothiError, NotFound
from dothi.engines import registry
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries as reading
from dothi.kernel.cases.models import Case
from dothi.kernel.fulfilment import contacts
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM, Actor, Grant
from dothi.kernel.messages.rules import Recipient

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("ward")]
HOLE = "Ổ gà lớn giữa đường, xe máy té. Gọi anh Nam 0903123456"
OPERATOR = Actor("account", "op", "Trực", (Grant("cases.*"), Grant("hotline.*")), account="op")


def photo():
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(out, "JPEG")
    return "hole.jpg", out.getvalue()


def filed(text=HOLE, **more):
    return actions.file_report("pothole", text, **{"by": ANONYMOUS, "position": HERE} | more)


def test_a_report_becomes_a_case_with_contact_photo_and_the_reason_of_its_routing():
    made = filed(contact=Recipient(phone="0903 123 456"), photos=[photo()], place_words="12 Lê Lợi")
    view, _ = reading.by_link(made.code, made.secret)
    assert (view.procedure, view.state, view.organisation) == ("report-1022", "new", "call-centre-1022")
    assert [each.name for each in view.snapshot.documents["photo"]] == ["hole.jpg"]
    assert contacts.of(view.id).phone
    assert "contact_phone" not in view.data
    row = RoutingDecision.objects.get(case=view.id)
    assert (row.category, row.by) == ("pothole", "anonymous")
    assert row.suggestion
    assert row.model


def test_sent_again_it_is_the_same_report_without_its_secret():
    first, again = filed(key="k1"), filed(key="k1")
    assert (again.code, again.secret) == (first.code, None)
    assert Case.objects.count() == RoutingDecision.objects.count() == 1


def test_with_a_bad_photo_nothing_is_kept():
    with pytest.raises(DothiError):
        filed(photos=[("a.jpg", b"no photo")])
    assert not Case.objects.exists()
    assert not PublicReport.objects.exists()


def test_what_everybody_reads_carries_no_personal_data_and_the_photo_stays_private():
    made = filed(photos=[photo()])
    report = queries.public(made.code)
    assert "0903123456" not in report.text
    assert "Nam" not in report.text
    assert "Ổ gà" in report.text
    assert report.photo == ""


def test_unknown_categories_and_missing_places_are_told():
    with pytest.raises(BadInput):
        actions.file_report("nothing", "x", by=ANONYMOUS, position=HERE)
    with pytest.raises(BadInput) as error:
        filed(position=None)
    assert error.value.where == "place"


def test_a_neighbours_report_is_found_and_followed():
    first = filed()
    second = filed("Có ổ gà to giữa đường nguy hiểm cho xe máy", position=(HERE[0] + 0.00003, HERE[1]))
    [found] = second.duplicates
    assert found.report.code == first.code
    assert actions.me_too(first.code, by=ANONYMOUS, contact=Recipient(email="mai@example.vn"))
    assert [each.email for each, _ in contacts.followers(found.report.case)] == ["mai@example.vn"]
    assert actions.near((106.9, 10.9), "pothole") == []


class Happened:
    """An event of a case, as far as it is looked at."""

    def __init__(self, case, name):
        self.type, self.data = f"vn.dothi.cases.{name}", {"id": case, "procedure": "report-1022"}


def test_the_public_report_follows_its_case_and_routing_learns_from_who_got_it():
    made = filed()
    data = {"responder": "police", "priority": "normal"}
    cases.act(made.case, "dispatch", by=OPERATOR, data=data)
    publishing.follow(Happened(made.case, "moved"))
    report = queries.public(made.code)
    assert (report.state, report.label("en"), report.organisation) == ("dispatched", "Handed on", "police")
    assert RoutingDecision.objects.get().corrected is (RoutingDecision.objects.get().organisation != "")
    assert queries.routing(made.case, by=OPERATOR).responder == "police"


def test_a_refused_report_is_public_no_more():
    made = filed()
    cases.act(made.case, "refuse", by=OPERATOR, note="Không rõ")
    publishing.renew(reading.get(made.case, by=SYSTEM))
    with pytest.raises(NotFound):
        queries.public(made.code)


def test_suggestions_say_why():
    found = actions.suggest("Đèn đường không sáng mấy hôm nay, hẻm tối om", HERE)
    assert found.candidates[0].category == "street-lighting"
    assert found.candidates[0].reasons


def test_a_photo_that_was_looked_through_becomes_public(monkeypatch):
    made = filed(photos=[photo()])
    monkeypatch.setattr(publishing, "publicise", lambda image: PublicImage({"screen": b"hidden"}, (), "test"))
    publishing.follow(Happened(made.case, "document-added"))
    digest = queries.public(made.code).photo
    assert registry.blobs().get(digest) == b"hidden"


def test_the_public_clock_is_shown_and_not_the_call_centres_own():
    made = filed()
    assert queries.public(made.code).due_at is None
    cases.act(made.case, "dispatch", by=OPERATOR, data={"responder": "police", "priority": "normal"})
    publishing.follow(Happened(made.case, "moved"))
    assert queries.public(made.code).due_at is not None
