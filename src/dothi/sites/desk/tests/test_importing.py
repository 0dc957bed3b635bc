"""The way of a file through the pages: brought, columns chosen, looked at, run, mended."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.imports.running import work_off
from dothi.kernel.registers.models import Record

BRING = "/desk/registers/tree/import/"
CSV = "Loài,Biển,Kinh độ,Vĩ độ,Thừa\nMe tây,T1,106.7,10.77,x\n,T2,106.7,10.78,y\n"


def brought(client, text=CSV, name="cay.csv"):
    answer = client.post(BRING, {"file": SimpleUploadedFile(name, text.encode())})
    assert answer.status_code == 302, answer.content.decode()
    return ImportJob.objects.latest("made_at"), answer["Location"]


def test_a_file_is_brought_and_its_columns_are_suggested(steward):
    job, path = brought(steward)
    page = steward.get(path).content.decode()
    assert job.mapping["species"] == "Loài"
    assert "Cột không dùng: Thừa" in page
    assert "Loài: thiếu giá trị." in page
    assert Record.objects.count() == 0


def test_other_columns_are_looked_at_before_anything_is_kept(steward):
    _, path = brought(steward)
    page = steward.post(path, {"look": "", "map.species": "Thừa"}).content.decode()
    assert "Loài: thiếu giá trị." not in page
    assert ImportJob.objects.get().state == "draft"


def test_an_import_runs_and_its_refused_rows_are_fetched(steward):
    job, path = brought(steward)
    given = {f"map.{key}": column for key, column in job.mapping.items()} | {
        "start": "1",
        "reason": "kiểm kê",
    }
    assert steward.post(path, given).status_code == 302
    assert "đang chờ" in steward.get(path).content.decode()
    done = work_off(ImportJob.objects.get())
    assert (done.state, done.created, done.failed) == ("done", 1, 1)
    page = steward.get(path).content.decode()
    assert "Các dòng bị từ chối (CSV)" in page
    text = b"".join(steward.get(f"{path}errors.csv").streaming_content).decode("utf-8-sig")
    assert "T2" in text
    assert "Loài: thiếu giá trị." in text


def test_a_mapping_that_cannot_work_is_said_on_the_page(steward):
    _, path = brought(steward)
    answer = steward.post(path, {"start": "1", "map.plate": "Biển"})
    assert answer.status_code == 400
    assert "Chưa có cột cho Loài" in answer.content.decode()


def test_the_same_file_leads_to_its_earlier_import(steward):
    job, path = brought(steward)
    given = {f"map.{key}": column for key, column in job.mapping.items()} | {"start": "1"}
    steward.post(path, given)
    work_off(ImportJob.objects.get(pk=job.pk))
    again, second = brought(steward)
    assert steward.post(second, given)["Location"] == path
    assert again.state == "draft"


def test_a_file_that_cannot_be_read_is_said(steward):
    answer = steward.post(BRING, {"file": SimpleUploadedFile("a.xlsx", b"no")})
    assert answer.status_code == 400
    assert "không phải là bảng tính" in answer.content.decode()
    assert steward.post(BRING, {}).status_code == 400


def test_an_import_is_stopped(steward):
    job, path = brought(steward)
    assert steward.post(f"{path}cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert "đã dừng" in steward.get(path).content.decode()


def test_registrars_do_not_import(registrar, steward):
    _, path = brought(steward)
    assert registrar.get(BRING).status_code == 403
    assert registrar.get(path).status_code == 403
    assert registrar.get(f"{path}errors.csv").status_code == 403


def test_the_latest_imports_are_listed(steward):
    brought(steward)
    assert "cay.csv" in steward.get("/desk/registers/imports/").content.decode()
    assert "cay.csv" in steward.get(BRING).content.decode()
