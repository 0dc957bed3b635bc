"""The parts of a bulk write that both engines say in the same words."""

from __future__ import annotations

from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from dothi.engines.store.base import Table

Conflict = Literal["error", "ignore", "replace"]


@lru_cache(maxsize=256)
def key_of(table: Table) -> itemgetter[Any]:
    """Takes the key out of a row of ``table``."""
    names = [column.name for column in table.columns]
    return itemgetter(*(names.index(part) for part in table.key))


def on_conflict(table: Table, conflict: Conflict) -> str:
    """The clause that says what becomes of a row whose key exists; the same words on both engines."""
    if conflict == "error":
        return ""
    others = [column.name for column in table.columns if column.name not in table.key]
    target = f" ON CONFLICT ({', '.join(table.key)}) DO "
    if conflict == "ignore" or not others:
        return target + "NOTHING"
    return target + "UPDATE SET " + ", ".join(f"{name} = excluded.{name}" for name in others)
