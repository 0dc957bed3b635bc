"""The leader's view: late and about to be, workload, wards on a map, the figures of Decision 766 down to their cases."""

from __future__ import annotations

import csv
import io
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from dothi.core.errors import NotFound, both
from dothi.kernel.cases import queries
from dothi.kernel.cases.access import READ
from dothi.kernel.cases.facts766 import MEASURES, Measure, Totals
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.reads import leading as reads
from dothi.sites.casework.reads.listing import row
from dothi.sites.casework.views.common import officer, page
from dothi.sites.ui.shell import language

SHOWN = 200


def _unit(request: HttpRequest, units: list[tuple[str, str]]) -> str:
    given = request.GET.get("unit", "")
    known = [code for code, _ in units]
    return given if given in known else known[0] if known else ""


@officer
def leading(request: HttpRequest) -> HttpResponseBase:
    """What needs a leader now."""
    by, lang = actor_of(request), language()
    units = reads.units(by, lang)
    unit = _unit(request, units)
    late, risks = reads.at_risk(by, unit, lang)
    officers = [
        (naming.held_by(each.key, lang), each) for each in queries.workload(by, of="assignee", unit=unit)[:20]
    ]
    spots = reads.wards(queries.workload(by, of="unit", unit=unit), lang)
    context = {
        "units": units, "unit": unit, "late": late, "risks": risks, "officers": officers, "spots": spots,
        "width": reads.WIDTH, "height": reads.HEIGHT,
    }  # fmt: skip
    return page(request, "leading", context)


@officer
def figures(request: HttpRequest) -> HttpResponseBase:
    """Decision 766 by month for a unit, and by unit for a month."""
    by, lang = actor_of(request), language()
    units = reads.units(by, lang)
    unit, month = _unit(request, units), reads.month_of(request.GET.get("month", ""))
    simulated = request.GET.get("simulated") == "1"
    rows = reads.by_month(by, unit, month, simulated=simulated) if units else []
    everywhere = by.may(READ)
    context = {
        "units": units, "unit": unit, "month": month, "simulated": simulated, "rows": rows,
        "by_unit": reads.by_unit(by, month, lang, simulated=simulated) if everywhere and not unit else [], "measures": list(MEASURES),
    }  # fmt: skip
    return page(request, "figures", context)


@officer
def behind(request: HttpRequest, measure: str) -> HttpResponseBase:
    """The cases behind one figure."""
    by, lang = actor_of(request), language()
    if measure not in MEASURES:
        raise NotFound(both("Không có chỉ số này.", "There is no such figure."))
    unit, month = request.GET.get("unit", "")[:20], reads.month_of(request.GET.get("month", ""))
    simulated = request.GET.get("simulated") == "1"
    found = queries.behind_766(
        reads.period(month), cast("Measure", measure), by=by, unit=unit, simulated=simulated, limit=SHOWN
    )  # fmt: skip
    context = {
        "measure": measure, "unit": unit, "place": naming.place(unit, lang), "month": month, "most": SHOWN,
        "rows": [row(each, lang) for each in found], "closed": {each.code: each.closed_us for each in found},
    }  # fmt: skip
    return page(request, "behind", context)


@officer
def export(request: HttpRequest) -> HttpResponseBase:
    """The same figures as CSV: by month for a unit, by unit for a month of the whole city."""
    by, lang = actor_of(request), language()
    units = reads.units(by, lang)
    unit, month = _unit(request, units), reads.month_of(request.GET.get("month", ""))
    simulated = request.GET.get("simulated") == "1"
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(["month", "unit", "name", *Totals._fields[1:]])
    names = dict(units)
    if units:
        for each, found in reads.by_month(by, unit, month, simulated=simulated):
            sheet.writerow([f"{each:%Y-%m}", unit, _plain(names.get(unit, "")), *found[1:]])
        if by.may(READ) and not unit:
            for name, found in reads.by_unit(by, month, lang, simulated=simulated):
                sheet.writerow([f"{month:%Y-%m}", found.key, _plain(name), *found[1:]])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="qd-766-{month:%Y-%m}.csv"'
    return answer


def _plain(text: Any) -> str:
    """A text that no spreadsheet takes for a formula."""
    plain = str(text)
    return f"'{plain}" if plain[:1] in ("=", "+", "-", "@") else plain
