"""What a case is found by: its words with and without diacritics, and marks that narrow within the index.

A mark is a word that no person writes (``zqu26734``: cases of that unit). An officer's search joins words and marks
in one look at the index, so that it costs the rarest of them and not all cases that have the word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from dothi.core.text import fold, nfc

MOST = 4_000  # letters kept of one case
_WORD: Final = re.compile(r"[^\W_]+")
OPEN_MARK: Final = "zqopen"
PERSONAL: Final = "zp"  # before a word that is personal data: found by those who may read it


def mark(what: str, value: str) -> str:
    """The mark of a kind (``u`` unit, ``o`` organisation, ``k`` kind, ``p`` procedure, ``openu`` open and of a unit) and a value."""
    return "zq" + what + "".join(_WORD.findall(value.lower()))


def marks(*, open: bool, unit: str, organisation: str, kind: str, procedure: str) -> str:
    """The marks of a case."""
    given = [("u", unit), ("o", organisation), ("k", kind), ("p", procedure)]
    if open:  # a list of open cases joins one rare mark, not two common ones
        given += [("open", ""), ("openu", unit), ("openo", organisation)]
    return " ".join(mark(what, value) for what, value in given if value or what == "open")


def words(texts: Iterable[str], personal: Iterable[str] = ()) -> str:
    """The words of a case's texts: each once, folded, and as written where that differs; personal ones apart."""
    return " ".join([*_forms(texts), *(PERSONAL + word for word in _forms(personal))])


def _forms(texts: Iterable[str]) -> list[str]:
    written = dict.fromkeys(_WORD.findall(nfc(" ".join(texts))[:MOST].lower()))
    folded = dict.fromkeys(fold(word) for word in written)
    return [*folded, *(word for word in written if word not in folded)]


def asked(text: str) -> list[str]:
    """The words somebody looks for, as they stand in the index: without diacritics both writings are found."""
    return list(dict.fromkeys(_WORD.findall(nfc(text)[:200].lower())))
