"""Spreadsheets (XLSX, XLS, ODS): one sheet, its first full row the header, cells typed as the sheet has them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineError, CalamineWorkbook

from dothi.core.errors import BadInput, both
from dothi.kernel.warehouse.conform import TYPES
from dothi.kernel.warehouse.ingest.converting import convert
from dothi.kernel.warehouse.ingest.inferring import TEXT, Form, infer
from dothi.kernel.warehouse.ingest.reading import ColumnFound, Reading, Report, names_of

_BATCH = 50_000


def read(path: Path, options: Mapping[str, Any]) -> Reading:
    """Open a spreadsheet. ``sheet``: its name or number (default: the first)."""
    rows = _rows(path, options.get("sheet", 0))
    start = next(
        (place for place, row in enumerate(rows) if sum(cell != "" for cell in row) * 2 >= len(row)), None
    )
    if start is None:
        raise BadInput(both("Trang tính không có dòng nào.", "The sheet has no rows."), where="sheet")
    headers = [str(cell).strip() for cell in rows[start]]
    data = [row for row in rows[start + 1 :] if any(cell != "" for cell in row)]
    names = names_of(headers)
    types = options.get("types") or {}
    forms = [
        _form([row[place] for row in data], types.get(name, types.get(headers[place])))
        for place, name in enumerate(names)
    ]
    report = Report(path.suffix.lstrip(".").lower() or "xlsx")
    report.columns = [
        ColumnFound(name, source, form.type, form.style, form.note)
        for name, source, form in zip(names, headers, forms, strict=True)
    ]
    if start:
        report.notes.append(both(f"Bỏ qua {start} dòng đầu.", f"The first {start} rows were skipped."))
    schema = pa.schema([pa.field(name, TYPES[form.type]) for name, form in zip(names, forms, strict=True)])
    return Reading(schema, _batches(data, names, forms, schema), report)


def _rows(path: Path, sheet: str | int) -> list[list[Any]]:
    try:
        with CalamineWorkbook.from_path(str(path)) as book:
            found = (
                book.get_sheet_by_index(sheet) if isinstance(sheet, int) else book.get_sheet_by_name(sheet)
            )
            rows: list[list[Any]] = found.to_python(skip_empty_area=True)
            return rows
    except (CalamineError, OSError, IndexError) as error:
        raise BadInput(
            both(f"Không đọc được bảng tính: {error}", f"The spreadsheet cannot be read: {error}"),
            where="data",
        ) from None


def _form(cells: Sequence[Any], wanted: str | None) -> Form:
    """The form of a column: of its typed cells, or of its texts."""
    known = [cell for cell in cells if cell != ""]
    found = _of_cells(known)
    if wanted is None or wanted == found.type or wanted not in TYPES:
        return found
    return (
        Form(wanted, found.style)
        if wanted == "number" and found.type == "integer"
        else Form(wanted, "iso" if wanted in ("date", "datetime") else "plain")
    )


def _of_cells(known: Sequence[Any]) -> Form:
    if not known:
        return TEXT
    if all(isinstance(cell, str) for cell in known):
        return infer(known)
    if all(isinstance(cell, bool) for cell in known):
        return Form("boolean")
    if all(isinstance(cell, int | float) and not isinstance(cell, bool) for cell in known):
        whole = all(float(cell).is_integer() for cell in known)
        return Form("integer" if whole else "number", "plain")
    if all(isinstance(cell, date | datetime) for cell in known):
        days = all(not isinstance(cell, datetime) or cell.time() == time() for cell in known)
        return Form("date" if days else "datetime", "iso")
    return TEXT


def _batches(
    data: Sequence[Sequence[Any]], names: Sequence[str], forms: Sequence[Form], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    for start in range(0, len(data), _BATCH):
        part = data[start : start + _BATCH]
        arrays = [
            convert(pa.array([_text(row[place]) for row in part], pa.string()), form, name)
            for place, (name, form) in enumerate(zip(names, forms, strict=True))
        ]
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _text(cell: Any) -> str | None:
    """A cell as the text that its column's form reads."""
    if cell == "":
        return None
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ")
    return (
        str(cell)
        if isinstance(cell, timedelta)
        else cell.isoformat()
        if isinstance(cell, date | time)
        else str(cell)
    )
