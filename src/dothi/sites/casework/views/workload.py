"""Who has how much to do, and what is late."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from dothi.kernel.cases import queries
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.web import actor_of
from dothi.sites.casework.views.common import officer, page
from dothi.sites.ui.shell import language

OF = ("organisation", "unit", "assignee")
_NAMES: dict[str, Callable[[str, str], str]] = {
    "organisation": naming.agency,
    "unit": naming.place,
    "assignee": naming.held_by,
}


@officer
def workload(request: HttpRequest) -> HttpResponseBase:
    """Open work by organisation, unit or person, most late first."""
    by, lang = actor_of(request), language()
    of = request.GET.get("of", OF[0])
    of = of if of in OF else OF[0]
    name = _NAMES[of]
    loads = queries.workload(by, of=of)
    most = max((each.open for each in loads), default=1)
    rows = [(name(each.key, lang) or each.key, each, round(100 * each.open / most)) for each in loads]
    return page(request, "workload", {"of": of, "choices": OF, "rows": rows})
