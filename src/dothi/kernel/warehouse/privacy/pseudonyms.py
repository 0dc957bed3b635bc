"""Keyed pseudonyms: the same value gives the same name, and without the key nobody finds the value behind it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LENGTH = 16  # base32 letters: 80 bits, so that a billion values meet by chance with 1 in 2,400,000


def pseudonym(value: Any, key: bytes, *, scope: str = "") -> str | None:
    """HMAC-SHA-256 of ``value`` under ``key``, as 16 letters and digits; None stays None.

    ``scope`` (a dataset's key) keeps the same person from being recognised across datasets. Spaces at the
    ends and the form of composed letters make no difference. Raises :class:`ValueError` for a short key: the
    numbers of a country's citizens can all be tried.
    """
    if len(key) < 16:
        raise ValueError("a key has at least 16 bytes")
    if value is None:
        return None
    text = unicodedata.normalize("NFC", str(value)).strip()
    digest = hmac.new(key, f"{scope}\x00{text}".encode(), hashlib.sha256).digest()
    return base64.b32encode(digest)[:LENGTH].decode().lower()


def pseudonymise(column: pa.Array | pa.ChunkedArray, key: bytes, *, scope: str = "") -> pa.ChunkedArray:
    """``column`` with a pseudonym for each value (text); equal values stay equal, null stays null."""
    return each_value(column, lambda value: pseudonym(value, key, scope=scope))


def each_value(column: pa.Array | pa.ChunkedArray, change: Any) -> pa.ChunkedArray:
    """``column`` as text with ``change`` made once for each different value."""
    whole = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    if pa.types.is_dictionary(whole.type):
        whole = whole.cast(whole.type.value_type)
    different = pc.unique(whole)
    changed = pa.array([change(value) for value in different.to_pylist()], pa.string())
    places = pc.index_in(whole, value_set=different, skip_nulls=False)
    return pa.chunked_array([changed.take(chunk) for chunk in places.chunks], pa.string())
