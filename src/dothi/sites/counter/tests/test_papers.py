"""Papers change hands with two signatures, and a result leaves the house with a receipt of who took it."""

import pytest

from dothi.centres.services.actions import results
from dothi.centres.services.models import HandedOut, HandOver
from dothi.core.config import current
from dothi.core.errors import BadInput, Forbidden
from dothi.kernel.cases import actions, documents, queries
from dothi.kernel.identity.access import SYSTEM, Actor, Grant
from dothi.kernel.letters.signing import keys, pades
from dothi.sites.counter.tests.conftest import OTHER_WARD, WARD, signed_in

pytestmark = pytest.mark.django_db
AT = "/desk/one-stop/"
OFFICER = Actor(
    "account", "o", "o", (Grant("cases.*", unit=WARD), Grant("services.*", unit=WARD)), account="o"
)
MAI = {"way": "applicant", "taker": "Trần Thị Mai", "document": "card", "number": "079190000001", "seen": "1"}


@pytest.fixture
def ready(dossier):
    """A dossier whose certificate was signed."""
    actions.act(dossier.id, "accept", by=OFFICER)
    actions.act(dossier.id, "propose", by=OFFICER, data={"registration_no": "12/2026", "book_no": "01/2026"})
    actions.act(dossier.id, "sign", by=OFFICER)
    return queries.get(dossier.id, by=SYSTEM)


def test_a_list_is_made_printed_and_signed_for_by_the_other_side(clerk, dossier):
    given = {"unit": WARD, "giver": "Một cửa", "taker": "Tư pháp", "codes": dossier.code}
    assert clerk.post(f"{AT}lists/", given | {"codes": "x-1"}).status_code == 422
    at = clerk.post(f"{AT}lists/", given).headers["Location"]
    assert dossier.code in clerk.get(at).content.decode()
    assert clerk.post(at, {"there": dossier.code}).status_code == 409
    keeper = signed_in("paper-keeper", email="i@example.org")
    assert keeper.post(at, {"there": []}).status_code == 302
    assert HandOver.objects.get().refused == [dossier.code]
    assert "không có" in keeper.get(at).content.decode()
    assert signed_in("paper-keeper", unit=OTHER_WARD, email="j@example.org").get(at).status_code == 404


def test_a_result_is_handed_out_with_a_signed_receipt(clerk, ready):
    assert ready.code in clerk.get(f"{AT}results/").content.decode()
    at = f"{AT}results/{ready.code}/"
    assert clerk.post(at, MAI | {"seen": ""}).status_code == 422
    assert clerk.post(at, MAI | {"way": "authorised"}).status_code == 422
    assert clerk.post(at, MAI).status_code == 302
    made = HandedOut.objects.get()
    assert (made.taker, made.number_tail, made.way) == ("Trần Thị Mai", "0001", "applicant")
    assert queries.get(ready.id, by=SYSTEM).state == "issued"
    [receipt] = [each for each in documents.of_case(ready.num) if each.label == results.TITLE]
    _, content = documents.open_document(receipt.pk, by=SYSTEM)
    [checked] = pades.check(content.read(), roots=keys.roots(current().home))
    assert checked.intact
    assert checked.whole
    assert made.code in clerk.get(f"{AT}results/").content.decode()


def test_the_post_takes_it_and_says_when_it_was_delivered(clerk, ready):
    at = f"{AT}results/{ready.code}/"
    assert clerk.post(at, {"way": "post", "taker": "Trần Thị Mai"}).status_code == 422
    assert (
        clerk.post(at, {"way": "post", "taker": "Trần Thị Mai", "post_number": "EA123456789VN"}).status_code
        == 302
    )
    assert queries.get(ready.id, by=SYSTEM).state == "posted"
    made = HandedOut.objects.get()
    assert clerk.post(f"{AT}results/posted/{made.pk}/").status_code == 302
    assert queries.get(ready.id, by=SYSTEM).state == "issued"


def test_who_hands_out_elsewhere_hands_out_nothing_here(ready):
    elsewhere = Actor(
        "account", "e", "e", (Grant("services.*", unit=OTHER_WARD), Grant("cases.*", unit=WARD)), account="e"
    )
    given = MAI | {"seen": True}
    with pytest.raises(Forbidden):
        results.hand_out(ready, **given, by=elsewhere)
    with pytest.raises(BadInput):
        results.hand_out(ready, **(given | {"way": "dog"}), by=OFFICER)
    assert not HandedOut.objects.exists()
