"""Writing a register into a file, as its reader may see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dothi.core.errors import DothiError, Unsupported, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.identity.models import AuditEntry
from dothi.kernel.registers import finding
from dothi.kernel.registers.exports.writers import WRITERS
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.plans import Operator
from dothi.kernel.registers.types import Kind, kind

OWN = ("id", "state", "valid_from", "valid_to", "simulated")
_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: as a list is filtered."""

    where: Sequence[tuple[str, Operator, Any]] = ()
    unit: str = ""
    bbox: tuple[float, float, float, float] | None = None
    state: str = Record.ACTIVE
    purpose: str = ""
    case: str = ""
    limit: int = field(default=5_000_000)


def export(type: str, format: str, path: Path, *, by: Actor, which: Selection | None = None) -> int:
    """Write the records into ``path``; how many. The audit tells of it, however it ends.

    Not one transaction: a register takes minutes, and what was read page by page is kept page by page. Raises :class:`Unsupported` for a format there is no writer for."""
    declared, chosen = kind(type), which or Selection()
    writer = WRITERS.get(format)
    if writer is None:
        known = ", ".join(WRITERS)
        raise Unsupported(both(f"Chọn một trong: {known}.", f"Choose one of: {known}."), where="format")
    columns = [*OWN, *declared.properties]
    detail = {"format": format, "purpose": chosen.purpose, "unit": chosen.unit, "case": chosen.case}
    try:
        count = writer(path, columns, rows(declared, chosen, by), declared.declared.geometry)
    except DothiError:
        audit(
            "registers.export", by=by, subject=f"register:{type}", outcome=AuditEntry.REFUSED, detail=detail
        )
        raise
    audit("registers.export", by=by, subject=f"register:{type}", detail=detail | {"records": count})
    return count


def rows(declared: Kind, which: Selection, by: Actor) -> Iterator[Mapping[str, Any]]:
    """The records page by page along their key, masked for this reader; readings in clear are kept as lists are."""
    after, left = "", which.limit
    while left > 0:
        found = finding.page(
            declared.key, by=by, purpose=which.purpose, where=which.where, unit=which.unit, bbox=which.bbox,
            state=which.state, case=which.case, after=after, limit=min(_PAGE, left),
        )  # fmt: skip
        for each in found.items:
            yield {
                "id": str(each.id),
                "state": each.state,
                "valid_from": None if each.valid_from is None else each.valid_from.isoformat(),
                "valid_to": None if each.valid_to is None else each.valid_to.isoformat(),
                "simulated": each.simulated,
                **each.data,
            }
        left, after = left - len(found.items), found.next
        if not after:
            return
