"""Placeholders: ``{{ name }}`` or ``{{ name|filter }}`` in the text of a letter or message, filled with facts.

A value is put in as plain text, whatever it contains: it can neither add markup nor another placeholder.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from dothi.core import money
from dothi.core.text import format_date, format_datetime, format_number

PLACEHOLDER: Final = re.compile(r"\{\{\s*([a-z][a-z0-9_.]*)\s*(?:\|\s*([a-z]+)\s*)?\}\}")
_ANY: Final = re.compile(r"\{\{.*?\}\}")
MISSING: Final = "…………"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A place in a text: which fact, and how it is written."""

    name: str
    filter: str | None


def _day(value: Any, language: str) -> str:
    return format_date(_date(value), language)


def _moment(value: Any, language: str) -> str:
    day = _date(value)
    return format_datetime(day, language) if isinstance(day, datetime) else format_date(day, language)


def _date(value: Any) -> date:
    if isinstance(value, date):
        return value
    text = str(value)
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


FILTERS: Final[dict[str, Callable[[Any, str], str]]] = {
    "date": _day,
    "datetime": _moment,
    "money": lambda value, language: money.show(int(value), language),
    "words": lambda value, _: money.words(int(value)),
    "number": lambda value, language: format_number(value, None, language),
    "upper": lambda value, _: str(value).upper(),
}


def placeholders(text: str) -> Iterator[Placeholder]:
    """Every placeholder of a text, in its order."""
    for found in PLACEHOLDER.finditer(text):
        yield Placeholder(found[1], found[2])


def problems(text: str, names: Iterable[str]) -> list[str]:
    """What is wrong with the placeholders of a text, given the facts there are: one sentence each."""
    known = set(names)
    told = [
        f"{each[0]!r} is not a placeholder such as {{{{ name }}}} or {{{{ name|date }}}}"
        for each in _ANY.finditer(text)
        if not PLACEHOLDER.fullmatch(each[0])
    ]
    for each in placeholders(text):
        if each.name not in known:
            told.append(f"there is no fact {each.name!r}")
        if each.filter is not None and each.filter not in FILTERS:
            told.append(f"there is no way of writing {each.filter!r}; there are: {', '.join(FILTERS)}")
    return told


def look_up(facts: Mapping[str, Any], name: str) -> Any:
    """The fact called ``a.b``: the member ``b`` of ``a``, or a fact of that whole name; None where there is none."""
    if name in facts:
        return facts[name]
    value: Any = facts
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def written(value: Any, filter: str | None, language: str) -> str:
    """A value as people read it; what is missing is a dotted line, as on a printed form."""
    if value is None or value == "":
        return MISSING
    if filter is not None:
        return FILTERS[filter](value, language)
    if isinstance(value, bool):
        return {"vi": ("không", "có"), "en": ("no", "yes")}[language][value]
    if isinstance(value, datetime | date):
        return _moment(value, language)
    if isinstance(value, Mapping):
        return str(value.get("address") or value.get("label") or value.get("text") or MISSING)
    if isinstance(value, list | tuple):
        return ", ".join(written(each, None, language) for each in value)
    return str(value)


def parts(text: str, facts: Mapping[str, Any], language: str) -> Iterator[tuple[str, bool]]:
    """The text in pieces: (words, whether they are a filled-in value)."""
    end = 0
    for found in PLACEHOLDER.finditer(text):
        if found.start() > end:
            yield text[end : found.start()], False
        yield written(look_up(facts, found[1]), found[2], language), True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def fill(text: str, facts: Mapping[str, Any], language: str = "vi") -> str:
    """``text`` with its placeholders filled: for messages, subjects and plain texts."""
    return "".join(piece for piece, _ in parts(text, facts, language))
