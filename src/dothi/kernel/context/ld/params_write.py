"""Query strings of the writing and discovering requests, to typed values."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from dothi.kernel.context.ld.context import TermMap
from dothi.kernel.context.ld.errors import BadRequestData
from dothi.kernel.context.ld.names import is_uri, time_us
from dothi.kernel.context.ld.params_base import (
    FORMATS,
    LOCAL,
    Parameters,
    flag,
    options,
    refuse_unknown,
    representation,
)
from dothi.kernel.context.ld.projection import languages
from dothi.kernel.context.ld.selection import TypeSelection, type_selection

TARGET = frozenset({"type"}) | LOCAL
_SIMPLIFIED = frozenset({"keyValues", "simplified", "concise", "normalized"})


class Target(Struct, frozen=True):
    """Which entity a write means beside its id: of these types only."""

    types: TypeSelection | None = None
    local: bool = False


class Merge(Struct, frozen=True):
    """PATCH /entities/{id}: values alone?, a common observedAt, a common language."""

    target: Target
    simplified: bool
    observed_us: int | None
    lang: str | None


class DeleteAttribute(Struct, frozen=True):
    """DELETE /entities/{id}/attrs/{name}: all instances, or the one with this datasetId ('' the default)."""

    target: Target
    everything: bool
    dataset: str


def plain_write(parameters: Parameters) -> bool:
    """Requests with no options of their own (create, batch create, batch delete …); whether it is local only."""
    refuse_unknown(parameters, LOCAL)
    return flag(parameters, "local")


def target(parameters: Parameters, terms: TermMap) -> Target:
    """Requests on one entity or attribute without options (replace, delete, update, partial update)."""
    refuse_unknown(parameters, TARGET)
    return _target(parameters, terms)


def _target(parameters: Parameters, terms: TermMap) -> Target:
    types = type_selection(parameters["type"], terms) if parameters.get("type") else None
    return Target(types, flag(parameters, "local"))


def append_attributes(parameters: Parameters, terms: TermMap) -> tuple[Target, bool]:
    """POST /entities/{id}/attrs: the target, and whether existing attributes may be overwritten."""
    refuse_unknown(parameters, TARGET | {"options"})
    return _target(parameters, terms), "noOverwrite" not in options(parameters, frozenset({"noOverwrite"}))


def merge_entity(parameters: Parameters, terms: TermMap) -> Merge:
    """PATCH /entities/{id} and POST /entityOperations/merge."""
    refuse_unknown(parameters, TARGET | {"options", "format", "observedAt", "lang"})
    options(parameters, _SIMPLIFIED)
    lang = languages(parameters["lang"]) if parameters.get("lang") else ()
    return Merge(
        _target(parameters, terms),
        FORMATS[representation(parameters)] == "keyValues",
        _observed(parameters.get("observedAt")),
        lang[0] if lang else None,
    )


def _observed(text: str | None) -> int | None:
    if not text:
        return None
    try:
        return time_us(text)
    except ValueError as error:
        raise BadRequestData(str(error), where="observedAt") from None


def delete_attribute(parameters: Parameters, terms: TermMap) -> DeleteAttribute:
    """DELETE /entities/{id}/attrs/{name} (also of temporal entities)."""
    refuse_unknown(parameters, TARGET | {"deleteAll", "datasetId"})
    everything, dataset = flag(parameters, "deleteAll"), parameters.get("datasetId") or ""
    if everything and dataset:
        raise BadRequestData("goes not together with deleteAll", where="datasetId")
    if dataset and not is_uri(dataset):
        raise BadRequestData(f"{dataset!r} is not a URI", where="datasetId")
    return DeleteAttribute(_target(parameters, terms), everything, dataset)


def batch_upsert(parameters: Parameters) -> Literal["replace", "update"]:
    """POST /entityOperations/upsert: replace existing entities (the default) or update them."""
    refuse_unknown(parameters, LOCAL | {"options"})
    found = options(parameters, frozenset({"replace", "update"}))
    if len(found) > 1:
        raise BadRequestData("replace and update exclude each other", where="options")
    return "update" if "update" in found else "replace"


def batch_update(parameters: Parameters) -> bool:
    """POST /entityOperations/update: whether existing attributes may be overwritten."""
    refuse_unknown(parameters, LOCAL | {"options"})
    return "noOverwrite" not in options(parameters, frozenset({"noOverwrite"}))


def discovery(parameters: Parameters) -> bool:
    """GET /types, GET /attributes: whether details are wanted."""
    refuse_unknown(parameters, LOCAL | {"details"})
    return flag(parameters, "details")
