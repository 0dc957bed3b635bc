"""The rows of a run as the columns of its dataset: renamed, compared, cast, with all that was found on the way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from dothi.core.errors import BadInput, both
from dothi.core.text import fold
from dothi.kernel.pipelines.casting import PLAIN, Form, cast
from dothi.kernel.warehouse.conform import TYPES, type_of

_UNFIT = re.compile(r"[^a-z0-9_]+")
Columns = Sequence[Mapping[str, Any]]


def column_name(text: str) -> str:
    """A source's name for a column as a name here: ``PM2.5`` → ``pm2_5``, ``Số nhà`` → ``so_nha``."""
    name = _UNFIT.sub("_", fold(text).strip()).strip("_")[:63]
    return name if name and not name[0].isdigit() else f"c_{name}"[:63]


def names(schemas: Sequence[pa.Schema], renamed: Mapping[str, str]) -> dict[str, str]:
    """Name in the source → name here, for every column of any portion. Raises :class:`BadInput` for a clash."""
    given = {theirs: ours for ours, theirs in renamed.items()}
    found: dict[str, str] = {}
    for schema in schemas:
        for name in schema.names:
            found.setdefault(name, given.get(name) or column_name(name))
    taken: dict[str, str] = {}
    for theirs, ours in found.items():
        if ours in taken:
            raise BadInput(
                both(
                    f"Hai cột nguồn “{taken[ours]}” và “{theirs}” đều thành {ours}; hãy đặt tên trong 'columns'.",
                    f"'{taken[ours]}' and '{theirs}' of the source both become {ours}; name one in 'columns'.",
                ),
                where="columns",
            )
        taken[ours] = theirs
    return found


def types(schemas: Sequence[pa.Schema], named: Mapping[str, str]) -> list[tuple[str, str]]:
    """(name here, type) of every column, the widest type of all portions."""
    found: dict[str, str] = {}
    for schema in schemas:
        for each in schema:
            kind = "null" if pa.types.is_null(each.type) else type_of(each.type)
            name = named[each.name]
            found[name] = _wider(found.get(name, "null"), kind)
    return list(found.items())


def _wider(a: str, b: str) -> str:
    if a == b or b == "null":
        return a
    if a == "null":
        return b
    if {a, b} == {"integer", "number"}:
        return "number"
    return "datetime" if {a, b} == {"date", "datetime"} else "string"


@dataclass(slots=True)
class Bad:
    """Values that could not be read: how many, and one of them, by column."""

    counts: dict[str, int] = field(default_factory=dict)
    samples: dict[str, str] = field(default_factory=dict)

    def add(self, column: str, count: int, sample: str) -> None:
        self.counts[column] = self.counts.get(column, 0) + count
        self.samples.setdefault(column, sample)

    def plain(self) -> dict[str, Any]:
        return {name: {"count": self.counts[name], "sample": self.samples[name]} for name in self.counts}


def shaped(
    batches: Iterator[pa.RecordBatch],
    columns: Columns,
    named: Mapping[str, str],
    *,
    refuse: bool,
    bad: Bad,
    forms: Mapping[str, Form] = MappingProxyType({}),
) -> Iterator[pa.RecordBatch]:
    """Batches with exactly ``columns``. ``forms``: how a column's times are written, under "" all others'. ``refuse``: raise :class:`BadInput` at the first value that cannot be read."""
    schema = pa.schema([pa.field(column["name"], TYPES[column["type"]]) for column in columns])
    for batch in batches:
        here = {named[name]: place for place, name in enumerate(batch.schema.names)}
        arrays = []
        for column in columns:
            name = column["name"]
            if name not in here:
                arrays.append(pa.nulls(batch.num_rows, schema.field(name).type))
                continue
            made = cast(batch.column(here[name]), column["type"], forms.get(name) or forms.get("", PLAIN))
            if made.bad:
                bad.add(name, made.bad, made.sample)
                if refuse:
                    raise _unreadable(name, column["type"], made.sample)
            arrays.append(made.values)
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def _unreadable(name: str, kind: str, sample: str) -> BadInput:
    return BadInput(
        both(
            f"Cột “{name}” có giá trị không đọc được thành {kind}: {sample}",
            f"Column '{name}' has a value that cannot be read as {kind}: {sample}",
        ),
        where=f"columns.{name}",
    )


def declared_column(name: str, kind: str) -> dict[str, Any]:
    """A column that a source brought and nobody described: for people of the house only, until somebody does."""
    real = "string" if kind == "null" else kind
    return {"name": name, "type": real, "label": both(name, name), "sensitivity": "internal"}
