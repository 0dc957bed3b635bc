"""Sources, pipelines and their runs over HTTP, for those who may see them; asking for runs, stopping, deciding."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from dothi.core.errors import Forbidden, NotFound, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.pipelines import actions, declared, queries
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.permissions import READ

router = Router()
Limit = Annotated[int, Field(ge=1, le=500)]


class Label(Schema):
    """A text in both languages."""

    vi: str
    en: str


class RunView(Schema):
    """One run: what of, how far, how it ended."""

    id: UUID
    kind: str
    key: str
    dataset: str
    trigger: str
    state: str
    attempt: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    done: int
    total: int | None
    rows_read: int
    rows_written: int
    version: int | None
    drift: dict[str, Any]
    error_code: str
    error: Label | None


class StepView(Schema):
    """One step of a run."""

    name: str
    state: str
    started_at: datetime
    ended_at: datetime | None
    rows: int


class LineView(Schema):
    """One line of a run's log; ``id`` continues."""

    id: int
    at: datetime
    level: str
    text: Label


class RunDetail(RunView):
    """A run with its steps and its log."""

    steps: list[StepView]
    log: list[LineView]


class FlowOut(Schema):
    """A source or pipeline and its newest run."""

    kind: str
    key: str
    label: Label
    dataset: str
    what: str
    schedule: str
    enabled: bool
    next_run_at: datetime | None
    succeeded_at: datetime | None
    last: RunView | None


class Ask(Schema):
    """How to run: ``full`` reads or computes everything again, ``downstream`` goes on with what is made from it."""

    full: bool = False
    downstream: bool = False


class Choice(Schema):
    """What to do about changed columns, and why."""

    choice: Literal["add", "ignore", "fail"]
    reason: str = ""


class Switch(Schema):
    """Whether a flow runs by its schedule."""

    on: bool


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if not actor.may_somewhere(READ):
        raise Forbidden(both("Cần quyền xem đường ống.", "This needs the permission pipelines.read."))
    return actor


def _run(run: Run) -> dict[str, Any]:
    names = [name for name in RunView.model_fields if name != "error"]
    error = both(run.error_vi, run.error_en) if run.error_en else None
    return {name: getattr(run, name) for name in names} | {"error": error}


@router.get("", response=list[FlowOut], summary="Sources and pipelines")
def flows(request: HttpRequest, kind: Literal["", "source", "pipeline"] = "") -> list[dict[str, Any]]:
    """Every source and pipeline one may see, with its newest run."""
    found = queries.flows(by=_reader(request), kind=kind)
    names = [name for name in FlowOut.model_fields if name != "last"]
    return [
        {name: getattr(each, name) for name in names}
        | {"last": None if each.last is None else _run(each.last)}
        for each in found
    ]


@router.get("/runs", response=list[RunView], summary="Runs, newest first")
def runs(
    request: HttpRequest, key: str = "", dataset: str = "", state: str = "", after: UUID | None = None,
    limit: Limit = 50,
) -> list[dict[str, Any]]:  # fmt: skip
    """Runs behind the id ``after``."""
    actor = _reader(request)
    states = [state] if state else []
    found = queries.runs(key=key, dataset=dataset, states=states, after=after, limit=limit, by=actor)
    return [_run(each) for each in found]


@router.get("/runs/{id}", response=RunDetail, summary="One run with its steps and log")
def run(request: HttpRequest, id: UUID, after: int = 0) -> dict[str, Any]:
    """One run; ``after``: only the lines of its log behind this one."""
    found = queries.run(id, by=_reader(request))
    return _run(found) | {"steps": list(found.steps.all()), "log": queries.log_of(found, after=after)}


@router.post("/runs/{id}/cancel", response=RunView, summary="Stop a run")
def cancel(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """At once when nobody works on it, else when its process next looks."""
    actor = _reader(request)
    return _run(actions.cancel(queries.run(id, by=actor), by=actor))


@router.post("/runs/{id}/retry", response=RunView, summary="Run again what failed")
def retry(request: HttpRequest, id: UUID) -> dict[str, Any]:
    """A new run like the one that failed."""
    actor = _reader(request)
    return _run(actions.retry(queries.run(id, by=actor), by=actor))


@router.post("/runs/{id}/decide", response=RunView, summary="Decide on changed columns")
def decide(request: HttpRequest, id: UUID, body: Choice) -> dict[str, Any]:
    """Take new columns, leave them out, or give up."""
    actor = _reader(request)
    return _run(actions.decide(queries.run(id, by=actor), body.choice, by=actor, reason=body.reason))


@router.get("/lineage", response=dict[str, Any], summary="What came from what")
def lineage(request: HttpRequest, dataset: str = "", columns: bool = False) -> dict[str, Any]:
    """Nodes and links around a dataset, or all."""
    _reader(request)
    found = queries.graph(dataset, columns=columns)
    nodes = [{"id": n.id, "kind": n.kind, "key": n.key, "label": dict(n.label)} for n in found.nodes]
    links = [
        {"origin": k.origin, "target": k.target, "via": k.via, "columns": [list(each) for each in k.columns]}
        for k in found.links
    ]
    return {"nodes": nodes, "links": links}


@router.get("/quality/{dataset}", response=dict[str, Any], summary="The quality of a dataset over time")
def quality(request: HttpRequest, dataset: str, limit: Limit = 100) -> dict[str, Any]:
    """The score of each version, newest first, and what each check found in the newest."""
    _reader(request)
    names = ("version", "at", "passed", "score", "rows", "dimensions")
    found = [{name: getattr(each, name) for name in names} for each in queries.scores(dataset, limit=limit)]
    if not found:
        raise NotFound(both("Chưa có phiên bản nào được kiểm tra.", "No version was checked yet."))
    return {"scores": found, "results": queries.results(dataset)}


@router.post("/{kind}/{key}/run", response=RunView, summary="Run a source or pipeline")
def start(request: HttpRequest, kind: Literal["sources", "pipelines"], key: str, body: Ask) -> dict[str, Any]:
    """A run that waits for its turn; the open one when there is one."""
    ask = actions.run_source if kind == "sources" else actions.run_pipeline
    return _run(ask(key, by=actor_of(request), full=body.full, downstream=body.downstream))


@router.post("/{kind}/{key}/switch", response=dict[str, Any], summary="Hold a schedule, or let it go on")
def switch(
    request: HttpRequest, kind: Literal["sources", "pipelines"], key: str, body: Switch
) -> dict[str, Any]:
    """Runs that are asked for go on."""
    declared.flow(kind.removesuffix("s"), key)
    state = actions.switch(key, on=body.on, by=actor_of(request))
    return {"kind": state.kind, "key": state.key, "enabled": state.enabled}
