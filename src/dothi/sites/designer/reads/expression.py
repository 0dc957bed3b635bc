"""An expression read as the checks will read it: its type, or what is wrong, while it is being typed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dothi.core.feel import BOOLEAN, STRING, FeelError, Type, compile
from dothi.kernel.packs import procedure_scope
from dothi.kernel.packs.procedures import Procedure

_FORM: Final = re.compile(r"forms\.([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it can be read, and what is said of it."""

    right: bool
    text: str


def verdict(procedure: Procedure | None, at: str, text: str, language: str) -> Verdict | None:
    """What to say of ``text`` typed at ``at``; None for an empty one, or while the draft cannot be read at all."""
    if not text.strip() or procedure is None:
        return None
    member = at.rpartition(".")[2]
    try:
        compile(text, _scope(procedure, at, member), wanted=STRING if member == "varies" else BOOLEAN)
    except FeelError as error:
        return Verdict(False, error.text(language) if hasattr(error, "text") else str(error))
    return Verdict(True, {"vi": "Biểu thức đọc được.", "en": "The expression can be read."}[language])


def _scope(procedure: Procedure, at: str, member: str) -> Mapping[str, Type]:
    whole = procedure_scope.scope(procedure)
    if at.startswith("start.eligibility"):
        return procedure_scope.answers(procedure)
    found = _FORM.match(at)
    if found is None or found[1] not in procedure.forms:
        return whole
    form = procedure.forms[found[1]]
    scope = dict(procedure_scope.form_scope(form, whole))
    for page in form.pages:
        for field in page.fields:
            scope |= procedure_scope.fields(field.fields)
    if member == "check":
        keys = [int(each) for each in re.findall(r"\[(\d+)\]", at)]
        if len(keys) == 2 and keys[0] < len(form.pages) and keys[1] < len(form.pages[keys[0]].fields):
            scope["value"] = procedure_scope.field_type(form.pages[keys[0]].fields[keys[1]])
    return scope
