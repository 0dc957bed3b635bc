"""A register leaves as its reader may see it, is logged, and can be brought in again."""

from __future__ import annotations

import csv
import json

import pyarrow.parquet as pq
import pytest
from python_calamine import load_workbook

from dothi.core.errors import Forbidden, Unsupported
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.registers.exports.actions import Selection, export
from dothi.kernel.registers.exports.writers import harmless
from dothi.kernel.registers.imports import actions as imports
from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.models import Reading
from dothi.kernel.registers.tests.conftest import OTHER, READER, REGISTRAR, WARD, WARD_OFFICER, someone


def read_csv(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out"


def test_all_formats_hold_the_same_records(owner, tmp_path):
    owner(card="0791", height=1.65, alive=True)
    for format in ("csv", "xlsx", "geojson", "parquet"):
        assert (
            export("owner", format, tmp_path / f"a.{format}", by=SYSTEM, which=Selection(purpose="residence"))
            == 1
        )
    row = read_csv(tmp_path / "a.csv")[0]
    assert (row["full_name"], row["card"], row["height"], row["alive"]) == (
        "Nguyễn Văn An",
        "0791",
        "1.65",
        "true",
    )
    sheet = load_workbook(str(tmp_path / "a.xlsx")).get_sheet_by_index(0).to_python()
    assert dict(zip(sheet[0], sheet[1], strict=True))["card"] == "0791"
    assert pq.read_table(tmp_path / "a.parquet").to_pylist()[0]["full_name"] == "Nguyễn Văn An"
    assert json.loads((tmp_path / "a.geojson").read_text())["features"][0]["properties"]["card"] == "0791"


def test_places_are_geometries(tree, path):
    tree("Me tây", 106.7, 10.77)
    export("tree", "geojson", path, by=READER)
    feature = json.loads(path.read_text())["features"][0]
    assert feature["geometry"] == {"type": "Point", "coordinates": [106.7, 10.77]}
    assert "place" not in feature["properties"]


def test_personal_data_is_masked_without_a_purpose(owner, path):
    owner(card="07912345")
    export("owner", "csv", path, by=REGISTRAR)
    row = read_csv(path)[0]
    assert row["full_name"] == "N. V. A."
    assert row["card"].endswith("345")
    assert row["card"] != "07912345"
    assert Reading.objects.count() == 0


def test_what_leaves_in_clear_is_kept_in_the_log(owner, path):
    owner(card="0791")
    export("owner", "csv", path, by=REGISTRAR, which=Selection(purpose="residence", case="H29"))
    assert read_csv(path)[0]["full_name"] == "Nguyễn Văn An"
    assert Reading.objects.get().case == "H29"


def test_sensitive_data_does_not_leave_for_a_purpose_that_does_not_open_it(owner, path):
    owner(illness="ho")
    export("owner", "csv", path, by=REGISTRAR, which=Selection(purpose="residence"))
    assert read_csv(path)[0]["illness"] == "•••"


def test_an_officer_of_a_ward_exports_that_ward_only(owner, path):
    owner("An", unit=WARD)
    owner("Bình", unit=OTHER)
    assert export("owner", "csv", path, by=WARD_OFFICER) == 1


def test_strangers_get_the_open_parts_of_open_registers_only(owner, tree, path):
    tree(remark="gần trường")
    export("tree", "csv", path, by=ANONYMOUS)
    assert read_csv(path)[0]["remark"] == ""
    with pytest.raises(Exception, match=r"[Ss]ign|permission"):
        export("owner", "csv", path, by=ANONYMOUS)


def test_who_may_read_nothing_exports_nothing(owner, path):
    with pytest.raises(Forbidden):
        export("owner", "csv", path, by=someone("cases.read"))


def test_an_export_is_in_the_audit(tree, path):
    tree()
    export("tree", "csv", path, by=READER)
    entry = AuditEntry.objects.get(action__contains="export", outcome="done")
    assert entry.detail["records"] == 1
    assert entry.subject == "register:tree"


def test_more_than_a_page_leaves_whole_and_limits_hold(tree, path, monkeypatch):
    from dothi.kernel.registers.exports import actions

    monkeypatch.setattr(actions, "_PAGE", 3)
    for number in range(8):
        tree(f"Cây {number}")
    assert export("tree", "csv", path, by=READER) == 8
    assert export("tree", "csv", path, by=READER, which=Selection(limit=4)) == 4
    assert export("tree", "csv", path, by=READER, which=Selection([("species", "eq", "Cây 5")])) == 1


def test_an_unknown_format_is_refused(tree, path):
    with pytest.raises(Unsupported):
        export("tree", "dbf", path, by=READER)


def test_what_left_can_be_brought_again(tree, tmp_path, monkeypatch):
    monkeypatch.setattr(ImportJob, "folder", property(lambda job: tmp_path / "up" / str(job.pk)))
    tree("Me tây", 106.7, 10.77, plate="T1")
    for format in ("csv", "xlsx", "geojson", "parquet"):
        file = tmp_path / f"cay.{format}"
        export("tree", format, file, by=SYSTEM)
        job = imports.bring("tree", file.name, [file.read_bytes()], by=SYSTEM)
        assert job.mapping["species"] == "species"
        from dothi.kernel.registers.imports.running import work_off

        done = work_off(imports.start(job, by=SYSTEM, mode="upsert"))
        assert (done.unchanged, done.failed) == (1, 0), format


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("-2+3", "'-2+3"),
        ("+84 90 123", "+84 90 123"),
        ("-5", "-5"),
        ("a=b", "a=b"),
        (5, 5),
    ],
)
def test_a_text_is_never_a_formula(value, written):
    assert harmless(value) == written
