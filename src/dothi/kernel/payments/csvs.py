"""CSV files from banks and providers: any of the usual separators and encodings, columns by their names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from dothi.core.errors import BadInput, TooLarge, both
from dothi.core.text import fold

MOST_BYTES: Final = 50_000_000


def rows(
    content: bytes, columns: Mapping[str, Sequence[str]], needed: Sequence[str]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of each row, by our names; ``columns`` gives the names others have for ours.

    Raises :class:`BadInput` that names the column that is missing and the ones that are there.
    """
    if len(content) > MOST_BYTES:
        raise TooLarge
    lines = io.StringIO(_text(content), newline="")
    first = lines.readline()
    separator = max(",;\t|", key=first.count)
    lines.seek(0)
    reader = csv.reader(lines, delimiter=separator)
    head = [_name(cell) for cell in next(reader, [])]
    places = {ours: head.index(name) for ours, names in columns.items() for name in _first(names, head)}
    for ours in needed:
        if ours not in places:
            raise BadInput(
                both(
                    f"Tệp thiếu cột {columns[ours][0]}; có: {', '.join(head)}.",
                    f"The file has no column {columns[ours][0]}; it has: {', '.join(head)}.",
                ),
                where=ours,
            )
    for row in reader:
        if any(cell.strip() for cell in row):
            yield reader.line_num, {k: row[p].strip() if p < len(row) else "" for k, p in places.items()}


def _first(names: Sequence[str], head: Sequence[str]) -> list[str]:
    return [name for name in map(_name, names) if name in head][:1]


def _name(cell: str) -> str:
    return " ".join(fold(cell).replace("_", " ").split())


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(both("Tệp phải là CSV mã hoá UTF-8.", "The file must be CSV in UTF-8."), where="file")


def amount(text: str, line: int, column: str) -> int:
    """The đồng of a cell, with or without thousands marks; a part of a đồng is refused, ``.00`` is none."""
    plain = text.replace("\u00a0", "").replace(" ", "").removesuffix("đ").removesuffix("VND")
    for mark in (".", ","):
        whole, found, part = plain.rpartition(mark)
        if found and part in ("0", "00"):
            plain = whole
    sign, digits = plain[:1] in "+-" and plain[:1], plain.lstrip("+-")
    if not digits.replace(".", "").replace(",", "").isdecimal():
        raise BadInput(
            both(f"Dòng {line}: {text!r} không phải số tiền.", f"Line {line}: {text!r} is not an amount."),
            where=column,
        )
    return int(f"{sign or ''}{digits.replace('.', '').replace(',', '')}")
