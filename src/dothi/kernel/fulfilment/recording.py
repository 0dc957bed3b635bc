"""Records of base registers that cases order: a birth registered, a permit granted. The case is the source."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from dothi.core.clock import HCMC, from_us
from dothi.core.errors import NotFound, both
from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.fulfilment.standing import note, standing
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.registers import actions as registers
from dothi.kernel.registers import queries
from dothi.kernel.registers.models import Version
from dothi.kernel.registers.types import kind


@effect("register")
def register(order: EffectOrder) -> None:
    """Create, revise or end the record, once: a version that names this order as its source is the proof."""
    if Version.objects.filter(source=order.id).exists():
        return
    ordered = standing(order)
    values = order.values
    type, operation = str(values["type"]), str(values.get("operation") or "create")
    data = {key: value for key, value in dict(values.get("values") or {}).items() if value is not None}
    day = _day(values.get("valid_from")) or from_us(order.at_us).astimezone(HCMC).date()
    reason = f"{ordered.case.code}: {ordered.compiled.procedure.label.vi}"[:300]
    if operation == "create":
        made = registers.create(
            type,
            data,
            by=SYSTEM,
            valid_from=day,
            simulated=ordered.case.simulated,
            reason=reason,
            source=order.id,
        )
        record = str(made.id)
    else:
        record = _known(type, str(values.get("by") or ""))
        if operation == "revise":
            registers.revise(UUID(record), data, valid_from=day, by=SYSTEM, reason=reason, source=order.id)
        else:
            registers.end(UUID(record), on=day, by=SYSTEM, reason=reason, source=order.id)
    note(
        ordered, "register",
        lambda recorder: recorder.noted("document", f"register.{operation}", key=order.id, register=type, record=record),
    )  # fmt: skip


def _known(type: str, identifier: str) -> str:
    """The record that carries an identifier, by the first scheme of its type that knows it."""
    for scheme in kind(type).declared.identifiers:
        try:
            return str(
                queries.by_identifier(type, scheme.key, identifier, by=SYSTEM, purpose=_purpose(type)).id
            )
        except NotFound:
            continue
    raise NotFound(both(f"Không có bản ghi {identifier}.", f"There is no record {identifier}."))


def _purpose(type: str) -> str:
    purposes = kind(type).declared.access.purposes
    return purposes[0].key if purposes else ""


def _day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10]) if value else None
