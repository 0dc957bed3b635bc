"""What is shown instead of a value that the reader may not see: enough to recognise, not to learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from dothi.kernel.packs.record_types import Property

DOT, HIDDEN = "•", "•••"


def _name(value: str) -> str:
    """The first letter of each word: ``N. V. A.``"""
    return " ".join(f"{word[0]}." for word in value.split())


def _id(value: str) -> str:
    """The last three characters, when that leaves most of them hidden."""
    return DOT * (len(value) - 3) + value[-3:] if len(value) > 6 else HIDDEN


def _date(value: str) -> str:
    """The year."""
    return f"{value[:4]}-{DOT * 2}-{DOT * 2}" if value[:4].isdecimal() else HIDDEN


def _email(value: str) -> str:
    """The first letter and the host."""
    name, at, host = value.rpartition("@")
    return f"{name[:1]}{HIDDEN}@{host}" if at and name else HIDDEN


def _place(value: str) -> str:
    """The last part: the province or city."""
    parts = value.rsplit(",", 1)
    return f"{HIDDEN},{parts[1]}" if len(parts) == 2 else HIDDEN


_TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "name": _name,
    "id": _id,
    "phone": _id,
    "date": _date,
    "email": _email,
    "place": _place,
}


def masked(value: Any, declared: Property) -> str | None:
    """The masked form of ``value``; anything that is not text, and text without a mask, is hidden whole."""
    if value is None:
        return None
    form = _TEXTS.get(declared.mask or "hide")
    return form(value) if form is not None and isinstance(value, str) else HIDDEN
