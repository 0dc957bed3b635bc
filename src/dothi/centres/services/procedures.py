"""The procedures as they run: the published version, and the version a draft was begun with."""

from __future__ import annotations

from django.db import transaction

from dothi.centres.services.models import Draft
from dothi.kernel.cases import definitions, sessions
from dothi.kernel.cases.engine.compiled import Compiled


@transaction.atomic
def published(key: str) -> Compiled:
    """The version that new dossiers follow; raises ``NotFound``."""
    session, _ = sessions.django_session()
    return definitions.published(session, key)


@transaction.atomic
def version(key: str, number: int) -> Compiled:
    """One version, published or superseded; raises ``NotFound``."""
    session, _ = sessions.django_session()
    return definitions.of(session, key, number)


def of(draft: Draft) -> Compiled:
    """The version a draft follows."""
    return version(draft.procedure, draft.version)
