"""The workshop: sources and pipelines, their runs, what came from what, and quality gates that stopped a version."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of, require
from dothi.kernel.pipelines import actions, queries
from dothi.kernel.pipelines.models import Run
from dothi.kernel.pipelines.permissions import MANAGE, READ, RUN
from dothi.sites.data.reads import flows as reads
from dothi.sites.data.views.common import explains, page
from dothi.sites.ui.shell import language


@never_cache
@require_safe
@require(READ, somewhere=True)
@explains
def flow_list(request: HttpRequest) -> HttpResponseBase:
    """Every source and pipeline with its newest run, drawn and listed."""
    actor = actor_of(request)
    context = {
        "part": "workshop", "section": "flows", "lines": reads.flow_lines(actor), "lineage": reads.graph(actor),
        "live": True,
    }  # fmt: skip
    return page(request, "flows", context)


@never_cache
@require_safe
@require(READ, somewhere=True)
@explains
def flow(request: HttpRequest, kind: str, key: str) -> HttpResponseBase:
    """One source or pipeline: its schedule, its runs, what can be done."""
    actor = actor_of(request)
    line = reads.one(kind, key, actor)
    unit = line.flow.unit or None
    context = {
        "part": "workshop",
        "section": "flows",
        "line": line,
        "runs": [reads.run_line(each) for each in queries.runs(kind=kind, key=key, limit=30, by=actor)],
        "may_run": actor.may(RUN, unit=unit),
        "may_manage": actor.may(MANAGE, unit=unit),
    }
    return page(request, "flow", context)


@require_POST
@require(READ, somewhere=True)
@explains
def act(request: HttpRequest, kind: str, key: str, act: str) -> HttpResponseBase:
    """Run it, read everything again, hold its schedule or let it go on."""
    actor = actor_of(request)
    line = reads.one(kind, key, actor)
    start = actions.run_source if kind == "source" else actions.run_pipeline
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "run": (partial(start, key, by=actor), _("A run waits for its turn.")),
        "full": (
            partial(start, key, by=actor, full=True),
            _("A run that reads everything again waits for its turn."),
        ),
        "hold": (partial(actions.switch, key, on=False, by=actor), _("Its schedule is held.")),
        "resume": (partial(actions.switch, key, on=True, by=actor), _("It runs by its schedule again.")),
    }
    if act not in acts:
        raise Http404
    attempt(request, *acts[act])
    return redirect("data:flow", line.flow.kind, line.flow.key)


def attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do it, and tell on the next page how it went."""
    try:
        act()
    except DothiError as error:
        messages.error(request, error.text(language()))
        return False
    messages.success(request, done)
    return True


@never_cache
@require_safe
@require(READ, somewhere=True)
@explains
def run(request: HttpRequest, id: UUID) -> HttpResponseBase:
    """One run: how far it is, its steps, its log, what can be done about it."""
    actor = actor_of(request)
    found = queries.run(id, by=actor)
    unit = found.unit or None
    context = {
        "part": "workshop",
        "section": "flows",
        "line": reads.run_line(found),
        "steps": reads.steps(found),
        "log": reads.log(found),
        "results": reads.results_of(found),
        "may_run": actor.may(RUN, unit=unit),
        "may_manage": actor.may(MANAGE, unit=unit),
        "refresh": found.state in (Run.QUEUED, Run.RUNNING),
    }
    return page(request, "run", context)


@require_POST
@require(READ, somewhere=True)
@explains
def act_on_run(request: HttpRequest, id: UUID, act: str) -> HttpResponseBase:
    """Stop it, run it again, decide about changed columns."""
    actor = actor_of(request)
    found = queries.run(id, by=actor)
    reason = request.POST.get("reason", "")[:500]
    if act == "retry":
        return _retried(request, found)
    if act == "cancel":
        attempt(request, partial(actions.cancel, found, by=actor), _("It stops."))
    elif act in ("add", "ignore", "fail"):
        decide = partial(actions.decide, found, act, by=actor, reason=reason)  # type: ignore[arg-type]
        attempt(request, decide, _("Decided; it goes on."))
    else:
        raise Http404
    return redirect("data:run", found.pk)


def _retried(request: HttpRequest, found: Run) -> HttpResponseBase:
    try:
        again = actions.retry(found, by=actor_of(request))
    except DothiError as error:
        messages.error(request, error.text(language()))
        return redirect("data:run", found.pk)
    messages.success(request, _("A run waits for its turn."))
    return redirect("data:run", again.pk)


@never_cache
@require_safe
@require()
@explains
def gates(request: HttpRequest) -> HttpResponseBase:
    """Versions that a quality gate stopped, with why; the last good one serves on."""
    context = {"part": "workshop", "section": "gates", "stopped": reads.stopped(actor_of(request))}
    return page(request, "gates", context)
