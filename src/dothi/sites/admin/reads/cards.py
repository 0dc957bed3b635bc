"""The front page's cards: each part of the platform in two or three figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dothi.core.text import format_number
from dothi.kernel.events import queries as events
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.models import AuditEntry
from dothi.sites.admin.access import Section, sections
from dothi.sites.admin.reads.state import State
from dothi.sites.ui.shell import language

DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Card:
    """A part: its main figure, what that counts, and a sentence; ``at`` is when the latest of it happened."""

    section: Section
    value: str
    unit: str
    note: str = ""
    at: datetime | None = None
    at_word: str = ""


def cards(actor: Actor, state: State) -> list[Card]:
    """A card for every part this person may open."""
    return [MAKERS[section.key](section, state) for section in sections(actor)]


def _n(count: int) -> str:
    return format_number(count, 0, language())


def _system(section: Section, state: State) -> Card:
    parts = state.parts
    well = sum(part.ok for part in parts)
    names = ", ".join(part.name for part in parts if not part.ok)
    note = names or _("stores, bus and background work answer")
    return Card(section, f"{well}/{len(parts)}", _("parts in order"), note, state.at, _("asked"))


def _feeds(section: Section, state: State) -> Card:
    lines = state.feeds
    on = sum(line.view.enabled for line in lines)
    last = max((line.view.last_success for line in lines if line.view.last_success), default=None)
    written = sum(line.view.written for line in lines)
    note = ngettext("%(count)s entity written so far", "%(count)s entities written so far", written) % {
        "count": _n(written)
    }
    return Card(section, f"{on}/{len(lines)}", _("feeds on"), note, last, _("last success"))


def _events(section: Section, state: State) -> Card:
    states = [line.state for line in state.consumers]
    dead = sum(each.dead for each in states)
    waiting = sum(each.behind or 0 for each in states)
    last = events.newest(1)
    note = _("%(behind)s waiting, %(retrying)s being tried again") % {
        "behind": _n(waiting), "retrying": _n(sum(each.retrying for each in states))
    }  # fmt: skip
    unit = ngettext("event failed", "events failed", dead)
    return Card(section, _n(dead), unit, note, last[0].time if last else None, _("newest event"))


def _packs(section: Section, state: State) -> Card:
    lines = state.packs
    well = [line for line in lines if line.in_force and line.sign.level == "normal"]
    kinds = sum(len(line.loaded.entity_types) for line in lines)
    published = [line.in_force.published_at for line in lines if line.in_force and line.in_force.published_at]
    note = ngettext("%(count)d kind of entity", "%(count)d kinds of entity", kinds) % {"count": kinds}
    last = max(published, default=None)
    return Card(section, f"{len(well)}/{len(lines)}", _("packs in force"), note, last, _("last published"))


def _units(section: Section, state: State) -> Card:
    status = state.boundaries
    note = _("%(matched)s with an imported boundary") % {"matched": _n(status["matched"])}
    return Card(
        section, _n(status["total"]), ngettext("unit", "units", status["total"]), note, state.at, _("asked")
    )


def _people(section: Section, state: State) -> Card:
    who = state.protection
    note = _("%(protected)s of %(all)s administrators use a second step") % {
        "protected": _n(who.protected), "all": _n(who.administrators)
    }  # fmt: skip
    return Card(section, _n(who.people), ngettext("person", "people", who.people), note, state.at, _("asked"))


def _audit(section: Section, state: State) -> Card:
    recent = AuditEntry.objects.filter(at__gte=state.at - DAY)
    refused = recent.filter(outcome=AuditEntry.REFUSED).count()
    last = AuditEntry.objects.order_by("-id").values_list("at", flat=True).first()
    note = _("%(count)s refused") % {"count": _n(refused)}
    return Card(section, _n(recent.count()), _("entries in 24 hours"), note, last, _("newest entry"))


MAKERS = {
    "system": _system, "feeds": _feeds, "events": _events, "packs": _packs, "units": _units, "people": _people,
    "audit": _audit,
}  # fmt: skip
