"""Who sees what of a record, for what purpose, and that it is written down."""

from __future__ import annotations

import pytest

from dothi.core.errors import BadInput, Forbidden, NotFound, Unauthenticated
from dothi.kernel.identity.access import ANONYMOUS
from dothi.kernel.packs.declarations import Label
from dothi.kernel.packs.record_types import Property
from dothi.kernel.registers import queries, readings
from dothi.kernel.registers.masking import masked
from dothi.kernel.registers.models import Reading
from dothi.kernel.registers.tests.conftest import OTHER, READER, REGISTRAR, WARD, WARD_OFFICER, someone

pytestmark = pytest.mark.django_db
FULL = {
    "full_name": "Nguyễn Văn An", "card": "079085000001", "phone": "0901234567", "illness": "Hen",
    "born": "1985-02-03", "sex": "male", "note": "x", "unit": WARD,
}  # fmt: skip
DOCTOR = someone("registers.read.*", "registers.personal.*", "registers.sensitive.*")


@pytest.fixture
def an(owner):
    return owner(FULL["full_name"], **{key: value for key, value in FULL.items() if key != "full_name"})


def get(record, by, purpose=""):
    return queries.get("owner", record.id, by=by, purpose=purpose)


class TestWhatIsSeen:
    def test_without_a_purpose_personal_data_is_masked(self, an):
        seen = get(an, REGISTRAR)
        assert seen.data == {
            "full_name": "N. V. A.", "card": "•••••••••001", "phone": "•••••••567", "illness": "•••",
            "born": "1985-••-••", "sex": "male", "note": "x", "unit": WARD,
        }  # fmt: skip
        assert seen.label == "N. V. A."
        assert set(seen.masked) == {"full_name", "card", "phone", "illness", "born"}

    def test_a_purpose_opens_personal_data_and_leaves_the_sensitive_masked(self, an):
        seen = get(an, DOCTOR, "residence")
        assert seen.data == {**FULL, "illness": "•••"}
        assert seen.masked == ("illness",)

    def test_a_purpose_for_it_opens_sensitive_data(self, an):
        assert get(an, DOCTOR, "health").data == FULL

    def test_a_purpose_without_the_right_opens_nothing(self, an):
        assert get(an, READER, "residence").data["full_name"] == "N. V. A."

    def test_a_purpose_may_open_a_few_properties_and_ask_for_a_further_right(self, an):
        with pytest.raises(Forbidden):
            get(an, REGISTRAR, "contact")
        caller = someone("registers.read.*", "registers.personal.*", "hotline.call")
        seen = get(an, caller, "contact")
        assert (seen.data["phone"], seen.data["full_name"]) == ("0901234567", "N. V. A.")

    def test_an_unknown_purpose_is_refused_with_those_there_are(self, an):
        with pytest.raises(BadInput) as refused:
            get(an, REGISTRAR, "curiosity")
        assert "residence, health, contact" in str(refused.value)

    def test_a_right_in_a_ward_is_none_in_another(self, an, owner):
        assert get(an, WARD_OFFICER, "residence").data["card"] == "079085000001"
        with pytest.raises(Forbidden):
            get(owner("Bình", unit=OTHER), WARD_OFFICER, "residence")

    def test_a_closed_register_is_for_people_who_signed_in(self, an):
        with pytest.raises(Unauthenticated):
            get(an, ANONYMOUS)

    def test_an_open_register_shows_anyone_its_open_properties(self, tree, owner):
        owner(card="079085000001")
        made = tree(remark="internal", planted_by="079085000001", plate="A-01")
        seen = queries.get("tree", made.id, by=ANONYMOUS)
        assert set(seen.data) == {"species", "plate", "place"}
        assert seen.label == "Me tây (A-01)"


class TestLookingByAnIdentifier:
    def test_it_needs_a_purpose(self, an):
        with pytest.raises(Forbidden):
            queries.by_identifier("owner", "id-card", "079085000001", by=REGISTRAR)

    def test_it_needs_the_right_to_personal_data(self, an):
        with pytest.raises(Forbidden):
            queries.by_identifier("owner", "id-card", "079085000001", by=READER, purpose="residence")

    def test_of_another_ward_it_says_no_more_than_of_nobody(self, owner):
        owner(card="1111", unit=OTHER)
        for number in ("1111", "9999"):
            with pytest.raises(NotFound):
                queries.by_identifier("owner", "id-card", number, by=WARD_OFFICER, purpose="residence")

    def test_an_open_identifier_is_for_anyone(self, tree):
        made = tree(plate="A-01")
        assert queries.by_identifier("tree", "plate", "a 01", by=ANONYMOUS).id == made.id

    def test_an_unknown_identifier_is_not_found(self, an):
        with pytest.raises(NotFound):
            queries.by_identifier("owner", "passport", "1", by=REGISTRAR)


class TestTheLogOfReadings:
    def test_a_reading_in_clear_is_kept_with_purpose_and_properties(self, an):
        queries.get("owner", an.id, by=REGISTRAR, purpose="residence", case="case:7")
        kept = Reading.objects.get()
        assert (kept.actor, kept.purpose, kept.how, kept.case) == (
            "account:0190",
            "residence",
            "record",
            "case:7",
        )
        assert kept.fields.split() == ["born", "card", "full_name", "phone"]

    def test_a_masked_reading_is_none(self, an):
        get(an, REGISTRAR)
        get(an, READER)
        assert not Reading.objects.exists()

    def test_history_is_a_reading_too(self, an):
        queries.history("owner", an.id, by=REGISTRAR, purpose="residence")
        assert Reading.objects.get().how == "history"

    def test_who_read_a_record_is_for_those_who_may_know(self, an):
        get(an, REGISTRAR, "residence")
        with pytest.raises(Forbidden):
            readings.of("owner", an.id, by=REGISTRAR)
        [kept] = readings.of("owner", an.id, by=someone("registers.readings", unit=WARD))
        assert kept.actor == "account:0190"
        assert [
            each.record_id for each in readings.by_reader("account:0190", by=someone("registers.readings"))
        ] == [an.pk]


class TestHistory:
    def test_entries_are_masked_like_the_record(self, an):
        told = queries.history("owner", an.id, by=READER)
        assert told.entries[0].data["card"] == "•••••••••001"
        assert told.segments[0].label == "N. V. A."


class TestLinks:
    def test_a_record_names_others_and_is_named(self, owner):
        child = owner("Bé Na", guardian="1111")
        mother = owner("Trần Thị Mẹ", card="11 11")
        [out] = queries.links("owner", child.id, by=REGISTRAR, purpose="residence")
        assert (out.property, out.id, out.label, out.outward) == ("guardian", mother.id, "Trần Thị Mẹ", True)
        [back] = queries.links("owner", mother.id, by=REGISTRAR, purpose="residence")
        assert (back.id, back.outward) == (child.id, False)

    def test_a_name_that_may_not_be_seen_is_not_told(self, owner):
        owner("Trần Thị Mẹ", card="1111")
        child = owner("Bé Na", guardian="1111")
        [out] = queries.links("owner", child.id, by=READER)
        assert out.label == ""

    def test_a_link_to_what_is_not_there_is_shown_as_such(self, owner):
        [out] = queries.links("owner", owner(guardian="404").id, by=REGISTRAR, purpose="residence")
        assert out.id is None

    def test_a_guarded_link_is_hidden(self, tree, owner):
        owner(card="1111")
        made = tree(planted_by="1111")
        assert queries.links("tree", made.id, by=ANONYMOUS) == []


@pytest.mark.parametrize(
    ("value", "mask", "shown"),
    [
        ("Nguyễn Văn An", "name", "N. V. A."),
        ("079085000001", "id", "•••••••••001"),
        ("123456", "id", "•••"),
        ("1985-02-03", "date", "1985-••-••"),
        ("someday", "date", "•••"),
        ("an@example.vn", "email", "a•••@example.vn"),
        ("@example.vn", "email", "•••"),
        ("12 Lê Lợi, Thành phố Hồ Chí Minh", "place", "•••, Thành phố Hồ Chí Minh"),
        ("12 Lê Lợi", "place", "•••"),
        ("anything", None, "•••"),
        ({"a": 1}, "name", "•••"),
        (42, "id", "•••"),
        (None, "id", None),
    ],
)
def test_a_mask_lets_recognise_and_not_learn(value, mask, shown):
    declared = Property(key="k", label=Label(vi="k", en="k"), kind="text", sensitivity="personal", mask=mask)
    assert masked(value, declared) == shown
