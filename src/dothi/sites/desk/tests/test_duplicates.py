"""A reviewer finds a pair, looks at both, decides, and takes it back."""

from __future__ import annotations

import pytest

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions as records
from dothi.kernel.registers.linkage import actions
from dothi.kernel.registers.linkage.models import Candidate

ROWS = (
    {"full_name": "NGUYEN VAN AN", "birth_date": "1990-03-04"},
    {"full_name": "Nguyễn Văn An", "birth_date": "1990-03-04"},
)


@pytest.fixture
def pair(quick):
    for row in ROWS:
        records.create("person", {**row, "phone": "0901234567"}, by=SYSTEM)
    actions.scan("person", by=SYSTEM)
    return Candidate.objects.get()


def test_from_the_queue_to_a_merge_and_back(make, pair):
    browser, at = make("an", "register-steward"), f"/desk/registers/duplicates/person/{pair.pk}/"
    assert browser.get("/desk/registers/duplicates/").status_code == 200
    assert at in browser.get("/desk/registers/duplicates/person/").content.decode()
    shown = browser.get(at).content.decode()
    assert "NGUYEN VAN AN" in shown
    assert "Nguyễn Văn An" in shown
    browser.post(at, {"verdict": "same", "reason": ""})
    assert Candidate.objects.get().state == "open"
    browser.post(at, {"verdict": "same", "reason": "same person"})
    assert Candidate.objects.get().merge is not None
    browser.post(at, {"verdict": "take-back", "reason": "twins"})
    assert Candidate.objects.get().state == "different"


def test_who_may_not_review_sees_nothing(make, pair):
    browser = make("binh", "register-reader")
    for at in ("", "person/", f"person/{pair.pk}/"):
        assert browser.get(f"/desk/registers/duplicates/{at}").status_code == 403
