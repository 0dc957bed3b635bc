"""Workbooks (XLSX, ODS): one sheet, whose first filled row is the header."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from dothi.kernel.registers.imports.readers.base import Options, Row, Table, fitted, named, unreadable

_UNPACKED_AT_MOST = 2 << 30  # a small file may unpack to more than the machine has


def _safe(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as packed:
            size = sum(each.file_size for each in packed.infolist())
    except zipfile.BadZipFile as error:
        raise unreadable("đây không phải là bảng tính.", "it is not a workbook.") from error
    if size > _UNPACKED_AT_MOST:
        raise unreadable("bảng tính giải nén quá lớn.", "the workbook is too large when unpacked.")


def open_sheet(path: Path, options: Options) -> Table:
    """A sheet (``sheet``: its name, else the first) as a table. Cells keep their types."""
    from python_calamine import CalamineError, load_workbook  # a native library only workbooks need

    _safe(path)
    try:
        workbook = load_workbook(str(path))
        names = workbook.sheet_names
        wanted = str(options.get("sheet") or (names[0] if names else ""))
        if wanted not in names:
            raise unreadable(f"không có trang tính {wanted}.", f"there is no sheet {wanted}.")
        cells: list[list[Any]] = workbook.get_sheet_by_name(wanted).to_python(skip_empty_area=True)
    except CalamineError as error:
        raise unreadable(f"{error}.", f"{error}.") from error
    filled = [row for row in cells if any(cell not in ("", None) for cell in row)]
    if not filled:
        raise unreadable(f"trang tính {wanted} trống.", f"the sheet {wanted} is empty.")
    columns, body = named(filled[0]), filled[1:]

    def rows(skip: int = 0) -> Iterator[Row]:
        return (fitted(row, len(columns)) for row in islice(body, skip, None))

    return Table(columns, rows, len(body), {"sheet": wanted, "sheets": names})
