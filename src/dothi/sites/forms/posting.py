"""What a browser sent as answers: nested names (``members.0.full_name``) as the data that forms are judged on.

Nothing is judged here; what cannot be read stays as it was typed, so that the form can say what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

import msgspec

from dothi.kernel.cases.engine.forms import CompiledField
from dothi.kernel.packs.procedure_forms import FormField

PREFIX: Final = "f."
ROWS_MOST: Final = 200
_STEP: Final = re.compile(r"(add|remove):([a-z][a-z0-9_.]*)")
Centre = Callable[[str], tuple[float, float] | None]


class Sent(Protocol):
    """A form as it was sent: Django's ``QueryDict``, or a mapping with lists."""

    def getlist(self, name: str) -> list[str]: ...

    def __iter__(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Step:
    """A button that changes the form itself: one more row of a question, or one less."""

    verb: str
    path: str


def step(sent: Mapping[str, Any]) -> Step | None:
    """Whether a button for rows was pressed (``step=add:members`` or ``step=remove:members.1``)."""
    found = _STEP.fullmatch(str(sent.get("step", "")))
    return Step(found[1], found[2]) if found else None


def answers(fields: Iterable[CompiledField], sent: Sent, *, centre: Centre | None = None) -> dict[str, Any]:
    """The answers to these questions. ``centre`` gives the middle of a unit, for places named without a point."""
    return _all(fields, _Tree.of(sent), centre)


def rows_changed(data: dict[str, Any], asked: Step) -> dict[str, Any]:
    """``data`` with a row more or less, as the button says; a path that does not fit changes nothing."""
    head, _, rest = asked.path.partition(".")
    rows = data.get(head)
    rows = list(rows) if isinstance(rows, list) else []
    if asked.verb == "add" and not rest:
        return {**data, head: [*rows, None]} if len(rows) < ROWS_MOST else data
    if asked.verb == "remove" and rest.isdecimal() and int(rest) < len(rows):
        return {**data, head: rows[: int(rest)] + rows[int(rest) + 1 :]}
    return data


class _Tree:
    """Names with dots as a tree; a leaf holds the texts sent under its name."""

    __slots__ = ("children", "texts")

    def __init__(self) -> None:
        self.children: dict[str, _Tree] = {}
        self.texts: list[str] = []

    @classmethod
    def of(cls, sent: Sent) -> _Tree:
        root = cls()
        for name in sent:
            if not str(name).startswith(PREFIX):
                continue
            node = root
            for part in str(name)[len(PREFIX) :].split(".")[:6]:
                node = node.children.setdefault(part, cls())
            node.texts = [text for text in sent.getlist(name) if isinstance(text, str)]
        return root

    def child(self, name: str) -> _Tree:
        return self.children.get(name, _EMPTY)

    def rows(self) -> list[_Tree]:
        numbered = sorted((int(name), node) for name, node in self.children.items() if name.isdecimal())
        return [node for _, node in numbered[:ROWS_MOST]]

    @property
    def text(self) -> str:
        return self.texts[0] if self.texts else ""


_EMPTY: Final = _Tree()


def _all(fields: Iterable[CompiledField], tree: _Tree, centre: Centre | None) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for field in fields:
        value = _field(field, tree.child(field.key), centre)
        if value is not None:
            made[field.key] = value
    return made


def _field(field: CompiledField, node: _Tree, centre: Centre | None) -> Any:
    if field.declared.repeat is not None:
        one = replace(field, declared=single(field))
        rows = [_field(one, row, centre) for row in node.rows()]
        return rows if any(row not in (None, "", {}, []) for row in rows) else None
    if field.declared.type == "group":
        return _all(field.fields, node, centre) or None
    if field.declared.type == "choices":
        return [text for text in node.texts if text] or None
    if field.declared.type == "place":
        return _place(node, centre)
    return node.text if node.text.strip() else None


def single(field: CompiledField) -> FormField:
    """One row of a question that repeats, as a question of its own."""
    return msgspec.structs.replace(field.declared, repeat=None)


def _place(node: _Tree, centre: Centre | None) -> dict[str, Any] | None:
    address, unit = node.child("address").text.strip(), node.child("unit").text.strip()
    lat, lon = _degrees(node.child("lat").text), _degrees(node.child("lon").text)
    if not (address or unit or lat or lon):
        return None
    if lat is None and lon is None and unit and centre is not None and (middle := centre(unit)):
        lon, lat = middle
    made: dict[str, Any] = {"lon": lon, "lat": lat}
    if address:
        made["address"] = address
    if unit:
        made["unit"] = unit
    return made


def _degrees(text: str) -> float | str | None:
    plain = text.strip().replace(",", ".")
    if not plain:
        return None
    try:
        return float(plain)
    except ValueError:
        return text
