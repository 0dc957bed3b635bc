"""Pairs of records that may be one: the queue, and the two side by side."""

from __future__ import annotations

from typing import Any, Literal

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from dothi.core.errors import DothiError
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers.linkage import actions, queries
from dothi.kernel.registers.types import kind
from dothi.sites.desk.reads import values
from dothi.sites.desk.views.common import desk, page
from dothi.sites.ui.shell import language


def _states() -> list[tuple[str, str]]:
    words = {
        "open": _("Waiting"),
        "undecided": _("Undecided"),
        "same": _("Same"),
        "different": _("Different"),
    }
    return list(words.items())


@desk
def overview(request: HttpRequest) -> HttpResponseBase:
    """The types whose duplicates are looked for, and how many pairs wait."""
    standings = [(each, kind(each.type)) for each in queries.standings(actor_of(request))]
    return page(request, "duplicates", {"standings": standings})


@desk
def queue(request: HttpRequest, type: str) -> HttpResponseBase:
    """The pairs of one type, the likeliest first."""
    state = request.GET.get("state", "open")
    found = queries.queue(type, by=actor_of(request), state=state, after=request.GET.get("after", ""))
    rows = [(each, round(each.probability * 100)) for each in found.items]
    return page(
        request,
        "duplicates_queue",
        {"kind": kind(type), "rows": rows, "next": found.next, "state": state, "states": _states()},
    )


@desk
def pair(request: HttpRequest, type: str, id: int) -> HttpResponseBase:
    """Two records side by side; a decision is sent to the same address."""
    if request.method == "POST":
        return _decided(request, type, id)
    shown = queries.side_by_side(id, by=actor_of(request), type=type)
    labels = kind(type).properties
    lang = language()
    lines = [
        (each, labels[each.property].label, _alike(each), *(
            values.shown(kind(type), each.property, side, lang) for side in (each.left, each.right)
        ))
        for each in shown.lines
    ]  # fmt: skip
    purpose = kind(type).purpose(shown.purpose)
    context = {
        "kind": kind(type),
        "shown": shown,
        "lines": lines,
        "percent": round(shown.pair.probability * 100),
        "purpose": "" if purpose is None else purpose.label.text(lang),
    }
    return page(request, "duplicates_pair", context)


def _alike(line: queries.Line) -> str:
    if line.level is None:
        return ""
    if line.level < 0:
        return _("missing on one side")
    if line.level == line.most:
        return _("the same")
    return _("differs") if line.level == 0 else _("alike")


def _decided(request: HttpRequest, type: str, id: int) -> HttpResponseBase:
    verdict, reason, by = request.POST.get("verdict", ""), request.POST.get("reason", ""), actor_of(request)
    chosen: dict[str, Any] = {
        name.removeprefix("keep."): side
        for name, side in request.POST.items()
        if name.startswith("keep.") and side in ("left", "right")
    }
    try:
        if verdict == "take-back":
            actions.take_back(id, by=by, reason=reason)
        else:
            winner: Literal["left", "right"] = "right" if request.POST.get("winner") == "right" else "left"
            actions.decide(id, verdict, by=by, reason=reason, winner=winner, chosen=chosen)  # type: ignore[arg-type]  # checked there
    except DothiError as error:
        messages.error(request, error.text(language()))
        return redirect("desk:duplicates-pair", type, id)
    messages.success(request, _("Your decision is kept."))
    return redirect("desk:duplicates-queue", type)
