"""Rows of a file: CSV with a header, or an answer of Open311's ``requests`` in JSON or XML."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError, iterparse

import msgspec

from dothi.core.errors import BadInput, both

MOST_BYTES: Final = 512 * 1024 * 1024
WIDEST: Final = 1_000_000
Row = dict[str, str]


def rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Each row with its number (a CSV's line, else its place), from one on; :class:`BadInput` for no such file."""
    if path.stat().st_size > MOST_BYTES:
        raise BadInput(both("Tệp quá lớn.", "The file is too large."), where="file")
    kind = path.suffix.lower()
    if kind == ".csv":
        return _csv(path)
    if kind == ".json":
        return _json(path)
    if kind == ".xml":
        return _xml(path)
    raise BadInput(
        both("Chỉ nhận tệp CSV, JSON hoặc XML.", "Only CSV, JSON and XML files are taken."), where="file"
    )


def _wrong(error: object) -> BadInput:
    return BadInput(both(f"Không đọc được tệp: {error}", f"The file cannot be read: {error}"), where="file")


def _csv(path: Path) -> Iterator[tuple[int, Row]]:
    csv.field_size_limit(WIDEST)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            for row in reader:
                yield (
                    reader.line_num,
                    {str(name): str(value or "").strip() for name, value in row.items() if name},
                )
    except (csv.Error, UnicodeDecodeError) as error:
        raise _wrong(error) from error


def _json(path: Path) -> Iterator[tuple[int, Row]]:
    try:
        found = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
    except msgspec.MsgspecError as error:
        raise _wrong(error) from error
    for number, row in enumerate(found, 1):
        yield number, {name: "" if value is None else str(value).strip() for name, value in row.items()}


def _xml(path: Path) -> Iterator[tuple[int, Row]]:
    number = 0
    try:
        # expat fetches nothing and ends what entities blow up.
        for _, element in iterparse(path, events=("end",)):  # noqa: S314
            if element.tag == "request":
                number += 1
                yield number, {child.tag: (child.text or "").strip() for child in element}
                element.clear()
    except ParseError as error:
        raise _wrong(error) from error
