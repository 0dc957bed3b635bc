"""Many records at once: what is wrong is told by row, what is right is kept, and all is as if entered singly."""

from __future__ import annotations

from datetime import date

import pytest

from dothi.core.errors import Forbidden, NotFound
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.registers import queries
from dothi.kernel.registers.bulk import bulk, check_rows
from dothi.kernel.registers.finding import page, search
from dothi.kernel.registers.models import Identifier, Link, Record, Version
from dothi.kernel.registers.rows import Row
from dothi.kernel.registers.tests.conftest import OTHER, REGISTRAR, WARD, someone

pytestmark = pytest.mark.django_db


def rows(count=10, start=0):
    return [{"full_name": f"Nguyễn Văn {n}", "card": f"0790{n:04d}"} for n in range(start, start + count)]


def get(card, **asked):
    return queries.by_identifier("owner", "id-card", card, by=REGISTRAR, purpose="residence", **asked)


class TestCreate:
    def test_all_are_there_in_batches(self, db):
        report = bulk("owner", rows(25), by=SYSTEM, batch=10, reason="import")
        assert (report.rows, report.created, report.failed) == (25, 25, 0)
        assert report.last_seq - report.first_seq == 24
        assert get("07900024").label == "Nguyễn Văn 24"
        assert AuditEntry.objects.filter(action="registers.bulk").count() == 3

    def test_one_event_a_batch_names_its_versions(self, db):
        report = bulk("owner", rows(25), by=SYSTEM, batch=10)
        found = OutboxEvent.objects.filter(type="vn.dothi.registers.bulk-loaded").order_by("seq")
        assert found.count() == 3
        changes = queries.changes("owner", report.first_seq - 1, by=SYSTEM)
        assert [each.seq for each in changes] == list(range(report.first_seq, report.last_seq + 1))
        assert "Nguy" not in found[0].data

    def test_a_record_is_as_if_it_had_been_entered_singly(self, owner, tree):
        data = {"card": "11 11", "sex": "male", "height": 1.5, "unit": WARD, "note": "hẻm", "guardian": "22"}
        single = owner("Đỗ Ánh", **data)
        bulk("owner", [{"full_name": "Đỗ Ánh", **data, "card": "3333"}], by=SYSTEM)
        loaded = Record.objects.exclude(pk=single.pk).get()
        for column in ("unit", "state", "label", "sort", "words", "personal_words", "p1", "p2", "schema"):
            assert getattr(loaded, column) == getattr(single, column), column
        assert Link.objects.filter(record=loaded).count() == 1
        assert Identifier.objects.get(record=loaded).origin_id == loaded.pk
        assert search("owner", "do anh", by=REGISTRAR, purpose="residence").items[0].label == "Đỗ Ánh"

    def test_places_are_found(self, db):
        place = {"type": "Point", "coordinates": [106.7, 10.7]}
        bulk("tree", [{"species": "Me", "place": place}, {"species": "Sao"}], by=SYSTEM)
        assert len(page("tree", by=SYSTEM, bbox=(106, 10, 107, 11)).items) == 1

    def test_wrong_rows_are_told_with_their_number_and_all_faults(self, db):
        given = rows(6)
        given[1] = {"card": "x", "sex": "nam"}
        given[4] = {"full_name": "Trùng", "card": "0790 0000"}
        told = []
        report = bulk("owner", given, by=SYSTEM, on_error=told.append)
        assert [each.row for each in told] == [1, 4] == [each.row for each in report.errors]
        assert {fault.where for fault in told[0].faults} == {"full_name", "card", "sex"}
        assert (told[1].faults[0].where, told[1].faults[0].code) == ("card", "duplicate")
        assert "dòng 1" in told[1].faults[0].text["vi"]
        assert told[1].data == given[4]
        assert report.created == 4

    def test_an_identifier_that_is_there_already_fails_the_row(self, db):
        bulk("owner", rows(3), by=SYSTEM)
        report = bulk("owner", rows(5), by=SYSTEM)
        assert (report.created, report.failed) == (2, 3)
        assert report.errors[0].faults[0].code == "taken"

    def test_a_wrong_geometry_fails_its_row(self, db):
        bad = [
            {"species": "Me", "place": {"type": "Point", "coordinates": [999, 10]}},
            {"species": "Sao", "place": {}},
        ]
        report = bulk("tree", bad, by=SYSTEM)
        assert [each.faults[0].where.split(".")[0] for each in report.errors] == ["place", "place"]

    @pytest.mark.parametrize("row", ["text", None, 5, [1]])
    def test_a_row_that_is_no_object_fails(self, db, row):
        report = bulk("owner", [row, *rows(1)], by=SYSTEM)
        assert (report.created, report.failed) == (1, 1)

    def test_days_and_sources_of_their_own(self, db):
        given = [
            Row({"full_name": "An", "card": "1111"}, date(2001, 2, 3), "book 7"),
            Row({"full_name": "B"}),
        ]
        bulk("owner", given, by=SYSTEM, source="file.csv", valid_from=date(2020, 1, 1))
        assert get("1111").valid_from == date(2001, 2, 3)
        assert set(Version.objects.values_list("source", flat=True)) == {"book 7", "file.csv"}

    def test_a_link_that_must_exist_is_checked_row_by_row(self, owner):
        owner(card="1111")
        given = [{"species": "Me", "planted_by": "1111"}, {"species": "Me", "planted_by": "404"}]
        report = bulk("tree", given, by=SYSTEM)
        assert (report.created, report.errors[0].row, report.errors[0].faults[0].where) == (
            1,
            1,
            "planted_by",
        )

    def test_rows_of_another_unit_fail_for_who_may_not(self, db):
        importer = someone("registers.import.owner", unit=WARD)
        given = [{"full_name": "A", "unit": WARD}, {"full_name": "B", "unit": OTHER}, {"full_name": "C"}]
        report = bulk("owner", given, by=importer)
        assert (report.created, [each.row for each in report.errors]) == (1, [1, 2])

    def test_who_may_import_nowhere_is_refused(self, db):
        with pytest.raises(Forbidden):
            bulk("owner", rows(1), by=REGISTRAR)
        with pytest.raises(NotFound):
            bulk("nothing", rows(1), by=SYSTEM)

    def test_simulated_records_say_so(self, db):
        bulk("owner", rows(1), by=SYSTEM, simulated=True)
        assert get("07900000").simulated

    def test_progress_is_told_batch_by_batch(self, db):
        seen = []
        bulk("owner", rows(25), by=SYSTEM, batch=10, progress=lambda report: seen.append(report.rows))
        assert seen == [10, 20, 25]

    def test_nothing_is_nothing(self, db):
        assert bulk("owner", [], by=SYSTEM).rows == 0


class TestAllOrNothing:
    def test_one_wrong_row_undoes_all(self, db):
        given = [*rows(25), {"card": "x"}]
        report = bulk("owner", given, by=SYSTEM, batch=10, all_or_nothing=True)
        assert (report.undone, report.created, report.failed) == (True, 0, 1)
        assert not Record.objects.exists()
        assert not OutboxEvent.objects.filter(type__startswith="vn.dothi.registers").exists()

    def test_without_a_wrong_row_all_are_kept(self, db):
        report = bulk("owner", rows(25), by=SYSTEM, batch=10, all_or_nothing=True)
        assert (report.undone, report.created) == (False, 25)


class TestUpsert:
    def test_the_same_again_changes_nothing(self, db):
        bulk("owner", rows(5), by=SYSTEM)
        report = bulk("owner", rows(5), by=SYSTEM, mode="upsert")
        assert (report.unchanged, report.created, report.revised) == (5, 0, 0)
        assert Version.objects.count() == 5

    def test_what_differs_revises_from_its_day_on(self, db):
        bulk("owner", rows(2), by=SYSTEM)
        changed = [{**rows(1)[0], "phone": "0909"}, *rows(1, start=7)]
        report = bulk(
            "owner", changed, by=SYSTEM, mode="upsert", valid_from=date(2025, 1, 1), reason="new file"
        )
        assert (report.revised, report.created) == (1, 1)
        found = get("07900000")
        assert (found.data["phone"], found.valid_from) == ("0909", date(2025, 1, 1))

    def test_a_row_that_names_two_records_fails(self, db):
        bulk("owner", rows(1), by=SYSTEM)
        importer = someone("registers.import.owner", unit=WARD)
        report = bulk("owner", [{**rows(1)[0], "unit": WARD}], by=importer, mode="upsert")
        assert (report.failed, report.revised) == (1, 0)


def test_a_preview_finds_the_same_and_writes_nothing(db):
    given = [*rows(3), {"card": "x"}, rows(1)[0]]
    told = list(check_rows("owner", given, by=SYSTEM))
    assert [each.row for each in told] == [3, 4]
    assert not Record.objects.exists()
