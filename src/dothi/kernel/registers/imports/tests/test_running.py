"""A file becomes records: good rows kept, bad ones told in a file that can be mended, nothing twice."""

from __future__ import annotations

import csv
import threading

import pytest

from dothi.core.errors import BadInput, Conflict, Forbidden
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import bulk, queries
from dothi.kernel.registers.imports import actions, life, running
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.queries import job as find
from dothi.kernel.registers.imports.queries import jobs, preview
from dothi.kernel.registers.imports.running import work_off
from dothi.kernel.registers.models import Record, Version
from dothi.kernel.registers.tests.conftest import OTHER, WARD, someone

PEOPLE = 'Họ tên,Số thẻ,Sinh,Cao\nNguyễn Văn An,0791,31/12/1980,"1,65"\nTrần Bình,12,01/02/1990,1.7\nLê Chi,0793,31/02/1999,\n'


def refused(job):
    with job.faults_path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def imported(job, **options):
    return work_off(actions.start(job, by=SYSTEM, **options))


def test_good_rows_are_kept_and_bad_ones_told(bring):
    done = imported(bring("owner", "dan.csv", PEOPLE), reason="thử")
    assert (done.state, done.created, done.failed, done.checkpoint) == ("done", 1, 2, 3)
    version = Version.objects.get()
    assert '"born":"1980-12-31"' in version.data
    assert '"height":1.65' in version.data
    assert (version.reason, version.source) == ("thử", "dan.csv")


def test_the_file_of_refused_rows_has_their_columns_and_what_is_wrong(bring):
    found = refused(imported(bring("owner", "dan.csv", PEOPLE)))
    assert [row["Họ tên"] for row in found] == ["Trần Bình", "Lê Chi"]
    assert [row["dòng"] for row in found] == ["2", "3"]
    assert "Thẻ: phải khớp mẫu" in found[0]["lỗi (vi)"]
    assert "Born: is not a date" in found[1]["error (en)"]


def test_a_mended_file_of_refused_rows_can_be_brought_again(bring):
    first = imported(bring("owner", "dan.csv", PEOPLE))
    text = (
        first.faults_path.read_text(encoding="utf-8-sig").replace(",12,", ",0792,").replace("31/02", "28/02")
    )
    mended = bring("owner", "mended.csv", text)
    assert set(mended.mapping.values()) == {"Họ tên", "Số thẻ", "Sinh", "Cao"}
    assert imported(mended).created == 2
    assert Record.objects.count() == 3


def test_the_same_file_is_imported_once(bring):
    first = imported(bring("owner", "a.csv", "Họ tên\nAn\n"))
    again = actions.start(bring("owner", "b.csv", "Họ tên\nAn\n"), by=SYSTEM)
    assert again.pk == first.pk
    assert Record.objects.count() == 1


def test_the_same_file_is_imported_again_when_asked(bring):
    imported(bring("owner", "a.csv", "Họ tên\nAn\n"))
    imported(bring("owner", "a.csv", "Họ tên\nAn\n"), again=True)
    assert Record.objects.count() == 2


def test_upsert_revises_who_is_there(bring):
    imported(bring("owner", "a.csv", "Họ tên,Số thẻ\nAn,0791\n"))
    done = imported(
        bring("owner", "b.csv", "Họ tên,Số thẻ\nAn,0791\nBình,0791x\nHồ An,0791\n"), mode="upsert"
    )
    assert (done.created, done.revised, done.unchanged, done.failed) == (0, 0, 1, 2)


def test_all_or_nothing_keeps_nothing_when_one_row_is_wrong(bring):
    done = imported(bring("owner", "dan.csv", PEOPLE), all_or_nothing=True)
    assert (done.state, done.undone, done.created, done.failed) == ("done", True, 0, 2)
    assert Record.objects.count() == 0
    assert len(refused(done)) == 2


def test_all_or_nothing_is_taken_back_for_what_only_shows_while_keeping(bring):
    job = actions.start(
        bring("owner", "a.csv", "Họ tên,Thẻ\nAn,0791\nBình,0792\nChi,0791\n"), by=SYSTEM, all_or_nothing=True
    )
    done = work_off(job, batch=1)
    assert (done.undone, done.created, done.failed, done.last_seq) == (True, 0, 1, 0)
    assert Record.objects.count() == 0


def test_all_or_nothing_keeps_all_when_all_is_right(bring):
    done = imported(bring("owner", "a.csv", "Họ tên\nAn\nBình\n"), all_or_nothing=True)
    assert (done.undone, done.created) == (False, 2)


def test_a_run_that_died_goes_on_where_it_was(bring, monkeypatch):
    job = actions.start(
        bring("owner", "a.csv", "Họ tên\n" + "\n".join(f"Người {i}" for i in range(10))), by=SYSTEM
    )
    real, count = running.load, []

    def dies(batch, *, by):
        count.append(batch)
        found = real(batch, by=by)
        if len(count) == 3:
            raise SystemExit  # within the transaction: as kill -9 between two commits
        return found

    monkeypatch.setattr(running, "load", dies)
    with pytest.raises(SystemExit):
        work_off(job, batch=3)
    monkeypatch.setattr(running, "load", real)
    job.refresh_from_db()
    assert (job.state, job.checkpoint, Record.objects.count()) == ("running", 6, 6)
    assert life.put_back() == 1
    done = work_off(job, batch=3)
    assert (done.state, done.created, done.attempt) == ("done", 10, 2)
    assert Record.objects.count() == 10


def test_refused_rows_of_a_batch_done_again_are_told_once(bring, monkeypatch):
    job = actions.start(bring("owner", "a.csv", "Họ tên,Thẻ\nA,1\nB,2\nC,3\nD,4\n"), by=SYSTEM)
    real = life.note

    def dies(held, **facts):
        if facts.get("checkpoint") == 4:
            raise SystemExit
        real(held, **facts)

    monkeypatch.setattr(life, "note", dies)
    with pytest.raises(SystemExit):
        work_off(job, batch=2)
    monkeypatch.setattr(life, "note", real)
    life.put_back()
    assert [row["Họ tên"] for row in refused(work_off(job, batch=2))] == ["A", "B", "C", "D"]


def test_a_process_that_ends_lays_the_import_down(bring):
    ending = threading.Event()
    ending.set()
    job = work_off(actions.start(bring("owner", "a.csv", "Họ tên\nAn\n"), by=SYSTEM), ending)
    assert (job.state, job.checkpoint) == ("queued", 0)


def test_an_import_can_be_stopped(bring):
    job = actions.start(bring("owner", "a.csv", "Họ tên\nAn\n"), by=SYSTEM)
    ImportJob.objects.filter(pk=job.pk).update(cancel_asked=True)
    assert work_off(job).state == "cancelled"


def test_what_waits_is_stopped_at_once(bring):
    assert actions.cancel(bring("owner", "a.csv", "Họ tên\nAn\n"), by=SYSTEM).state == "cancelled"


def test_what_has_ended_is_not_stopped(bring):
    done = imported(bring("owner", "a.csv", "Họ tên\nAn\n"))
    with pytest.raises(Conflict):
        actions.cancel(done, by=SYSTEM)


def test_an_import_that_keeps_dying_is_ended(bring):
    job = actions.start(bring("owner", "a.csv", "Họ tên\nAn\n"), by=SYSTEM)
    ImportJob.objects.filter(pk=job.pk).update(
        state="running", attempt=10, owner="elsewhere:0:x", leased_until=job.made_at
    )
    life.put_back()
    assert ImportJob.objects.get().state == "failed"


def test_a_file_that_is_gone_ends_the_import_with_a_reason(bring):
    job = actions.start(bring("owner", "a.xlsx", _workbook()), by=SYSTEM)
    job.path.write_bytes(b"no workbook")
    done = work_off(job)
    assert done.state == "failed"
    assert "not a workbook" in done.error_en


def _workbook():
    import io

    import openpyxl

    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Họ tên"])
    book.active.append(["An"])
    book.save(out)
    return out.getvalue()


def test_a_row_with_days_of_its_own_holds_from_them(bring):
    done = imported(bring("owner", "a.csv", "Họ tên,Hiệu lực từ\nAn,01/07/2025\nBình,hôm qua\n"))
    assert (done.created, done.failed) == (1, 1)
    assert Version.objects.get().valid_from.isoformat() == "2025-07-01"
    assert "the first day is not a date" in refused(done)[0]["error (en)"]


def test_events_name_the_import_and_nothing_of_its_rows(bring):
    imported(bring("owner", "a.csv", "Họ tên\nNguyễn Bí Mật\n"))
    kinds = [each.type for each in OutboxEvent.objects.filter(type__contains="import").order_by("pk")]
    assert kinds == ["vn.dothi.registers.import-started", "vn.dothi.registers.import-ended"]
    assert not any("Bí Mật" in str(each.data) for each in OutboxEvent.objects.all())


def test_who_may_import_in_one_ward_keeps_only_its_rows(bring):
    clerk = someone("registers.import.*", unit=WARD)
    job = bring("owner", "a.csv", f"Họ tên,Đơn vị\nAn,{WARD}\nBình,{OTHER}\n", by=clerk)
    assert job.account == ""
    with pytest.raises(Forbidden):
        actions.start(job, by=someone("registers.read.*"))


def test_another_clerk_does_not_see_the_file(bring):
    job = bring("owner", "a.csv", "Họ tên\nAn\n")
    with pytest.raises(Forbidden):
        find(job.pk, by=someone("registers.import.*", unit=WARD))
    assert jobs(by=someone("registers.import.*", unit=WARD)) == []
    assert jobs(by=someone("registers.import.*")) == [job]


def test_a_preview_shows_what_would_be_kept_and_what_is_wrong(bring):
    tried = preview(bring("owner", "dan.csv", PEOPLE), by=SYSTEM)
    assert [bool(each.faults) for each in tried] == [False, True, True]
    assert tried[0].data == {
        "full_name": "Nguyễn Văn An",
        "card": "0791",
        "born": "1980-12-31",
        "height": 1.65,
    }
    assert Record.objects.count() == 0


def test_a_mapping_without_what_is_needed_is_refused(bring):
    with pytest.raises(BadInput) as refused_:
        actions.start(bring("owner", "a.csv", "Ghi chú\nx\n"), by=SYSTEM)
    assert refused_.value.where == "mapping.full_name"


def test_what_was_imported_is_found(bring):
    imported(bring("tree", "cay.csv", "Loài,Biển,Kinh độ,Vĩ độ\nMe tây,T1,106.7,10.77\n"))
    found = queries.by_identifier("tree", "plate", "t1", by=SYSTEM)
    assert found.data["place"] == {"type": "Point", "coordinates": [106.7, 10.77]}


def test_bulk_and_import_say_the_same_of_the_same_rows(bring):
    told = bulk.bulk("owner", [{"full_name": "An", "card": "x"}], by=SYSTEM).errors[0].faults[0].text["vi"]
    assert told in refused(imported(bring("owner", "a.csv", "Họ tên,Thẻ\nAn,x\n")))[0]["lỗi (vi)"]


def test_a_file_with_fewer_columns_leaves_the_others_as_they_are(bring):
    from dothi.kernel.registers import queries

    first = bring("owner", "a.csv", "full_name,card,note\nAn,0791 2345,Hẻm 3\n")
    work_off(actions.start(first, by=SYSTEM))
    second = bring("owner", "b.csv", "full_name,card,phone\nAn,0791 2345,0901234567\nBa,,\n")
    done = work_off(actions.start(second, by=SYSTEM, mode="upsert"))
    assert (done.revised, done.created) == (1, 1)
    seen = queries.by_identifier("owner", "id-card", "07912345", by=SYSTEM, purpose="residence")
    assert seen.data == {"full_name": "An", "card": "0791 2345", "note": "Hẻm 3", "phone": "0901234567"}


def test_an_empty_cell_of_a_column_that_is_there_removes_the_value(bring):
    from dothi.kernel.registers import queries

    work_off(actions.start(bring("owner", "a.csv", "full_name,card,note\nAn,0791 2345,Hẻm\n"), by=SYSTEM))
    again = bring("owner", "b.csv", "full_name,card,note\nAn,0791 2345,\n")
    work_off(actions.start(again, by=SYSTEM, mode="upsert"))
    seen = queries.by_identifier("owner", "id-card", "07912345", by=SYSTEM, purpose="residence")
    assert "note" not in seen.data


def test_masked_values_of_an_export_do_not_come_back_as_real_ones(bring):
    job = bring("owner", "a.csv", "full_name,illness,note\nAn,•••,• một ghi chú\n")
    done = work_off(actions.start(job, by=SYSTEM))
    assert (done.created, done.failed) == (0, 1)
    assert "là giá trị đã che" in job.faults_path.read_text("utf-8-sig")
