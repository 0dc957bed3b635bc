"""Rows to Arrow tables: one column spec a dataset, so that an empty table has its types too."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

TYPES: Mapping[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "datetime": pa.timestamp("us", tz="UTC"),
}
DATA = Path(__file__).parent / "data"


def table(columns: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> pa.Table:
    """``rows`` as a table; ``columns``: name → type, in the order of a row's values."""
    gathered = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [pa.array(values, TYPES[kind]) for values, kind in zip(gathered, columns.values(), strict=True)]
    return pa.table(dict(zip(columns, arrays, strict=True)))


def shipped(name: str) -> Iterable[dict[str, str]]:
    """The rows of a file that comes with the platform."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
