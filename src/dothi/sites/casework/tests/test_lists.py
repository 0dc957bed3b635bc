"""Lists by when they are due, kept under a name, one step on many; cases given on, work handed on, others reminded."""

import pytest

from dothi.kernel.cases import queries
from dothi.kernel.cases.models import Delegation, SavedFilter
from dothi.kernel.identity.access import SYSTEM
from dothi.sites.casework.tests.test_desk import dossier, signed_in, ward
from dothi.sites.counter.tests.conftest import birth

__all__ = ["dossier", "ward"]
pytestmark = pytest.mark.django_db


def test_the_list_by_when_it_is_due(dossier):
    officer = signed_in("case-officer")
    shown = {
        when: dossier.code in officer.get(f"/desk/?when={when}").content.decode()
        for when in ("late", "soon", "paused")
    }
    assert shown == {"late": False, "soon": True, "paused": False}
    assert officer.get("/desk/?when=today").status_code == 200


def test_a_list_is_kept_and_forgotten(dossier):
    officer = signed_in("case-officer")
    officer.post("/desk/lists/keep/", {"name": "Khai sinh", "kind": "dossier", "mine": "nobody"})
    assert "/desk/?kind=dossier&amp;mine=nobody" in officer.get("/desk/").content.decode().replace(
        'href="?', 'href="/desk/?'
    )
    key = SavedFilter.objects.get().pk
    assert (
        signed_in("case-officer", email="l@example.org").post(f"/desk/lists/{key}/forget/").status_code == 404
    )
    officer.post(f"/desk/lists/{key}/forget/")
    assert not SavedFilter.objects.exists()


def test_one_step_on_many_says_what_became_of_each(dossier):
    codes = [dossier.code, birth().code]
    officer, chief = signed_in("case-officer"), signed_in("case-supervisor", email="m@example.org")
    assert "Tiếp nhận" in chief.post("/desk/bulk/", {"code": codes}).content.decode()
    given = {"code": codes, "action": "accept", "key": "b"}
    assert officer.post("/desk/bulk/", given).status_code == 403
    assert chief.post("/desk/bulk/", given).status_code == 302
    assert {queries.get(code, by=SYSTEM).state for code in codes} == {"in-review"}
    assert "Chưa làm được" in chief.post("/desk/bulk/", given | {"key": "c"}).content.decode()


def test_a_case_is_given_to_a_colleague_by_who_assigns(dossier):
    officer, chief = (
        signed_in("case-officer"),
        signed_in("case-supervisor", email="n@example.org", unit="26740"),
    )
    at = f"/desk/cases/{dossier.code}/assign/"
    who = queries.get(dossier.id, by=SYSTEM).assignee
    assert officer.get(at).status_code == 200
    from django.contrib.auth import get_user_model

    account = get_user_model().objects.get(email="a@example.org")
    given = {"do": "assign", "assignee": f"account:{account.pk}"}
    assert officer.post(at, given).status_code == 422
    assert queries.get(dossier.id, by=SYSTEM).assignee == who
    assert chief.post(at, given).status_code == 302
    assert queries.get(dossier.id, by=SYSTEM).assignee == f"account:{account.pk}"
    assert chief.post(at, {"do": "hand-over"}).status_code == 422


def test_work_is_handed_on_to_a_colleague(dossier):
    officer = signed_in("case-officer")
    signed_in("case-officer", email="o@example.org")
    assert officer.get("/desk/people/").status_code == 200
    from django.contrib.auth import get_user_model

    to = f"account:{get_user_model().objects.get(email='o@example.org').pk}"
    given = {"do": "delegate", "to": to, "from": "2026-12-01", "until": "2099-12-02", "reason": "Nghỉ phép"}
    assert officer.post("/desk/people/", given | {"until": ""}).status_code == 422
    assert officer.post("/desk/people/", given | {"to": "account:x"}).status_code == 422
    assert officer.post("/desk/people/", given).status_code == 302
    made = Delegation.objects.get()
    assert made.taker == to
    officer.post("/desk/people/", {"do": "end", "key": str(made.pk)})
    made.refresh_from_db()
    assert made.ended_us is not None
