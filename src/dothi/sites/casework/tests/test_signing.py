"""A leader sees the paper before it is signed, signs many at once, or gives one back with a reason."""

import pytest

from dothi.core.config import current
from dothi.kernel.cases import actions, documents, queries
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.letters.signing import keys, pades
from dothi.sites.casework.tests.test_desk import WARD, dossier, signed_in, ward
from dothi.sites.counter.tests.conftest import birth, carry_out

__all__ = ["dossier", "ward"]
pytestmark = pytest.mark.django_db
OFFICER = Actor("account", "o", "o", (Grant("cases.*", unit=WARD),), account="o")


def put_up(case, number="12/2026"):
    actions.act(case.id, "accept", by=OFFICER)
    actions.act(case.id, "propose", by=OFFICER, data={"registration_no": number, "book_no": "01/2026"})
    return queries.get(case.id, by=SYSTEM)


@pytest.fixture
def leader(dossier):
    return signed_in("case-leader", email="leader@example.org")


def test_the_paper_is_shown_as_a_draft_and_changes_nothing(leader, dossier):
    case = put_up(dossier)
    assert case.code in leader.get("/desk/signing/").content.decode()
    answer = leader.get(f"/desk/signing/{case.code}/sign/paper.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert pades.check(answer.content) == []
    assert queries.get(case.id, by=SYSTEM).rev == case.rev


def test_many_are_signed_and_the_letters_carry_the_signature(leader, dossier):
    cases = [put_up(dossier), put_up(birth(), "13/2026")]
    given = {"do": "sign", "key": "k", "code": [each.code for each in cases]}
    assert leader.post("/desk/signing/", given).status_code == 302
    carry_out()
    for each in cases:
        assert queries.get(each.id, by=SYSTEM).state == "registered"
        [letter] = [one for one in documents.of_case(each.num) if one.label == "Giấy khai sinh"]
        _, content = documents.open_document(letter.pk, by=SYSTEM)
        [checked] = pades.check(content.read(), roots=keys.roots(current().home))
        assert checked.intact


def test_it_is_given_back_with_a_reason_only(leader, dossier):
    case = put_up(dossier)
    given = {"do": "return", "key": "k", "code": case.code}
    assert leader.post("/desk/signing/", given).status_code == 422
    assert leader.post("/desk/signing/", given | {"reason": "Sai số quyển"}).status_code == 302
    assert queries.get(case.id, by=SYSTEM).state == "in-review"


def test_who_does_not_sign_has_nothing_to_sign(dossier):
    case = put_up(dossier)
    clerk = signed_in("one-stop-clerk", email="k@example.org")
    assert case.code not in clerk.get("/desk/signing/").content.decode()
    assert clerk.get(f"/desk/signing/{case.code}/sign/paper.pdf").status_code == 403
    answer = clerk.post("/desk/signing/", {"do": "sign", "key": "k", "code": case.code})
    assert answer.status_code == 422
    assert queries.get(case.id, by=SYSTEM).state == "signing"
