"""Files of every kind and habit as rows."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from dothi.core.errors import BadInput, Unsupported
from dothi.kernel.warehouse.ingest import delimited, encodings, read_file
from dothi.kernel.warehouse.ingest.reading import names_of

WORDS = "Phường Bến Nghé, thị trấn Cần Thạnh, xã Lý Nhơn, Đường Nguyễn Thị Minh Khai, Ngõ hẹp, vỉa hè hỏng"


@pytest.fixture
def csv(tmp_path):
    """A function: text (or bytes) as a CSV file, read to its end."""

    def read(text, encoding="utf-8", name="data.csv", **options):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return read_file(path, options=options)

    return read


def rows(reading):
    return pa.Table.from_batches(list(reading.batches), reading.schema).to_pylist()


def kinds(reading):
    return {column.name: (column.type, column.style) for column in reading.report.columns}


def test_a_plain_file_has_types_and_a_report(csv):
    reading = csv("id,ten,diem\n1,Mai,2.5\n2,Ba,\n")
    assert rows(reading) == [{"id": 1, "ten": "Mai", "diem": 2.5}, {"id": 2, "ten": "Ba", "diem": None}]
    assert kinds(reading) == {"id": ("integer", "plain"), "ten": ("string", ""), "diem": ("number", "plain")}
    assert (reading.report.format, reading.report.encoding, reading.report.delimiter, reading.report.rows) == (
        "csv", "utf-8", ",", 2,
    )  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_unicode_is_recognised_in_all_its_forms(csv, encoding):
    assert rows(csv("mã;tên\n1;Bến Nghé\n", encoding)) == [{"ma": 1, "ten": "Bến Nghé"}]


def to_tcvn3(text):
    back = {made: given for given, made in encodings._TCVN3.items()}
    return "".join(chr(back.get(ord(c), ord(c))) if ord(c) in back else c for c in text).encode("latin-1")


def to_vni(text):
    back = {made: given for given, made in encodings._VNI.items()}
    return "".join(back.get(c, c) for c in text).encode("cp1252")


@pytest.mark.parametrize(
    ("name", "encode"),
    [
        ("windows-1258", lambda text: encodings.nfc(text).encode("utf-8").decode() and _cp1258(text)),
        ("tcvn3", to_tcvn3),
        ("vni", to_vni),
    ],
)
def test_letters_of_before_unicode_are_recognised(csv, name, encode):
    text = WORDS.lower() if name == "tcvn3" else WORDS
    reading = csv(encode(f"ma;ten\n1;{text}\n"))
    assert reading.report.encoding == name
    assert rows(reading) == [{"ma": 1, "ten": text}]


def _cp1258(text):
    """Letters as windows-1258 has them: some composed, tones behind."""
    import unicodedata

    made = b""
    for letter in text:
        try:
            made += letter.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", letter)
            shape = [mark for mark in marks if mark in "\u0302\u0306\u031b"]
            tone = [mark for mark in marks if mark not in shape]
            made += unicodedata.normalize("NFC", base + "".join(shape)).encode("cp1258")
            made += "".join(tone).encode("cp1258")
    return made


@pytest.mark.parametrize(
    ("values", "kind", "first"),
    [
        (["1.234,5", "2,25"], ("number", "vi"), 1234.5),
        (["1.234.567", "12"], ("integer", "vi"), 1234567),
        (["1,234.5", "2.25"], ("number", "en"), 1234.5),
        (["1,234", "7,890,123"], ("integer", "en"), 1234),
        (["1,234", "5,678", "9,012"], ("integer", "en"), 1234),
        (["1,234", "56"], ("number", "vi"), 1.234),
        (["1.5", "-2e3"], ("number", "plain"), 1.5),
        (["+7", "-12"], ("integer", "en"), 7),
        (["1.234", "5.678", "9.012"], ("integer", "vi"), 1234),
        (["00123", "00456"], ("string", ""), "00123"),
        (["079012345678"], ("string", ""), "079012345678"),
        (["true", "FALSE"], ("boolean", ""), True),
        (["22/11/2026", "1/2/2026"], ("date", "dmy"), date(2026, 11, 22)),
        (["2-9-2026", "31-12-2026"], ("date", "dmy"), date(2026, 9, 2)),
        (["11/22/2026", "1/2/2026"], ("date", "mdy"), date(2026, 11, 22)),
        (["2026-11-22"], ("date", "iso"), date(2026, 11, 22)),
        (
            ["22/11/2026 07:05", "1/2/2026 23:59:58"],
            ("datetime", "dmy-time"),
            datetime(2026, 11, 22, 0, 5, tzinfo=UTC),
        ),
        (["7:05 22/11/2026"], ("datetime", "time-dmy"), datetime(2026, 11, 22, 0, 5, tzinfo=UTC)),
        (["2026-11-22T07:05:00Z"], ("datetime", "iso-zone"), datetime(2026, 11, 22, 7, 5, tzinfo=UTC)),
        (
            ["2026-11-22T07:05:00.5+07:00"],
            ("datetime", "iso-zone"),
            datetime(2026, 11, 22, 0, 5, 0, 500000, tzinfo=UTC),
        ),
        (["2026-11-22 07:05:00"], ("datetime", "iso"), datetime(2026, 11, 22, 0, 5, tzinfo=UTC)),
        (["40/40/2026"], ("string", ""), "40/40/2026"),
        (["1", "một"], ("string", ""), "1"),
        (["NA", ""], ("string", ""), None),
    ],
)
def test_values_are_read_as_they_are_written_here(csv, values, kind, first):
    body = "".join(f'x;"{value}"\n' for value in values)
    reading = csv(f"a;v\n{body}")
    assert kinds(reading)["v"] == kind
    assert rows(reading)[0]["v"] == first


def test_what_is_uncertain_is_said(csv):
    reading = csv("a;v\nx;1.234\nx;5.678\nx;9.012\n")
    assert "thousands" in reading.report.columns[1].note["en"]


def test_what_is_declared_decides(csv):
    reading = csv("a,b,c\n1,2,3\n", types={"a": "string", "b": "number"})
    assert rows(reading) == [{"a": "1", "b": 2.0, "c": 3}]


def test_headers_become_names_each_once():
    assert names_of(["Phường/Xã", "Tổng số (m²)", "", "Tổng số (m2)", "2026"]) == [
        "phuong_xa", "tong_so_m", "column_3", "tong_so_m2", "c_2026",
    ]  # fmt: skip


def test_a_file_without_header_gets_names(csv):
    assert rows(csv("1,2\n3,4\n")) == [{"column_1": 1, "column_2": 2}, {"column_1": 3, "column_2": 4}]


@pytest.mark.parametrize("delimiter", list(",;\t|"))
def test_the_delimiter_is_found(csv, delimiter):
    text = f'a{delimiter}b\n"x, y; z"{delimiter}2\n'
    assert rows(csv(text)) == [{"a": "x, y; z", "b": 2}]


def test_fields_may_run_over_lines(csv, monkeypatch):
    monkeypatch.setattr(delimited, "_PIECE", 40)
    text = "a,b\n" + "".join(f'"dòng {n}\nthứ hai, ""trích""",{n}\n' for n in range(20))
    assert rows(csv(text)) == [{"a": f'dòng {n}\nthứ hai, "trích"', "b": n} for n in range(20)]


def test_pieces_join_without_losing_a_row(csv, monkeypatch):
    monkeypatch.setattr(delimited, "_PIECE", 100)
    assert [row["n"] for row in rows(csv("n,t\n" + "".join(f"{n},chữ {n}\n" for n in range(500))))] == list(
        range(500)
    )


def test_a_compressed_file_is_unpacked(csv):
    assert rows(csv(gzip.compress(b"a,b\n1,x\n"), name="data.csv.gz")) == [{"a": 1, "b": "x"}]


def test_a_row_that_does_not_fit_stops_the_file_or_is_kept_aside(csv):
    text = "a,b\n1,x\n2,y,z\n3,w\n"
    with pytest.raises(BadInput) as refused:
        rows(csv(text))
    assert "2,y,z" in refused.value.text("en")
    reading = csv(text, bad_rows="skip")
    assert len(rows(reading)) == 2
    assert [text for _, text in reading.report.refused] == ["2,y,z"]


def test_a_value_that_came_too_late_for_the_samples_is_told(csv, monkeypatch):
    monkeypatch.setattr(delimited, "_HEAD", 200)
    monkeypatch.setattr(delimited, "_SPOTS", 0.5)
    text = "n,d\n" + "".join(f"{n},01/02/2026\n" for n in range(100)) + "x1,01/02/2026\n"
    with pytest.raises(BadInput):
        rows(csv(text))


def test_an_empty_file_is_refused(csv):
    with pytest.raises(BadInput):
        csv("")


def test_a_sheet_keeps_the_types_of_its_cells(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["Báo cáo quý", None, None, None, None],
        ["Mã", "Tên", "Ngày", "Số", "Tỷ lệ"],
        [1, "Mai", datetime(2026, 11, 22), 5, 0.5],  # noqa: DTZ001  a cell has no zone
        [2, None, datetime(2026, 11, 23), None, 1],  # noqa: DTZ001
        [None, None, None, None, None],
    ):
        sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    reading = read_file(tmp_path / "book.xlsx")
    assert rows(reading) == [
        {"ma": 1, "ten": "Mai", "ngay": date(2026, 11, 22), "so": 5, "ty_le": 0.5},
        {"ma": 2, "ten": None, "ngay": date(2026, 11, 23), "so": None, "ty_le": 1.0},
    ]
    assert reading.report.notes[0]["en"] == "The first 1 rows were skipped."
    with pytest.raises(BadInput):
        read_file(tmp_path / "book.xlsx", options={"sheet": "không có"})


RECORDS = [{"Mã": 1, "lúc": "2026-11-22T00:00:00Z", "thêm": {"a": [1]}}, {"Mã": None, "thêm": None}]
READ = [
    {"ma": 1, "luc": datetime(2026, 11, 22, tzinfo=UTC), "them": '{"a":[1]}'},
    {"ma": None, "luc": None, "them": None},
]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("data.json", json.dumps(RECORDS)),
        ("data.json", json.dumps({"success": True, "result": RECORDS})),
        ("data.ndjson", "\n".join(map(json.dumps, RECORDS))),
    ],
)
def test_json_records_are_rows(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    assert rows(read_file(tmp_path / name)) == READ


@pytest.mark.parametrize(("name", "text"), [("a.json", "{"), ("a.json", "[1]"), ("a.ndjson", '{"a":1}\n{')])
def test_json_that_is_none_is_refused(tmp_path, name, text):
    (tmp_path / name).write_text(text)
    with pytest.raises(BadInput):
        read_file(tmp_path / name)


def test_features_have_geometries(tmp_path):
    point = {"type": "Point", "coordinates": [106.7, 10.8]}
    features = [
        {"type": "Feature", "geometry": point, "properties": {"tên": "A"}},
        {"type": "Feature", "geometry": None, "properties": None},
    ]
    (tmp_path / "a.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    found = rows(read_file(tmp_path / "a.geojson"))
    assert shapely.from_wkb(found[0].pop("geometry")) == shapely.Point(106.7, 10.8)
    assert found == [{"ten": "A"}, {"ten": None, "geometry": None}]


def test_parquet_keeps_its_types(tmp_path):
    table = pa.table(
        {"Mã": pa.array([1], pa.int16()), "lúc": pa.array([0], pa.timestamp("ns")), "list": [[1, 2]]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    assert rows(read_file(tmp_path / "a.parquet")) == [
        {"ma": 1, "luc": datetime(1970, 1, 1, tzinfo=UTC), "list": "[1,2]"}
    ]


def test_the_first_bytes_tell_where_the_name_does_not(tmp_path):
    (tmp_path / "noname").write_text("a,b\n1,2\n")
    assert read_file(tmp_path / "noname").report.format == "csv"
    (tmp_path / "noname").write_text('[{"a": 1}]')
    assert read_file(tmp_path / "noname").report.format == "json"
    with pytest.raises(Unsupported):
        read_file(tmp_path / "noname", format="pdf")
