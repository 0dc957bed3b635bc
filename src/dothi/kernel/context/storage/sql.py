"""Small helps for SQL that both engines share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from dothi.engines.store.base import Row, Session

T = TypeVar("T")
_AT_ONCE = 1024


def marks(count: int) -> str:
    """``?, ?, …`` for ``count`` parameters."""
    return ", ".join("?" * count)


def padded(values: Sequence[T]) -> list[T]:
    """``values`` made up to a power of two by repeating the last, so that few distinct statements are
    prepared."""
    if not values:
        return []
    size = 1 << (len(values) - 1).bit_length()
    return [*values, *[values[-1]] * (size - len(values))]


def pieces(values: Sequence[T], size: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """``values`` in runs of at most ``size``."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


def query_in(
    session: Session, before: str, values: Sequence[Any], after: str = "", first: Sequence[Any] = ()
) -> list[Row]:
    """Rows of ``before IN (values) after`` for any number of values; ``first`` are the parameters of
    ``before``."""
    rows: list[Row] = []
    for piece in pieces(values):
        given = padded(piece)
        rows += session.query(f"{before} IN ({marks(len(given))}) {after}", (*first, *given))
    return rows
