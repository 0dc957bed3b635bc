"""Changes of the catalogue as an Atom feed (RFC 4287). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from dothi.core.errors import both

MEDIA_TYPE: Final = "application/atom+xml"
KINDS: Final = {
    "published": both("Công bố", "Published"),
    "updated": both("Phiên bản mới", "New version"),
    "described": both("Sửa mô tả", "Described anew"),
    "superseded": both("Đã được thay thế", "Superseded"),
    "withdrawn": both("Đã thu hồi", "Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: its number, of which dataset, what kind, what people call the dataset, when."""

    id: int
    dataset: str
    kind: str
    version: int
    title: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What is told of the feed itself; ``following``: the address of older entries."""

    url: str
    title: str
    author: str
    base: str
    updated: datetime
    language: str
    following: str = ""


def document(feed: Feed, entries: Iterable[Entry]) -> Iterator[str]:
    """The feed in pieces."""
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">\n'
    yield f"<id>{escape(feed.url)}</id><title>{_text(feed.title)}</title><updated>{_time(feed.updated)}</updated>"
    yield f"<author><name>{_text(feed.author)}</name><uri>{escape(feed.base)}/data/</uri></author>"
    yield _link("self", feed.url, MEDIA_TYPE) + _link("alternate", f"{feed.base}/data/", "text/html")
    if feed.following:
        yield _link("next", feed.following, MEDIA_TYPE)
    for each in entries:
        yield from _entry(feed, each)
    yield "\n</feed>\n"


def _entry(feed: Feed, each: Entry) -> Iterator[str]:
    kind = KINDS.get(each.kind, both(each.kind, each.kind))[feed.language]
    page = f"{feed.base}/data/{each.dataset}"
    yield f"\n<entry><id>{escape(page)}#change-{each.id}</id><title>{_text(f'{kind}: {each.title}')}</title>"
    yield f"<updated>{_time(each.at)}</updated><category term={quoteattr(each.kind)} label={quoteattr(kind)}/>"
    yield _link("alternate", page, "text/html") + _link("related", f"{page}.ttl", "text/turtle")
    if each.kind in ("published", "updated"):
        csv = f"{feed.base}/data/v1/{each.dataset}/versions/{each.version}/download.csv"
        yield _link("enclosure", csv, "text/csv")
    yield f"<summary>{_text(each.note or f'{kind}: {each.title} (v{each.version})')}</summary></entry>"


def _link(rel: str, href: str, media: str) -> str:
    return f"<link rel={quoteattr(rel)} href={quoteattr(href)} type={quoteattr(media)}/>"


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _text(text: str) -> str:
    """Text without what XML 1.0 cannot hold."""
    return escape(
        "".join(each for each in text if each in "\t\n\r" or (each >= " " and each not in "\ufffe\uffff"))
    )
