"""Sources and pipelines as the workshop shows them: state in words, progress, logs, the graph, stopped versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied

from dothi.core.clock import now
from dothi.core.errors import NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.pipelines import queries
from dothi.kernel.pipelines.models import QualityScore, Run
from dothi.kernel.pipelines.permissions import READ
from dothi.kernel.pipelines.queries import FlowView
from dothi.kernel.warehouse.models import Dataset, DatasetVersion
from dothi.sites.data.access import PUBLISHING
from dothi.sites.data.charts import layered
from dothi.sites.data.reads.dataset import Lineage
from dothi.sites.data.words import RUN_LEVELS, RUN_STATES
from dothi.sites.ui.shell import language

MOST = 40


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run in words: its state with its sign, how far it is in per cent (None: nobody knows), how long it took."""

    run: Run
    word: str
    level: str
    shape: str
    progress: float | None
    took: timedelta | None
    error: str
    drift: list[tuple[str, str]]


def run_line(run: Run) -> RunLine:
    """A run for lists and for its own page."""
    level, shape = RUN_LEVELS.get(run.state, ("normal", "circle"))
    progress = min(100.0, 100.0 * run.done / run.total) if run.total else None
    end = run.ended_at or (now() if run.state == Run.RUNNING else None)
    took = end - run.started_at if run.started_at and end else None
    return RunLine(
        run, str(RUN_STATES.get(run.state, run.state)), level, shape, progress, took, run.error(language()),
        _drift(run.drift),
    )  # fmt: skip


def _drift(given: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What changed in the columns of a source, as name and list."""
    return [
        (name, ", ".join(map(str, value)) if isinstance(value, list | tuple | dict) else str(value))
        for name, value in given.items()
        if value
    ]


@dataclass(frozen=True, slots=True)
class FlowLine:
    """A source or pipeline with its newest run."""

    flow: FlowView
    label: str
    last: RunLine | None


def _flow_line(flow: FlowView) -> FlowLine:
    return FlowLine(flow, flow.label[language()], run_line(flow.last) if flow.last else None)


def flow_lines(actor: Actor) -> list[FlowLine]:
    """Every source and pipeline this person may see: those that need somebody first."""
    lines = [_flow_line(each) for each in queries.flows(by=actor)]
    needs = {"failed": 0, "waiting": 1, "running": 2, "queued": 3}
    return sorted(lines, key=lambda line: needs.get(line.last.run.state if line.last else "", 9))


def one(kind: str, key: str, actor: Actor) -> FlowLine:
    """One source or pipeline; raises :class:`NotFound`."""
    found = next((each for each in queries.flows(by=actor, kind=kind) if each.key == key), None)
    if found is None or kind not in ("source", "pipeline"):
        raise NotFound(both(f"Không có “{key}”.", f"There is no '{key}'."))
    return _flow_line(found)


def graph(actor: Actor) -> Lineage | None:
    """What flows where, of what this person may see."""
    seen = {each.dataset for each in queries.flows(by=actor)}
    found = queries.graph(only=seen)
    if not found.links:
        return None
    lang = language()
    labels = {node.id: node.label[lang] for node in found.nodes}
    drawing = layered.layout(
        [(node.id, node.kind, node.key, labels[node.id]) for node in found.nodes],
        [(link.origin, link.target, link.via) for link in found.links],
    )
    return Lineage(drawing, [(labels[link.origin], labels[link.target], link.via) for link in found.links])


def steps(run: Run) -> list[dict[str, Any]]:
    """The steps of a run, in their order."""
    return [
        {
            "name": each.name,
            "state": str(RUN_STATES.get(each.state, each.state)),
            "took": each.ended_at - each.started_at if each.ended_at else None,
            "rows": each.rows,
        }
        for each in run.steps.all()
    ]


def log(run: Run) -> list[dict[str, Any]]:
    """The log of a run, in the page's language."""
    lang = language()
    return [line | {"text": line["text"][lang]} for line in queries.log_of(run)]


def results_of(run: Run) -> list[dict[str, Any]]:
    """What each check found in the version a run made."""
    score = QualityScore.objects.filter(run=str(run.pk)).first()
    return queries.results(run.dataset, score.version) if score else []


@dataclass(frozen=True, slots=True)
class Stopped:
    """A version that a gate stopped: of which dataset, which one serves instead, which checks it broke."""

    score: QualityScore
    title: str
    serves: int | None
    results: list[dict[str, Any]]


def stopped(actor: Actor) -> list[Stopped]:
    """The newest versions that a gate stopped, of the units this person works for."""
    if not any(actor.may_somewhere(each) for each in (READ, *PUBLISHING)):
        raise PermissionDenied(READ)
    scores = list(QualityScore.objects.filter(passed=False)[: MOST * 5])
    datasets = {
        each.key: each for each in Dataset.objects.filter(key__in={score.dataset for score in scores})
    }
    serving = dict(
        DatasetVersion.objects.filter(dataset__key__in=datasets, state=DatasetVersion.PUBLISHED).values_list(
            "dataset__key", "number"
        )
    )
    found: list[Stopped] = []
    for score in scores:
        dataset = datasets.get(score.dataset)
        if dataset is not None and _sees(actor, dataset) and len(found) < MOST:
            title = dataset.title_en if language() == "en" else dataset.title_vi
            broken = [each for each in queries.results(score.dataset, score.version) if not each["passed"]]
            found.append(Stopped(score, title, serving.get(score.dataset), broken))
    return found


def _sees(actor: Actor, dataset: Dataset) -> bool:
    unit = dataset.unit or None
    return any(actor.may(each, unit=unit) for each in (READ, *PUBLISHING))
