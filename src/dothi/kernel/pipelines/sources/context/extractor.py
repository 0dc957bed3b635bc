"""Reads the history of the live city: one row for each entity, attribute and time.

Readings may come late. Each run asks again for the last stretch, so such a source upserts by entity, attribute
and time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

from dothi.core.clock import EPOCH, iso, now, parse_iso
from dothi.kernel import context as live
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines.rules import duration
from dothi.kernel.pipelines.sources.base import Portion, Position, Task, Unchanged

_ENTITIES = 500


class ContextExtractor:
    """A portion for each few hundred entities."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.context
        assert spec is not None
        resume = position.get("resume", {})
        until = parse_iso(resume["until"]) if resume else now()
        since = _since("" if task.full else position.get("until", ""), spec.start)
        begin = max(EPOCH, since - duration(spec.late))
        after: str | None = resume.get("after")
        rows = 0
        while ids := _ids(spec.type, after):
            task.check()
            made = _readings(ids, spec.attributes, begin, until)
            after, rows = ids[-1], rows + made.num_rows
            if made.num_rows:
                kept = {k: v for k, v in position.items() if k != "resume"}
                yield Portion(made, kept | {"resume": {"until": iso(until), "after": after}})
        if not rows and not resume:
            raise Unchanged
        yield Portion(None, {"until": iso(until)})


def _since(until: str, start: str) -> datetime:
    return parse_iso(until or start) if until or start else EPOCH


def _ids(type: str, after: str | None) -> list[str]:
    found = live.current().entities(type, limit=_ENTITIES, after=after, representation="keyValues")
    return [entity["id"] for entity in found]


def _readings(ids: Sequence[str], attributes: Sequence[str], begin: datetime, until: datetime) -> pa.Table:
    parts: dict[str, list[Any]] = {"entity": [], "attribute": [], "observed_at": [], "value": []}
    for id in ids:
        for attribute in attributes:
            found = live.current().series(id, attribute, begin, until)
            times = np.asarray(found.times_us, dtype=np.int64)
            parts["entity"].append(np.full(len(times), id, dtype=object))
            parts["attribute"].append(np.full(len(times), attribute, dtype=object))
            parts["observed_at"].append(times)
            parts["value"].append(np.asarray(found.values, dtype=np.float64))
    joined = {name: np.concatenate(some) for name, some in parts.items()}
    return pa.table(
        {
            "entity": pa.array(joined["entity"], pa.string()),
            "attribute": pa.array(joined["attribute"], pa.string()),
            "observed_at": pa.array(joined["observed_at"]).cast(pa.timestamp("us", tz="UTC")),
            "value": pa.array(joined["value"], from_pandas=True),
        }
    )


EXTRACTOR = ContextExtractor()
