"""The address of a table: filters, order, columns and cursor as ``/data/v1`` has them, and what the portal adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from dothi.core.errors import BadInput, both
from dothi.sites.data.rules import OPERATORS

OURS: Final = frozenset({"limit", "after", "order", "columns", "bbox", "lang"})
# Names with a dot cannot be those of a column.
MINE: Final = ("add.", "chart.", "map.", "embed.", "pick.")
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Address:
    """The parameters of a table: ``rows`` are those of ``/data/v1``, ``own`` the portal's."""

    rows: tuple[Pair, ...]
    own: tuple[Pair, ...]

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> Address:
        """The parameters of a request, parted. Empty ones say nothing."""
        given = [(name, value) for name, value in pairs if value != ""]
        rows = tuple(pair for pair in given if not pair[0].startswith(MINE) and pair[0] != "lang")
        return cls(rows, tuple(pair for pair in given if pair[0].startswith(MINE)))

    def value(self, name: str, default: str = "") -> str:
        """One of the portal's own parameters."""
        return next((value for each, value in self.own if each == name), default)

    def values(self, name: str) -> list[str]:
        """All of one name."""
        return [value for each, value in self.own if each == name]

    @property
    def filters(self) -> tuple[Pair, ...]:
        """The conditions alone."""
        return tuple(pair for pair in self.rows if pair[0] not in OURS)

    def query(self, *, own: bool = True, drop: Sequence[str] = (), **changes: str) -> str:
        """``?…`` with parameters changed (empty: left out); another order or filter begins at the first row."""
        pairs = [
            pair for pair in (*self.rows, *(self.own if own else ()))
            if pair[0] not in changes and pair[0] not in drop and (pair[0] != "after" or "after" in changes)
        ]  # fmt: skip
        pairs += [(name, value) for name, value in changes.items() if value]
        return "?" + urlencode(pairs) if pairs else "?"

    def without(self, index: int) -> str:
        """The address with the condition at ``index`` let go."""
        gone = self.filters[index]
        kept = [pair for pair in self.rows if pair[0] != "after"]
        kept.remove(gone)
        pairs = [*kept, *self.own]
        return "?" + urlencode(pairs) if pairs else "?"


def added(address: Address, columns: Sequence[Mapping[str, Any]]) -> str | None:
    """Where a form that adds a condition or picks columns leads; None when there is nothing to add."""
    column, op, value = (address.value(f"add.{name}") for name in ("column", "op", "value"))
    picked = address.values("pick.columns")
    if not column and not picked:
        return None
    drop = [pair[0] for pair in address.own if pair[0].startswith(("add.", "pick."))]
    query = address.query(drop=drop, columns=",".join(picked)) if picked else address.query(drop=drop)
    if not column:
        return query
    pair = condition(columns, column, op, value)
    return f"{query}{'&' if query != '?' else ''}{urlencode([pair])}"


def condition(columns: Sequence[Mapping[str, Any]], column: str, op: str, value: str) -> Pair:
    """A condition as ``/data/v1`` writes it; raises :class:`BadInput` for one that cannot be asked."""
    kind = next((each["type"] for each in columns if each["name"] == column), "")
    if op not in OPERATORS.get(kind, ()):
        raise BadInput(
            both(f"Cột “{column}” không lọc như vậy được.", f"Column '{column}' cannot be filtered so."),
            where="add.op",
        )
    if op == "isnull":
        value = "true"
    if not value.strip():
        raise BadInput(both("Hãy ghi giá trị cần lọc.", "Write the value to filter by."), where="add.value")
    name = f"where.{column}" if column in OURS else column
    return (name if op == "eq" else f"{name}__{op}", value.strip())


def parted(name: str, columns: Sequence[Mapping[str, Any]]) -> tuple[str, str]:
    """Column and operator of a condition's name: ``hours__ge`` → (``hours``, ``ge``)."""
    plain = name.removeprefix("where.")
    column, _, op = plain.rpartition("__")
    known = {each["name"] for each in columns}
    return (column, op) if column in known and plain not in known else (plain, "eq")
