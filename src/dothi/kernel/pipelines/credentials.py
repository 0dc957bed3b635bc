"""Secrets that sources name: from the environment or the installation's secrets folder, never made up."""

from __future__ import annotations

import os

from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.core.secrets import secret


def credential(name: str) -> str:
    """The secret called ``name``; raises :class:`BadInput` that says how to give it."""
    variable = f"DOTHI_SECRET_{name.upper()}"
    path = current().home / "secrets" / name
    if not os.environ.get(variable) and not (name.isidentifier() and path.is_file()):
        raise BadInput(
            both(
                f"Nguồn cần bí mật “{name}”: hãy đặt biến {variable} hoặc tệp {path} (quyền 0600).",
                f"The source needs the secret '{name}': set {variable}, or write it to {path} (mode 0600).",
            ),
            where="secret",
        )
    return secret(current().home, name)
