"""``check`` finds an action that asks for a permission nobody declared: it would have no name for people."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from dothi.kernel.identity.access import permissions
from dothi.kernel.identity.acting import actions


@register()
def declared_permissions(**_: Any) -> list[CheckMessage]:
    """Every action's permission is declared with its labels."""
    known = permissions()
    return [
        Warning(
            f"The action {each.name} asks for the permission {each.permission}, which nothing declares.",
            hint=f'Add permission("{each.permission}", "…", "…") beside it.',
            id="identity.W001",
        )
        for each in actions().values()
        if each.permission is not None and each.permission not in known
    ]
