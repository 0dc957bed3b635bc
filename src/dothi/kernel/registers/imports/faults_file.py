"""The refused rows of an import, as they came, with what is wrong: a file to mend and import again.

Each batch writes a part of its own before it is committed; a batch done again writes the same part again.
"""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from dothi.kernel.registers.imports.models import ImportJob
from dothi.kernel.registers.rows import RowError
from dothi.kernel.registers.types import Kind
from dothi.kernel.registers.validation import Fault

ADDED: Final = ("dòng", "lỗi (vi)", "error (en)")


def said(kind: Kind, faults: Sequence[Fault], language: str) -> str:
    """What is wrong with a row, each property by the name people know."""
    return " ".join(f"{_name(kind, each.where, language)}{each.text[language]}" for each in faults)


def _name(kind: Kind, where: str, language: str) -> str:
    head = where.partition(".")[0].partition("[")[0]
    declared = kind.properties.get(head)
    name = where if declared is None else declared.label.text(language) + where[len(head) :]
    return f"{name}: " if name else ""


def cell(value: Any) -> str:
    """A cell as text that the same reader understands again."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping | list | tuple):
        return msgspec.json.encode(value).decode()
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_part(
    job: ImportJob, kind: Kind, start: int, rows: Sequence[Sequence[Any]], errors: Sequence[RowError]
) -> None:
    """The refused rows of the batch that began at row ``start``."""
    folder = job.folder / "errors"
    part = folder / f"{start:012}.csv"
    if not errors:
        part.unlink(missing_ok=True)
        return
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO()
    writer = csv.writer(text)
    for each in errors:
        told = [each.row + 1, said(kind, each.faults, "vi"), said(kind, each.faults, "en")]
        writer.writerow([*(cell(value) for value in rows[each.row - start]), *told])
    part.write_text(text.getvalue(), encoding="utf-8", newline="")


def forget_parts(job: ImportJob, from_row: int = 0) -> None:
    """Parts of batches that were not kept."""
    for part in (job.folder / "errors").glob("*.csv"):
        if int(part.stem) >= from_row:
            part.unlink()


def join(job: ImportJob) -> Path | None:
    """One file of all parts, with the mark that spreadsheets know UTF-8 by; None when nothing was refused."""
    parts = sorted((job.folder / "errors").glob("*.csv"))
    if not parts:
        job.faults_path.unlink(missing_ok=True)
        return None
    with job.faults_path.open("w", encoding="utf-8-sig", newline="") as whole:
        csv.writer(whole).writerow([*job.columns, *ADDED])
        for part in parts:
            with part.open(encoding="utf-8", newline="") as text:
                shutil.copyfileobj(text, whole)
    return job.faults_path
