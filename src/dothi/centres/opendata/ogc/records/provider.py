"""The catalogue of open data as the record collection ``catalogue.datasets`` (OGC API Records)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import close_old_connections

from dothi.centres.opendata import queries, vocab
from dothi.centres.opendata.catalogue.find import Order
from dothi.centres.opendata.catalogue.listing import Listing
from dothi.centres.opendata.distributions import distributions
from dothi.centres.opendata.ogc.base import Collection, Features, Opened, Property, Question, Reader
from dothi.core.config import current
from dothi.core.errors import BadInput, both

ID: Final = "catalogue.datasets"
FACETS: Final = (
    "theme",
    "publisher",
    "unit",
    "licence",
    "format",
    "frequency",
    "access",
    "provenance",
    "keyword",
)
_MOST = 1000
_SORTED: Final[dict[str, Order]] = {"title": "title", "updated": "modified", "created": "issued", "id": "key"}
_SHOWN: Final = (
    Property("title", title=both("Tên", "Title")),
    Property("description", title=both("Mô tả", "Description")),
    Property("created", "string", "date-time", both("Công bố lần đầu", "First published")),
    Property("updated", "string", "date-time", both("Cập nhật", "Updated")),
    Property("license", title=both("Giấy phép", "Licence")),
)


class RecordProvider:
    """The one collection of records."""

    def collections(self, reader: Reader) -> Sequence[Collection]:
        return [about()]

    def open(self, id: str, reader: Reader, after: str = "") -> Opened | None:
        return OpenedCatalogue(reader) if id == ID else None


def about() -> Collection:
    """What is told of the catalogue."""
    sorts = tuple(Property(name) for name in _SORTED)
    return Collection(
        ID,
        both("Danh mục dữ liệu mở", "Catalogue of open data"),
        both("Mỗi hồ sơ mô tả một tập dữ liệu.", "Each record describes a dataset."),
        properties=_SHOWN,
        queryables=(*(Property(name) for name in FACETS), *sorts),
        item_type="record",
    )


class OpenedCatalogue:
    """The catalogue as it is now."""

    public = True

    def __init__(self, reader: Reader) -> None:
        self._language = reader.language
        self._base = current().url
        self.about = self.whole = about()
        stamp = queries.stamp()
        close_old_connections()
        self.modified: datetime | None = stamp.changed_at
        self.tag: Sequence[Any] = (stamp.seq,) if stamp.changed_at else ()

    def features(self, question: Question) -> Features:
        """Records that fit words, box, time, facets; the newest first unless sorted otherwise."""
        if len(question.boxes) > 1:
            raise BadInput(
                both("Khung không qua kinh tuyến 180.", "The box must not cross the 180th meridian."),
                where="bbox",
            )
        if question.more.get("type", "dataset") != "dataset":
            return Features([], "", 0)
        chosen = _named(question)
        if chosen is not None:
            found = [each for each in map(queries.dataset, chosen) if each is not None]
            return Features([self._record(each) for each in found], "", len(found))
        bbox = question.boxes[0] if question.boxes else None
        page = queries.find(
            question.text,
            _facets(question),
            bbox,
            order=_order(question),
            after=question.after or None,
            limit=min(question.limit, _MOST),
        )
        close_old_connections()
        listings = [each for each in page.listings if _within(each, question)]
        matched = page.matched if question.interval is None else None
        return Features([self._record(each) for each in listings], page.next or "", matched)

    def feature(self, id: str) -> dict[str, Any] | None:
        found = queries.dataset(id)
        close_old_connections()
        return None if found is None else self._record(found)

    def _record(self, listing: Listing) -> dict[str, Any]:
        language, licence = self._language, vocab.licence(listing.licence)
        forms = distributions(listing)
        properties: dict[str, Any] = {
            "type": "dataset",
            "title": listing.title.text(language),
            "description": listing.description.text(language),
            "keywords": [word.text(language) for word in listing.keywords],
            "language": {"code": language},
            "created": listing.issued,
            "updated": listing.modified,
            "license": licence.spdx or licence.url or "other",
            "formats": [{"name": name} for name in dict.fromkeys(each.format for each in forms)],
            "contacts": [_contact(listing, language)],
        }
        if listing.themes:
            scheme = f"{vocab.AUTHORITY}data-theme"
            concepts = [{"id": code, "url": vocab.theme_iri(code)} for code in listing.themes]
            properties["themes"] = [{"concepts": concepts, "scheme": scheme}]
        return {
            "type": "Feature",
            "id": listing.key,
            "conformsTo": ["http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core"],
            "time": _time(listing),
            "geometry": _box(listing),
            "properties": properties,
            "links": self._links(listing),
        }

    def _links(self, listing: Listing) -> list[dict[str, str]]:
        made = [
            {
                "rel": "service" if each.service else "enclosure",
                "type": each.media_type,
                "href": each.url(self._base),
                "title": each.title.text(self._language),
            }
            for each in distributions(listing)
        ]
        return [
            *made,
            {
                "rel": "about",
                "type": "text/turtle",
                "href": f"{self._base}/data/{listing.key}.ttl",
                "title": "DCAT",
            },
        ]


def _named(question: Question) -> list[str] | None:
    """The ids asked for by name, if any."""
    given = question.more.get("ids") or question.more.get("externalIds")
    return None if not given else [part.strip() for part in given.split(",")][:_MOST]


def _facets(question: Question) -> dict[str, list[str]]:
    asked: dict[str, list[str]] = {}
    for each in question.where:
        if each.property not in FACETS or each.op not in ("eq", "in"):
            raise BadInput(both("Không lọc như vậy được.", "That is no filter here."), where=each.property)
        asked[each.property] = each.value if each.op == "in" else [each.value]
    return asked


def _order(question: Question) -> Order | None:
    if not question.order:
        return None
    name, _ = question.order[0]
    if name not in _SORTED:
        raise BadInput(both("Không sắp như vậy được.", "That is no order here."), where="sortby")
    return _SORTED[name]


def _within(listing: Listing, question: Question) -> bool:
    """Whether a record's time meets the interval; one without time is of any."""
    if question.interval is None:
        return True
    begin, end = (None if each is None else each.date().isoformat() for each in question.interval)
    after_end = end is not None and listing.temporal_from[:10] > end
    before_begin = begin is not None and bool(listing.temporal_to) and listing.temporal_to[:10] < begin
    return not (after_end or before_begin)


def _time(listing: Listing) -> dict[str, Any] | None:
    if not listing.temporal_from and not listing.temporal_to:
        return None
    return {"interval": [listing.temporal_from[:10] or "..", listing.temporal_to[:10] or ".."]}


def _box(listing: Listing) -> dict[str, Any] | None:
    if listing.spatial is None:
        return None
    west, south, east, north = listing.spatial
    ring = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return {"type": "Polygon", "coordinates": [ring]}


def _contact(listing: Listing, language: str) -> dict[str, Any]:
    name = listing.contact_name or listing.publisher_label.text(language) or listing.publisher or "–"
    made: dict[str, Any] = {"organization": name, "roles": ["publisher"]}
    return made | ({"emails": [{"value": listing.contact_email}]} if listing.contact_email else {})


PROVIDER = RecordProvider()
