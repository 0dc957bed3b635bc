"""Secrets that must be read again are kept encrypted, with a key outside the database. No Django here."""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from dothi.core.config import current
from dothi.core.secrets import secret


@cache
def _fernet(home: Path, name: str) -> Fernet:
    key = hashlib.sha256(secret(home, name).encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def lock(text: str, name: str) -> str:
    """``text`` as it is kept, with the installation's key called ``name``."""
    return _fernet(current().home, name).encrypt(text.encode()).decode()


def unlock(kept: str, name: str) -> str:
    """The text behind what :func:`lock` gave; raises :class:`InvalidToken` when the key is another."""
    return _fernet(current().home, name).decrypt(kept.encode()).decode()


def keyed(text: str, name: str) -> str:
    """A fingerprint that nobody without the installation's key can search for: of short codes, of addresses."""
    key = secret(current().home, name).encode()
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


__all__ = ["InvalidToken", "keyed", "lock", "unlock"]
