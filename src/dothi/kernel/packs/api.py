"""The HTTP API of packs: what is declared, in which version. Declarations are public."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router

from dothi.core.errors import NotFound, both
from dothi.kernel.packs import queries, schemas, versions

router = Router()


@router.get("", summary="The installed packs")
def packs(request: HttpRequest) -> list[dict[str, Any]]:
    """Key, version, label, quality and entity types of every installed pack, and the version in force."""
    return [
        {
            **msgspec.to_builtins(loaded.pack),
            "entity_types": [kind.key for kind in loaded.entity_types],
            "published": getattr(versions.published(loaded.key), "version", None),
        }
        for loaded in queries.packs().values()
    ]


@router.get("/entity-types", summary="The kinds of things of the live city")
def entity_types(request: HttpRequest) -> list[dict[str, Any]]:
    """Every entity type with its attributes, units, ranges and thresholds."""
    found: list[dict[str, Any]] = msgspec.to_builtins(list(queries.entity_types().values()))
    return found


@router.get("/entity-types/{key}", summary="One entity type")
def entity_type(request: HttpRequest, key: str) -> dict[str, Any]:
    """One entity type by its key."""
    kind = queries.entity_type(key)
    if kind is None:
        raise NotFound(both(f"Không có loại thực thể {key}.", f"There is no entity type {key}."))
    found: dict[str, Any] = msgspec.to_builtins(kind)
    return found


@router.get("/context.jsonld", summary="The JSON-LD context of all packs")
def context(request: HttpRequest) -> dict[str, Any]:
    """Short name → IRI, to be named as an @context."""
    return {"@context": queries.terms()}


@router.get("/vocabularies/{key}", summary="One code list")
def vocabulary(request: HttpRequest, key: str) -> dict[str, Any]:
    """One code list by its key."""
    codes = queries.vocabulary(key)
    if codes is None:
        raise NotFound(both(f"Không có danh mục {key}.", f"There is no code list {key}."))
    found: dict[str, Any] = msgspec.to_builtins(codes)
    return found


@router.get("/schemas/{name}.json", summary="The JSON Schema of one kind of declaration")
def schema(request: HttpRequest, name: str) -> dict[str, Any]:
    """For editors that check YAML while it is written."""
    if name not in schemas.KINDS:
        raise NotFound(both(f"Không có lược đồ {name}.", f"There is no schema {name}."))
    return schemas.schema(name)


@router.get("/{key}/versions", summary="The versions of a pack")
def history(request: HttpRequest, key: str) -> list[dict[str, Any]]:
    """All versions, the newest first: state, digest and times."""
    fields = ("key", "version", "state", "digest", "drafted_at", "published_at", "superseded_at")
    return [{field: getattr(each, field) for field in fields} for each in versions.history(key)]


@router.get("/{key}/versions/{version}", summary="What one version of a pack declares")
def content(request: HttpRequest, key: str, version: str) -> dict[str, Any]:
    """The declarations as they were published."""
    found: dict[str, Any] = msgspec.to_builtins(versions.content(key, version))
    return found
