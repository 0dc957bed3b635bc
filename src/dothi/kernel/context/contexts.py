"""@contexts that are understood: the core one, those of the packs, those users stored here.

A remote @context is fetched only when the platform is told how (``fetch``); what was fetched is kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple, TypeVar

import msgspec

from dothi.core.clock import now_us
from dothi.core.ids import uuid7_str
from dothi.engines.store.base import Store
from dothi.kernel.context.ld import core_context
from dothi.kernel.context.ld.context import MAX_DOCUMENTS, Contexts, TermMap
from dothi.kernel.context.ld.errors import (
    BadRequestData,
    InvalidRequest,
    LdContextNotAvailable,
    ResourceNotFound,
)
from dothi.kernel.context.storage import schema

PATH = "/ngsi-ld/v1/jsonldContexts/"
PACKS_ID = "dothi"
"""The id under which the @context of all packs is served: send its URL in a Link header to use short
names."""
RETRY_US = 10_000_000
MAX_FAILED = 1000
Fetch = Callable[[str], bytes]
Kind = Literal["Hosted", "ImplicitlyCreated", "Cached"]
_LOCAL = re.compile(r"https?://[^/]+" + re.escape(PATH) + r"([^/?#]+)\Z")
_any = msgspec.json.Decoder()


T = TypeVar("T")


class NotHere(LdContextNotAvailable):
    """A document that is not stored here; perhaps it can be fetched from :attr:`url`."""

    url = ""


def _not_here(url: str) -> NotHere:
    error = NotHere(
        f"{url} is not stored here and remote @contexts are not fetched from its host", where="@context"
    )
    error.url = url
    return error


class Kept(NamedTuple):
    """A stored @context."""

    cid: str
    url: str
    kind: Kind
    created_us: int
    body: bytes


class ContextLibrary:
    """Finds the document behind a URL, and keeps those users give."""

    def __init__(
        self,
        store: Store,
        terms: Mapping[str, str],
        known: Mapping[str, Mapping[str, str]],
        fetch: Fetch | None = None,
    ) -> None:
        self._store = store
        self._terms = dict(terms)
        self._known = known
        self._fetch = fetch
        self.version = 0
        """Moves when a stored @context changes: what was compiled with it must not be used any more."""
        self._implicit: dict[bytes, str] = {}
        self._failed: dict[str, tuple[int, str]] = {}
        self.base_url = ""
        self.compiled = Contexts(self.document, terms)

    @property
    def fetches(self) -> bool:
        """Whether remote @contexts are fetched."""
        return self._fetch is not None

    def using(self, find: Callable[[], T]) -> T:
        """What ``find`` gives, fetching the documents it misses. May take long."""
        for _ in range(MAX_DOCUMENTS):
            try:
                return find()
            except NotHere as missing:
                self._fetched(missing.url)
        return find()

    def document(self, url: str) -> Any:
        """The document behind ``url``, which is never fetched here; raises :class:`NotHere`."""
        local = _LOCAL.match(url)
        if local is not None:
            if local[1] == PACKS_ID:
                return {"@context": self._terms}
            kept = self.get(local[1])
            if kept is not None:
                return _any.decode(kept.body)
        if url in self._known:
            return {"@context": dict(self._known[url])}
        kept = self._by_url(url)
        if kept is not None:
            return _any.decode(kept.body)
        raise _not_here(url)

    def get(self, cid: str) -> Kept | None:
        """A stored @context by its id (or, when it was fetched, its URL)."""
        with self._store.read() as session:
            rows = session.query(f"{_SELECT} WHERE cid = ? OR url = ?", (cid, cid))
        return Kept(*rows[0]) if rows else None

    def every(self) -> list[Kept]:
        """All stored ones, oldest first."""
        with self._store.read() as session:
            return [Kept(*row) for row in session.query(f"{_SELECT} ORDER BY created_us, cid")]

    def add(self, body: bytes, kind: Kind = "Hosted", url: str = "") -> str:
        """Keep a document; its id. Raises :class:`InvalidRequest` when it is no @context."""
        document = _checked(body)
        cid = uuid7_str()
        with self._store.write() as session:
            session.write_rows(schema.LDCONTEXT, [(cid, url, kind, now_us(), msgspec.json.encode(document))])
        return cid

    def delete(self, cid: str) -> None:
        """Forget a stored one."""
        with self._store.write() as session:
            gone = session.execute("DELETE FROM ldcontext WHERE cid = ? OR url = ?", (cid, cid))
        if not gone:
            raise ResourceNotFound(f"there is no @context {cid}")
        self.compiled.forget()
        self.version += 1

    def reload(self, cid: str) -> None:
        """Fetch a cached one again."""
        kept = self.get(cid)
        if kept is None or kept.kind != "Cached":
            raise BadRequestData("only a cached @context can be reloaded", where="reload")
        self.delete(kept.cid)
        self._fetched(kept.url)

    @property
    def packs_url(self) -> str:
        """Where the @context of all packs is served."""
        return f"{self.base_url}{PATH}{PACKS_ID}"

    def url_of(self, terms: TermMap) -> str:
        """A URL for a @context that was given as a document: it is kept (once) so that a Link header can
        name it."""
        if terms is self.compiled.packs:
            return self.packs_url
        key = msgspec.json.encode(terms.source)
        cid = self._implicit.get(key)
        if cid is None:
            body = msgspec.json.encode({"@context": terms.source})
            cid = self._implicit[key] = self.add(body, "ImplicitlyCreated")
        return f"{self.base_url}{PATH}{cid}"

    def packs(self) -> dict[str, Any]:
        """The @context of all packs as a document."""
        return {"@context": [self._terms, core_context.URL]}

    def _by_url(self, url: str) -> Kept | None:
        with self._store.read() as session:
            rows = session.query(f"{_SELECT} WHERE url = ?", (url,))
        return Kept(*rows[0]) if rows else None

    def _fetched(self, url: str) -> None:
        """Fetch a document and keep it. One that could not be had is not asked for again at once."""
        if self._fetch is None:
            raise _not_here(url)
        until, why = self._failed.get(url, (0, ""))
        if now_us() < until:
            raise LdContextNotAvailable(why, where="@context")
        try:
            self.add(self._fetch(url), "Cached", url)
        except Exception as error:
            reason = error.reason if isinstance(error, InvalidRequest) else f"could not be fetched: {error}"
            if len(self._failed) >= MAX_FAILED:
                self._failed.clear()
            self._failed[url] = (now_us() + RETRY_US, f"{url}: {reason}")
            raise LdContextNotAvailable(f"{url}: {reason}", where="@context") from error


_SELECT = "SELECT cid, url, kind, created_us, body FROM ldcontext"


def _checked(body: bytes) -> Any:
    try:
        document = _any.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise InvalidRequest(f"is not JSON: {error}", where="@context") from None
    if not isinstance(document, dict) or not isinstance(document.get("@context"), dict | list | str):
        raise InvalidRequest("a JSON object with a member @context is wanted")
    return document
