"""What reading a file gives: its columns and types, its rows in batches, and what was noticed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from dothi.core.errors import Text
from dothi.core.text import fold

_CLEAN = re.compile(r"[^a-z0-9]+")


@dataclass(slots=True)
class ColumnFound:
    """A column of a file: the name it has here, what the file calls it, its type, how that is written."""

    name: str
    source: str
    type: str
    style: str = ""
    note: Text | None = None


@dataclass(slots=True)
class Report:
    """What reading found. ``refused`` rows are kept as (line, text), at most a thousand; ``rows`` counts as batches are read."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    columns: list[ColumnFound] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    refused: list[tuple[int | None, str]] = field(default_factory=list)
    rows: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON."""
        columns = [
            {
                "name": each.name,
                "source": each.source,
                "type": each.type,
                "style": each.style,
                "note": each.note,
            }
            for each in self.columns
        ]
        return {
            "format": self.format, "encoding": self.encoding, "delimiter": self.delimiter, "columns": columns,
            "notes": self.notes, "refused": [list(each) for each in self.refused], "rows": self.rows,
        }  # fmt: skip


@dataclass(slots=True)
class Reading:
    """The rows of a file, to be read once; ``report`` is complete when they are."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]
    report: Report


def names_of(headers: Sequence[str]) -> list[str]:
    """Headers as names of columns: ``Phường/Xã`` → ``phuong_xa``; each once."""
    names: list[str] = []
    for place, header in enumerate(headers):
        name = _CLEAN.sub("_", fold(header)).strip("_")[:50] or f"column_{place + 1}"
        name = name if not name[0].isdigit() else f"c_{name}"
        plain, again = name, 2
        while name in names:
            name, again = f"{plain}_{again}", again + 1
        names.append(name)
    return names
