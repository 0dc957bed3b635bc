"""Follows a register by its changes: one row each, in the order they were recorded, none twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines import records
from dothi.kernel.pipelines.sources.base import Portion, Position, Task, Unchanged
from dothi.kernel.registers import queries
from dothi.kernel.registers.queries import Change


class RegisterExtractor:
    """A portion a page of changes."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.register
        assert spec is not None
        begin = 0 if task.full and "resume" not in position else int(position.get("seq", 0))
        seq = begin
        while found := queries.changes(spec.type, seq, spec.page, by=SYSTEM):
            task.check()
            seq = found[-1].seq
            yield Portion(_table(found), {"seq": seq, "resume": {}})
        if seq == begin and "resume" not in position:
            raise Unchanged
        yield Portion(None, {"seq": seq})


def _table(found: list[Change]) -> pa.Table:
    """The properties of each record, then what is known of the change; a property named like those gives way."""
    return records.table([(each.data or {}) | _facts(each) for each in found])


def _facts(change: Change) -> dict[str, Any]:
    return {
        "record": str(change.id),
        "seq": change.seq,
        "op": change.op,
        "valid_from": change.valid_from,
        "valid_to": change.valid_to,
        "recorded_at": change.recorded_at,
        "holds": change.data is not None,
        "unit": change.unit,
        "simulated": change.simulated,
    }


EXTRACTOR = RegisterExtractor()
