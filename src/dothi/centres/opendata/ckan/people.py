"""organization_*, group_*, tag_*: who publishes, themes, keywords."""

from __future__ import annotations

from collections import Counter
from typing import Any

from dothi.centres.opendata import queries, vocab
from dothi.centres.opendata.catalogue.listing import Words
from dothi.centres.opendata.ckan import shapes
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.registry import Caller, action
from dothi.core.errors import NotFound, both
from dothi.core.text import collation_key, fold

MOST_PACKAGES = 1000


def _paged(params: Params, every: list[Any], default: int) -> list[Any]:
    start = params.number("offset", 0, len(every))
    return every[start : start + params.number("limit", default, default)]


def _publishers(params: Params, caller: Caller) -> list[dict[str, Any]]:
    counts = queries.facets()["publisher"]
    made = [
        shapes.publisher(code, caller.language, count=counts.get(code, 0)) for code in queries.publishers()
    ]
    return _sorted(params, made)


def _themes(params: Params, caller: Caller) -> list[dict[str, Any]]:
    counts = queries.facets()["theme"]
    return _sorted(
        params, [shapes.group(code, caller.language, count=counts.get(code, 0)) for code in vocab.THEMES]
    )


def _sorted(params: Params, made: list[dict[str, Any]]) -> list[dict[str, Any]]:
    wanted = {name.lower() for each in ("organizations", "groups") for name in params.many(each)}
    kept = [each for each in made if not wanted or each["name"] in wanted or each["id"] in wanted]
    if params.text("sort").startswith("package_count"):
        return sorted(kept, key=lambda each: -each["package_count"])
    return sorted(kept, key=lambda each: collation_key(each["title"]))


@action("organization_list")
def organization_list(params: Params, caller: Caller) -> list[Any]:
    """Who publishes: names, or all of it with ``all_fields``."""
    every = _publishers(params, caller)
    shown = every if params.flag("all_fields", False) else [each["name"] for each in every]
    return _paged(params, shown, 1000)


@action("group_list")
def group_list(params: Params, caller: Caller) -> list[Any]:
    """The themes: names, or all of it with ``all_fields``."""
    every = _themes(params, caller)
    shown = every if params.flag("all_fields", False) else [each["name"] for each in every]
    return _paged(params, shown, 1000)


def _one(kind: str, name: str, caller: Caller) -> tuple[str, dict[str, Any]]:
    publishers = kind == "organization"
    codes = queries.publishers() if publishers else vocab.THEMES
    counts = queries.facets()["publisher" if publishers else "theme"]
    make = shapes.publisher if publishers else shapes.group
    for code in codes:
        if name.lower() in (shapes.name_of(code), shapes.named(kind, code), code.lower()):
            return code, make(code, caller.language, count=counts.get(code, 0))
    raise NotFound(both(f"Không có “{name}”.", f"There is no '{name}'."))


def _with_packages(
    params: Params, caller: Caller, facet: str, code: str, made: dict[str, Any]
) -> dict[str, Any]:
    empty: dict[str, Any] = {"extras": [], "users": [], "tags": [], "groups": []}
    if not params.flag("include_datasets", False):
        return made | empty
    page = queries.find(facets={facet: [code]}, order="key", limit=MOST_PACKAGES)
    return made | empty | {"packages": [shapes.package(each, caller.language) for each in page.listings]}


@action("organization_show")
def organization_show(params: Params, caller: Caller) -> dict[str, Any]:
    """One publisher (``id``: name or id), with its datasets on ``include_datasets``."""
    code, made = _one("organization", params.needed("id"), caller)
    return _with_packages(params, caller, "publisher", code, made)


@action("group_show")
def group_show(params: Params, caller: Caller) -> dict[str, Any]:
    """One theme (``id``: name or id), with its datasets on ``include_datasets``."""
    code, made = _one("group", params.needed("id"), caller)
    return _with_packages(params, caller, "theme", code, made)


@action("group_package_show")
def group_package_show(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """The datasets of a theme."""
    code, _ = _one("group", params.needed("id"), caller)
    page = queries.find(
        facets={"theme": [code]}, order="key", limit=params.number("limit", 100, MOST_PACKAGES, 1)
    )
    return [shapes.package(each, caller.language) for each in page.listings]


def _beginning(params: Params, every: list[dict[str, Any]]) -> list[dict[str, Any]]:
    begin = fold(params.needed("q"))
    kept = [each for each in every if begin in fold(each["title"]) or each["name"].startswith(begin)]
    return [
        {"id": each["id"], "name": each["name"], "title": each["title"]}
        for each in kept[: params.number("limit", 20, 100)]
    ]


@action("organization_autocomplete")
def organization_autocomplete(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """Publishers whose name has ``q``."""
    return _beginning(params, _publishers(params, caller))


@action("group_autocomplete")
def group_autocomplete(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """Themes whose name has ``q``."""
    return _beginning(params, _themes(params, caller))


@action("organization_list_for_user")
def organization_list_for_user(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """Publishers the caller may write for through this API: none, it reads only."""
    return []


def _tags() -> Counter[str]:
    return Counter(queries.facets()["keyword"])


@action("tag_list")
def tag_list(params: Params, caller: Caller) -> list[Any]:
    """Keywords in use, all or those with ``query`` in them."""
    part = fold(params.text("query"))
    names = sorted((name for name in _tags() if part in fold(name)), key=collation_key)
    if params.flag("all_fields", False):
        return [shapes.tag(Words(name), caller.language) for name in names]
    return names


@action("tag_show")
def tag_show(params: Params, caller: Caller) -> dict[str, Any]:
    """One keyword, with its datasets on ``include_datasets``."""
    name = params.needed("id")
    known = {shapes.named("tag", each): each for each in _tags()}
    name = known.get(name, name)
    if name not in known.values():
        raise NotFound(both(f"Không có từ khóa “{name}”.", f"There is no tag '{name}'."))
    made = shapes.tag(Words(name), caller.language)
    if params.flag("include_datasets", False):
        page = queries.find(facets={"keyword": [name]}, order="key", limit=MOST_PACKAGES)
        made["packages"] = [shapes.package(each, caller.language) for each in page.listings]
    return made


@action("tag_search")
def tag_search(params: Params, caller: Caller) -> dict[str, Any]:
    """Keywords with ``query`` in them."""
    part = fold(params.needed("query", "q"))
    names = sorted((name for name in _tags() if part in fold(name)), key=collation_key)
    shown = [shapes.tag(Words(name), caller.language) for name in _paged(params, names, 100)]
    return {"count": len(names), "results": shown}


@action("tag_autocomplete")
def tag_autocomplete(params: Params, caller: Caller) -> list[str]:
    """Keywords that begin with ``query``."""
    begin = fold(params.needed("query", "q"))
    return [name for name in sorted(_tags(), key=collation_key) if fold(name).startswith(begin)][
        : params.number("limit", 10, 100)
    ]


@action("vocabulary_list")
def vocabulary_list(params: Params, caller: Caller) -> list[Any]:
    """Vocabularies of tags: keywords are free, so there are none."""
    return []
