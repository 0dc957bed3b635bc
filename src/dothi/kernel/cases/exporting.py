"""Cases as flat rows for the warehouse: what happened and when, with the facts of Decision 766, nothing that people wrote.

Of a case's answers only those are given that its procedure declares ``open``, and only where they are asked for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

from dothi.core.clock import HCMC, from_us
from dothi.engines.store.base import Row, Session
from dothi.kernel.cases import definitions
from dothi.kernel.cases.models import NEVER
from dothi.kernel.cases.reading import reading
from dothi.kernel.cases.views import snapshot_of
from dothi.kernel.cases.writing import sensitivities

EVENTS: Final = ("vn.dothi.cases.*",)
_CASE: Final = (
    "num", "id", "procedure", "kind", "version", "unit", "organisation", "channel", "state", "phase", "outcome",
    "opened_us", "changed_us", "closed_us", "due_us", "late", "simulated",
)  # fmt: skip
_FACT: Final = ("on_time", "digitised", "online", "published", "rating")


def behind(
    after: int, limit: int, *, procedures: Sequence[str] = (), kinds: Sequence[str] = (), fields: Sequence[str] = ()
) -> list[dict[str, Any]]:  # fmt: skip
    """The cases numbered behind ``after``, at most ``limit``, each with its ``num``; ``()`` takes every procedure, kind."""
    return _read("c.num > ?", [after], limit, procedures, kinds, fields)


def of(
    ids: Sequence[str], *, procedures: Sequence[str] = (), kinds: Sequence[str] = (), fields: Sequence[str] = ()
) -> list[dict[str, Any]]:  # fmt: skip
    """These cases as they stand now; at most 500 ids."""
    if not ids:
        return []
    return _read(f"c.id IN ({_marks(ids)})", list(ids), len(ids), procedures, kinds, fields)


def _read(
    condition: str, given: list[Any], limit: int, procedures: Sequence[str], kinds: Sequence[str], fields: Sequence[str]
) -> list[dict[str, Any]]:  # fmt: skip
    for column, values in (("procedure", procedures), ("kind", kinds)):
        if values:
            condition += f" AND c.{column} IN ({_marks(values)})"
            given = [*given, *values]
    columns = ", ".join([*(f"c.{name}" for name in _CASE), *(f"f.{name}" for name in _FACT)])
    sql = (
        f"SELECT {columns}{', c.snapshot' if fields else ''} FROM cases_case c"  # noqa: S608
        f" LEFT JOIN cases_fact766 f ON f.num = c.num WHERE {condition} ORDER BY c.num LIMIT ?"
    )
    with reading() as (session, _):
        return list(_flat(session, session.query(sql, [*given, limit]), fields))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def _flat(session: Session, found: Sequence[Row], fields: Sequence[str]) -> Iterator[dict[str, Any]]:
    for row in found:
        case = dict(zip((*_CASE, *_FACT), row, strict=False))
        due = case["due_us"]
        yield {
            "num": case["num"], "case": case["id"], "procedure": case["procedure"], "kind": case["kind"],
            "version": case["version"], "unit": case["unit"], "organisation": case["organisation"],
            "channel": case["channel"], "state": case["state"], "phase": case["phase"], "outcome": case["outcome"],
            "opened_at": from_us(case["opened_us"]), "opened_on": _day(case["opened_us"]),
            "changed_at": from_us(case["changed_us"]), "closed_at": _time(case["closed_us"]),
            "closed_on": _day(case["closed_us"]), "due_at": None if due >= NEVER else from_us(due),
            "late": bool(case["late"]), "on_time": _truth(case["on_time"]), "digitised": _truth(case["digitised"]),
            "online": _truth(case["online"]), "followed": _truth(case["published"]), "rating": case["rating"],
            "simulated": bool(case["simulated"]),
            **(_open_answers(session, row, case, fields) if fields else {}),
        }  # fmt: skip


def _open_answers(session: Session, row: Row, case: dict[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    levels = sensitivities(definitions.of(session, case["procedure"], case["version"]))
    data = snapshot_of((*(None,) * 27, row[-1])).data
    return {name: data.get(name) if levels.get(name) == "open" else None for name in fields}


def _time(at: int | None) -> datetime | None:
    return None if at is None else from_us(at)


def _day(at: int | None) -> date | None:
    return None if at is None else from_us(at).astimezone(HCMC).date()


def _truth(value: int | None) -> bool | None:
    return None if value is None else bool(value)
