"""What all requests share: known parameters, flags, numbers, ``options`` and ``format``."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData, InvalidRequest, TooManyResults
from dothi.kernel.context.ld.projection import datasets, languages, names, projection
from dothi.kernel.context.ld.render import Form, Representation

Parameters = Mapping[str, str]
DEFAULT_LIMIT = 20
MAX_LIMIT = 1000
FORM = frozenset({"attrs", "pick", "omit", "options", "format", "lang", "datasetId", "geometryProperty"})
JOIN = frozenset({"join", "joinLevel", "containedBy"})
PAGE = frozenset({"limit", "offset", "count"})
LOCAL = frozenset({"local", "via", "entityMap", "entityMapLifetime", "splitEntities"})
FORMATS: dict[str, Representation] = {
    "normalized": "normalized",
    "concise": "concise",
    "keyValues": "keyValues",
    "simplified": "keyValues",
}
TEMPORAL_FORMATS = ("temporalValues", "aggregatedValues")


def refuse_unknown(parameters: Parameters, known: frozenset[str]) -> None:
    """InvalidRequest for a parameter the request does not have, with the nearest it has (clause 6.3.20)."""
    for name in parameters:
        if name not in known:
            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise InvalidRequest(f"is not a parameter of this request{hint}", where=name)


def flag(parameters: Mapping[str, Any], name: str) -> bool:
    """A boolean parameter, false when absent."""
    value = parameters.get(name)
    if value in (None, "", "false", "False", False):
        return False
    if value in ("true", "True", True):
        return True
    raise BadRequestData(f"{value!r} is neither true nor false", where=name)


def number(parameters: Mapping[str, Any], name: str, default: int) -> int:
    """A whole number of 0 or more."""
    value = parameters.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, str) and value.isdecimal() and len(value) <= 18:
        return int(value)
    if value.__class__ is int and value >= 0:
        return int(value)
    raise BadRequestData(f"{value!r} is not a whole number of 0 or more", where=name)


def page(parameters: Mapping[str, Any]) -> tuple[int, int, bool]:
    """``limit``, ``offset``, ``count``."""
    count = flag(parameters, "count")
    limit = number(parameters, "limit", DEFAULT_LIMIT)
    if limit == 0 and not count:
        raise BadRequestData("limit=0 only makes sense with count=true", where="limit")
    if limit > MAX_LIMIT:
        raise TooManyResults(f"{limit} is more than the {MAX_LIMIT} entities of one page", where="limit")
    return limit, number(parameters, "offset", 0), count


def options(parameters: Mapping[str, Any], known: frozenset[str]) -> frozenset[str]:
    """The comma-separated ``options``; InvalidRequest for one this request does not have."""
    text = parameters.get("options") or ""
    found = frozenset(
        part.strip() for part in (text.split(",") if isinstance(text, str) else text) if part.strip()
    )
    for each in found - known:
        raise InvalidRequest(f"{each!r} is none of {', '.join(sorted(known))}", where="options")
    return found


SHOWING = frozenset(FORMATS) | {"sysAttrs"}


def representation(parameters: Mapping[str, Any], extra: tuple[str, ...] = ()) -> str:
    """The one representation that ``options`` and ``format`` ask for (``format`` counts when both do)."""
    allowed = FORMATS | {name: name for name in extra}
    if chosen := parameters.get("format"):
        if chosen not in allowed:
            raise InvalidRequest(f"{chosen!r} is none of {', '.join(allowed)}", where="format")
        return allowed[chosen]
    found = {allowed[each] for each in options(parameters, SHOWING | frozenset(extra)) if each in allowed}
    if len(found) > 1:
        raise BadRequestData(f"{' and '.join(sorted(found))} exclude each other", where="options")
    return found.pop() if found else "normalized"


def form(
    parameters: Mapping[str, Any], terms: TermMap, *, extra: tuple[str, ...] = (), join: bool = False
) -> Form:
    """How the answer is to be rendered; BadRequestData when its parameters contradict each other."""
    attrs, pick, omit = (parameters.get(name) or None for name in ("attrs", "pick", "omit"))
    if attrs and (pick or omit):
        raise BadRequestData("goes with neither pick nor omit", where="attrs")
    picked = projection(pick, terms, "pick") if pick else None
    omitted = projection(omit, terms, "omit") if omit else None
    for name, found in (("pick", picked), ("omit", omitted)):
        if found is not None and found.linked and not join:
            raise BadRequestData("names members of linked entities; that needs join", where=name)
    # omit=a{b} leaves b out of what a points to, not a.
    left_out = omitted.names - set(omitted.linked) if omitted else frozenset()
    if picked and (both := picked.names & left_out):
        raise BadRequestData(f"{terms.name(next(iter(both)))} is in pick and in omit", where="omit")
    chosen = representation(parameters, extra)
    return Form(
        representation=FORMATS.get(chosen, "normalized"),
        sys_attrs="sysAttrs" in options(parameters, SHOWING | frozenset(extra)),
        attrs=names(attrs, terms, "attrs") if attrs else None,
        pick=picked.names if picked else None,
        omit=left_out,
        datasets=datasets(parameters["datasetId"]) if parameters.get("datasetId") else None,
        lang=languages(parameters["lang"]) if parameters.get("lang") else (),
    )
