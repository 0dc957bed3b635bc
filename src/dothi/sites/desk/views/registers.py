"""All registers, and the list of one with its map."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.registers import queries
from dothi.kernel.registers.access import DISPOSE, MIGRATE, READ, needed
from dothi.kernel.registers.exports.actions import Selection
from dothi.kernel.registers.exports.api import made
from dothi.kernel.registers.linkage.actions import REVIEW
from dothi.kernel.registers.linkage.models import Candidate
from dothi.kernel.registers.models import Record
from dothi.kernel.registers.reform import queries as reform
from dothi.kernel.registers.types import Kind, kind
from dothi.sites.desk.access import may_import, may_write
from dothi.sites.desk.reads import listing
from dothi.sites.desk.views.common import desk, page, purposes
from dothi.sites.ui.shell import language

COUNTED = 10_000
_FORMATS = (("csv", "CSV"), ("xlsx", "XLSX"), ("geojson", "GeoJSON"), ("parquet", "Parquet"))


def _count(each: Kind, by: Actor) -> tuple[int, bool] | None:
    """How many records, counted up to a limit; None for those who do not read all of them."""
    if not each.declared.access.open and not by.may(needed(READ, each)):
        return None
    count = Record.objects.filter(type=each.key)[: COUNTED + 1].count()
    return min(count, COUNTED), count > COUNTED


@require_GET
@desk
def registers(request: HttpRequest) -> HttpResponseBase:
    """The registers this person may read something of, by group."""
    by = actor_of(request)
    names = {
        "people": _("People and households"), "land": _("Land and urban space"), "business": _("Business"),
        "investment": _("Investment and budget"), "social": _("Education and health"), "other": _("Other"),
    }  # fmt: skip
    shown = [(each, _count(each, by)) for each in queries.visible_kinds(by)]
    groups = [
        (name, here)
        for key, name in names.items()
        if (here := [pair for pair in shown if pair[0].declared.group == key])
    ]
    importing = any(may_import(by, each) for each, _count_ in shown)
    context = {"groups": groups, "importing": importing, "reviewing": by.may_somewhere(REVIEW)}
    return page(request, "registers", context)


@require_GET
@desk
def records(request: HttpRequest, type: str) -> HttpResponseBase:
    """Search and list of one register."""
    by, declared, lang = actor_of(request), kind(type), language()
    wanted = listing.asked(declared, request.GET, lang)
    found = listing.found(declared, wanted, by)
    rows = listing.lines(declared, found, lang)
    context: dict[str, Any] = {
        "kind": declared.declared,
        "wanted": wanted,
        "rows": rows,
        "more": found.more,
        "headings": [declared.properties[key].label.text(lang) for key in listing.columns(declared)],
        "next": listing.address(request.GET, after=found.next) if found.next else "",
        "files": [
            (name, reverse("desk:download", args=[type, key]) + listing.address(request.GET, after="", q=""))
            for key, name in _FORMATS
            if key != "geojson" or declared.declared.geometry
        ],
        "first": listing.address(request.GET, after="") if wanted.after else "",
        "units": listing.units(lang) if declared.declared.unit else [],
        "purposes": purposes(declared, by),
        "may_write": may_write(by, declared),
        "may_import": may_import(by, declared),
        "states": [each for each in _states() if each[0] != Record.DISPOSED],
        "simulated": any(row.record.simulated for row in rows),
        "work": _work(declared, by),
    }
    if declared.declared.geometry:
        context["configuration"] = map_configuration(listing.features(declared, rows), wanted)
    return page(request, "records", context)


def _work(declared: Kind, by: Actor) -> list[tuple[str, str, int]]:
    """What else is done with a register: its page, its name, how much waits."""
    key, found = declared.key, []
    reads = by.may_somewhere(needed(READ, declared))
    if declared.declared.linkage is not None and by.may_somewhere(REVIEW):
        waiting = Candidate.objects.filter(type=key, state=Candidate.OPEN).count()
        found.append((reverse("desk:duplicates-queue", args=[key]), _("Duplicate records"), waiting))
    if reads and (by.may(needed(MIGRATE, declared)) or reform.waiting(key)):
        found.append((reverse("desk:units", args=[key]), _("Units since 1 July 2025"), reform.waiting(key)))
    if by.may_somewhere(needed(DISPOSE, declared)):
        found.append((reverse("desk:retention", args=[key]), _("Retention"), 0))
    return found


def _states() -> list[tuple[str, str]]:
    return [
        (Record.ACTIVE, _("in force")),
        (Record.ENDED, _("ended")),
        (Record.FUTURE, _("from a later day")),
        (Record.MERGED, _("merged")),
        (Record.DISPOSED, _("disposed of")),
    ]


def state_word(state: str) -> str:
    """What people call a state of a record."""
    return dict(_states()).get(state, state)


def map_configuration(features: dict[str, Any], wanted: listing.Asked | None = None) -> dict[str, Any]:
    """What the map's script is given."""
    return {
        "features": features,
        "bbox": None if wanted is None else wanted.bbox,
        "wards": reverse("operations:wards"),
        "words": {"none": _("This browser cannot draw the map; the list holds the same records.")},
    }


@require_GET
@desk
def download(request: HttpRequest, type: str, format: str) -> HttpResponseBase:
    """The list as a file, with its conditions and as masked as it is."""
    declared = kind(type)
    wanted = listing.asked(declared, request.GET, language())
    chosen = Selection(wanted.where, wanted.unit, wanted.bbox, wanted.state, wanted.purpose)
    return made(request, type, format, chosen)
