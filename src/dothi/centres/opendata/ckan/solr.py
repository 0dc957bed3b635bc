"""The part of Solr's query language that clients of CKAN use: words, ``field:value``, quotes, OR within a field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from dothi.core.errors import BadInput, both

# Fields of CKAN that are facets here.
FIELDS: Final = {
    "organization": "publisher",
    "owner_org": "publisher",
    "groups": "theme",
    "tags": "keyword",
    "res_format": "format",
    "license_id": "licence",
    "frequency": "frequency",
    "access": "access",
    "provenance": "provenance",
    "unit": "unit",
}
WORDS: Final = frozenset({"text", "title", "notes", "title_string"})
# Said by clients as a matter of course, and true of everything here.
IGNORED: Final = frozenset(
    {"capacity", "state", "dataset_type", "type", "site_id", "permission_labels", "entity_type"}
)
_TOKEN = re.compile(
    r"""(?P<sign>[+\-!]?)(?:(?P<field>[A-Za-z_]+):)?(?:\((?P<group>[^()]*)\)|"(?P<quoted>[^"]*)"|(?P<plain>[^\s()"]+))"""
)
_PART = re.compile(r'"([^"]*)"|([^\s"]+)')


class SearchQueryError(BadInput):
    """A query in a form that is not understood here."""


@dataclass(slots=True)
class Parsed:
    """What was asked for."""

    words: list[str] = field(default_factory=list)
    wanted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    unwanted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    names: list[str] | None = None


def parse(queries: Iterable[str]) -> Parsed:
    """All of ``queries`` together; raises :class:`SearchQueryError`."""
    found = Parsed()
    for query in queries:
        _one(query, found)
    return found


def _one(query: str, found: Parsed) -> None:
    negated = False
    for token in _TOKEN.finditer(query):
        plain = token["plain"]
        if token["field"] is None and plain in ("AND", "OR", "NOT", "&&"):
            if plain == "OR":
                raise _not_understood("OR")
            negated = plain == "NOT"
            continue
        _take(token, found, unwanted=negated or token["sign"] in ("-", "!"))
        negated = False


def _take(token: re.Match[str], found: Parsed, *, unwanted: bool) -> None:
    name = token["field"]
    values = _values(token)
    if name in IGNORED or (name is None and values == ["*:*"]) or values == ["*"]:
        return
    if name is None or name in WORDS:
        if unwanted:
            raise _not_understood("NOT")
        found.words += [value.strip("*~") for value in values if value not in ("*:*",)]
    elif name in ("name", "id"):
        found.names = [*(found.names or []), *values]
    elif name in FIELDS:
        (found.unwanted if unwanted else found.wanted)[FIELDS[name]] += values
    elif name == "*":
        return
    else:
        raise _not_understood(name)


def _values(token: re.Match[str]) -> list[str]:
    if token["group"] is not None:
        parts = [quoted or plain for quoted, plain in _PART.findall(token["group"])]
        if "AND" in parts:
            raise _not_understood("AND in ( )")
        return [part for part in parts if part != "OR"]
    if token["quoted"] is not None:
        return [token["quoted"]]
    return [token["plain"]]


def _not_understood(what: str) -> SearchQueryError:
    fields = ", ".join(sorted([*FIELDS, *WORDS, "name"]))
    return SearchQueryError(
        both(
            f"Không hiểu “{what}” trong câu tìm. Các trường: {fields}.",
            f"'{what}' is not understood in a query. Fields: {fields}.",
        ),
        where="q",
    )


def resolve(wanted: Mapping[str, list[str]], known: Mapping[str, Mapping[str, str]]) -> dict[str, list[str]]:
    """The facets' own values for the names CKAN gives them; a name that nothing has finds nothing."""
    return {
        facet: [known.get(facet, {}).get(value.lower(), value) for value in values]
        for facet, values in wanted.items()
    }
