"""The content of all static files as one short name. Imports nothing of Django: its settings ask here."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.metadata import version
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent.parent
_OTHERS = ("django", "django-ninja")  # packages that bring static files of their own


@cache
def digest() -> str:
    """Twelve digits that change when any static file of the platform does."""
    found = hashlib.sha256("|".join(f"{name}={version(name)}" for name in _OTHERS).encode())
    for path in sorted(p for folder in PACKAGE.glob("*/*/static") for p in folder.rglob("*") if p.is_file()):
        found.update(path.relative_to(PACKAGE).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:12]
