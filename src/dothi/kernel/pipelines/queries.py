"""Questions about sources, pipelines, their runs, the quality of datasets over time, and what came from what."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from dothi.core.errors import NotFound, Text, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.packs.flows import PipelineDeclaration
from dothi.kernel.pipelines import declared
from dothi.kernel.pipelines.declared import Flow
from dothi.kernel.pipelines.models import FlowState, LineageEdge, QualityScore, Run
from dothi.kernel.pipelines.permissions import READ


@dataclass(frozen=True, slots=True)
class FlowView:
    """A source or pipeline and how it is doing; ``last`` is its newest run."""

    kind: str
    key: str
    label: Text
    dataset: str
    unit: str
    what: str  # the kind of source, or 'sql'
    schedule: str
    enabled: bool
    next_run_at: datetime | None
    succeeded_at: datetime | None
    last: Run | None


def flows(*, by: Actor | None = None, kind: str = "") -> list[FlowView]:
    """Every source and pipeline that ``by`` may see (None: all), in the order they are declared."""
    states = {(state.kind, state.key): state for state in FlowState.objects.all()}
    newest = Run.objects.in_bulk([state.last_run for state in states.values() if state.last_run])
    found = []
    for flow in declared.all_flows():
        here = declared.kind_of(flow)
        if (not kind or kind == here) and _sees(by, declared.unit_of(flow)):
            state = states.get((here, flow.key))
            last = newest.get(state.last_run) if state is not None and state.last_run else None
            found.append(_view(flow, state, last))
    return found


def flow_of(dataset: str) -> FlowView | None:
    """What writes a dataset; None when no source or pipeline does."""
    return next((each for each in flows() if each.dataset == dataset), None)


def _sees(by: Actor | None, unit: str) -> bool:
    return by is None or by.may(READ, unit=unit or None)


def _view(flow: Flow, state: FlowState | None, last: Run | None) -> FlowView:
    return FlowView(
        kind=declared.kind_of(flow),
        key=flow.key,
        label=both(flow.label.vi, flow.label.en),
        dataset=flow.dataset,
        unit=declared.unit_of(flow),
        what="sql" if isinstance(flow, PipelineDeclaration) else flow.kind,
        schedule=flow.schedule,
        enabled=state.enabled if state else True,
        next_run_at=state.next_run_at if state else None,
        succeeded_at=state.succeeded_at if state else None,
        last=last,
    )


def runs(
    *, kind: str = "", key: str = "", dataset: str = "", states: Sequence[str] = (), after: UUID | None = None,
    limit: int = 50, by: Actor | None = None,
) -> list[Run]:  # fmt: skip
    """Runs, newest first, behind the id ``after``."""
    rows = Run.objects.all()
    for name, value in (("kind", kind), ("key", key), ("dataset", dataset)):
        rows = rows.filter(**{name: value}) if value else rows
    rows = rows.filter(state__in=list(states)) if states else rows
    rows = rows.filter(pk__lt=after) if after else rows
    found: list[Run] = []
    for run in rows.iterator(chunk_size=200):
        if _sees(by, run.unit):
            found.append(run)
        if len(found) >= limit:
            break
    return found


def run(id: UUID, *, by: Actor | None = None) -> Run:
    """One run; raises :class:`NotFound` when there is none that ``by`` may see."""
    found = Run.objects.filter(pk=id).first()
    if found is None or not _sees(by, found.unit):
        raise NotFound(both("Không có lần chạy này.", "There is no such run."))
    return found


def log_of(run: Run, *, after: int = 0, limit: int = 500) -> list[dict[str, Any]]:
    """The lines of a run's log behind the line ``after``: id, at, level, text in both languages."""
    lines = run.lines.filter(pk__gt=after)[:limit]
    return [
        {"id": line.pk, "at": line.at, "level": line.level, "text": both(line.vi, line.en)} for line in lines
    ]


# -- quality


def scores(dataset: str, *, limit: int = 100) -> list[QualityScore]:
    """How good the versions of a dataset were found to be, newest first; failed candidates are among them."""
    return list(QualityScore.objects.filter(dataset=dataset)[:limit])


def results(dataset: str, version: int | None = None) -> list[dict[str, Any]]:
    """What each check found in a version (None: the newest that was looked at), as plain data."""
    rows = QualityScore.objects.filter(dataset=dataset)
    found = (rows if version is None else rows.filter(version=version)).first()
    if found is None:
        return []
    return [
        {
            "check": each.check_key,
            "kind": each.kind,
            "columns": each.columns,
            "severity": each.severity,
            "passed": each.passed,
            "rows": each.rows,
            "failed_rows": each.failed,
            "label": both(each.label_vi, each.label_en),
            "why": both(each.why_vi, each.why_en),
            "samples": each.samples,
        }
        for each in found.results.all()
    ]


# -- lineage


@dataclass(frozen=True, slots=True)
class Node:
    """A point of the graph: a source, or a dataset. ``id`` is ``source:key`` or ``dataset:key``."""

    id: str
    kind: Literal["source", "dataset"]
    key: str
    label: Text


@dataclass(frozen=True, slots=True)
class Link:
    """An arrow of the graph: what made ``target`` from ``origin``, and which columns from which."""

    origin: str
    target: str
    via: str
    columns: tuple[tuple[str, str, str], ...] = ()  # (origin column, target column, how)


@dataclass(slots=True)
class Graph:
    """What came from what."""

    nodes: list[Node] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def graph(
    dataset: str = "", *, depth: int = 10, columns: bool = False, only: Iterable[str] | None = None
) -> Graph:
    """What a dataset was made from and what is made from it, up to ``depth`` steps away (none given: all there is).

    ``only``: the datasets that may be shown; links through others are left out.
    """
    links = _links(columns=columns)
    if only is not None:
        shown = {f"dataset:{key}" for key in only}
        links = [
            link for link in links
            if link.target in shown and (link.origin in shown or link.origin.startswith("source:"))
        ]  # fmt: skip
    if dataset:
        links = _around(links, f"dataset:{dataset}", depth)
    ids = dict.fromkeys(
        [*([f"dataset:{dataset}"] if dataset else []), *(i for k in links for i in (k.origin, k.target))]
    )
    labels = _labels()
    return Graph([_node(id, labels) for id in ids], links)


def _links(*, columns: bool) -> list[Link]:
    """What has run, and what is declared and has not yet."""
    found: dict[tuple[str, str, str], list[tuple[str, str, str]]] = {}
    for edge in LineageEdge.objects.order_by("id"):
        way = (f"{edge.origin_kind}:{edge.origin}", f"dataset:{edge.target}", edge.via)
        found.setdefault(way, []).append((edge.origin_column, edge.target_column, edge.how))
    for flow in declared.all_flows():
        via = f"{declared.kind_of(flow)}:{flow.key}"
        starts = (
            [f"dataset:{key}" for key in declared.inputs(flow)]
            if isinstance(flow, PipelineDeclaration)
            else [f"source:{flow.key}"]
        )
        for start in starts:
            found.setdefault((start, f"dataset:{flow.dataset}", via), [])
    return [Link(*way, columns=tuple(some) if columns else ()) for way, some in found.items()]


def _around(links: Sequence[Link], start: str, depth: int) -> list[Link]:
    kept: dict[int, Link] = {}
    for near, far in (("target", "origin"), ("origin", "target")):
        edge, seen = {start}, {start}
        for _ in range(depth):
            step = [(place, link) for place, link in enumerate(links) if getattr(link, near) in edge]
            kept |= dict(step)
            edge = {getattr(link, far) for _, link in step} - seen
            seen |= edge
    return [kept[place] for place in sorted(kept)]


def _labels() -> dict[str, Text]:
    from dothi.kernel.warehouse.models import Dataset

    found: dict[str, Text] = {
        f"dataset:{key}": both(vi, en)
        for key, vi, en in Dataset.objects.values_list("key", "title_vi", "title_en")
    }
    for flow in declared.all_flows():
        if not isinstance(flow, PipelineDeclaration):
            found[f"source:{flow.key}"] = both(flow.label.vi, flow.label.en)
        given = declared.dataset(flow.dataset)
        if given is not None:
            found.setdefault(f"dataset:{flow.dataset}", both(given.title.vi, given.title.en))
    return found


def _node(id: str, labels: dict[str, Text]) -> Node:
    kind, _, key = id.partition(":")
    return Node(id, "source" if kind == "source" else "dataset", key, labels.get(id, both(key, key)))


def column_origins(dataset: str, column: str) -> list[dict[str, str]]:
    """Where a column's values come from, all the way back to the sources: nearest first."""
    found: list[dict[str, str]] = []
    waiting, seen = [(dataset, column)], {(dataset, column)}
    while waiting:
        here, name = waiting.pop(0)
        for edge in LineageEdge.objects.filter(target=here, target_column=name).order_by(
            "origin", "origin_column"
        ):
            found.append(
                {
                    "target": here,
                    "target_column": name,
                    "kind": edge.origin_kind,
                    "origin": edge.origin,
                    "column": edge.origin_column,
                    "how": edge.how,
                    "via": edge.via,
                }
            )
            step = (edge.origin, edge.origin_column)
            if edge.origin_kind == "dataset" and step not in seen:
                seen.add(step)
                waiting.append(step)
    return found
