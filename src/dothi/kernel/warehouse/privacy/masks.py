"""The masked forms of values: what somebody sees who may not see the value itself. No Arrow, no Django."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

HIDDEN = "•"
_WORD = re.compile(r"\w+", re.UNICODE)
_KEPT_DIGITS = 3


def _all(text: str) -> str:
    """Nothing of the value, not even its length."""
    return HIDDEN * 6


def _tail(text: str) -> str:
    """The last three letters or digits of one that has more than six: enough to tell one's own number."""
    plain = [c for c in text if c.isalnum()]
    return HIDDEN * 5 + "".join(plain[-_KEPT_DIGITS:]) if len(plain) > 2 * _KEPT_DIGITS else _all(text)


def _initials(text: str) -> str:
    """The first letter of each word: ``Nguyễn Thị Mai`` → ``N. T. M.``."""
    return " ".join(f"{word[0].upper()}." for word in _WORD.findall(text)) or _all(text)


def _email(text: str) -> str:
    """The first letter and the domain."""
    name, at, domain = text.partition("@")
    return f"{name[:1]}{HIDDEN * 3}@{domain}" if at and name and domain else _all(text)


def _address(text: str) -> str:
    """Without house and street: what follows the last but one comma, if there are two."""
    parts = [part.strip() for part in text.split(",")]
    return ", ".join([HIDDEN * 3, *parts[-2:]]) if len(parts) > 2 else _all(text)


def _year(text: str) -> str:
    """The year of a date written in any of the usual ways."""
    found = re.search(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)", text)
    return found[1] if found else _all(text)


_FORMS: dict[str, Callable[[str], str]] = {
    "all": _all, "tail": _tail, "initials": _initials, "email": _email, "address": _address, "year": _year,
}  # fmt: skip
FORMS = (*_FORMS, "null", "pseudonym")
# How each kind of personal data that screening finds is masked unless its column says otherwise.
FORM_OF_KIND = {
    "cccd": "tail", "cmnd": "tail", "passport": "tail", "bhyt": "tail", "phone": "tail", "tax_code": "tail",
    "plate": "tail", "bank_account": "tail", "bank_card": "tail", "email": "email", "name": "initials",
    "address": "address", "birth_date": "year",
}  # fmt: skip


def mask(value: Any, kind: str) -> str | None:
    """``value`` in the masked form ``kind`` (a form of :data:`FORMS` or a kind of personal data).

    None stays None; ``null`` gives None for everything. A kind there is not gives the form that keeps
    nothing. ``pseudonym`` needs a key and is not made here (:mod:`~dothi.kernel.warehouse.privacy.pseudonyms`).
    """
    form = FORM_OF_KIND.get(kind, kind)
    if value is None or form == "null":
        return None
    if form == "year" and isinstance(value, date | datetime):
        return f"{value.year:04d}"
    return _FORMS.get(form, _all)(str(value))
