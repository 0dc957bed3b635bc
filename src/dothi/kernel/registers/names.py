"""What a record is called, and the words it is found by."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from dothi.core.text import fold, nfc
from dothi.kernel.packs.record_properties import placeholders

_WORD = re.compile(r"[^\W_]+")
_EMPTY = re.compile(r"\(\s*\)|\[\s*\]")
LABEL_AT_MOST: Final = 200
WORDS_AT_MOST: Final = 1_000
_PLAIN = (str, int, float)


class Template:
    """``{full_name} ({birth_date})``: what is missing leaves no empty brackets behind."""

    __slots__ = ("keys", "parts", "single")

    def __init__(self, template: str) -> None:
        self.keys = placeholders(template)
        self.parts = re.split(r"\{([^{}]*)\}", template)  # text, key, text, key, … text
        self.single = self.keys[0] if self.parts == ["", *self.keys[:1], ""] else None

    def fill(self, data: Mapping[str, Any]) -> str:
        """The text for ``data``."""
        if self.single is not None:
            return _text(data.get(self.single))[:LABEL_AT_MOST]
        filled = "".join(
            _text(data.get(part)) if index % 2 else part for index, part in enumerate(self.parts)
        )
        return " ".join(_EMPTY.sub("", filled).split()).strip(" ,-–·")[:LABEL_AT_MOST]


def _text(value: Any) -> str:
    return str(value) if isinstance(value, _PLAIN) else ""


def words_of(texts: str) -> str:
    """The words of ``texts`` as they are indexed: all of them folded, then those written otherwise as written."""
    plain = _WORD.findall(texts.lower())
    line = " ".join(plain)
    folded = fold(line)
    if folded == line:
        return folded[:WORDS_AT_MOST]
    parts = folded.split(" ")
    written = [word for word, bare in zip(plain, parts, strict=False) if word != bare]
    return f"{folded} {' '.join(written)}"[:WORDS_AT_MOST]


def asked(text: str) -> tuple[list[str], list[str]]:
    """The words someone typed, as written and folded, the same number of each."""
    plain = _WORD.findall(nfc(text).lower())
    return plain, [fold(word) for word in plain]
