"""Decisions about units and organisations as pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from dothi.core.errors import BadInput, Conflict, Text, both
from dothi.core.text import fold, format_date, nfc
from dothi.kernel.directory.views import UnitView

# QCVN 102:2016 (four groups, the highest level last) and Decision 20/2020/QĐ-TTg (the highest level first).
_OLD_ORDER = re.compile(r"\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}")
_NEW_ORDER = re.compile(r"[A-Z]\d{2}(\.\d{1,3}){0,3}")


def old_order(code: str | None) -> str | None:
    """A checked code of the old order, ``000.00.01.H29``."""
    return _checked(code, _OLD_ORDER, "code_old", "000.00.01.H29")


def new_order(code: str | None) -> str | None:
    """A checked code of the new order, ``H29.12.3``."""
    return _checked(code, _NEW_ORDER, "code_new", "H29.12.3")


def _checked(code: str | None, pattern: re.Pattern[str], where: str, example: str) -> str | None:
    if code is None or not code.strip():
        return None
    if not pattern.fullmatch(code.strip()):
        raise BadInput(
            both(
                f"{code!r} không phải mã định danh dạng {example}.",
                f"{code!r} is not an organisation code such as {example}.",
            ),
            where=where,
        )
    return code.strip()


def names(name: Text) -> Text:
    """A checked name in both languages; the English one may be missing."""
    vi = nfc(" ".join(name.get("vi", "").split()))
    if not vi:
        raise BadInput(both("Thiếu tên tiếng Việt.", "The Vietnamese name is missing."), where="name.vi")
    return both(vi, " ".join(name.get("en", "").split()) or vi)


def may_end(began: date | None, ended: date | None, on: date) -> None:
    """Whether an organisation of that time may end on a day: refused before it began or after it ended."""
    if ended is not None:
        raise Conflict(both("Tổ chức này đã chấm dứt trước đó.", "The organisation has ended already."))
    if began is not None and on <= began:
        raise Conflict(
            both(
                f"Ngày phải sau {format_date(began)}.", f"The day must be after {format_date(began, 'en')}."
            ),
            where="on",
        )


def succession_note(old: UnitView, new: UnitView, *, whole: bool, alternatives: int) -> Text:
    """What to tell a person who asks what became of ``old``."""
    if whole:
        return both(f"Toàn bộ nhập vào {new.label('vi')}.", f"All of it is now in {new.label('en')}.")
    return both(
        f"{old.label('vi')} được chia cho {alternatives} đơn vị; một phần nay thuộc {new.label('vi')}. "
        "Cần vị trí cụ thể để biết phần nào.",
        f"{old.label('en')} was divided among {alternatives} units; a part is now in {new.label('en')}. "
        "A precise location decides which.",
    )


def match(query: str, haystack: str, name: str, full_name: str, code: str) -> int | None:
    """How well a folded ``query`` fits: 0 best, None not at all. All but ``query`` are folded before.

    The whole name or code, the beginning of a name, the beginning of a word, each word somewhere.
    """
    if query in (name, full_name, code):
        return 0
    if name.startswith(query) or full_name.startswith(query):
        return 1
    if f" {query}" in haystack:
        return 2
    return 3 if all(f" {word}" in haystack for word in query.split()) else None


def haystack(texts: Iterable[str]) -> str:
    """Folded text to look for words in: each word has a space before it."""
    return " " + " ".join(fold(text) for text in texts)
