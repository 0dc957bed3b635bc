"""One SELECT over the published datasets, run apart from everything else. Brings Arrow and the SQL parser with it."""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dothi.centres.opendata import queries, quota
from dothi.core.config import current
from dothi.core.errors import DothiError, NotFound
from dothi.kernel.identity.web import actor_of
from dothi.kernel.warehouse.sandbox.ask import Answer, run
from dothi.kernel.warehouse.sql.catalogue import table_name
from dothi.sites.data import rules
from dothi.sites.data.views.common import explains, page, within_quota
from dothi.sites.ui.shell import language

MOST = 500
LONGEST = 20_000
PURPOSE = "portal"
_NUMBER = re.compile(r"^u?int|^float|^double|^decimal")


@require_http_methods(["GET", "HEAD", "POST"])
@explains
def sql(request: HttpRequest) -> HttpResponseBase:
    """The editor; a query in the address fills it, sending it runs it."""
    given = request.POST if request.method == "POST" else request.GET
    text = given.get("sql", "")[:LONGEST]
    context: dict[str, Any] = {
        "part": "sql",
        "sql": text or example(),
        "tables": tables(),
        "most": MOST,
        "seconds": current().sql_seconds,
    }
    status = 200
    if request.method == "POST" and text.strip():
        try:
            context["answer"] = _shown(_asked(request, text))
        except DothiError as error:
            lang, status = language(), error.status
            context |= {"error": error.text(lang), "error_title": error.title[lang], "hint": hint(error)}
    return page(request, "sql", context, status=status)


def _asked(request: HttpRequest, text: str) -> Answer:
    within_quota(request, quota.COSTLY)
    return run(text, actor=actor_of(request), purpose=PURPOSE, limit=MOST)


def _shown(answer: Answer) -> dict[str, Any]:
    fields = [(field.name, bool(_NUMBER.match(str(field.type)))) for field in answer.table.schema]
    plain = {"role": "measure"}
    return {
        "heads": fields,
        "rows": [[rules.shown(value, plain, language()) for value in row] for row in answer.rows],
        "truncated": answer.truncated,
        "ms": answer.ms,
        "datasets": answer.datasets,
    }


def hint(error: DothiError) -> str:
    """What to try after a refusal, by its kind."""
    if error.kind == "sql-refused":
        return _(
            "Write one SELECT over the datasets listed here. Files, settings and other functions are not open."
        )
    if error.kind == "sql-failed":
        return _(
            "Compare names with the columns listed here; names with other letters stand in double quotes."
        )
    if error.kind == "sql-too-heavy":
        return _("Add a WHERE, choose fewer columns, or group before joining.")
    if isinstance(error, NotFound):
        return _("Datasets are named by their keys, with - written as _.")
    return _("Wait a moment, then ask again.")


def tables() -> list[dict[str, Any]]:
    """The datasets that can be asked, with their columns."""
    lang = language()
    return [
        {
            "name": table_name(each.key),
            "key": each.key,
            "title": each.title.text(lang),
            "columns": [(column.name, column.type, column.label.text(lang)) for column in each.columns],
        }
        for each in queries.published()[:200]
        if each.access == "open"
    ]


def example() -> str:
    """A query that works here: a count by the first grouping of a published dataset."""
    for each in queries.published():
        group = next((c.name for c in each.columns if c.role == "dimension"), None)
        if group and each.access == "open":
            name = table_name(each.key)
            return f"SELECT {group}, count(*) AS n\nFROM {name}\nGROUP BY {group}\nORDER BY n DESC\nLIMIT 20"
    return "SELECT 1"
