"""CSV: encoding, delimiter, header and types found from samples, then read by Arrow in pieces on all cores."""

from __future__ import annotations

import csv
import gzip
import io
import os
import shutil
import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.conform import TYPES
from dothi.kernel.warehouse.ingest.converting import convert, native
from dothi.kernel.warehouse.ingest.encodings import as_utf8, detect
from dothi.kernel.warehouse.ingest.inferring import NULLS, Form, infer, infer_as
from dothi.kernel.warehouse.ingest.reading import ColumnFound, Reading, Report, names_of

_HEAD = 1 << 20
_SPOTS, _SPOT = 48, 1 << 16
_PIECE = 16 << 20
_READERS = min(4, os.cpu_count() or 1)  # Arrow alone keeps little more than one core busy with a piece
_MOST_REFUSED = 1000
_DELIMITERS = ",;\t|"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text is cut into fields, and what the columns are."""

    delimiter: str
    names: tuple[str, ...]
    forms: tuple[Form, ...]
    skip: int  # rows before the first of data


def read(path: Path, options: Mapping[str, Any]) -> Reading:
    """Open a CSV file; rows are cut and converted as they are asked for."""
    with _plain(path, options) as (text, encoding):
        samples = _samples(text, encoding)
    delimiter = options.get("delimiter") or _delimiter(samples[0])
    head = _fields(samples[0], delimiter)
    if not head:
        raise BadInput(both("Tệp không có dòng nào.", "The file has no rows."), where="data")
    has_header = options.get("header", _has_header(head))
    headers = head[0] if has_header else [f"column {place + 1}" for place in range(len(head[0]))]
    rows = head[int(has_header) :] + [row for spot in samples[1:] for row in _fields(spot, delimiter)]
    names = names_of(headers)
    forms = _forms(names, headers, rows, options.get("types") or {})
    report = Report("csv", encoding, delimiter)
    report.columns = [
        ColumnFound(name, source, form.type, form.style, form.note)
        for name, source, form in zip(names, headers, forms, strict=True)
    ]
    layout = Layout(delimiter, tuple(names), tuple(forms), int(has_header))
    schema = pa.schema([pa.field(name, TYPES[form.type]) for name, form in zip(names, forms, strict=True)])
    return Reading(schema, _batches(path, options, layout, schema, report), report)


@contextmanager
def _plain(path: Path, options: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """The file as UTF-8 text on disk, for as long as the block lasts, with the encoding it had."""
    with tempfile.TemporaryDirectory(prefix="dothi-csv-") as folder:
        if path.suffix == ".gz":
            unpacked = Path(folder) / "unpacked"
            with gzip.open(path) as source, unpacked.open("wb") as target:
                shutil.copyfileobj(source, target)
            path = unpacked
        encoding = str(options.get("encoding") or detect(path))
        yield as_utf8(path, encoding, Path(folder) / "text"), encoding


def _samples(path: Path, encoding: str) -> list[str]:
    """The beginning, and whole lines from places all over a long file."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if size > _HEAD:
            head = head[: head.rfind(b"\n") + 1 or len(head)]
        found = [head.decode("utf-8-sig", errors="replace")]
        spots = range(_HEAD, size - _SPOT, max(_SPOT, (size - _HEAD) // _SPOTS)) if size > _HEAD else ()
        for start in spots:
            file.seek(start)
            piece = file.read(_SPOT)
            lines = piece[piece.find(b"\n") + 1 : piece.rfind(b"\n") + 1]
            found.append(lines.decode("utf-8", errors="replace"))
    return found


def _fields(text: str, delimiter: str) -> list[list[str]]:
    return [row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row]


def _delimiter(sample: str) -> str:
    """The sign that cuts most lines into the same number of fields."""
    lines = "".join(sample.splitlines(keepends=True)[:200])
    best, score = ",", 0.0
    for delimiter in _DELIMITERS:
        widths = [len(row) for row in _fields(lines, delimiter)]
        if not widths or widths[0] < 2:
            continue
        same = sum(width == widths[0] for width in widths) / len(widths)
        if same * min(widths[0], 5) > score:
            best, score = delimiter, same * min(widths[0], 5)
    return best


def _has_header(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row names columns: words in it, where the rows below have other forms or many values."""
    first = rows[0]
    if any(infer([cell]).type != "string" for cell in first if cell.strip()):
        return False
    return len({cell.strip().lower() for cell in first}) == len(first)


def _forms(
    names: Sequence[str], headers: Sequence[str], rows: Sequence[Sequence[str]], types: Mapping[str, str]
) -> list[Form]:
    forms = []
    for place, name in enumerate(names):
        samples = [row[place] for row in rows if place < len(row)]
        wanted = types.get(name, types.get(headers[place]))
        forms.append(infer_as(samples, wanted) if wanted in TYPES else infer(samples))
    return forms


def _batches(
    path: Path, options: Mapping[str, Any], layout: Layout, schema: pa.Schema, report: Report
) -> Iterator[pa.RecordBatch]:
    def read_piece(piece: bytes, skip: int) -> list[pa.RecordBatch]:
        return [
            pa.RecordBatch.from_arrays(
                [
                    convert(batch.column(place), form, name)
                    for place, (form, name) in enumerate(zip(layout.forms, layout.names, strict=True))
                ],
                schema=schema,
            )
            for batch in _parsed(piece, layout, options, report, skip).to_batches()
        ]

    with _plain(path, options) as (text, _), text.open("rb") as file, ThreadPoolExecutor(_READERS) as pool:
        waiting: deque[Future[list[pa.RecordBatch]]] = deque()
        skip = layout.skip
        try:
            for piece in _pieces(file):
                if len(waiting) > _READERS:  # as many again lie ready, not the whole file
                    yield from waiting.popleft().result()
                waiting.append(pool.submit(read_piece, piece, skip))
                skip = 0
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for each in waiting:
                each.cancel()


def _pieces(file: io.BufferedReader) -> Iterator[bytes]:
    """The text in pieces of whole rows: cut behind a line that no quotation runs across."""
    if file.read(3) != b"\xef\xbb\xbf":
        file.seek(0)
    rest = b""
    while piece := file.read(_PIECE):
        whole = rest + piece
        cut = _cut(whole)
        if cut:
            yield whole[:cut]
        rest = whole[cut:]
    if rest.strip():
        yield rest


def _cut(whole: bytes) -> int:
    """Where the last row that is complete ends; 0 when none is."""
    quotes = whole.count(b'"')
    end = len(whole)
    while (cut := whole.rfind(b"\n", 0, end) + 1) > 0:
        quotes -= whole.count(b'"', cut, end)
        if quotes % 2 == 0:
            return cut
        end = cut - 1
    return 0


def _parsed(piece: bytes, layout: Layout, options: Mapping[str, Any], report: Report, skip: int) -> pa.Table:
    def refuse(row: Any) -> str:
        if options.get("bad_rows") != "skip":
            return "error"
        if len(report.refused) < _MOST_REFUSED:
            report.refused.append((row.number, str(row.text)[:500]))
        return "skip"

    types = {name: native(form) or pa.string() for name, form in zip(layout.names, layout.forms, strict=True)}
    convert_options = pacsv.ConvertOptions(
        column_types=types, null_values=list(NULLS), strings_can_be_null=True, quoted_strings_can_be_null=True,
        true_values=["true", "True", "TRUE"], false_values=["false", "False", "FALSE"],
    )  # fmt: skip
    read_options = pacsv.ReadOptions(
        column_names=list(layout.names), skip_rows_after_names=skip, block_size=4 << 20
    )
    for newlines in (False, True):
        parse_options = pacsv.ParseOptions(
            delimiter=layout.delimiter,
            newlines_in_values=newlines,
            invalid_row_handler=refuse if newlines else _strict,
        )
        try:
            return pacsv.read_csv(pa.BufferReader(piece), read_options, parse_options, convert_options)
        except pa.ArrowInvalid as error:
            if newlines:
                raise _unreadable(error) from None
    raise AssertionError


def _strict(row: Any) -> str:
    """First without line breaks in fields, which is faster; a row that does not fit asks for the careful way."""
    return "error"


def _unreadable(error: Exception) -> BadInput:
    said = str(error)[:300]
    return BadInput(
        both(f"Tệp CSV không đọc được: {said}", f"The CSV file cannot be read: {said}"), where="data"
    )
