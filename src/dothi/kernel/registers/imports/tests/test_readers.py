"""Each format is the same table: columns, and rows as often as asked, from any row on."""

from __future__ import annotations

import io
import json

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dothi.core.errors import BadInput, Unsupported
from dothi.kernel.registers.imports.readers.registry import format_of, open_table

ROWS = [["An", "1"], ["Bình", "2"], ["Chi", "3"]]


def workbook():
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in (["tên", "số"], *ROWS):
        book.active.append(row)
    book.create_sheet("Trang 2").append(["khác"])
    book.save(out)
    return out.getvalue()


def parquet():
    out = io.BytesIO()
    pq.write_table(pa.table({"tên": [row[0] for row in ROWS], "số": [row[1] for row in ROWS]}), out)
    return out.getvalue()


def features(by_line=False):
    made = [{"type": "Feature", "properties": {"tên": a, "số": b}, "geometry": None} for a, b in ROWS]
    if by_line:
        return "\n".join(json.dumps(each) for each in made).encode()
    return json.dumps({"type": "FeatureCollection", "features": made}).encode()


CSV = "tên,số\nAn,1\nBình,2\nChi,3\n"
FILES = {
    "a.csv": CSV.encode(),
    "mark.csv": CSV.encode("utf-8-sig"),
    "wide.csv": CSV.encode("utf-16"),
    "semi.csv": CSV.replace(",", ";").encode(),
    "tab.tsv": CSV.replace(",", "\t").encode(),
    "a.xlsx": workbook(),
    "a.parquet": parquet(),
    "a.geojson": features(),
    "lines.geojsonl": features(by_line=True),
}


def table(tmp_path, name, raw, **options):
    path = tmp_path / name
    path.write_bytes(raw)
    return open_table(path, format_of(name), options)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_the_same_rows(tmp_path, name):
    found = table(tmp_path, name, FILES[name])
    assert found.columns[:2] == ["tên", "số"]
    assert [list(row)[:2] for row in found.rows(0)] == ROWS
    assert found.total == 3


@pytest.mark.parametrize("name", FILES)
def test_rows_begin_where_asked(tmp_path, name):
    found = table(tmp_path, name, FILES[name])
    assert [list(row)[:2] for row in found.rows(2)] == ROWS[2:]
    assert list(found.rows(3)) == []


def test_the_code_page_of_windows_is_recognised(tmp_path):
    found = table(
        tmp_path,
        "a.csv",
        "tên\nĐường Lê Lợi\n".replace("ờ", "ơ\u0300").replace("ợ", "ơ\u0323").encode("cp1258"),
    )
    assert found.reading["encoding"] == "cp1258"


def test_a_sheet_is_chosen_by_name(tmp_path):
    assert table(tmp_path, "a.xlsx", workbook(), sheet="Trang 2").columns == ["khác"]
    with pytest.raises(BadInput):
        table(tmp_path, "a.xlsx", workbook(), sheet="không có")


def test_short_rows_are_filled_and_long_ones_cut(tmp_path):
    found = table(tmp_path, "a.csv", b"a,b\n1\n1,2,3\n\n")
    assert [list(row) for row in found.rows(0)] == [["1", None], ["1", "2"]]


def test_columns_have_names_of_their_own(tmp_path):
    assert table(tmp_path, "a.csv", b"a,a,\n1,2,3\n").columns == ["a", "a (2)", "Cột 3"]


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.csv", b""),
        ("a.xlsx", b"PK nothing"),
        ("a.parquet", b"PAR1"),
        ("a.geojson", b"{}"),
        ("a.geojson", b"{'a'"),
        (
            "a.geojson",
            json.dumps(
                {"type": "FeatureCollection", "features": [], "crs": {"properties": {"name": "EPSG:9210"}}}
            ).encode(),
        ),
    ],
)
def test_what_cannot_be_read_is_said(tmp_path, name, raw):
    with pytest.raises(BadInput):
        table(tmp_path, name, raw)


def test_an_encoding_given_wrongly_is_said(tmp_path):
    with pytest.raises(BadInput):
        table(tmp_path, "a.csv", "tên\n".encode(), encoding="ascii")


def test_other_formats_are_refused():
    with pytest.raises(Unsupported):
        format_of("a.pdf")
