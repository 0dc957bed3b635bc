"""Records (JSON objects) as columns, and the places inside JSON documents where they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pyarrow as pa

from dothi.core.errors import BadInput, both


def at(document: Any, path: str | None) -> Any:
    """The part of a document at ``path`` (``result.items``, ``data.0.rows``); None when it is not there."""
    here = document
    for step in path.split(".") if path else ():
        if isinstance(here, Mapping):
            here = here.get(step)
        elif isinstance(here, Sequence) and not isinstance(here, str) and step.isdigit():
            here = here[int(step)] if int(step) < len(here) else None
        else:
            return None
    return here


def found(document: Any, path: str | None, what: str) -> list[dict[str, Any]]:
    """The records at ``path`` of a document: a list of objects, or one object. Raises :class:`BadInput`."""
    here = at(document, path)
    if isinstance(here, Mapping):
        return [dict(here)]
    if isinstance(here, list) and all(isinstance(each, Mapping) for each in here):
        return here
    place = f"'{path}'" if path else "the whole document"
    raise BadInput(
        both(f"{what}: ở {place} không có danh sách bản ghi.", f"{what}: there are no records at {place}."),
        where="records",
    )


def table(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Records as columns, in the order their fields first come. What is nested, or mixed, becomes JSON text."""
    rows = list(records)
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pa.table({name: column([row.get(name) for row in rows]) for name in names})


def column(values: Sequence[Any]) -> pa.Array:
    """Values as one column: of their own type when they share one, else as text."""
    if any(isinstance(value, Mapping | list) for value in values):
        return pa.array([_json(value) for value in values], pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return _mixed(values)


def _mixed(values: Sequence[Any]) -> pa.Array:
    if all(value is None or isinstance(value, int | float) for value in values):
        return pa.array([None if value is None else float(value) for value in values], pa.float64())
    return pa.array([value if value is None or isinstance(value, str) else _json(value) for value in values])


def _json(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value, enc_hook=str).decode()
