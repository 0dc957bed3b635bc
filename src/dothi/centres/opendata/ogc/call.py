"""A request to ``/ogc``: where, what for, in which form and language; and how its answer is told and kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote, urlencode

from dothi.centres.opendata.ogc import html, params
from dothi.centres.opendata.ogc.base import Opened, Reader
from dothi.core.config import current
from dothi.kernel.identity.access import Actor
from dothi.kernel.warehouse.http.answers import Answer, Header, encode, etag_of, header, unchanged, validators

PREFIX: Final = "/ogc"
Document = Mapping[str, Any]


class Call:
    """A request: where, what for, in which form and language."""

    def __init__(self, query: bytes, headers: Sequence[Header], path: str, actor: Actor) -> None:
        self.pairs, self.headers, self.path = params.pairs(query), headers, path
        plain = dict(self.pairs)
        self.language = _language(plain.get("lang", ""), header(headers, b"accept-language") or "")
        self.reader = Reader(actor, plain.get("purpose", ""), self.language)
        self.form = _form(plain.get("f", ""), header(headers, b"accept") or "")
        self.base = f"{current().url}{PREFIX}"
        self.after = plain.get("after", "")

    @property
    def url(self) -> str:
        """The address asked for, as the platform writes it, without the sender's ticket and the form."""
        kept = [(name, value) for name, value in self.pairs if name not in ("ticket", "f")]
        return self.address(kept)

    def address(self, kept: Sequence[tuple[str, str]]) -> str:
        """This path with other parameters."""
        path = f"{self.base}{quote(self.path)}"
        return f"{path}?{urlencode(kept, quote_via=quote)}" if kept else path

    def following(self, cursor: str) -> str:
        """The address of the next page."""
        kept = [(name, value) for name, value in self.pairs if name not in ("after", "ticket")]
        return self.address([*kept, ("after", cursor)]) if cursor else ""

    def answer(self, document: Document, media: str, more: Sequence[Header] = (), title: str = "") -> Answer:
        """A document as JSON or as a page."""
        links: list[Header] = [
            (b"content-language", self.language.encode()),
            (b"vary", b"accept, accept-language, authorization, x-dothi-ticket, accept-encoding"),
        ]
        if self.form == "html":
            heading = title or str(document.get("title") or self.path)
            body = html.page(document, heading, self.base, self.language)
            policy = b"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
            links.append((b"content-security-policy", policy))
            return Answer(200, [(b"content-type", b"text/html; charset=utf-8"), *links, *more], body)
        return Answer(200, [(b"content-type", media.encode()), *links, *more], encode(document))


def _language(asked: str, accepted: str) -> str:
    return "en" if (asked or accepted).lower().startswith("en") else "vi"


def _form(asked: str, accepted: str) -> str:
    """``json`` or ``html``: what is asked for, else whichever is named first in Accept; another form stays as named."""
    if asked:
        return "json" if asked in ("json", "geojson") else asked
    at = accepted.find("text/html")
    return "html" if at >= 0 and "json" not in accepted[:at] else "json"


def kept(call: Call, opened: Opened, make: Callable[[], Answer], *more: Any) -> Answer:
    """The answer with its validators; 304 when the sender has it already. What has no tag is not to be kept."""
    if not opened.tag:
        made = make()
        made.headers.append((b"cache-control", b"no-store"))
        return made
    modified: datetime | None = opened.modified
    assert modified is not None
    etag = etag_of("ogc", opened.tag, call.path, call.pairs, call.form, call.language, call.base, more)
    told = [pair for pair in validators(etag, modified, public=opened.public) if pair[0] != b"vary"]
    if unchanged(call.headers, etag, modified):
        return Answer(304, told)
    made = make()
    made.headers += told
    return made
