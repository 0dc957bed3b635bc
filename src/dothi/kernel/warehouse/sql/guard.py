"""Whether a statement may be asked: one SELECT over named datasets, made of what is allowed and of nothing else.

The guard looks at every node of the tree and at everything that is set on it; what it does not know it
refuses. It reads no policy: which datasets there are for somebody is decided by whoever resolves the names.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from dothi.core.text import fold
from dothi.kernel.warehouse.sql import allowed
from dothi.kernel.warehouse.sql.errors import SqlRefused, refused
from dothi.kernel.warehouse.sql.parse import Statement

MOST_NODES = 6_000
MOST_TABLES = 12
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_ ]{0,40}")
_NUMBER = re.compile(r"[0-9]{0,40}\.?[0-9]{0,40}(?:[eE][+-]?[0-9]{1,3})?")
_RESERVED = ("pg_", "duckdb_", "sqlite_", "information_schema", "pragma_")


@dataclass(frozen=True, slots=True)
class Checked:
    """A statement that passed: its tree, and the names (as written) of the datasets it reads."""

    tree: exp.Query
    tables: tuple[str, ...]


def guard(statement: Statement, is_table: Callable[[str], bool] = lambda name: False) -> Checked:
    """``statement``, checked; raises :class:`SqlRefused` that names the first part that is not allowed.

    ``is_table`` says whether a name is a dataset for who asks: no common table expression may take it.
    """
    tree = statement.tree
    if not isinstance(tree, exp.Select | exp.SetOperation | exp.Subquery):
        raise refused("Chỉ nhận câu SELECT.", "Only SELECT is taken.")
    for count, node in enumerate(tree.walk()):
        if count > MOST_NODES:
            raise refused("Truy vấn quá phức tạp.", "The query is too complex.")
        _check(node)
    own = _own_names(tree, is_table)
    tables: dict[str, None] = {}
    for table in tree.find_all(exp.Table):
        if fold(table.name) not in own:
            tables[table.name] = None
        elif not _in_sight(table):
            raise refused(
                f"“{table.name}” chưa được định nghĩa ở đây.", f"'{table.name}' is not defined here."
            )
    if len(tables) > MOST_TABLES:
        raise refused(f"Tối đa {MOST_TABLES} bảng.", f"At most {MOST_TABLES} tables.")
    return Checked(tree, tuple(tables))


def _check(node: exp.Expr) -> None:
    kind = type(node)
    if kind is exp.Anonymous:
        _check_named(node)
    elif kind not in allowed.nodes():
        raise _not_allowed(node)
    known = allowed.ARGUMENTS.get(kind)
    for name, value in node.args.items():
        if value is None or value is False or value == [] or value == "":
            continue
        if known is not None and name not in known:
            raise _not_allowed(node, name)
        _check_value(node, value)
    _RULES.get(kind, _nothing)(node)


def _check_value(node: exp.Expr, value: Any) -> None:
    """What is set on a node beside other nodes is written out as it is: words only."""
    if isinstance(value, list):
        for each in value:
            _check_value(node, each)
    elif isinstance(value, str):
        free = isinstance(node, exp.Identifier) or (isinstance(node, exp.Literal) and node.is_string)
        if free:
            if "\x00" in value:
                raise _not_allowed(node)
        elif isinstance(node, exp.Literal):
            if not _NUMBER.fullmatch(value):
                raise _not_allowed(node)
        elif not _WORD.fullmatch(value):
            raise _not_allowed(node)
    elif not isinstance(value, exp.Expr | bool | exp.DataType.Type):
        raise _not_allowed(node)


def _check_named(node: exp.Expr) -> None:
    """A function without a class: by its plain name only, not as somebody's quoted one."""
    if not isinstance(node.this, str) or node.this.lower() not in allowed.names():
        raise _not_allowed(node)


def _check_table(node: exp.Expr) -> None:
    if not isinstance(node.this, exp.Identifier):
        raise refused("Chỉ đọc được tập dữ liệu theo tên.", "Only datasets can be read, by their names.")
    if not node.name.strip():
        raise _not_allowed(node)


def _check_join(node: exp.Expr) -> None:
    side, kind = str(node.args.get("side") or "").upper(), str(node.args.get("kind") or "").upper()
    if side not in allowed.JOIN_SIDES or kind not in allowed.JOIN_KINDS:
        raise refused(f"Không nhận phép nối {side or kind}.", f"The join {side or kind} is not taken.")


def _check_type(node: exp.Expr) -> None:
    if node.this not in allowed.TYPES or node.args.get("nested"):
        raise refused("Không nhận kiểu dữ liệu này.", "This data type is not taken.")


def _check_with(node: exp.Expr) -> None:
    if node.args.get("recursive"):
        raise refused("Không nhận WITH RECURSIVE.", "WITH RECURSIVE is not taken.")


def _check_star(node: exp.Expr) -> None:
    """``*`` and ``t.*`` as what is selected or counted; elsewhere engines take it for a pattern of columns."""
    holder = node.parent.parent if isinstance(node.parent, exp.Column) else node.parent
    if not isinstance(holder, exp.Select | exp.Count):
        raise _not_allowed(node)


def _nothing(node: exp.Expr) -> None:
    """No further rule."""


_RULES: dict[type[exp.Expr], Callable[[exp.Expr], None]] = {
    exp.Table: _check_table,
    exp.Join: _check_join,
    exp.DataType: _check_type,
    exp.With: _check_with,
    exp.Star: _check_star,
}


def _own_names(tree: exp.Expr, is_table: Callable[[str], bool]) -> frozenset[str]:
    """Names of the common table expressions, folded: each once, none of them a dataset's."""
    found: set[str] = set()
    for cte in tree.find_all(exp.CTE):
        name = fold(cte.alias)
        if not name or name in found or name.startswith(_RESERVED) or is_table(cte.alias):
            raise refused(
                f"WITH không được đặt tên “{cte.alias}”: tên này đã có.",
                f"WITH cannot take the name '{cte.alias}': it is taken.",
            )
        found.add(name)
    return frozenset(found)


def _in_sight(table: exp.Table) -> bool:
    """Whether the expression a name means is defined before it, around it: else an engine looks elsewhere."""
    name, inside = fold(table.name), None
    node: exp.Expr | None = table
    while node is not None:
        if isinstance(node, exp.CTE):
            inside = node
        if (clause := node.args.get("with_")) is not None:
            listed: list[exp.Expr] = clause.expressions
            before = (
                listed[: listed.index(inside)] if inside is not None and inside.parent is clause else listed
            )
            if any(fold(cte.alias) == name for cte in before):
                return True
        node = node.parent
    return False


def _not_allowed(node: exp.Expr, argument: str = "") -> SqlRefused:
    what = _called(node) + (f" ({argument.strip('_')})" if argument else "")
    return refused(f"Không được dùng {what} ở đây.", f"{what} is not allowed here.")


def _called(node: exp.Expr) -> str:
    if isinstance(node, exp.Anonymous):
        return f"{str(node.name)[:60]}()"
    if isinstance(node, exp.Func):
        return f"{node.sql_name().lower()}()"
    return type(node).__name__
