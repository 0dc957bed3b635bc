"""The rules of a procedure's forms: fields named once a form, one type a name, lists that can be chosen from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from dothi.kernel.packs.procedure_forms import FormField
from dothi.kernel.packs.procedures import Procedure
from dothi.kernel.packs.source import Source, Steps

RESERVED: Final = frozenset(
    {
        "actor",
        "case",
        "children",
        "clocks",
        "data",
        "documents",
        "facts",
        "input",
        "note",
        "now",
        "outcome",
        "payments",
        "tasks",
        "today",
        "value",
        "waiting",
    }
)
"""Names that expressions use for other things than answers."""


def every_field(declared: Procedure) -> Iterator[tuple[Steps, FormField]]:
    """Every field of every form with its place, those inside groups too."""
    for key, form in declared.forms.items():
        for number, page in enumerate(form.pages):
            steps: Steps = ("forms", key, "pages", number, "fields")
            yield from _inside(page.fields, steps)


def _inside(fields: tuple[FormField, ...], steps: Steps) -> Iterator[tuple[Steps, FormField]]:
    for index, field in enumerate(fields):
        yield (*steps, index), field
        yield from _inside(field.fields, (*steps, index, "fields"))


def forms(source: Source, declared: Procedure) -> None:
    """All forms of a procedure."""
    types: dict[str, FormField] = {}
    for key, form in declared.forms.items():
        seen: set[str] = set()
        for number, page in enumerate(form.pages):
            for index, field in enumerate(page.fields):
                steps: Steps = ("forms", key, "pages", number, "fields", index)
                if field.key in seen:
                    words = {"kind": "field of that name", "name": field.key}
                    source.report((*steps, "key"), "named-twice", **words)
                seen.add(field.key)
                _same(source, field, types.setdefault(field.key, field), steps)
    for steps, field in every_field(declared):
        _field(source, field, steps)


def _same(source: Source, field: FormField, other: FormField, steps: Steps) -> None:
    if field.type != other.type or (field.repeat is None) != (other.repeat is None):
        source.report(
            (*steps, "type"), "field-types-differ", name=field.key, here=field.type, there=other.type
        )


def _field(source: Source, field: FormField, steps: Steps) -> None:
    if (field.type == "group") != bool(field.fields):
        source.report(steps, "group-without-fields")
    if field.type in ("choice", "choices") and bool(field.choices) == bool(field.codes):
        source.report(steps, "choices-or-codes")
    if field.key in RESERVED:
        known = ", ".join(sorted(RESERVED))
        source.report((*steps, "key"), "reserved-name", name=field.key, known=known)
    values = [each.value for each in field.choices]
    for index, value in enumerate(values):
        if value in values[:index]:
            source.report((*steps, "choices", index, "value"), "duplicate-choice", value=value)
    if field.pattern is not None:
        try:
            re.compile(field.pattern)
        except re.error as error:
            source.report((*steps, "pattern"), "not-a-pattern", error=error)
