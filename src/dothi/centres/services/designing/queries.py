"""Reading drafts and what is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Max, Q

from dothi.centres.services.access import DESIGN, PUBLISH
from dothi.centres.services.designing import access, bodies
from dothi.centres.services.designing.models import Design
from dothi.core.text import fold
from dothi.kernel.cases.models import Procedure as Stored
from dothi.kernel.fulfilment.naming import AGENCIES
from dothi.kernel.identity.access import Actor
from dothi.kernel.packs import queries as packs
from dothi.kernel.packs.procedures import Procedure

LIST_AT_MOST = 200


def get(id: UUID, *, by: Actor) -> Design:
    """One draft; raises ``NotFound`` for whoever may not design or publish where it holds."""
    found = Design.objects.filter(pk=id).first()
    if found is None or not access.may_see(by, found):
        raise access.no_design()
    return found


def listing(
    *,
    by: Actor,
    text: str = "",
    states: Sequence[str] = Design.OPEN,
    agency: str = "",
    limit: int = LIST_AT_MOST,
) -> list[Design]:
    """Drafts that ``by`` may see, the last changed first; words with or without diacritics."""
    rows = Design.objects.filter(_seen(by), state__in=list(states)).defer("content", "sources")
    for word in fold(text).split():
        rows = rows.filter(words__contains=word)
    if agency:
        rows = rows.filter(agency=agency)
    return list(rows[:limit])


def _seen(by: Actor) -> Q:
    """The organisations whose drafts an actor may see, as a condition."""
    if access.may(by, DESIGN, "") or access.may(by, PUBLISH, ""):
        return Q()
    own = {grant.organisation for grant in by.grants if grant.organisation}
    return Q(organisation__in=[each for each in own if access.may(by, DESIGN, each) or access.may(by, PUBLISH, each)])  # fmt: skip


def agencies(*, by: Actor) -> list[str]:
    """The agencies that open drafts are sorted under."""
    rows = Design.objects.filter(_seen(by), state__in=Design.OPEN).order_by("agency")
    return list(rows.values_list("agency", flat=True).distinct())


def newest_version(key: str) -> int | None:
    """The newest published version, of the table or of the packs."""
    stored = Stored.objects.filter(key=key).exclude(state=Stored.DRAFT).aggregate(at=Max("version"))["at"]
    declared = packs.procedures().get(key)
    found = [each for each in (stored, declared.version if declared else None) if each is not None]
    return max(found) if found else None


def published_body(procedure: Procedure) -> dict[str, Any]:
    """A published procedure as data, its states in the order in which they were written."""
    own = Design.objects.filter(key=procedure.key, state=Design.PUBLISHED, version=procedure.version).first()
    if own is not None:
        return own.body
    declared = packs.procedures().get(procedure.key)
    return bodies.body_of(declared if declared is not None and declared.version == procedure.version else procedure)  # fmt: skip


def revision(design: Design, rev: int) -> dict[str, Any]:
    """The body of an earlier revision; raises ``NotFound``."""
    found = design.revisions.filter(rev=rev).first()
    if found is None:
        raise access.no_design()
    made = json.loads(found.content)
    assert isinstance(made, dict)
    return made


def organisations() -> dict[str, str]:
    """Folded Vietnamese name → key of the city's organisations, the longest names first."""
    listed = packs.vocabulary(AGENCIES)
    names = {fold(each.label.vi): each.value for each in listed.codes} if listed else {}
    return dict(sorted(names.items(), key=lambda pair: -len(pair[0])))
