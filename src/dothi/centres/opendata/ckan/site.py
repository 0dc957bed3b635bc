"""status_show, help_show, license_list and what else a client asks of the site itself."""

from __future__ import annotations

from typing import Any

from dothi import __version__
from dothi.centres.opendata import queries, vocab
from dothi.centres.opendata.ckan import shapes
from dothi.centres.opendata.ckan.params import Params
from dothi.centres.opendata.ckan.registry import Caller, action, actions
from dothi.core.config import current
from dothi.core.errors import NotFound, both
from dothi.core.text import fold

CKAN_VERSION = "2.11.0"  # whose Action API this follows


@action("status_show")
def status_show(params: Params, caller: Caller) -> dict[str, Any]:
    """What this site is."""
    config = current()
    return {
        "ckan_version": CKAN_VERSION,
        "site_url": config.url,
        "site_title": "dothi",
        "site_description": "",
        "error_emails_to": None,
        "locale_default": config.language,
        "extensions": ["datastore", "dcat"],
        "dothi_version": __version__,
    }


@action("site_read")
def site_read(params: Params, caller: Caller) -> bool:
    """Whether the caller may read the site: everybody may."""
    return True


@action("help_show")
def help_show(params: Params, caller: Caller) -> str:
    """What an action does (``name``)."""
    found = actions().get(params.needed("name"))
    if found is None:
        known = ", ".join(actions())
        raise NotFound(both(f"Không có. Có: {known}.", f"There is no such action. There are: {known}."))
    return found.help


@action("license_list")
def license_list(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """The licences datasets are under."""
    return [shapes.licence_dict(key, caller.language) for key in vocab.LICENCES]


@action("format_autocomplete")
def format_autocomplete(params: Params, caller: Caller) -> list[str]:
    """Formats that have ``q`` in them."""
    part = fold(params.needed("q"))
    return [each.lower() for each in queries.facets()["format"] if part in fold(each)][
        : params.number("limit", 5, 100)
    ]


@action("recently_changed_packages_activity_list")
def recently_changed_packages_activity_list(params: Params, caller: Caller) -> list[dict[str, Any]]:
    """What changed in the catalogue, newest first."""
    changes = queries.changes(limit=params.number("limit", 31, 100, 1))
    return [
        {
            "id": shapes.named("change", str(each.pk)),
            "timestamp": shapes.stamp(each.at),
            "activity_type": "new package" if each.kind == each.PUBLISHED else "changed package",
            "object_id": each.dataset,
            "data": {"package": {"name": each.dataset, "title": each.title_vi}, "kind": each.kind},
        }
        for each in changes
    ]
