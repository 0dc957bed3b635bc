"""Every write of identity: accounts, roles, tokens, links. Other modules take ``action`` from here."""

from __future__ import annotations

from dothi.kernel.identity.acting import action, actions, audit, note
from dothi.kernel.identity.models import AuditEntry

__all__ = ["AuditEntry", "action", "actions", "audit", "note"]
