"""k-anonymity: how many people share each combination of what others may know about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

SHOWN = 10


@dataclass(frozen=True, slots=True)
class SmallGroup:
    """A combination of values that fewer than ``k`` rows share."""

    values: tuple[Any, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Report:
    """What the small groups of a table are.

    ``k`` is what was asked for, ``smallest`` what holds for the whole table (0: no rows). ``groups`` counts the
    combinations, ``small`` those with fewer than ``k`` rows, ``rows_at_risk`` the rows in them, ``unique`` the
    rows alone in theirs. ``diversity`` is the fewest different sensitive values in any group (None: not asked).
    """

    quasi: tuple[str, ...]
    k: int
    rows: int
    groups: int
    smallest: int
    small: int
    rows_at_risk: int
    unique: int
    diversity: int | None
    examples: tuple[SmallGroup, ...]

    @property
    def holds(self) -> bool:
        """Whether every combination is shared by at least ``k`` rows."""
        return self.small == 0


def k_anonymity(table: pa.Table, quasi: Sequence[str], *, k: int = 5, sensitive: str | None = None) -> Report:
    """The report of ``table`` by the columns ``quasi``; null counts as a value of its own.

    ``k`` 5 is the usual least for public tables. Raises :class:`KeyError` for a column there is not and
    :class:`ValueError` for none.
    """
    if not quasi:
        raise ValueError("name at least one column")
    # Binary equality of the values' text: what a reader of the published file sees.
    columns = {
        name: table.column(name) for name in dict.fromkeys([*quasi, *([sensitive] if sensitive else [])])
    }
    measures: list[Any] = [([], "count_all")]
    if sensitive:
        measures.append((sensitive, "count_distinct", pc.CountOptions(mode="all")))
    groups = pa.table(columns).group_by(list(quasi), use_threads=False).aggregate(measures)
    counts = groups.column("count_all")
    risky = groups.filter(pc.less(counts, k)).sort_by("count_all")
    return Report(
        quasi=tuple(quasi),
        k=k,
        rows=table.num_rows,
        groups=groups.num_rows,
        smallest=pc.min(counts).as_py() or 0,
        small=risky.num_rows,
        rows_at_risk=pc.sum(risky.column("count_all")).as_py() or 0,
        unique=pc.sum(pc.equal(counts, 1)).as_py() or 0,
        diversity=pc.min(groups.column(f"{sensitive}_count_distinct")).as_py() if sensitive else None,
        examples=tuple(
            SmallGroup(tuple(row[name] for name in quasi), row["count_all"])
            for row in risky.slice(0, SHOWN).to_pylist()
        ),
    )
