"""Changes of one record, as an officer makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.utils import DatabaseError

from dothi.core import clock
from dothi.core.errors import BadInput, Conflict, Forbidden, NotFound
from dothi.core.ids import uuid7
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.registers import actions, queries
from dothi.kernel.registers.models import Identifier, Record, Version
from dothi.kernel.registers.rolling import roll_forward
from dothi.kernel.registers.tests.conftest import (
    OTHER,
    READER,
    REGISTRAR,
    WARD,
    WARD_OFFICER,
)

pytestmark = pytest.mark.django_db
T0 = datetime(2025, 3, 1, 3, tzinfo=UTC)


def get(record, **asked):
    return queries.get("owner", record.id, by=REGISTRAR, purpose="residence", **asked)


def events():
    return list(OutboxEvent.objects.filter(type__startswith="vn.dothi.registers").order_by("seq"))


class TestCreate:
    def test_a_record_is_there_with_its_label_identifier_and_unit(self, owner):
        made = owner("Nguyễn Văn An", card="079 085 000 001", unit=WARD)
        seen = get(made)
        assert (seen.label, seen.unit, seen.state, seen.valid_from) == ("Nguyễn Văn An", WARD, "active", None)
        assert Identifier.objects.get(record=made, scheme="id-card").value == "079085000001"

    def test_every_fault_is_told_with_its_place(self, db):
        with pytest.raises(BadInput) as refused:
            actions.create("owner", {"card": "x", "sex": "nam", "heigt": 1}, by=SYSTEM)
        problems = {each["where"]: each["code"] for each in refused.value.members["problems"]}
        assert problems == {
            "full_name": "required",
            "card": "pattern",
            "sex": "enum",
            "heigt": "additionalProperties",
        }
        assert "thiếu" in next(
            p["text"]["vi"] for p in refused.value.members["problems"] if p["where"] == "full_name"
        )

    def test_texts_are_kept_in_composed_letters_and_nulls_are_absent(self, owner):
        made = owner("Nguye\u0302\u0303n An", phone=None)
        assert get(made).data == {"full_name": "Nguyễn An"}

    @pytest.mark.parametrize("data", [{"full_name": "a\x00b"}, {"full_name": "An", "note": "\x00"}])
    def test_a_nul_character_is_refused(self, db, data):
        with pytest.raises(BadInput):
            actions.create("owner", data, by=SYSTEM)

    def test_an_identifier_belongs_to_one_record(self, owner):
        owner(card="079085000001")
        with pytest.raises(Conflict) as refused:
            owner("Trần Thị Bình", card="079 085 000001")
        assert refused.value.where == "card"
        assert "079085" not in str(refused.value)

    def test_an_identifier_declared_so_may_be_shared(self, owner):
        owner(file="A-1")
        owner("Trần Thị Bình", file="a 1")
        assert Identifier.objects.filter(scheme="file", value="A1").count() == 2

    def test_an_unknown_type_is_not_found(self, db):
        with pytest.raises(NotFound):
            actions.create("ownr", {}, by=SYSTEM)

    def test_an_officer_of_a_ward_enters_records_of_the_ward_only(self, db):
        actions.create("owner", {"full_name": "An", "unit": WARD}, by=WARD_OFFICER)
        for unit in (OTHER, None):
            with pytest.raises(Forbidden):
                actions.create("owner", {"full_name": "An", "unit": unit}, by=WARD_OFFICER)
        assert AuditEntry.objects.filter(action="registers.create", outcome="refused").count() == 2

    def test_the_event_names_the_record_and_says_nothing_of_it(self, owner):
        made = owner("Nguyễn Văn An", card="079085000001")
        [event] = events()
        assert event.type == "vn.dothi.registers.created"
        assert event.subject == f"owner:{made.id}"
        assert "Nguy" not in event.data
        assert "079085" not in event.data

    def test_a_link_that_must_exist_does(self, owner, tree):
        with pytest.raises(Conflict) as refused:
            tree(planted_by="079085000001")
        assert refused.value.where == "planted_by"
        owner(card="079085000001")
        tree(planted_by="079 085 000 001")


class TestRevise:
    def test_earlier_days_keep_what_they_said(self, owner):
        made = owner(phone="1", valid_from=date(2024, 1, 1))
        actions.revise(made, {"phone": "2"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="moved")
        assert get(made, valid_on=date(2024, 6, 1)).data["phone"] == "1"
        assert get(made, valid_on=date(2025, 6, 1)).data["phone"] == "2"
        with pytest.raises(NotFound):
            get(made, valid_on=date(2023, 1, 1))

    def test_what_was_known_is_still_known_as_it_was(self, owner):
        with clock.frozen(T0) as now:
            made = owner(phone="1")
            now.advance(timedelta(days=1))
            actions.revise(made, {"phone": "2"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="moved")
            assert get(made, known_on=T0).data["phone"] == "1"
            assert get(made).data["phone"] == "2"
            with pytest.raises(NotFound):
                get(made, known_on=T0 - timedelta(seconds=1))

    def test_a_change_entered_for_later_stays_when_an_earlier_one_comes(self, owner):
        made = owner(phone="1", valid_from=date(2024, 1, 1))
        actions.revise(made, {"phone": "3"}, valid_from=date(2040, 1, 1), by=REGISTRAR, reason="planned")
        actions.revise(made, {"phone": "2"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="moved")
        assert get(made, valid_on=date(2030, 1, 1)).data["phone"] == "2"
        assert get(made, valid_on=date(2041, 1, 1)).data["phone"] == "3"

    def test_null_removes_and_replace_replaces(self, owner):
        made = owner(phone="1", note="x")
        actions.revise(made, {"phone": None}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="r")
        assert "phone" not in get(made).data
        actions.revise(
            made, {"full_name": "B"}, valid_from=date(2025, 1, 2), by=REGISTRAR, reason="r", replace=True
        )
        assert get(made).data == {"full_name": "B"}

    def test_moving_to_another_unit_needs_the_right_in_both(self, owner):
        made = owner(unit=WARD)
        with pytest.raises(Forbidden):
            actions.revise(
                made, {"unit": OTHER}, valid_from=date(2025, 1, 1), by=WARD_OFFICER, reason="moved"
            )
        actions.revise(made, {"unit": OTHER}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="moved")
        assert Record.objects.get(pk=made.pk).unit == OTHER

    def test_a_reason_is_needed(self, owner):
        with pytest.raises(BadInput) as refused:
            actions.revise(owner(), {"phone": "2"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason=" ")
        assert refused.value.where == "reason"

    def test_a_number_the_record_had_before_still_finds_it(self, owner):
        made = owner(card="1111")
        actions.revise(made, {"card": "2222"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="new card")
        for number in ("1111", "2222"):
            found = queries.by_identifier("owner", "id-card", number, by=REGISTRAR, purpose="residence")
            assert found.id == made.id

    def test_who_may_not_write_is_refused_before_anything_is_told(self, owner):
        with pytest.raises(Forbidden):
            actions.revise(
                owner(), {"card": "not a card"}, valid_from=date(2025, 1, 1), by=READER, reason="r"
            )

    def test_the_audit_names_the_fields_and_not_their_values(self, owner):
        made = owner(phone="1")
        actions.revise(made, {"phone": "0909"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="r")
        entry = AuditEntry.objects.get(action="registers.revise")
        assert entry.detail == {"fields": ["phone"]}


class TestCorrect:
    def test_the_days_stay_and_the_wrong_is_still_known_to_have_been_said(self, owner):
        with clock.frozen(T0) as now:
            made = owner("Nguyễn Văn Am", valid_from=date(2024, 1, 1))
            now.advance(timedelta(hours=1))
            actions.correct(made, {"full_name": "Nguyễn Văn An"}, by=REGISTRAR, reason="misspelt")
            assert get(made, valid_on=date(2024, 1, 1)).data["full_name"] == "Nguyễn Văn An"
            assert get(made, valid_on=date(2024, 1, 1), known_on=T0).data["full_name"] == "Nguyễn Văn Am"
        assert Version.objects.filter(record=made).count() == 2

    def test_only_the_segment_of_that_day_is_corrected(self, owner):
        made = owner(phone="1", valid_from=date(2024, 1, 1))
        actions.revise(made, {"phone": "2"}, valid_from=date(2025, 1, 1), by=REGISTRAR, reason="moved")
        actions.correct(made, {"phone": "9"}, valid_on=date(2024, 5, 5), by=REGISTRAR, reason="wrong")
        assert get(made, valid_on=date(2024, 2, 2)).data["phone"] == "9"
        assert get(made).data["phone"] == "2"

    def test_a_wrong_number_is_free_for_its_owner(self, owner):
        made = owner(card="1111")
        actions.correct(made, {"card": "2222"}, by=REGISTRAR, reason="wrong number")
        other = owner("Trần Thị Bình", card="1111")
        found = queries.by_identifier("owner", "id-card", "1111", by=REGISTRAR, purpose="residence")
        assert found.id == other.id

    def test_a_day_on_which_nothing_holds_cannot_be_corrected(self, owner):
        made = owner(valid_from=date(2024, 1, 1))
        with pytest.raises(Conflict):
            actions.correct(made, {"phone": "1"}, valid_on=date(2020, 1, 1), by=REGISTRAR, reason="r")


class TestEnd:
    def test_an_ended_record_shows_what_it_said_last(self, owner):
        made = owner(card="1111", valid_from=date(2020, 1, 1))
        actions.end(made, on=date(2025, 1, 1), by=REGISTRAR, reason="died")
        seen = get(made)
        assert (seen.state, seen.valid_to, seen.data["card"]) == ("ended", date(2025, 1, 1), "1111")
        with pytest.raises(NotFound):
            get(made, valid_on=date(2025, 1, 1))

    def test_its_identifier_is_not_given_again(self, owner):
        made = owner(card="1111", valid_from=date(2020, 1, 1))
        actions.end(made, on=date(2025, 1, 1), by=REGISTRAR, reason="died")
        with pytest.raises(Conflict):
            owner("Trần Thị Bình", card="1111")

    def test_a_record_may_begin_again(self, owner):
        made = owner(valid_from=date(2020, 1, 1))
        actions.end(made, on=date(2023, 1, 1), by=REGISTRAR, reason="closed")
        actions.revise(made, {"phone": "7"}, valid_from=date(2024, 1, 1), by=REGISTRAR, reason="opened again")
        assert get(made).data == {"full_name": "Nguyễn Văn An", "phone": "7"}
        with pytest.raises(NotFound):
            get(made, valid_on=date(2023, 6, 1))


class TestDays:
    def test_what_was_entered_for_a_later_day_comes_into_force_on_it(self, owner):
        with clock.frozen(T0) as now:
            made = owner("Cũ")
            actions.revise(made, {"full_name": "Mới"}, valid_from=date(2025, 4, 1), by=REGISTRAR, reason="r")
            assert Record.objects.get(pk=made.pk).label == "Cũ"
            assert roll_forward(day=date(2025, 3, 31)) == 0
            now.set(datetime(2025, 4, 1, 3, tzinfo=UTC))
            assert get(made).label == "Mới"
            assert roll_forward() == 1
            assert roll_forward() == 0
        assert Record.objects.get(pk=made.pk).label == "Mới"
        assert events()[-1].type == "vn.dothi.registers.rolled-forward"

    def test_a_record_of_the_future_is_listed_when_its_day_comes(self, owner):
        with clock.frozen(T0) as now:
            made = owner(valid_from=date(2025, 4, 1))
            assert Record.objects.get(pk=made.pk).state == "future"
            now.set(datetime(2025, 4, 2, 3, tzinfo=UTC))
            roll_forward()
        assert Record.objects.get(pk=made.pk).state == "active"


def test_a_version_cannot_be_changed_in_the_database(owner):
    made = owner()
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE registers_version SET data = '{}' WHERE record_id = %s", [made.pk])


def test_an_unknown_record_is_not_found(db):
    with pytest.raises(NotFound):
        actions.end(uuid7(), on=date(2025, 1, 1), by=SYSTEM, reason="r")


def test_a_correction_reaches_other_days_that_say_the_same_when_asked(owner):
    record = owner(born="1980-02-03", note="a", valid_from=date(2020, 1, 1))
    actions.revise(record, {"note": "b"}, valid_from=date(2023, 1, 1), by=SYSTEM, reason="x")
    actions.correct(
        record,
        {"born": "1980-03-02", "note": "c"},
        valid_on=date(2021, 1, 1),
        by=SYSTEM,
        reason="x",
        throughout=True,
    )
    later = queries.get("owner", record.id, by=SYSTEM, purpose="residence", valid_on=date(2024, 1, 1))
    assert (later.data["born"], later.data["note"]) == ("1980-03-02", "b")
    earlier = queries.get("owner", record.id, by=SYSTEM, purpose="residence", valid_on=date(2021, 1, 1))
    assert (earlier.data["born"], earlier.data["note"]) == ("1980-03-02", "c")
