"""Every query is written down: who, for what purpose, which datasets, how long, and what came of it.

The text itself is not kept, only its digest: what people look for may be personal data.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from dothi.core.errors import DothiError
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.actions import audit
from dothi.kernel.identity.models import AuditEntry

ACTION = "warehouse.sql"
EVENT = "vn.dothi.warehouse.sql-asked"


@dataclass(slots=True)
class Asked:
    """A query while it is answered."""

    actor: Actor
    purpose: str
    sql: str
    tables: tuple[str, ...] = ()
    rows: int = 0
    began: float = field(default_factory=time.monotonic)


@contextmanager
def recorded(asked: Asked) -> Iterator[None]:
    """Write the audit entry and the event of what happens within, refusals and failures too."""
    try:
        yield
    except DothiError as error:
        _write(asked, error.kind)
        raise
    except BaseException:
        _write(asked, "internal")
        raise
    _write(asked, "")


def _write(asked: Asked, problem: str) -> None:
    detail = {
        "purpose": asked.purpose[:100],
        "tables": list(asked.tables),
        "rows": asked.rows,
        "ms": round((time.monotonic() - asked.began) * 1000, 1),
        "sql": hashlib.sha256(asked.sql.encode(errors="replace")).hexdigest()[:32],
    }
    if problem:
        detail["problem"] = problem
    subject = f"dataset:{asked.tables[0]}" if asked.tables else "warehouse"
    outcome = (
        AuditEntry.REFUSED
        if problem in ("forbidden", "unauthenticated", "sql-refused", "not-found")
        else AuditEntry.DONE
    )
    with transaction.atomic():
        audit(ACTION, by=asked.actor, subject=subject, outcome=outcome, detail=detail)
        record(EVENT, subject=subject, data=detail, actor=asked.actor.reference)
