"""What a second process read ahead is kept as if this one had read it; one that ends early changes nothing."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from datetime import datetime

import openpyxl
import pytest
from django.db import connection, transaction

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers.imports import actions, ahead, life, running, wire
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.running import work_off
from dothi.kernel.registers.imports.sifting import Sifting
from dothi.kernel.registers.models import Identifier, Record, Version

FOLDER = ImportJob.folder  # where the other process looks; the tests' own home is known to this one only
MIXED = (
    "Họ tên,Thẻ,Sinh,Cao,Hiệu lực từ,Nguồn\n"
    'Nguyễn Văn An,0791,31/12/1980,"1,65",01/07/2025,Sổ 1\n'
    "Trần Bình,12,01/02/1990,1.7,,\n"
    "Lê Chi,0793,31/02/1999,,,\n"
    "Đỗ Dung,0794,,,hôm qua,\n"
    "Đỗ Én,0791,,,,\n"
    "Võ Giang,0795,,,,Sổ 2\n"
)


def through_the_wire(job, sifting, skip):
    """Everything is sent, then everything received: the two processes without the second one."""
    pipe = io.BytesIO()
    wire.send(sifting.chunks(skip), pipe)
    pipe.seek(0)
    yield from wire.receive(pipe, sifting)


@pytest.fixture
def second(monkeypatch):
    """Small imports too are read ahead, by the function given."""

    def use(reader):
        monkeypatch.setattr(ahead, "pays", lambda rows: True)
        monkeypatch.setattr(ahead, "_by_another", reader)

    return use


def outcome(job):
    """All that an import leaves behind, without the moments and the numbers given anew."""
    versions = [
        (each.data, each.valid_from, each.source, each.reason, each.record.label, each.record.sort)
        for each in Version.objects.select_related("record").order_by("seq")
    ]
    refused = job.faults_path.read_text("utf-8-sig") if job.faults_path.exists() else ""
    return versions, refused, (job.created, job.revised, job.unchanged, job.failed, job.checkpoint)


def both_ways(second, bring, name, content, **options):
    """The outcome in one process and, all taken back, with the second."""
    found = []
    for reader in (None, through_the_wire):
        if reader is not None:
            second(reader)
        with transaction.atomic():
            job = actions.start(bring("owner", name, content), by=SYSTEM, reason="thử", again=True, **options)
            found.append(outcome(work_off(job, batch=4)))
            transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("whole", [False, True])
def test_the_same_is_kept_and_the_same_refused(second, bring, whole):
    alone, together = both_ways(second, bring, "dan.csv", MIXED, all_or_nothing=whole)
    assert together == alone
    assert alone[2] == ((0, 0, 0, 3, 6) if whole else (2, 0, 0, 4, 6))


def test_cells_of_a_sheet_come_back_in_the_file_of_refused_rows(second, bring):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["Họ tên", "Thẻ", "Sinh"], ["An", "x", datetime(1980, 12, 31)], ["Bình", 791, None]):  # noqa: DTZ001
        book.active.append(row)
    book.save(out)
    alone, together = both_ways(second, bring, "dan.xlsx", out.getvalue())
    assert together == alone
    assert "An,x,1980-12-31" in together[1]


def test_rows_that_are_there_are_revised_the_same(second, bring):
    work_off(
        actions.start(bring("owner", "a.csv", "Họ tên,Thẻ,Ghi chú\nAn,0791,cũ\nBình,0792,\n"), by=SYSTEM)
    )
    again = "Họ tên,Thẻ,Ghi chú\nAn,0791,mới\nBình,0792,\nChi,0793,\n"
    alone, together = both_ways(second, bring, "b.csv", again, mode="upsert")
    assert together == alone
    assert alone[2] == (1, 1, 1, 0, 3)


def test_an_identifier_that_is_taken_is_told_with_the_cells_of_its_row(second, bring):
    work_off(actions.start(bring("owner", "a.csv", "Họ tên,Thẻ\nAn,0791\n"), by=SYSTEM))
    second(through_the_wire)
    job = work_off(actions.start(bring("owner", "b.csv", "Họ tên,Thẻ\nÂn,0790\nẤn,0791\n"), by=SYSTEM))
    assert (job.created, job.failed) == (1, 1)
    assert "Ấn,0791,2" in job.faults_path.read_text("utf-8-sig")


def test_a_reader_that_ends_early_is_done_without(second, bring):
    def ends(job, sifting, skip):
        yield next(sifting.chunks(skip))
        raise wire.Cut

    second(ends)
    lines = "\n".join(f"Người {n},0790{n:03}" for n in range(10))
    done = work_off(actions.start(bring("owner", "a.csv", f"Họ tên,Thẻ\n{lines}"), by=SYSTEM), batch=3)
    assert (done.state, done.created, done.checkpoint) == ("done", 10, 10)
    assert Record.objects.count() == 10


def test_half_a_message_is_no_message(bring):
    job = actions.start(bring("owner", "dan.csv", MIXED), by=SYSTEM)
    pipe = io.BytesIO()
    wire.send(Sifting(job, 3).chunks(0), pipe)
    sent = pipe.getvalue()
    for cut in (len(sent) - 1, len(sent) - 9, len(sent) // 2, 3):
        with pytest.raises(wire.Cut):
            list(wire.receive(io.BytesIO(sent[:cut]), Sifting(job, 3)))


ROWS = 3_000


def people(count=ROWS):
    """A file of people, each hundredth without a name."""
    lines = (
        f"{'' if n % 100 == 99 else f'Nguyễn Thị {n}'},0790{n:08},1990-01-02,female" for n in range(count)
    )
    return "full_name,personal_id,birth_date,sex\n" + "\n".join(lines)


@pytest.fixture
def large(monkeypatch, transactional_db):
    """A queued import that a second process may read, and what it becomes."""
    monkeypatch.setattr(ImportJob, "folder", FOLDER)
    monkeypatch.setattr(ahead, "pays", lambda rows: True)
    job = actions.bring("person", "dan.csv", [people().encode()], by=SYSTEM)
    yield actions.start(job, by=SYSTEM)
    actions.forget_files(job)


def all_once(done):
    assert (done.state, done.created, done.failed) == ("done", ROWS - ROWS // 100, ROWS // 100)
    assert Record.objects.count() == Version.objects.count() == Identifier.objects.count() == done.created
    assert len(done.faults_path.read_text("utf-8-sig").splitlines()) == ROWS // 100 + 1


@pytest.mark.slow
def test_a_second_process_reads(large, monkeypatch):
    monkeypatch.setattr(Sifting, "chunks", None)  # not this one
    all_once(work_off(large, batch=500))


@pytest.mark.slow
def test_the_second_process_may_be_killed(large, monkeypatch):
    started, real, count = [], running.load, []

    class Watched(subprocess.Popen):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            started.append(self)

    def kills(batch, *, by):
        count.append(batch)
        if len(count) == 3:
            started[0].send_signal(signal.SIGKILL)
        return real(batch, by=by)

    monkeypatch.setattr(ahead.subprocess, "Popen", Watched)
    monkeypatch.setattr(running, "load", kills)
    all_once(work_off(large, batch=100))
    assert started[0].returncode == -signal.SIGKILL


WORKER = """
import sys, django
django.setup()
from django.db import connections
connections["default"].settings_dict["NAME"] = sys.argv[1]
from dothi.kernel.registers.imports import ahead
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.running import work_off
ahead.pays = lambda rows: True
work_off(ImportJob.objects.get(pk=sys.argv[2]), batch=100)
"""


@pytest.mark.slow
def test_the_process_that_keeps_may_be_killed(large):
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path),
        "DJANGO_SETTINGS_MODULE": "dothi.serve.django_settings",
    }
    name = str(connection.settings_dict["NAME"])
    worker = subprocess.Popen([sys.executable, "-c", WORKER, name, str(large.pk)], env=environment)
    until = time.monotonic() + 60
    while ImportJob.objects.get(pk=large.pk).checkpoint < 300 and time.monotonic() < until:
        time.sleep(0.02)
    worker.kill()
    worker.wait()
    left = ImportJob.objects.get(pk=large.pk)
    assert left.state == "running"
    assert 300 <= left.checkpoint < ROWS
    assert Record.objects.count() == left.created
    assert life.put_back() == 1
    all_once(work_off(left, batch=500))
