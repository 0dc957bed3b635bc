"""Questions about datasets and their versions; their rows are asked for through ``serving``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from dothi.core.errors import NotFound, both
from dothi.core.text import fold
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

_WAS_PUBLISHED = (DatasetVersion.PUBLISHED, DatasetVersion.SUPERSEDED)


def dataset(key: str) -> Dataset | None:
    """The dataset called ``key``."""
    return Dataset.objects.filter(key=key).first()


def needed(key: str) -> Dataset:
    """As :func:`dataset`; raises :class:`NotFound`."""
    found = dataset(key)
    if found is None:
        raise NotFound(both(f"Không có tập dữ liệu “{key}”.", f"There is no dataset '{key}'."))
    return found


def datasets(
    *,
    q: str = "",
    unit: str = "",
    publisher: str = "",
    access: Sequence[str] = (),
    states: Sequence[str] = (),
    after: str = "",
    limit: int = 100,
) -> list[Dataset]:
    """Datasets in the order of their keys, from behind the key ``after``: by words, unit, publisher, state."""
    rows: QuerySet[Dataset] = Dataset.objects.filter(key__gt=after)
    for word in fold(q).split():
        rows = rows.filter(folded__contains=word)
    for field, value in (("unit", unit), ("publisher", publisher)):
        rows = rows.filter(**{field: value}) if value else rows
    for field, values in (("access__in", access), ("state__in", states)):
        rows = rows.filter(**{field: list(values)}) if values else rows
    return list(rows[:limit])


def versions(of: Dataset, *, every: bool = False) -> list[DatasetVersion]:
    """The versions that are or were published, newest first; ``every``: candidates and failed ones too."""
    rows = DatasetVersion.objects.filter(dataset=of).select_related("dataset")
    if not every:
        rows = rows.exclude(state__in=(DatasetVersion.CANDIDATE, DatasetVersion.FAILED))
    return list(rows)


def published(of: Dataset) -> DatasetVersion | None:
    """The version that serves now."""
    rows = DatasetVersion.objects.select_related("dataset")
    return rows.filter(dataset=of, state=DatasetVersion.PUBLISHED).first()


def version(of: Dataset, number: int | None = None, *, at: datetime | None = None) -> DatasetVersion | None:
    """A version by its number, or the one that served at a moment (None of both: the one that serves now)."""
    rows = DatasetVersion.objects.select_related("dataset").filter(dataset=of)
    if number is not None:
        return rows.filter(number=number).first()
    if at is not None:
        return rows.filter(state__in=_WAS_PUBLISHED, published_at__lte=at).order_by("-published_at").first()
    return published(of)


def differences(a: DatasetVersion, b: DatasetVersion) -> dict[str, Any]:
    """What changed from ``a`` to ``b``: ``{"added", "removed", "changed"`` (rows), ``"columns_added", …}``.

    Rows are matched by the dataset's key columns; without any a row that differs is one removed and one added
    (``changed`` is None).
    """
    from dothi.kernel.warehouse.comparing import differences as compared  # brings DuckDB with it

    return compared(a.ref, b.ref)


def unfinished(states: Q | None = None) -> list[DatasetVersion]:
    """Versions whose load has not come to an end (or was cut off), oldest first."""
    rows = DatasetVersion.objects.select_related("dataset").filter(state=DatasetVersion.CANDIDATE)
    return list((rows if states is None else rows.filter(states)).order_by("created_at"))
