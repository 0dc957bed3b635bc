"""CSV and its kin: encoding and delimiter recognised, quoted cells, one header row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from dothi.kernel.registers.imports.readers.base import Options, Row, Table, fitted, named, unreadable

_SAMPLE = 1 << 16
_DELIMITERS: Final = ",;\t|"
_LONGEST_CELL = 4_000_000  # an outline as GeoJSON text is long
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """UTF-8 with or without mark, UTF-16 with mark, else Windows' Vietnamese code page."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
        marked = next((name for mark, name in _BOMS if head.startswith(mark)), None)
        if marked is not None:
            return marked
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while head:
                decoder.decode(head)
                head = file.read(_SAMPLE * 16)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1258"
    return "utf-8"


def delimiter_of(line: str) -> str:
    """The delimiter that is most often outside of quotes in the header; a comma when there is none."""
    outside = "".join(part for index, part in enumerate(line.split('"')) if index % 2 == 0)
    counts = {each: outside.count(each) for each in _DELIMITERS}
    best = max(counts, key=lambda each: counts[each])
    return best if counts[best] else ","


def open_delimited(path: Path, options: Options) -> Table:
    """A CSV file as a table; ``encoding`` and ``delimiter`` may be given."""
    encoding = str(options.get("encoding") or encoding_of(path))
    try:
        "".encode(encoding)
        with path.open(encoding=encoding, newline="") as file:
            first = file.readline(_SAMPLE)
    except (UnicodeError, LookupError) as error:
        raise unreadable(f"bảng mã {encoding} không đúng.", f"its encoding is not {encoding}.") from error
    delimiter = str(options.get("delimiter") or delimiter_of(first))[:1]
    if not first.strip():
        raise unreadable("tệp không có dòng tiêu đề.", "there is no header row.")
    csv.field_size_limit(_LONGEST_CELL)

    def cells() -> Iterator[list[str]]:
        with path.open(encoding=encoding, newline="") as file:
            try:
                yield from csv.reader(file, delimiter=delimiter)
            except (UnicodeError, csv.Error) as error:
                raise unreadable(f"{error}.", f"{error}.") from error

    columns = named(next(cells()))

    def rows(skip: int = 0) -> Iterator[Row]:
        width, lines = len(columns), cells()
        next(lines, None)
        filled = (row for row in lines if any(row))
        for row in islice(filled, skip, None):
            yield row if len(row) == width else fitted(row, width)

    reading: dict[str, Any] = {"encoding": encoding, "delimiter": delimiter}
    return Table(columns, rows, _lines(path, encoding), reading)


def _lines(path: Path, encoding: str) -> int:
    """About how many rows: line ends, without the header."""
    count, last = 0, b"\n"
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            count += chunk.count(b"\n")
            last = chunk[-2:]
    return max(0, count - 1 + (b"\n" not in last))
