"""The rules of what packs declare about data: one kind each, names that exist, schedules and SQL that can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from zoneinfo import available_timezones

from dothi.core.clock import parse_iso
from dothi.kernel.packs import checks
from dothi.kernel.packs.flows import (
    CHECK_KINDS,
    SOURCE_KINDS,
    WORDS_OF_SCHEDULES,
    Check,
    DatasetDeclaration,
    PipelineDeclaration,
    SourceDeclaration,
)
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.source import Source, Steps

# The columns that a check of each kind names, as (field, how to get them).
_NAMED: Final = {
    "range": "column",
    "accepted": "column",
    "matches": "column",
    "fresh": "column",
    "type": "column",
    "reference": "columns",
}


def dataset(source: Source, declared: DatasetDeclaration) -> None:
    """One dataset: its columns, keys and checks."""
    checks.labels(source, declared)
    checks.named(source, declared.key, "key")
    names = [column.name for column in declared.columns]
    for index, name in enumerate(names):
        if name in names[:index]:
            source.report(("columns", index, "name"), "duplicate-column", column=name)
    for index, name in enumerate(declared.key_columns):
        _column(source, name, names, ("key_columns", index))
    if declared.row_policy is not None:
        _column(source, declared.row_policy.unit_column, names, ("row_policy", "unit_column"))
    if declared.spatial is not None and not _box(declared.spatial):
        source.report(("spatial",), "not-a-box")
    for index, each in enumerate(declared.checks):
        check(source, each, names, ("checks", index))


def _box(values: Sequence[float]) -> bool:
    return len(values) == 4 and values[0] <= values[2] and values[1] <= values[3]


def _column(source: Source, name: str, known: Sequence[str], steps: Steps) -> None:
    if name not in known:
        source.report(steps, "unknown-column", column=name, suggestion=nearest(name, known))


def check(source: Source, declared: Check, columns: Sequence[str], steps: Steps) -> None:
    """One check of a dataset: exactly one kind, of columns that are there."""
    kind = _one_of(source, declared, CHECK_KINDS, steps, "check-kinds")
    if kind is None:
        return
    value = getattr(declared, kind)
    if kind in ("not_null", "unique"):
        for index, name in enumerate(value):
            _column(source, name, columns, (*steps, kind, index))
    elif kind in _NAMED:
        named = getattr(value, _NAMED[kind])
        for name in (named,) if isinstance(named, str) else named:
            _column(source, name, columns, (*steps, kind, _NAMED[kind]))
    _content(source, kind, value, steps)


def _content(source: Source, kind: str, value: Any, steps: Steps) -> None:
    if kind == "accepted" and bool(value.values) == bool(value.codes):
        source.report((*steps, kind), "values-or-codes")
    elif kind in ("range", "rows") and value.min is None and value.max is None:
        source.report((*steps, kind), "range-open")
    elif kind == "reference" and len(value.columns) != len(value.to):
        source.report((*steps, kind, "to"), "reference-lengths")


def _one_of(source: Source, declared: Any, kinds: Sequence[str], steps: Steps, code: str) -> str | None:
    """The one kind that is given; none or several are reported."""
    given = [kind for kind in kinds if getattr(declared, kind) is not None]
    if len(given) == 1:
        return given[0]
    source.report(steps, code, known=", ".join(kinds), given=", ".join(given) or "-")
    return None


def origin(source: Source, declared: SourceDeclaration) -> None:
    """One source."""
    checks.labels(source, declared)
    checks.named(source, declared.key, "key")
    kind = _one_of(source, declared, SOURCE_KINDS, (), "source-kinds")
    schedule(source, declared.schedule, ("schedule",))
    if declared.schedule == "on-change":
        source.report(("schedule",), "source-on-change")
    if kind == "sql" and declared.sql is not None and bool(declared.sql.table) == bool(declared.sql.query):
        source.report(("sql",), "table-or-query")
    if declared.timezone not in available_timezones():
        near = nearest(declared.timezone, available_timezones())
        source.report(("timezone",), "unknown-timezone", zone=declared.timezone, suggestion=near)
    if _grows(declared) and declared.mode == "replace":
        source.report(("mode",), "incremental-replace")
    if kind == "ogc" and declared.ogc is not None and declared.ogc.bbox and not _box(declared.ogc.bbox):
        source.report(("ogc", "bbox"), "not-a-box")


def _grows(declared: SourceDeclaration) -> bool:
    """Whether a run brings only what is new."""
    by_time = declared.http is not None and declared.http.since is not None
    by_cursor = declared.sql is not None and declared.sql.cursor is not None
    followed = (declared.context, declared.register, declared.cases)
    return by_time or by_cursor or any(each is not None for each in followed)


def schedule(source: Source, text: str, steps: Steps) -> None:
    """A schedule is a word or a cron expression."""
    if text in WORDS_OF_SCHEDULES:
        return
    # Light, but only needed where packs are checked.
    from cronsim import CronSim, CronSimError

    try:
        CronSim(text, parse_iso("2026-01-01T00:00:00Z"))
    except CronSimError as error:
        near = nearest(text, WORDS_OF_SCHEDULES)
        source.report(steps, "not-a-schedule", value=text, error=error, suggestion=near)


def pipeline(source: Source, declared: PipelineDeclaration) -> None:
    """One model, as far as it can be judged without reading its SQL."""
    checks.labels(source, declared)
    checks.named(source, declared.key, "key")
    schedule(source, declared.schedule, ("schedule",))
    if declared.incremental is not None and ":since" not in declared.sql:
        source.report(("incremental",), "no-since")
    for index, each in enumerate(declared.tests):
        _one_of(source, each, CHECK_KINDS, ("tests", index), "check-kinds")


def between(
    datasets: Sequence[tuple[Source, DatasetDeclaration]],
    sources: Sequence[tuple[Source, SourceDeclaration]],
    pipelines: Sequence[tuple[Source, PipelineDeclaration]],
) -> Iterator[Problem]:
    """The rules between files and packs: names used once, one writer a dataset, datasets that are declared."""
    for parts in (datasets, sources, pipelines):
        yield from _once(parts)
    known = {each.key: each for _, each in datasets}
    writers: dict[str, str] = {}
    flows: list[tuple[Source, SourceDeclaration | PipelineDeclaration]] = [*sources, *pipelines]
    for file, each in flows:
        if each.dataset not in known:
            near = nearest(each.dataset, known)
            yield file.problem(("dataset",), "unknown-dataset", key=each.dataset, suggestion=near)
        elif each.dataset in writers:
            yield file.problem(("dataset",), "two-writers", key=each.dataset, other=writers[each.dataset])
        writers.setdefault(each.dataset, Path(file.file).name)
    for file, declared in datasets:
        yield from _references(file, declared, known)
    for file, origin_ in sources:
        yield from _taken(file, origin_, known.get(origin_.dataset))


def _once(parts: Iterable[tuple[Source, Any]]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for file, each in parts:
        if each.key in first:
            yield file.problem(("key",), "duplicate-flow", key=each.key, other=first[each.key])
        first.setdefault(each.key, file.file)


def _references(
    file: Source, declared: DatasetDeclaration, known: Mapping[str, DatasetDeclaration]
) -> Iterator[Problem]:
    for index, each in enumerate(declared.checks):
        if each.reference is None:
            continue
        place: Steps = ("checks", index, "reference")
        other = known.get(each.reference.dataset)
        if other is None:
            near = nearest(each.reference.dataset, known)
            yield file.problem(
                (*place, "dataset"), "unknown-dataset", key=each.reference.dataset, suggestion=near
            )
            continue
        names = [column.name for column in other.columns]
        for name in each.reference.to:
            if name not in names:
                yield file.problem(
                    (*place, "to"), "unknown-column", column=name, suggestion=nearest(name, names)
                )


def _taken(file: Source, declared: SourceDeclaration, target: DatasetDeclaration | None) -> Iterator[Problem]:
    """The columns that a source renames are columns of its dataset, and an upsert knows its key."""
    if target is None:
        return
    names = [column.name for column in target.columns]
    for part in ("columns", "formats"):
        for name in getattr(declared, part):
            if name not in names:
                near = nearest(name, names)
                yield file.problem((part, name), "unknown-column", column=name, suggestion=near)
    if declared.mode == "upsert" and not target.key_columns:
        yield file.problem(("mode",), "upsert-without-key", key=target.key)
