"""What every reader gives: columns, and rows as often as asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from dothi.core.errors import BadInput, both

Row = Sequence[Any]
Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file. ``rows(skip)`` begins anew each time, after ``skip`` rows; each is as long as ``columns``.

    ``total`` is the number of rows as far as it is cheaply known. ``reading`` says how the file was read (encoding,
    delimiter, sheet); given back as options it is read the same way again.
    """

    columns: list[str]
    rows: Callable[[int], Iterator[Row]]
    total: int
    reading: dict[str, Any] = field(default_factory=dict)


class Reader(Protocol):
    """Opens a file of one format; raises :class:`BadInput` when it is not of that format."""

    def __call__(self, path: Path, options: Options, /) -> Table: ...


def unreadable(what_vi: str, what_en: str) -> BadInput:
    """A file that cannot be read, with the reason."""
    return BadInput(
        both(f"Không đọc được tệp: {what_vi}", f"The file cannot be read: {what_en}"), where="file"
    )


def named(cells: Sequence[Any]) -> list[str]:
    """Names for columns: trimmed, never empty, never twice."""
    found: list[str] = []
    for index, cell in enumerate(cells, 1):
        name = " ".join(str("" if cell is None else cell).split())[:120] or f"Cột {index}"
        number = 2
        unique = name
        while unique in found:
            unique, number = f"{name} ({number})", number + 1
        found.append(unique)
    return found


def fitted(row: Sequence[Any], width: int) -> Sequence[Any]:
    """A row exactly as wide as the header; what is behind the last column is dropped."""
    if len(row) == width:
        return row
    return [*row[:width], *([None] * (width - len(row)))]
