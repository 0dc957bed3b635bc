"""What this installation holds, counted for its own statistics."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Sum

from dothi.centres.opendata.models import CatalogueEntry
from dothi.kernel.directory import queries as directory
from dothi.kernel.directory.models import Organisation
from dothi.kernel.events.models import OutboxEvent
from dothi.kernel.feeds.models import FeedState
from dothi.kernel.packs import queries as packs
from dothi.kernel.warehouse.models import Dataset, DatasetVersion

Figure = tuple[str, str, str, int]


def figures() -> Iterator[Figure]:
    """Key, label in both languages, and the number."""
    serving = DatasetVersion.objects.filter(state=DatasetVersion.PUBLISHED)
    yield "units", "Đơn vị hành chính hiện hành", "Administrative units in force", len(directory.units())
    yield "organisations", "Tổ chức", "Organisations", Organisation.objects.filter(valid_to=None).count()
    yield "packs", "Gói khai báo", "Packs", len(packs.packs())
    yield "entity-types", "Loại thực thể", "Entity types", len(packs.entity_types())
    yield "feeds", "Nguồn quan trắc", "Feeds of observations", FeedState.objects.count()
    yield "observations", "Số đo đã nhận từ các nguồn", "Observations taken from feeds", _written()
    yield "events", "Sự kiện trong nhật ký", "Events in the log", OutboxEvent.objects.count()
    yield "datasets", "Tập dữ liệu trong kho", "Datasets in the warehouse", Dataset.objects.count()
    yield (
        "open-datasets",
        "Tập dữ liệu mở",
        "Open datasets",
        CatalogueEntry.objects.filter(shown=True).count(),
    )
    yield "rows", "Dòng dữ liệu đang phục vụ", "Rows served", serving.aggregate(sum=Sum("rows"))["sum"] or 0


def _written() -> int:
    return FeedState.objects.aggregate(sum=Sum("written"))["sum"] or 0
