"""Questions about what readers brought: requests, error reports, the gallery; and who follows what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from dothi.centres.opendata import rules
from dothi.centres.opendata.models import DataRequest, ErrorReport, Reuse, Subscription
from dothi.core.errors import NotFound, both
from dothi.core.text import fold
from dothi.kernel.identity.access import Actor

M = TypeVar("M", bound=Model)


def one(kind: type[M], key: str | UUID) -> M:
    """The row with this id; raises :class:`NotFound`."""
    try:
        found = kind._default_manager.filter(pk=UUID(str(key))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotFound(both("Không có mục này.", "There is no such entry."))
    return found


def requests(
    *, states: Sequence[str] = (), q: str = "", after: str = "", limit: int = 50
) -> list[DataRequest]:
    """Requests for data, newest first, from behind the id ``after``."""
    rows = _after(DataRequest.objects.all(), after)
    rows = rows.filter(state__in=states) if states else rows
    if not q:
        return list(rows[:limit])
    words = fold(q).split()
    return [row for row in rows[:2000] if all(word in fold(f"{row.title} {row.text}") for word in words)][
        :limit
    ]


def reports(
    by: Actor, *, dataset: str = "", states: Sequence[str] = (), after: str = "", limit: int = 50
) -> list[ErrorReport]:
    """Error reports that ``by`` answers for, newest first."""
    rows = _after(ErrorReport.objects.all(), after)
    rows = rows.filter(dataset=dataset) if dataset else rows
    rows = rows.filter(state__in=states) if states else rows
    mine = (
        row
        for row in rows[:5000]
        if by.may(rules.ANSWER, unit=row.unit or None, organisation=row.organisation or None)
    )
    return [row for _, row in zip(range(limit), mine, strict=False)]


def open_reports(dataset: str) -> int:
    """How many reports of a dataset are confirmed and not mended yet."""
    return ErrorReport.objects.filter(dataset=dataset, state="confirmed").count()


def gallery(*, dataset: str = "", kind: str = "", after: str = "", limit: int = 50) -> list[Reuse]:
    """What was made with data and is shown, newest first."""
    rows = _after(Reuse.objects.filter(state="shown"), after)
    rows = rows.filter(kind=kind) if kind else rows
    if not dataset:
        return list(rows[:limit])
    return [row for row in rows[:5000] if dataset in row.datasets][:limit]


def proposed(limit: int = 50) -> list[Reuse]:
    """What waits to be looked at, oldest first."""
    return list(Reuse.objects.filter(state="proposed").order_by("id")[:limit])


def subscriptions(by: Actor) -> list[Subscription]:
    """What somebody signed in follows."""
    return list(Subscription.objects.filter(account=rules.person(by), ended_at=None)) if by.known else []


def followers(*, dataset: str, themes: Sequence[str], publisher: str) -> list[Subscription]:
    """Who is to be told of a change of a dataset."""
    rows = Subscription.objects.filter(state="active")
    fits = Q(dataset=dataset) | Q(dataset="", theme="", publisher="")
    fits |= Q(dataset="", theme__in=list(themes) or [""], publisher="") | Q(
        dataset="", theme="", publisher=publisher or "-"
    )
    return list(rows.filter(fits))


def _after(rows: QuerySet[M], after: str) -> QuerySet[M]:
    return rows.filter(pk__lt=UUID(after)) if after else rows
