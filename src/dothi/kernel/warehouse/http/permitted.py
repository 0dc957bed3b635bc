"""What the sender of a request sees of a version: columns as they are, columns masked, rows of some units only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from dothi.core.errors import Forbidden, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse import rules, serving
from dothi.kernel.warehouse.lookup import Found
from dothi.kernel.warehouse.privacy.masks import mask
from dothi.kernel.warehouse.serving import Filter
from dothi.kernel.warehouse.sql.policies import Facts, Plan, decide

_MOST_UNITS = 20_000


@dataclass(frozen=True, slots=True)
class Permitted:
    """``clear`` columns may be named anywhere; ``masks`` are shown only; ``where`` keeps to permitted rows."""

    found: Found
    clear: tuple[Mapping[str, Any], ...]
    masks: Mapping[str, str]
    shown: tuple[str, ...]
    where: tuple[Filter, ...]

    @property
    def whole(self) -> bool:
        """Whether this is every row and every column as it is."""
        return not self.where and not self.masks and len(self.shown) == len(self.found.ref.columns)

    def names(self, asked: Sequence[str] | None) -> tuple[str, ...]:
        """The columns to show; raises :class:`Forbidden` for one that may not be seen."""
        if asked is None:
            return self.shown
        known = {column["name"] for column in self.found.ref.columns}
        for name in asked:
            if name in known and name not in self.shown:
                raise Forbidden(
                    both(f"Bạn không được xem cột “{name}”.", f"You may not see the column '{name}'."),
                    where="columns",
                )
        return tuple(dict.fromkeys(asked))

    def renderers(self, names: Sequence[str]) -> list[Callable[[Any], Any] | None]:
        """How each column's values are shown; None: as they are."""
        kinds = {column["name"]: column["type"] for column in self.found.ref.columns}
        return [_renderer(self.masks.get(name, ""), kinds.get(name, "")) for name in names]


def permitted(found: Found, actor: Actor, purpose: str = "") -> Permitted:
    """What ``actor`` sees; raises ``Unauthenticated`` or ``Forbidden`` when that is nothing."""
    ref = found.ref
    facts = Facts(ref.key, found.access, found.state, found.unit, ref.columns, found.policy)
    plan = decide(facts, actor, purpose)
    if plan is None:
        rules.require_read(actor, access=found.access, state=found.state, unit=found.unit)
        raise Forbidden
    masks = {name: form for name, form in plan.columns.items() if form and form != "pseudonym"}
    shown = tuple(name for name, form in plan.columns.items() if form != "pseudonym")
    clear = tuple(column for column in ref.columns if plan.columns.get(column["name"]) == "")
    return Permitted(found, clear, masks, shown, _rows(found, plan, actor))


def _rows(found: Found, plan: Plan, actor: Actor) -> tuple[Filter, ...]:
    """Keep to the rows whose unit the actor may read in."""
    if plan.unit_column is None:
        return ()
    units = serving.aggregate(found.ref, by=[plan.unit_column], limit=10_000).rows
    readable = tuple(unit for unit, _ in units if unit and actor.may(plan.permission, unit=str(unit)))
    return (Filter(plan.unit_column, "in", readable),)


def _renderer(form: str, kind: str) -> Callable[[Any], Any] | None:
    if form:
        return lambda value: mask(value, form)
    return _document if kind == "json" else None


def _document(value: Any) -> Any:
    """A JSON column's text as the value it is."""
    try:
        return value if value is None else msgspec.json.decode(value)
    except msgspec.DecodeError:
        return value
