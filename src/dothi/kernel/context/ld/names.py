"""What counts as a name, a URI and a DateTime (clauses 4.6.2, 4.6.3), and time as integer microseconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

NULL = "urn:ngsi-ld:null"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\s<>\"{}|\\^`\x00-\x20]+\Z")
_DATETIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,6})?Z\Z")
_NAME = re.compile(r"[^\W\d_]\w*(?::[^\W\d_]\w*)?\Z")


@lru_cache(maxsize=65536)
def is_uri(text: str) -> bool:
    """Whether ``text`` is an absolute URI or IRI (RFC 3986, RFC 3987)."""
    return _URI.match(text) is not None


def is_name(text: str) -> bool:
    """Whether ``text`` may name a type or attribute: a letter, then letters, digits, ``_``; ``prefix:`` allowed."""
    return _NAME.match(text) is not None


@lru_cache(maxsize=8192)
def time_us(text: str) -> int:
    """Microseconds since 1970 of a DateTime in UTC; ValueError says what the standard wants instead."""
    if _DATETIME.match(text) is None:
        raise ValueError(f"{text!r} is not a DateTime in UTC such as 2026-11-22T07:00:00Z")
    try:
        moment = datetime.fromisoformat(text.replace(",", "."))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a DateTime that exists ({error})") from None
    return (moment - EPOCH) // _MICROSECOND


@lru_cache(maxsize=8192)
def time_text(us: int) -> str:
    """``us`` as DateTime text in UTC, without a fraction when there is none."""
    text = (EPOCH + timedelta(microseconds=us)).replace(tzinfo=None).isoformat()
    return f"{text.rstrip('0') if '.' in text else text}Z"


@lru_cache(maxsize=8192)
def observed(text: str) -> tuple[int, str]:
    """A DateTime as microseconds and in the one spelling that is stored (decimal point, as given otherwise)."""
    return time_us(text), text.replace(",", ".")
