"""A birth is registered: the certificate is free, copies are paid; who waits too long is apologised to once."""

from __future__ import annotations

from dothi.centres.services.tests.procedures.story import Story

KEY = "birth-registration"
DECLARED = {
    "child_name": "Trần Minh Anh", "born_on": "2026-02-20", "sex": "female", "birth_place": "Bệnh viện Từ Dũ",
    "ethnicity": "Kinh", "home_town": "Thành phố Hồ Chí Minh", "mother_id": "079190000001",
    "mother_name": "Trần Thị Mai", "mother_born_on": "1995-04-01", "home_unit": "26740",
    "home_address": "12 Lê Lợi", "parents_married": False, "father_declared": False, "copies": 0, "relation": "mother",
}  # fmt: skip
ENTRY = {"registration_no": "31/2026", "book_no": "01/2026"}


def handed_in(**changed):
    return Story(KEY, DECLARED | changed, "2026-03-02 09:00")


def test_without_copies_nothing_is_asked_for() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk")
    assert story.bills == []
    assert (story.state, story.due()) == ("in-review", "2026-03-03 17:00")


def test_copies_are_paid_before_the_dossier_is_accepted() -> None:
    story = handed_in(copies=2)
    assert story.fees == [("copies", 16_000)]
    story.pay("2026-03-02 09:05")
    assert story.act("accept", "2026-03-02 10:00", "clerk").state == "in-review"


def test_when_it_is_late_the_city_apologises_once() -> None:
    story = handed_in().act("accept", "2026-03-02 10:00", "clerk").waits_until("2026-03-04 08:00")
    assert story.letters() == ["receipt", "apology"]
    story.act("propose", "2026-03-04 09:00", "registrar", **ENTRY).waits_until("2026-03-10 08:00")
    assert story.letters() == ["receipt", "apology"]
    story.act("sign", "2026-03-10 09:00", "leader")
    assert (story.state, story.letters()) == ("registered", ["receipt", "apology", "certificate"])
