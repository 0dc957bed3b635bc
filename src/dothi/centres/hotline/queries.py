"""Reading for reports: what is suggested for a text, what is near a place, what everybody may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from dothi.centres.hotline import access
from dothi.centres.hotline.duplicates.index import DuplicateIndex
from dothi.centres.hotline.duplicates.reports import Report
from dothi.centres.hotline.following.areas import box
from dothi.centres.hotline.models import PublicReport, RoutingDecision
from dothi.centres.hotline.publishing import PROCEDURE
from dothi.centres.hotline.routing.resolving import locate, resolve
from dothi.centres.hotline.routing.suggesting import Position, Router, Suggestion
from dothi.centres.hotline.routing.trained import shipped
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import from_us, now
from dothi.core.errors import NotFound, both
from dothi.kernel.cases import queries as cases
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.packs.reports import DuplicateSettings


@dataclass(frozen=True, slots=True)
class Near:
    """An open public report that a new one may repeat."""

    report: PublicReport
    probability: float
    likely: bool
    metres: float
    why: str


@cache
def _router() -> Router:
    return Router(shipped(), catalogue.categories(), locate=locate, resolve=resolve)


def suggest(
    text: str,
    position: Position | None = None,
    answers: Mapping[str, Any] | None = None,
    *,
    category: str | None = None,
) -> Suggestion:
    """What a report seems to be about, who should have it and why."""
    return _router().suggest(text, position, answers, category=category)


def near(
    position: Position, category: str, *, text: str = "", address: str = "", at: datetime | None = None
) -> list[Near]:
    """The open public reports around a place that may be of the same matter, the likeliest first."""
    declared = catalogue.categories().get(category)
    settings = declared.duplicates if declared else DuplicateSettings()
    found = {
        each.case.id: each.case
        for each in cases.near(position, settings.radius_m, by=SYSTEM, days=settings.days, kinds=("report",))
        if each.case.open and each.case.procedure == PROCEDURE
    }
    shown = PublicReport.objects.filter(case__in=list(found), published=True, status=PublicReport.OPEN)
    public = {each.case: each for each in shown}
    known = catalogue.categories()
    also = [each for each in known if catalogue.same_matter(category, each, known)]
    index = DuplicateIndex({category: settings}, neighbours=lambda _: also)
    index.rebuild(_compared(found[id]) for id in public)
    asked = Report("", *position, at or now(), category, text, address)
    return [
        Near(public[each.id], each.probability, each.likely, each.compared.distance_m, each.explain())
        for each in index.query(asked)
    ]


def kinds_around(position: Position, metres: float = 100.0) -> list[str]:
    """What kinds of reports are open around a place, the most frequent first; public ones only."""
    west, south, east, north = box(*position, metres)
    found = published(status=[PublicReport.OPEN], within=(west, south, east, north))
    return [key for key, _ in Counter(found.values_list("category", flat=True)[:200]).most_common(3)]


def _compared(case: CaseView) -> Report:
    assert case.position is not None
    data, at = case.data, from_us(case.opened_us)
    words = str(data.get("description", "")), str(data.get("place_words", ""))
    return Report(case.id, *case.position, at, str(data.get("category", "")), *words)


def public(code: str) -> PublicReport:
    """The public report with this code; raises :class:`NotFound` for what is not public too."""
    found = PublicReport.objects.filter(code=code, published=True).first()
    if found is None:
        raise NotFound(both("Không có phản ánh công khai này.", "There is no such public report."))
    return found


def published(
    *,
    codes: Sequence[str] = (),
    categories: Sequence[str] = (),
    status: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    unit: str = "",
    within: tuple[float, float, float, float] | None = None,
) -> QuerySet[PublicReport]:
    """Public reports, the newest first; codes alone decide where there are any. ``within``: west, south, east, north."""
    found = PublicReport.objects.filter(published=True)
    if codes:
        return found.filter(code__in=codes)
    if categories:
        found = found.filter(category__in=categories)
    if status:
        found = found.filter(status__in=status)
    if unit:
        found = found.filter(unit=unit)
    if within:
        west, south, east, north = within
        found = found.filter(lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north)
    if since:
        found = found.filter(opened_at__gte=since)
    return found.filter(opened_at__lte=until) if until else found


def routing(case: str, *, by: Actor) -> RoutingDecision | None:
    """How a report was routed, for those who may know."""
    found = cases.get(case, by=by)
    by.require(access.ROUTING, unit=found.unit or None, organisation=found.organisation or None)
    return RoutingDecision.objects.filter(case=found.id).first()
