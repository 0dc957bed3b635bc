"""Runs a builder. What it makes is told apart by content: the same rows again are no new version."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pyarrow as pa

from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines import builders
from dothi.kernel.pipelines.sources.base import Portion, Position, Restart, Task, Unchanged


class BuilderExtractor:
    """A portion for each table or batch the builder gives."""

    def read(self, declared: SourceDeclaration, position: Position, task: Task) -> Iterator[Portion]:
        spec = declared.builder
        assert spec is not None
        if "resume" in position:  # what a function makes may have changed meanwhile
            raise Restart
        given = builders.Building(spec.args, task.folder, task.say, task.check)
        made = builders.find(spec.name)(given)
        digest = hashlib.sha256()
        portions = []
        for part in [made] if isinstance(made, pa.Table) else made:
            task.check()
            table = part if isinstance(part, pa.Table) else pa.Table.from_batches([part])
            _feed(digest, table)
            portions.append(table)
        if not task.full and digest.hexdigest() == position.get("content"):
            raise Unchanged
        for table in portions:
            yield Portion(table, {"resume": {}})
        yield Portion(None, {"content": digest.hexdigest()})


def _feed(digest: hashlib._Hash, table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table.combine_chunks())
    digest.update(sink.getvalue())


EXTRACTOR = BuilderExtractor()
