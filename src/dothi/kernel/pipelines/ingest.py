"""One run of a source: read into the spool, shape, load through the gate, remember the place.

Every step may be cut off and done again. Reading goes on behind the last portion on disk; what is loaded is what
lies on disk, under the run's own key, so that loading twice is one version; the place is committed with the end of
the run, after the rows are published.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final
from zoneinfo import ZoneInfo

import pyarrow as pa

from dothi.core.errors import BadInput, Conflict, Text, both
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs.flows import SourceDeclaration
from dothi.kernel.pipelines import declared, drift, life, lineage, shaping
from dothi.kernel.pipelines.casting import Form
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.quality.gate import gate
from dothi.kernel.pipelines.sources.base import Restart, Unchanged
from dothi.kernel.pipelines.sources.registry import extractor
from dothi.kernel.pipelines.spool import Spool
from dothi.kernel.pipelines.task import RunTask, spool_folder
from dothi.kernel.warehouse import actions as warehouse
from dothi.kernel.warehouse import queries
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

HOLD_S = 1.0
HOLD_ROWS: Final = 50_000


class Refused(BadInput):
    """The gate did not let the new version through; the one before goes on serving."""


class Drifted(Conflict):
    """The source's columns changed, and its rule is to stop."""


class Waiting(Exception):
    """The source's columns changed, and a person decides."""

    def __init__(self, found: drift.Drift, why: Text) -> None:
        self.drift, self.why = found, why
        super().__init__(why["en"])


def run_source(flow: SourceDeclaration, run: Run, task: RunTask) -> None:
    """Work off a run of a source to its end. Raises what stopped it."""
    spool = Spool(spool_folder(run))
    task.folder = spool.files
    dataset = ensure_dataset(flow.dataset, life.state_of(flow).added)
    try:
        ended = read(flow, run, task, spool)
    except Unchanged:
        task.say("Nguồn không có gì mới.", "The source has nothing new.")
        life.succeed(run, position=None, unchanged=True)
        spool.remove()
        return
    columns, named = agree(flow, run, task, spool, dataset)
    version = load(flow, run, task, spool, dataset, columns, named)
    lineage.of_source(flow, version, named)
    life.succeed(run, position=ended["position"], version=version.number, rows_written=version.rows)
    spool.remove()


def ensure_dataset(key: str, added: Sequence[str] = ()) -> Dataset:
    """The dataset, declared in the warehouse as the packs declare it now; raises ``NotFound``.

    ``added``: columns that stay although no pack declares them.
    """
    given = declared.dataset(key)
    if given is None:
        return queries.needed(key)
    plain = declared.as_declared(given)
    found = queries.dataset(key)
    if found is not None:
        known = {column["name"] for column in plain["columns"]}
        plain["columns"] += [each for each in found.columns if each["name"] in set(added) - known]
    return warehouse.declare(plain, by=SYSTEM)


def read(flow: SourceDeclaration, run: Run, task: RunTask, spool: Spool) -> dict[str, Any]:
    """Read all there is into the spool: ``{"position", "report"}``. Goes on where an earlier attempt stopped."""
    ended = spool.ended()
    if ended is not None:
        return ended
    life.step(run, "read", "running")
    try:
        ended = _read(flow, run, task, spool)
    except Restart:
        task.say("Đọc lại từ đầu.", "Reading from the beginning.")
        spool.clear()
        ended = _read(flow, run, task, spool)
    life.step(run, "read", "done", run.rows_read)
    return ended


def _read(flow: SourceDeclaration, run: Run, task: RunTask, spool: Spool) -> dict[str, Any]:
    resumed = spool.position()
    start = life.state_of(flow).position if resumed is None else resumed
    rows = spool.rows()
    if resumed is not None:
        task.say(f"Đọc tiếp sau {rows} dòng.", f"Reading on behind {rows} rows.")
    last: dict[str, Any] = dict(start)
    report: dict[str, Any] = {}
    held = _Held(spool)
    for portion in extractor(flow.kind).read(flow, start, task):
        task.check()
        last = portion.position
        report |= portion.report
        if portion.rows is not None and portion.rows.num_rows:
            rows += portion.rows.num_rows
            held.add(portion.rows, portion.position)
            task.progress(rows, portion.total)
    held.flush()
    life.note(run, rows_read=rows, done=rows, report=run.report | {"reading": report})
    spool.end(last, report)
    return {"position": last, "report": report}


class _Held:
    """Small portions go to disk together: at the latest when they are a second old."""

    def __init__(self, spool: Spool) -> None:
        self._spool = spool
        self._tables: list[pa.Table] = []
        self._position: dict[str, Any] = {}
        self._since = 0.0

    def add(self, rows: pa.Table, position: dict[str, Any]) -> None:
        if self._tables and not rows.schema.equals(self._tables[0].schema):
            self.flush()
        if not self._tables:
            self._since = time.monotonic()
        self._tables.append(rows)
        self._position = position
        if (
            time.monotonic() - self._since >= HOLD_S
            or sum(each.num_rows for each in self._tables) >= HOLD_ROWS
        ):
            self.flush()

    def flush(self) -> None:
        if self._tables:
            self._spool.add(pa.concat_tables(self._tables), self._position)
            self._tables = []


def agree(
    flow: SourceDeclaration, run: Run, task: RunTask, spool: Spool, dataset: Dataset
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The columns to load and what they are called in the source. Raises :class:`Drifted`, :class:`Waiting`."""
    schemas = spool.schemas()
    named = shaping.names(schemas, flow.columns)
    types = shaping.types(schemas, named)
    if not dataset.columns:
        return [shaping.declared_column(name, kind) for name, kind in types], named
    found = drift.compare(dataset.columns, types) if schemas else drift.Drift()
    rule = run.decision or flow.drift
    made = drift.decide(found, rule, dataset.key_columns)
    if found:
        life.note(run, drift=found.plain() | {"rule": rule, "decision": made.go})
        task.say(found.text()["vi"], found.text()["en"], "warning")
    if made.go == "wait":
        assert made.why is not None
        raise Waiting(found, made.why)
    if made.go == "stop":
        assert made.why is not None
        raise Drifted(made.why, where="columns")
    return [*dataset.columns, *(shaping.declared_column(name, kind) for name, kind in made.add)], named


def load(
    flow: SourceDeclaration, run: Run, task: RunTask, spool: Spool, dataset: Dataset,
    columns: list[dict[str, Any]], named: Mapping[str, str],
) -> DatasetVersion:  # fmt: skip
    """The spool's rows as the dataset's next version; raises :class:`Refused` when the gate holds it back."""
    task.check()
    life.step(run, "load", "running")
    if len(columns) > len(dataset.columns):
        if dataset.columns:
            _keep_added(flow, [column["name"] for column in columns[len(dataset.columns) :]])
        dataset.columns = columns
    bad = shaping.Bad()
    rows = shaping.shaped(
        spool.batches(), columns, named, refuse=flow.bad_values == "fail", bad=bad, forms=_forms(flow)
    )
    version = warehouse.load(
        dataset,
        rows,
        by=SYSTEM,
        mode=flow.mode,
        key=f"run:{run.pk}",
        run=str(run.pk),
        gate=gate(run=str(run.pk)),
    )
    if bad.counts:
        life.note(run, report=run.report | {"bad_values": bad.plain()})
        for name, count in bad.counts.items():
            task.say(
                f"{name}: {count} giá trị không đọc được, thành trống (ví dụ {bad.samples[name]}).",
                f"{name}: {count} values could not be read and are empty (such as {bad.samples[name]}).",
                "warning",
            )
    finish_load(run, version)
    return version


def _forms(flow: SourceDeclaration) -> dict[str, Form]:
    zone = ZoneInfo(flow.timezone)
    return {"": Form(zone=zone)} | {name: Form(pattern, zone) for name, pattern in flow.formats.items()}


def _keep_added(flow: SourceDeclaration, names: Sequence[str]) -> None:
    state = life.state_of(flow)
    state.added = sorted({*state.added, *names})
    state.save(update_fields=["added"])


def finish_load(run: Run, version: DatasetVersion) -> None:
    """Write down what became of the version; raises :class:`Refused` when it was not published."""
    failed = version.state == DatasetVersion.FAILED
    life.step(run, "load", "failed" if failed else "done", version.rows)
    if failed:
        life.note(run, version=version.number)
        raise Refused(_why(version))


def _why(version: DatasetVersion) -> Text:
    broken = [each for each in version.quality if not each["passed"] and each["severity"] == "error"]
    vi = "; ".join(f"{each['label']['vi']}: {(each['why'] or {}).get('vi', '')}" for each in broken[:5])
    en = "; ".join(f"{each['label']['en']}: {(each['why'] or {}).get('en', '')}" for each in broken[:5])
    return both(
        f"Phiên bản {version.number} không qua kiểm tra chất lượng. {vi}",
        f"Version {version.number} did not pass the quality gate. {en}",
    )
