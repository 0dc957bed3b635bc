"""One record: its facts on a day as known at a moment, its history, links and readers."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dothi.core.clock import HCMC
from dothi.core.errors import BadInput, DothiError, both
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers import queries, readings
from dothi.kernel.registers.access import MERGE, READINGS, needed
from dothi.kernel.registers.models import Merge, Reading, Record
from dothi.kernel.registers.seen import Seen
from dothi.kernel.registers.types import Kind, kind
from dothi.sites.desk.access import may_write
from dothi.sites.desk.reads import values
from dothi.sites.desk.views.common import desk, page, purposes
from dothi.sites.desk.views.registers import map_configuration, state_word
from dothi.sites.ui.shell import language

SHOWN_READINGS = 20
_VISIT_US = 5_000_000


def day(text: str, where: str) -> date | None:
    """A day written as ISO 8601; None for none. Raises :class:`BadInput`."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(both(f"{text} không phải là ngày.", f"{text} is not a day."), where=where) from None


@require_http_methods(["GET", "POST"])
@desk
def record(request: HttpRequest, type: str, id: UUID) -> HttpResponseBase:
    """The record; a POST reads it in clear for the purpose it gives, and that is kept."""
    by, declared = actor_of(request), kind(type)
    purpose = request.POST.get("purpose", "")[:60]
    case = request.POST.get("case", "").strip()[:120]
    if request.method == "POST" and not purpose:
        raise BadInput(both("Hãy chọn mục đích.", "Choose a purpose."), where="purpose")
    valid_on, known = (
        day(request.GET.get("valid_on", ""), "valid_on"),
        day(request.GET.get("known_on", ""), "known_on"),
    )
    known_on = None if known is None else datetime.combine(known, time.max, HCMC)
    shown = queries.get(type, id, by=by, purpose=purpose, known_on=known_on, valid_on=valid_on, case=case)
    context = _page(declared, shown, by, (purpose, case), known_on)
    return page(
        request, "record", context | {"valid_on": valid_on, "known": known, "purpose": purpose, "case": case}
    )


def _page(
    declared: Kind, shown: Seen, by: Actor, asked: tuple[str, str], known_on: datetime | None
) -> dict[str, Any]:
    lang, (purpose, case) = language(), asked
    past = queries.history(declared.key, shown.id, by=by, purpose=purpose, known_on=known_on, case=case)
    context: dict[str, Any] = {
        "kind": declared.declared,
        "record": shown,
        "facts": values.facts(declared, shown, lang),
        "hidden": values.hidden(declared, shown, lang),
        "purposes": purposes(declared, by) if shown.masked or purpose else [],
        "purpose_label": _purpose_label(declared, purpose),
        "state": state_word(shown.state),
        "unit": values.unit_name(shown.unit, lang),
        "entries": [_entry(declared, each, lang) for each in reversed(past.entries)],
        "linked": _links(declared, shown, by, purpose),
        "may_write": may_write(by, declared, shown.unit) and shown.state != Record.MERGED,
        "readings": _readings(declared, shown, by),
        "masked_links": any(declared.properties[key].link is not None for key in shown.masked),
        "merges": _merges(declared, shown, by),
    }
    place = shown.data.get(declared.declared.geometry or "")
    if isinstance(place, dict):
        feature = {"type": "Feature", "geometry": place, "properties": {"label": shown.label, "href": ""}}
        context["configuration"] = map_configuration({"type": "FeatureCollection", "features": [feature]})
    return context


def _merges(declared: Kind, shown: Seen, by: Actor) -> list[Merge]:
    """The records merged into this one, for those who may part them again."""
    if not by.may(needed(MERGE, declared), unit=shown.unit or None):
        return []
    found = Merge.objects.filter(winner__id=shown.id, undone_us=None)
    return list(found.select_related("loser").order_by("-pk"))


def _purpose_label(declared: Kind, purpose: str) -> str:
    found = declared.purpose(purpose) if purpose else None
    return "" if found is None else found.label.text(language())


def _operations() -> dict[str, str]:
    return {
        "create": _("Entered"),
        "revise": _("Revised"),
        "correct": _("Corrected"),
        "end": _("Ended"),
        "merge": _("Merged"),
        "unmerge": _("Parted again"),
        "migrate": _("Brought to a new schema"),
    }


def _entry(declared: Kind, entry: queries.Entry, lang: str) -> dict[str, Any]:
    said = entry.data or {}
    return {
        "entry": entry,
        "what": _operations().get(entry.op, entry.op),
        "facts": [
            (declared.properties[key].label.text(lang), values.shown(declared, key, value, lang))
            for key, value in said.items()
            if key in declared.properties
        ],
    }


def _links(declared: Kind, shown: Seen, by: Actor, purpose: str) -> list[dict[str, Any]]:
    found = []
    for each in queries.links(declared.key, shown.id, by=by, purpose=purpose):
        other = kind(each.type)
        owner = declared if each.outward else other
        label = (
            owner.properties[each.property].label.text(language())
            if each.property in owner.properties
            else each.property
        )
        found.append(
            {
                "link": each,
                "label": label,
                "type": other.declared.label.text(language()),
                "href": reverse("desk:record", args=[each.type, each.id]) if each.id else "",
            }
        )
    return found


def _readings(declared: Kind, shown: Seen, by: Actor) -> list[dict[str, Any]] | None:
    """Who read it lately; None for those who may not know."""
    if not by.may(READINGS, unit=shown.unit or None):
        return None
    try:
        told = readings.of(declared.key, shown.id, by=by, limit=SHOWN_READINGS)
    except DothiError:
        return None
    return [
        {
            "reading": each,
            "purpose": _purpose_label(declared, each.purpose) or each.purpose,
            "fields": ", ".join(
                declared.properties[key].label.text(language()) if key in declared.properties else key
                for key in each.fields.split()
            ),
        }
        for each in told
        if not (each.how == "history" and any(_same_visit(each, other) for other in told))
    ]


def _same_visit(history: Reading, other: Reading) -> bool:
    """A page shows a record and its history: two readings are kept, one visit is told."""
    near = abs(history.at_us - other.at_us) < _VISIT_US
    return near and other.how == "record" and (other.actor, other.purpose) == (history.actor, history.purpose)
