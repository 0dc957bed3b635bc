"""The packs: versions, what they declare, what is wrong in them."""

from __future__ import annotations

from functools import partial

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dothi.core.clock import now
from dothi.kernel.identity.web import actor_of, require
from dothi.kernel.packs import queries, versions
from dothi.kernel.packs.loader import LoadedPack
from dothi.kernel.packs.models import PackVersion
from dothi.sites.admin import actions
from dothi.sites.admin.access import PACKS, PUBLISH
from dothi.sites.admin.reads import packs as reads
from dothi.sites.admin.views.common import attempt, page
from dothi.sites.ui.shell import language


@never_cache
@require_GET
@require(PACKS)
def pack_list(request: HttpRequest) -> HttpResponseBase:
    """Every installed pack, and the problems of their folders as they are now."""
    problems = [(each, each.text(language()), each.hint(language())) for each in reads.problems()]
    context = {"lines": reads.lines(), "problems": problems, "at": now()}
    return page(request, "packs", "packs", context)


def _loaded(key: str) -> LoadedPack:
    loaded = reads.installed().get(key)
    if loaded is None:
        raise Http404
    return loaded


@never_cache
@require_GET
@require(PACKS)
def pack(request: HttpRequest, key: str) -> HttpResponseBase:
    """One pack: its versions and what it declares."""
    loaded = _loaded(key)
    context = {
        "line": reads.line(loaded),
        "pack": loaded.pack,
        "versions": versions.history(key),
        "may_publish": actor_of(request).may(PUBLISH),
    }
    return page(request, "pack", "packs", context)


@never_cache
@require_GET
@require(PACKS)
def entity_type(request: HttpRequest, key: str) -> HttpResponseBase:
    """One entity type: its attributes with units, ranges and thresholds."""
    owner = next(
        (each for each in reads.installed().values() for kind in each.entity_types if kind.key == key), None
    )
    if owner is None:
        raise Http404
    kind = queries.entity_types()[key]
    context = {"kind": kind, "owner": owner, "attributes": reads.attributes(kind.attributes)}
    return page(request, "entity_type", "packs", context)


@require_POST
@require(PUBLISH)
def publish(request: HttpRequest, key: str) -> HttpResponseBase:
    """Put the installed version in force."""
    _loaded(key)
    attempt(request, partial(actions.publish, key, by=actor_of(request)), _published)
    return redirect("administration:pack", key)


def _published(row: PackVersion) -> str:
    return gettext("%(pack)s %(version)s is in force.") % {"pack": row.key, "version": row.version}
