"""One run of a model: its SQL over the published versions of what it reads, loaded through the gate.

The same SQL over the same versions makes the same rows: such a run ends at once, as unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import sqlglot
from sqlglot import exp

from dothi.core.clock import iso
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.flow_sql import table_name
from dothi.kernel.packs.flows import PipelineDeclaration
from dothi.kernel.pipelines import compute, declared, life, lineage, rules, shaping
from dothi.kernel.pipelines.drift import compare
from dothi.kernel.pipelines.ingest import Drifted, ensure_dataset, finish_load
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.quality.gate import gate
from dothi.kernel.pipelines.tables import published_version
from dothi.kernel.pipelines.task import RunTask
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

_FIRST: Final = {"integer": "0", "number": "0", "date": "0001-01-01", "datetime": "0001-01-01T00:00:00Z"}
_SQL_TYPES: Final = {"integer": "BIGINT", "number": "DOUBLE", "date": "DATE", "datetime": "TIMESTAMPTZ"}


def run_pipeline(flow: PipelineDeclaration, run: Run, task: RunTask) -> None:
    """Work off a run of a model to its end. Raises what stopped it."""
    dataset = ensure_dataset(flow.dataset)
    inputs = input_versions(flow)
    read = [{"dataset": key, "version": version.number} for key, version in inputs.items()]
    hashed = rules.digest(flow.sql, flow.mode, dataset.columns, dataset.checks, flow.tests, read)
    life.note(run, inputs=read, input_hash=hashed)
    if not run.full and _done_before(run, hashed, dataset):
        task.say("Đầu vào không đổi.", "The inputs have not changed.")
        life.succeed(run, position=None, unchanged=True)
        return
    sql = bound(flow, dataset, full=run.full)
    version = load(flow, sql, run, task, dataset, inputs)
    lineage.of_model(flow, sql, version, inputs)
    life.succeed(run, position={}, version=version.number, rows_written=version.rows)


def input_versions(flow: PipelineDeclaration) -> dict[str, DatasetVersion]:
    """The published version of each dataset the model reads; raises :class:`Conflict` when one has none yet."""
    found: dict[str, DatasetVersion] = {}
    for key in declared.inputs(flow):
        version = published_version(key)
        if version is None:
            raise Conflict(
                both(
                    f"Bộ dữ liệu {key} chưa có phiên bản nào.",
                    f"The dataset {key} has no published version yet.",
                ),
                where="sql",
            )
        found[key] = version
    return found


def _done_before(run: Run, hashed: str, dataset: Dataset) -> bool:
    """Whether the version that serves now was made of just this."""
    last = Run.objects.filter(kind=run.kind, key=run.key, state=Run.SUCCEEDED, input_hash=hashed).first()
    serving = published_version(dataset.key)
    return last is not None and serving is not None and serving.number == last.version


def bound(flow: PipelineDeclaration, dataset: Dataset, *, full: bool) -> str:
    """The model's SQL with ``:since`` filled in: the newest value it has, less its lookback."""
    query = sqlglot.parse_one(flow.sql, dialect="duckdb")
    if flow.incremental is not None:
        since = _since(flow, dataset, full=full)
        for place in list(query.find_all(exp.Placeholder)):
            if place.name == "since":
                place.replace(since.copy())
    return query.sql(dialect="duckdb")


def _since(flow: PipelineDeclaration, dataset: Dataset, *, full: bool) -> exp.Expr:
    assert flow.incremental is not None
    name = flow.incremental.column
    kind = next((column["type"] for column in dataset.columns if column["name"] == name), "string")
    version = None if full else published_version(dataset.key)
    newest = None if version is None else _newest(version, name)
    if newest is None:
        text = flow.incremental.start or _FIRST.get(kind, "")
    else:
        text = iso(newest) if isinstance(newest, datetime) else str(newest)
    value: exp.Expr = exp.Literal.string(text)
    if kind in _SQL_TYPES:
        value = exp.cast(value, _SQL_TYPES[kind])
    if newest is not None and flow.incremental.lookback:
        seconds = int(rules.duration(flow.incremental.lookback).total_seconds())
        span = exp.Interval(this=exp.Literal.string(str(seconds)), unit=exp.var("SECOND"))
        value = exp.paren(exp.Sub(this=value, expression=span))
        value = exp.cast(value, _SQL_TYPES[kind]) if kind == "date" else value
    return value


def _newest(version: DatasetVersion, column: str) -> Any:
    sql = exp.select(exp.Max(this=exp.column(column, quoted=True))).from_("made").sql(dialect="duckdb")
    return compute.rows(sql, {"made": compute.table(version.ref)}).column(0)[0].as_py()


def load(
    flow: PipelineDeclaration, sql: str, run: Run, task: RunTask, dataset: Dataset,
    inputs: Mapping[str, DatasetVersion],
) -> DatasetVersion:  # fmt: skip
    """The query's rows as the dataset's next version."""
    task.check()
    life.step(run, "load", "running")
    tables = {table_name(key): compute.table(version.ref) for key, version in inputs.items()}
    seconds = rules.duration(flow.timeout).total_seconds()
    reader = compute.query(sql, tables, memory_mb=flow.memory_mb, timeout_s=seconds)
    rows = _told(task, _shaped(compute.told(reader), dataset))
    version = warehouse.load(
        dataset, rows, by=SYSTEM, mode=flow.mode, key=f"run:{run.pk}", run=str(run.pk),
        gate=gate(run=str(run.pk), more=flow.tests),
    )  # fmt: skip
    finish_load(run, version)
    return version


def _told(task: RunTask, batches: Any) -> Any:
    rows = 0
    for batch in batches:
        rows += batch.num_rows
        task.progress(rows, None)
        task.check()
        yield batch


def _shaped(batches: Any, dataset: Dataset) -> Any:
    """The query's rows as the declared columns: other columns than declared are a mistake in the model."""
    named: dict[str, str] | None = None
    for batch in batches:
        if named is None:
            named = {name: name for name in batch.schema.names}
            _same_columns(batch.schema, dataset)
        columns = dataset.columns or _columns(batch.schema)
        yield from shaping.shaped(iter([batch]), columns, named, refuse=True, bad=shaping.Bad())


def _columns(schema: pa.Schema) -> list[dict[str, Any]]:
    named = {name: name for name in schema.names}
    return [shaping.declared_column(name, kind) for name, kind in shaping.types([schema], named)]


def _same_columns(schema: pa.Schema, dataset: Dataset) -> None:
    if len(set(schema.names)) != len(schema.names):
        raise BadInput(
            both("Câu SQL có hai cột trùng tên.", "The SQL has two columns of one name."), where="sql"
        )
    if dataset.columns:
        types = shaping.types([schema], {name: name for name in schema.names})
        found = compare(dataset.columns, types)
        if found:
            raise Drifted(found.text(), where="sql")
