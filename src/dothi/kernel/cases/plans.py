"""How a list is read: along an index that has its order, or from the few cases that a box or words leave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import msgspec

from dothi.core.clock import now_us
from dothi.core.text import fold
from dothi.engines.store.base import Row, Session
from dothi.kernel.cases import words
from dothi.kernel.cases.filters import Filter, Order
from dothi.kernel.cases.scopes import Scope
from dothi.kernel.cases.views import LISTED

Dialect = Literal["sqlite", "postgresql"]
FEW: Final = 5_000  # cases a box may leave to be looked at one by one
FOUND_AT_MOST: Final = 500  # newest cases with the words: each is a row to be read
_OPEN: Final = "phase IN ('open', 'waiting')"  # in the words of the partial indexes
_COLUMN: Final[dict[Order, str]] = {"due": "due_us", "opened": "opened_us", "changed": "changed_us"}


class Plan:
    """One list. ``personal``: words that are personal data find too."""

    def __init__(
        self, session: Session, dialect: Dialect, asked: Filter, scope: Scope | None, *, personal: bool
    ) -> None:
        self.session = session
        self.dialect = dialect
        self.asked = asked
        self.scope = scope
        self.more = False  # words found more than were looked at
        self.among: list[int] | None = None
        self.conditions: list[str] = []
        self.params: list[Any] = []
        self._narrow()
        if asked.text.strip():
            self.among, self.more = found(session, dialect, asked, asked.text, personal=personal)
        elif asked.box is not None:
            self._box(asked.box)

    def page(self, after: tuple[int, int] | None, limit: int) -> list[Row]:
        """The rows of a page, snapshots left out."""
        order = self.asked.by
        column, rising = _COLUMN[order], order == "due"
        where, params = self.where()
        if after is not None:
            where += f" AND ({column}, num) {'>' if rising else '<'} (?, ?)"
            params += after
        way = "" if rising else " DESC"
        sql = (
            f"SELECT {LISTED} FROM cases_case {self.index()} WHERE {where}"  # noqa: S608
            f" ORDER BY {column}{way}, num{way} LIMIT {int(limit)}"
        )
        return self.session.query(sql, params)

    def count(self, most: int, extra: str = "", params: Sequence[Any] = ()) -> int:
        """How many there are, counted up to ``most``."""
        where, given = self.where()
        where += f" AND {extra}" if extra else ""
        sql = f"SELECT 1 FROM cases_case {self.index()} WHERE {where} LIMIT {int(most)}"  # noqa: S608
        ((count,),) = self.session.query(f"SELECT count(*) FROM ({sql}) AS t", [*given, *params])  # noqa: S608
        return int(count)

    def groups(self, column: Literal["state", "kind", "procedure"], most: int) -> dict[str, int]:
        """How many there are by a column, of the first ``most``."""
        where, given = self.where()
        sql = f"SELECT {column} FROM cases_case {self.index()} WHERE {where} LIMIT {int(most)}"  # noqa: S608
        grouped = f"SELECT {column}, count(*) FROM ({sql}) AS t GROUP BY {column}"  # noqa: S608
        return {value: int(count) for value, count in self.session.query(grouped, given)}

    def where(self) -> tuple[str, list[Any]]:
        """The condition and its parameters."""
        conditions, params = list(self.conditions), list(self.params)
        if self.among is not None:
            condition, values = among("num", self.among, self.dialect)
            conditions.append(condition)
            params += values
        return " AND ".join(conditions) or "1 = 1", params

    def index(self) -> str:
        """Which way SQLite walks; PostgreSQL has statistics."""
        if self.dialect == "postgresql":
            return ""
        if self.among is not None:
            return "NOT INDEXED"
        return f"INDEXED BY {self._index()}"

    def _index(self) -> str:
        asked = self.asked
        if asked.applicant and not asked.open_only:
            return "cases_by_applicant"
        if not asked.open_only:
            if asked.organisation:
                return "cases_by_organisation"
            return "cases_by_unit" if asked.unit else "cases_by_age"
        if asked.by == "changed":
            return "cases_open_by_change"
        if asked.by == "opened":
            return "cases_open_by_age"
        if asked.assignee and asked.assignee != "nobody":
            return "cases_open_by_assignee"
        if asked.organisation:
            return "cases_open_by_organisation"
        return "cases_open_by_unit" if asked.unit else "cases_open_by_due"

    def _narrow(self) -> None:
        asked = self.asked
        if asked.open_only:
            self._that(_OPEN)
        if asked.phases and set(asked.phases) != {"open", "waiting"}:
            self._one_of("phase", asked.phases)
        for column in ("unit", "organisation", "applicant", "channel"):
            if value := getattr(asked, column):
                self._that(f"{column} = ?", value)
        if asked.applicant:
            self._that("applicant > ''")
        if asked.assignee == "nobody":
            self._that("assignee = ''")
        elif asked.assignee:
            self._that("assignee = ? AND assignee > ''", asked.assignee)
        for column, values in (
            ("kind", asked.kinds),
            ("procedure", asked.procedures),
            ("state", asked.states),
        ):
            if values:
                self._one_of(column, values)
        if asked.due_before is not None:
            self._that("due_us < ?", asked.due_before)
        if asked.late is not None:
            late = "(late = 1 OR due_us < ?)"
            self._that(late if asked.late else f"NOT {late}", now_us())
        if asked.opened_from is not None:
            self._that("opened_us >= ?", asked.opened_from)
        if asked.opened_to is not None:
            self._that("opened_us < ?", asked.opened_to)
        if asked.priority is not None:
            self._that("priority >= ?", asked.priority)
        if self.scope is not None:
            self._scoped(self.scope)

    def _scoped(self, scope: Scope) -> None:
        parts, params = [], []
        for column, values in (("unit", scope.units), ("organisation", scope.organisations)):
            if values:
                condition, given = among(column, list(values), self.dialect)
                parts.append(condition)
                params += given
        self._that(f"({' OR '.join(parts)})" if parts else "1 = 0", *params)

    def _that(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.params += values

    def _one_of(self, column: str, values: Sequence[str]) -> None:
        self._that(f"{column} IN ({', '.join('?' * len(values))})", *values)

    def _box(self, box: tuple[float, float, float, float]) -> None:
        sql, params = boxed(self.dialect, box, open_only=self.asked.open_only)
        nums = [num for (num,) in self.session.query(f"{sql} LIMIT {FEW + 1}", params)]
        if len(nums) <= FEW:
            self.among = nums
        west, south, east, north = box
        self._that("lon BETWEEN ? AND ? AND lat BETWEEN ? AND ?", west, east, south, north)


def among(column: str, values: Sequence[Any], dialect: Dialect) -> tuple[str, list[Any]]:
    """``column`` is one of the values, given as one parameter."""
    if not values:
        return "1 = 0", []
    if dialect == "postgresql":
        return f"{column} = ANY(?)", [list(values)]
    return f"{column} IN (SELECT value FROM json_each(?))", [msgspec.json.encode(list(values)).decode()]  # noqa: S608


def boxed(
    dialect: Dialect, box: tuple[float, float, float, float], *, open_only: bool
) -> tuple[str, list[Any]]:
    """The statement that gives the numbers of cases in a box."""
    west, south, east, north = box
    if dialect == "postgresql":
        extra = "open = 1 AND " if open_only else ""
        sql = f"SELECT num FROM cases_place WHERE {extra}point(lon, lat) <@ box(point(?, ?), point(?, ?))"  # noqa: S608
        return sql, [west, south, east, north]
    table = "cases_open_boxes" if open_only else "cases_boxes"
    sql = f"SELECT num FROM {table} WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?"  # noqa: S608
    return sql, [east, west, north, south]


def found(
    session: Session, dialect: Dialect, asked: Filter, text: str, *, personal: bool
) -> tuple[list[int], bool]:
    """The newest cases with all the words (the last one begun), and whether there are more."""
    wanted = words.asked(text)
    if not wanted:
        return [], False
    open_ = "open" if asked.open_only else ""
    given = (("u", asked.unit), ("o", asked.organisation))
    marks = [words.mark(open_ + kind, value) for kind, value in given if value]
    if open_ and not marks:
        marks = [words.OPEN_MARK]
    for kind, values in (("k", asked.kinds), ("p", asked.procedures)):
        if len(values) == 1:
            marks.append(words.mark(kind, values[0]))
    nums = _matching(session, dialect, wanted, marks, personal=personal, begun=False)
    # A word as the beginning of others is looked for when none has it whole: all its continuations are merged first.
    if not nums and len(wanted[-1]) > 2:
        nums = _matching(session, dialect, wanted, marks, personal=personal, begun=True)
    return nums[:FOUND_AT_MOST], len(nums) > FOUND_AT_MOST


def _matching(
    session: Session, dialect: Dialect, wanted: list[str], marks: list[str], *, personal: bool, begun: bool
) -> list[int]:
    """The newest cases with all words and marks, one more than are looked at."""
    most, end = FOUND_AT_MOST + 1, (":*" if dialect == "postgresql" else "*") if begun else ""
    join, together = (" | ", " & ") if dialect == "postgresql" else (" OR ", " AND ")
    parts = [
        _any(_forms(word, personal=personal), end if place == len(wanted) - 1 else "", join)
        for place, word in enumerate(wanted)
    ]
    query = together.join([*parts, *marks])
    if dialect == "postgresql":
        sql = (
            "SELECT num FROM cases_text WHERE to_tsvector('simple', words || ' ' || marks)"  # noqa: S608
            f" @@ to_tsquery('simple', ?) ORDER BY num DESC LIMIT {most}"
        )
    else:
        sql = f"SELECT rowid FROM cases_words WHERE cases_words MATCH ? ORDER BY rowid DESC LIMIT {most}"  # noqa: S608
    return [num for (num,) in session.query(sql, (query,))]


def _forms(word: str, *, personal: bool) -> list[str]:
    """As it stands in the index; a word typed without diacritics also finds those written with them."""
    written = word if word != fold(word) else fold(word)
    return [written, words.PERSONAL + written] if personal else [written]


def _any(forms: list[str], end: str, join: str) -> str:
    return "(" + join.join(form + end for form in forms) + ")"
