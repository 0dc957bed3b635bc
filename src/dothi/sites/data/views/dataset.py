"""The pages about one dataset. Brings Arrow with it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from dothi.centres.opendata import asked as brought
from dothi.core.config import current
from dothi.core.errors import DothiError, Forbidden, NotFound, Unauthenticated, both
from dothi.kernel.identity.web import actor_of
from dothi.kernel.warehouse import queries as warehouse
from dothi.sites.data import examples, rules
from dothi.sites.data.charts import figure as figures
from dothi.sites.data.charts import spec as specs
from dothi.sites.data.reads import dataset as reads
from dothi.sites.data.reads import profile as profiles
from dothi.sites.data.reads import rows
from dothi.sites.data.table import Address, added
from dothi.sites.data.views.common import explains, page, pairs
from dothi.sites.ui.shell import language

FEW_ROWS = 8


def shown(request: HttpRequest, key: str, name: str, context: dict[str, Any]) -> HttpResponseBase:
    """A page of the dataset, with its head and its tabs."""
    head = context.pop("head", None) or reads.header(key, brought.open_reports(key))
    return page(request, name, {"part": "search", "tab": name, "head": head} | context)


@require_safe
@gzip_page
@explains
def overview(request: HttpRequest, key: str) -> HttpResponseBase:
    """What it is, from whom, how good, how new, how to get it."""
    head = reads.header(key, brought.open_reports(key))
    files, services = reads.downloads(head.listing)
    context = {
        "head": head,
        "files": files,
        "services": services,
        "preview": _preview(request, key),
        "quality": reads.quality(key, head.listing.version),
        "lineage": reads.lineage(key),
        "citation": reads.citation(head),
        "history": reads.history(key),
        "reuses": brought.gallery(dataset=key, limit=4),
    }
    return shown(request, key, "overview", context)


def _preview(request: HttpRequest, key: str) -> rows.Table | None:
    """The first rows; None for who may not read them (the page says how to ask)."""
    try:
        return rows.table(rows.call(key, actor_of(request)), Address((), ()), limit=FEW_ROWS)
    except (Forbidden, Unauthenticated):
        return None


@require_safe
@gzip_page
@explains
def table(request: HttpRequest, key: str) -> HttpResponseBase:
    """The rows, filtered and sorted as the address says."""
    address = Address.of(pairs(request))
    head = reads.header(key)
    number = _number(request)
    asked = rows.call(key, actor_of(request), [pair for pair in address.rows if pair[0] != "v"], number)
    columns = rows.columns_of(asked)
    target = added(address, columns)
    if target is not None:
        return redirect(f"{request.path}{target}")
    context = {
        "head": head,
        "address": address,
        "table": rows.table(asked, Address(_without_version(address), address.own)),
        "columns": [(each["name"], rows.label(each), each["type"]) for each in columns],
        "ops": [(key, word) for key, word in rows.OPS.items() if key not in ("gt", "lt")],
        "picked": set(dict(address.rows).get("columns", "").split(",")) - {""},
        "download": examples.query(_without_paging(address)),
        "api": f"{current().url}/data/v1/{key}/rows{examples.query(_without_paging(address))}",
        "number": number,
    }
    return shown(request, key, "table", context)


def _without_version(address: Address) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in address.rows if pair[0] != "v")


def _without_paging(address: Address) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in address.rows if pair[0] not in ("after", "limit", "v"))


def _number(request: HttpRequest) -> int | None:
    text = request.GET.get("v", "")
    if text and not (text.isdecimal() and len(text) < 9):
        raise NotFound(both("Không có phiên bản này.", "There is no such version."))
    return int(text) if text else None


@require_safe
@gzip_page
@explains
def columns(request: HttpRequest, key: str) -> HttpResponseBase:
    """Each column: what it means and how its values are spread."""
    asked = rows.call(key, actor_of(request))
    return shown(request, key, "columns", {"profile": profiles.profile(asked)})


@require_safe
@gzip_page
@explains
def chart(request: HttpRequest, key: str) -> HttpResponseBase:
    """A chart made by the reader; everything about it is in the address."""
    return shown(request, key, "chart", chart_context(request, key))


def chart_context(request: HttpRequest, key: str) -> dict[str, Any]:
    """The chart of the address, and what can be chosen."""
    address = Address.of(pairs(request))
    asked = rows.call(key, actor_of(request), address.rows)
    columns = rows.columns_of(asked)
    spec = specs.chart(address, columns, profiles.by_name(asked))
    made = None if spec is None else figures.figure(asked, spec, columns)
    return {
        "address": address,
        "spec": spec,
        "figure": made,
        "chips": rows.chips(address, columns),
        "choices": _choices(columns),
        "published_at": asked.found.published_at,
        "number": asked.found.ref.number,
        "here_query": address.query() if address.query() != "?" else "",
        "rows_query": address.query(own=False),
    }


def _choices(columns: list[Any]) -> dict[str, Any]:
    from django.utils.translation import gettext as _

    parts = {
        "year": _("by year"), "quarter": _("by quarter"), "month": _("by month"), "week": _("by week"),
        "day": _("by day"), "hour": _("by hour"), "weekday": _("by day of the week"),
    }  # fmt: skip
    by: list[tuple[str, str]] = []
    for column in columns:
        if column["type"] in ("geometry", "json"):
            continue
        by.append((column["name"], rows.label(column)))
        if rules.timed(column):
            by += [
                (f"{column['name']}:{part}", f"{rows.label(column)}, {word}") for part, word in parts.items()
            ]
    functions = {
        "sum": _("Sum of %(column)s"), "avg": _("Mean of %(column)s"), "min": _("Lowest %(column)s"),
        "max": _("Highest %(column)s"), "median": _("Median of %(column)s"),
    }  # fmt: skip
    measures = [("count", _("Number of rows"))]
    for column in columns:
        if rules.numeric(column):
            measures += [
                (f"{name}:{column['name']}", word % {"column": rules.within(rows.label(column))})
                for name, word in functions.items()
            ]
        elif column["type"] == "string":
            text = _("Different values of %(column)s") % {"column": rules.within(rows.label(column))}
            measures.append((f"distinct:{column['name']}", text))
    splits = [
        (column["name"], rows.label(column)) for column in columns if column["type"] in ("string", "boolean")
    ]
    return {"by": by, "measures": measures, "splits": splits}


@require_safe
@gzip_page
@explains
def quality(request: HttpRequest, key: str) -> HttpResponseBase:
    """The score over time and what each check found."""
    head = reads.header(key)
    return shown(request, key, "quality", {"head": head, "quality": reads.quality(key, head.listing.version)})


@require_safe
@gzip_page
@explains
def versions(request: HttpRequest, key: str) -> HttpResponseBase:
    """Every version, and what differs between two of them."""
    reads.header(key)
    rows.call(key, actor_of(request))  # who may not read the rows is not told how they changed
    return shown(request, key, "versions", {"lines": reads.versions(key)} | _compared(request, key))


def _compared(request: HttpRequest, key: str) -> dict[str, Any]:
    old, new = request.GET.get("a", ""), request.GET.get("b", "")
    if not (old.isdecimal() and new.isdecimal() and len(old + new) < 16):
        return {}
    dataset = warehouse.needed(key)
    pair = [warehouse.version(dataset, int(number)) for number in (old, new)]
    if any(each is None or each.state not in ("published", "superseded") for each in pair):
        error = both("Một trong hai phiên bản không còn.", "One of the two versions is not there.")
        return {"a": int(old), "b": int(new), "compare_error": error[language()]}
    try:
        found = warehouse.differences(pair[0], pair[1])  # type: ignore[arg-type]  # None was refused above
    except DothiError as error:
        return {"a": int(old), "b": int(new), "compare_error": error.text(language())}
    counted, named = reads.changed(found)
    return {"a": int(old), "b": int(new), "counted": counted, "named": named, "compared": True}


@require_safe
@gzip_page
@explains
def use(request: HttpRequest, key: str) -> HttpResponseBase:
    """How to get it by programs, how to name it as a source."""
    head = reads.header(key)
    files, services = reads.downloads(head.listing)
    address = Address.of(pairs(request))
    context = {
        "head": head,
        "examples": examples.examples(current().url, key, _without_paging(address)),
        "narrowed": bool(address.filters),
        "files": files,
        "services": services,
        "citation": reads.citation(head),
    }
    return shown(request, key, "use", context)
