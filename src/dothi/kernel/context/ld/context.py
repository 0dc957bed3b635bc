"""@contexts compiled to term maps: names to IRIs on the way in, IRIs to names on the way out.

No JSON-LD processor runs on a request. A @context is flattened once into definitions, and each term is resolved
the first time it is met; both directions are plain dictionaries after that.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from dothi.kernel.context.ld import core_context
from dothi.kernel.context.ld.errors import BadRequestData, LdContextNotAvailable
from dothi.kernel.context.ld.names import is_name, is_uri

Resolver = Callable[[str], Any]
"""Gives the document (or the @context) behind a URL; raises :class:`LdContextNotAvailable` when it cannot."""

MAX_CACHED = 50_000
MAX_DEPTH = 8
MAX_DOCUMENTS = 64
_LINK = re.compile(r"<([^>]*)>((?:\s*;\s*[^,;]+(?:=\"[^\"]*\")?)*)")
_REL = 'rel="http://www.w3.org/ns/json-ld#context"'


class Definitions:
    """The terms of a flattened @context: what each stands for, how its values are coerced, its scoped @context."""

    def __init__(self, terms: Mapping[str, Any] | None = None) -> None:
        self.vocab = core_context.DEFAULT_VOCAB
        self.iris: dict[str, str] = {}
        self.coercions: dict[str, str] = {}
        self.scoped: dict[str, Any] = {}
        self.holds_core = False
        """Whether a document behind a URL brings the core @context along."""
        for term, definition in (terms or {}).items():
            self.add(term, definition)

    def add(self, term: str, definition: Any) -> None:
        """One entry of a @context object; a later one replaces an earlier one."""
        if term == "@vocab":
            self.vocab = definition if isinstance(definition, str) else core_context.DEFAULT_VOCAB
        elif term.startswith("@"):
            return
        elif definition is None:
            self.iris.pop(term, None)
        elif isinstance(definition, str):
            self.iris[term] = definition
        elif isinstance(definition, Mapping):
            self._add_expanded(term, definition)
        else:
            raise BadRequestData("a term is defined by an IRI or an object", where=f"@context.{term}")

    def _add_expanded(self, term: str, definition: Mapping[str, Any]) -> None:
        target = definition.get("@id", term if ":" in term else None)
        if target is not None and not isinstance(target, str):
            raise BadRequestData("@id is an IRI or a term", where=f"@context.{term}")
        if target is None and "@reverse" in definition:
            return
        self.iris[term] = target if target is not None else f"{self.vocab}{term}"
        if isinstance(coercion := definition.get("@type"), str):
            self.coercions[term] = coercion
        if "@context" in definition:
            self.scoped[term] = definition["@context"]

    def resolve(self, text: str, seen: tuple[str, ...] = ()) -> str:
        """The IRI of a term, compact IRI or IRI."""
        if text.startswith("@"):
            return text
        target = self.iris.get(text)
        if target is not None and text not in seen:
            return target if target == text else self.resolve(target, (*seen, text))
        prefix, colon, rest = text.partition(":")
        if not colon:
            return self.vocab + text
        if rest.startswith("//") or prefix not in self.iris or prefix in seen:
            return text
        return self.resolve(prefix, (*seen, text)) + rest


CORE = Definitions(core_context.CONTEXT)
CORE_IRIS = {
    CORE.resolve(term): term for term in CORE.iris if not term.endswith("ngsi-ld") and term != "geojson"
}
"""IRI to term for the core terms, e.g. to recognise a member that was written as a full IRI."""


class _Cache(dict[str, Any]):
    """A dictionary that computes what it misses and forgets everything when it grows past its bound."""

    __slots__ = ("_make",)

    def __init__(self, make: Callable[[str], Any]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, key: str) -> Any:
        if len(self) >= MAX_CACHED:
            self.clear()
        value = self[key] = self._make(key)
        return value


class TermMap:
    """Names to IRIs and back under one @context. Make it with :class:`Contexts`; share it freely.

    ``iris[name]`` and ``names[iri]`` are the cached look-ups of the hot path; ``keys[iri]`` is the JSON member key.
    """

    def __init__(
        self, definitions: Definitions, source: Any = None, url: str | None = core_context.URL
    ) -> None:
        self.definitions = definitions
        self.source = source
        self.url = url
        self.iris = _Cache(self._expand_name)
        self.names = _Cache(self._compact)
        self.keys = _Cache(lambda iri: b',"' + _text(self.names[iri]) + b'":')
        self.types = _Cache(self._expand_type)
        self.values = _Cache(self._expand_value)
        self._reverse: dict[str, str] | None = None
        self._prefixes: list[tuple[str, str]] = []

    def iri(self, name: str) -> str:
        """The IRI of an attribute or type name; BadRequestData when it has characters a name may not have."""
        result: str = self.iris[name]
        return result

    def name(self, iri: str) -> str:
        """The shortest way this @context can write ``iri``: a term, a bare name, ``prefix:rest`` or the IRI."""
        result: str = self.names[iri]
        return result

    def value_iri(self, text: str) -> str:
        """A value of a VocabProperty as IRI (any text is accepted)."""
        result: str = self.values[text]
        return result

    def coercion(self, name: str) -> str | None:
        """The ``@type`` the @context coerces values of ``name`` to: ``@id``, ``@vocab``, a datatype, or None."""
        return self.definitions.coercions.get(name)

    def scoped(self, name: str) -> Any:
        """The @context scoped to ``name`` for what is nested in it, or None."""
        return self.definitions.scoped.get(name)

    def _expand_name(self, name: str) -> str:
        if is_name(name):
            iri = self._iri_of(name)
            if not iri.startswith("@"):
                return iri
        elif is_uri(name):
            return self._iri_of(name)
        raise BadRequestData(
            "is not a name NGSI-LD allows: a letter, then letters, digits and '_' (or a full IRI)", where=name
        )

    _expand_type = _expand_name

    def _expand_value(self, text: str) -> str:
        return text if "://" in text or text.startswith("urn:") else self._iri_of(text)

    def _iri_of(self, name: str) -> str:
        if name in CORE.iris:
            return CORE.resolve(name)
        prefix, colon, rest = name.partition(":")
        if colon and prefix in ("ngsi-ld", "geojson"):
            return CORE.iris[prefix] + rest
        return self.definitions.resolve(name)

    def _compact(self, iri: str) -> str:
        reverse = self._reverse if self._reverse is not None else self._build_reverse()
        if (term := CORE_IRIS.get(iri) or reverse.get(iri)) is not None:
            return term
        vocab = self.definitions.vocab
        if iri.startswith(vocab):
            rest = iri[len(vocab) :]
            # A bare name must come back to this IRI when it is read again under the same @context.
            if rest and ":" not in rest and self._iri_of(rest) == iri:
                return rest
        for base, prefix in self._prefixes:
            if iri.startswith(base) and len(iri) > len(base) and is_name(f"{prefix}:{iri[len(base) :]}"):
                return f"{prefix}:{iri[len(base) :]}"
        return iri

    def _build_reverse(self) -> dict[str, str]:
        reverse: dict[str, str] = {}
        for term in self.definitions.iris:
            iri = self._iri_of(term)
            if iri.startswith("@") or term in CORE.iris:
                continue
            if iri.endswith(("/", "#", ":", "=")):
                self._prefixes.append((iri, term))
            known = reverse.get(iri)
            if known is None or (len(term), term) < (len(known), known):
                reverse[iri] = term
        self._prefixes.sort(key=lambda pair: (-len(pair[0]), pair[1]))
        self._reverse = reverse
        return reverse


def _text(name: str) -> bytes:
    return msgspec.json.encode(name)[1:-1]


class Contexts:
    """All term maps in use, least recently used ones forgotten.

    ``resolver`` gives the document behind a URL; ``terms`` (name to IRI) are those of the installed packs.
    """

    def __init__(
        self, resolver: Resolver | None = None, terms: Mapping[str, str] | None = None, size: int = 512
    ) -> None:
        self._resolver = resolver or _nothing_is_available
        self._size = size
        self._maps: OrderedDict[bytes, TermMap] = OrderedDict()
        self._documents: dict[str, list[bytes]] = {}
        self.core = TermMap(Definitions())
        self.packs = (
            TermMap(Definitions(terms or {}), source=dict(terms or {}), url=None) if terms else self.core
        )
        self.default = self.core
        """What reads a request that names no @context, or the core one only: both say nothing of their own."""

    def of(self, source: Any) -> TermMap:
        """The term map of a @context as it stands in a document: a URL, an object, a list of them, or None."""
        if source is None:
            return self.core
        key = msgspec.json.encode(source)
        return self._cached(key) or self._compile(key, source)

    def of_raw(self, raw: bytes) -> TermMap:
        """Like :meth:`of` for the undecoded JSON of a @context member."""
        key = bytes(raw)
        return self._cached(key) or self._compile(key, msgspec.json.decode(key))

    def forget(self, url: str | None = None) -> None:
        """Drop what was compiled from ``url`` (all when None): it was changed or deleted."""
        keys = list(self._maps) if url is None else self._documents.pop(url, [])
        for key in keys:
            self._maps.pop(key, None)

    def _cached(self, key: bytes) -> TermMap | None:
        found = self._maps.get(key)
        if found is not None:
            self._maps.move_to_end(key)
        return found

    def _compile(self, key: bytes, source: Any) -> TermMap:
        definitions = Definitions()
        urls: list[str] = []
        self._flatten(source, definitions, urls, 0)
        user = [item for item in (source if isinstance(source, list) else [source]) if not _is_core(item)]
        url = (user[0] if len(user) == 1 and isinstance(user[0], str) else None) if user else core_context.URL
        compiled = (
            TermMap(definitions, user[0] if len(user) == 1 else user or None, url) if user else self.default
        )
        for each in urls:
            self._documents.setdefault(each, []).append(key)
        self._maps[key] = compiled
        while len(self._maps) > self._size:
            self._maps.popitem(last=False)
        return compiled

    def _flatten(self, source: Any, into: Definitions, urls: list[str], depth: int) -> None:
        """Add every definition of ``source``, in order, later ones winning."""
        if depth > MAX_DEPTH or len(urls) > MAX_DOCUMENTS:
            raise LdContextNotAvailable("@contexts refer to each other too deeply", where="@context")
        if isinstance(source, str):
            if not is_uri(source):
                raise BadRequestData(f"{source!r} is not a URL", where="@context")
            if core_context.is_core_url(source):
                into.holds_core = into.holds_core or depth > 1
            else:
                urls.append(source)
                self._flatten(_unwrapped(self._resolver(source)), into, urls, depth + 1)
        elif isinstance(source, list):
            for item in source:
                self._flatten(item, into, urls, depth + 1)
        elif isinstance(source, Mapping):
            if "@context" in source:
                self._flatten(source["@context"], into, urls, depth + 1)
            else:
                for term, definition in source.items():
                    into.add(term, definition)
        elif source is not None:
            raise BadRequestData("must be a URL, an object or an array of them", where="@context")


def _is_core(item: Any) -> bool:
    return isinstance(item, str) and core_context.is_core_url(item)


def _unwrapped(document: Any) -> Any:
    if not isinstance(document, Mapping | list):
        raise LdContextNotAvailable("the document behind the URL is not a JSON-LD @context", where="@context")
    return document


def _nothing_is_available(url: str) -> Any:
    raise LdContextNotAvailable(
        f"{url} is not stored here and remote @contexts are not fetched", where="@context"
    )


@lru_cache(maxsize=256)  # a sender's requests all name the same
def link_target(header: str | None) -> str | None:
    """The URL of the JSON-LD @context in a ``Link`` header, or None when the header has none."""
    found = [
        url
        for url, parameters in _LINK.findall(header or "")
        if "http://www.w3.org/ns/json-ld#context" in parameters
    ]
    if len(found) > 1:
        raise BadRequestData("only one @context may be given", where="Link")
    if found and not is_uri(found[0]):
        raise BadRequestData(f"{found[0]!r} is not a URL", where="Link")
    return found[0] if found else None


def link_header(url: str) -> str:
    """The value of the ``Link`` header that names ``url`` as the @context of an answer."""
    return f'<{url}>; {_REL}; type="application/ld+json"'
