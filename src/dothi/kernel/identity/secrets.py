"""Secrets handed out once and kept only as their SHA-256. No Django here.

They have 256 random bits, so that a fast hash is enough: there is nothing to guess.
"""

from __future__ import annotations

import hashlib
import secrets

TOKEN_PREFIX = "dothi_"  # noqa: S105  lets secret scanners find a token that leaked
HINT = len(TOKEN_PREFIX) + 4


def new_token() -> str:
    """The secret of a new API token."""
    return TOKEN_PREFIX + secrets.token_urlsafe(32)


def new_link() -> str:
    """The secret part of a new one-time link."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
