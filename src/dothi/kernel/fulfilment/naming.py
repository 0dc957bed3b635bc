"""What texts of a case may name: the case, its data and facts, its clocks, who handles it (``packs/procedure_texts.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dothi.core.calendar.allowance import Allowance
from dothi.core.calendar.causes import shipped_causes
from dothi.core.clock import HCMC, from_us, now
from dothi.core.config import current
from dothi.core.errors import Text
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.forms import CompiledField
from dothi.kernel.cases.views import CaseView
from dothi.kernel.directory import organisations
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import contacts
from dothi.kernel.packs import queries as packs

AGENCIES: Final = "organisations"
KINDS: Final = "organisation-kinds"
_NOTHING: Final = {"vi": "không có", "en": "none"}


def link(case: CaseView) -> str:
    """Where its person follows a case."""
    return f"{current().url}/c/track/{case.code}/"


def public_link(case: CaseView) -> str:
    """Where everybody may read of a case that is public."""
    return f"{current().url}/c/reports/{case.code}/"


def of_unit(kind: str, unit: str) -> str:
    """The name by which a unit's organisation of a kind is known while the directory has none: ``peoples-committee.26740``."""
    return f"{kind}.{unit}"


def agency(key: str, language: str) -> str:
    """What an organisation is called: of the directory, else of the list in the packs; its key where nobody knows it."""
    if not key:
        return ""
    kind, _, unit = key.partition(".")
    if unit and directory.unit(unit) is not None:
        return f"{_listed(KINDS, kind, language)} {place(unit, language)}"
    found = organisations.get(key)
    if found is not None:
        return found.name[language]
    return _listed(AGENCIES, key, language)


def _listed(vocabulary: str, key: str, language: str) -> str:
    listed = packs.vocabulary(vocabulary)
    for each in listed.codes if listed else ():
        if each.value == key:
            return each.label.text(language)
    return key


def place(code: str, language: str) -> str:
    """What a unit is called."""
    found = directory.unit(code) if code else None
    return found.full_name[language] if found else code


def handler(case: CaseView, language: str) -> str:
    """Who handles a case: the organisation, else the People's Committee of the unit."""
    if case.organisation:
        return agency(case.organisation, language)
    unit = place(case.unit, language)
    return f"Uỷ ban nhân dân {unit}" if language == "vi" else f"People's Committee, {unit}"


def names(
    case: CaseView,
    compiled: Compiled,
    language: str,
    *,
    note: str = "",
    signer: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Every name a text of this case may use, in the language of who reads it."""
    snapshot = case.snapshot
    assert snapshot is not None
    state = compiled.procedure.states[case.state]
    contact = contacts.of(case.id)
    return {
        "case": {
            "code": case.code, "opened": from_us(case.opened_us), "procedure": compiled.procedure.label.text(language),
            "state": (state.public_label or state.label).text(language), "link": link(case), "secret": "",
            "unit": place(case.unit, language), "organisation": agency(case.organisation, language),
            "channel": case.channel,
        },
        "applicant": {
            "name": contact.name if contact else "", "phone": contact.phone if contact else "",
            "email": contact.email if contact else "", "address": "",
        },
        "organisation": {"name": handler(case, language), "address": "", "phone": ""},
        "unit": {"name": place(case.unit, language)},
        "officer": {"name": person(case.assignee), "title": ""},
        "signer": dict(signer or {"name": "", "title": ""}),
        "data": _said(compiled, snapshot.data, language),
        "facts": dict(snapshot.facts),
        "clocks": _clocks(case, compiled, language),
        "fees": _fees(case),
        "documents": _documents(case, compiled, language),
        "missed": {"due": _missed(case)},
        "note": note,
        "today": now().astimezone(HCMC).date(),
        "now": now(),
    }  # fmt: skip


def person(reference: str) -> str:
    """What an account is called; nothing for anybody else."""
    kind, _, key = reference.partition(":")
    if kind != "account" or not key:
        return ""
    found = contacts.account(key)
    return found.name if found else ""


def cause(key: str, language: str) -> str:
    """Why a clock stands still, in words."""
    found = shipped_causes().get(key)
    return found.label[language] if found else key


def held_by(reference: str, _: str) -> str:
    """What whoever has a case is called, whatever the language."""
    return person(reference)


def _said(compiled: Compiled, data: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Answers as people read them: choices by their names."""
    made = dict(data)
    for form in compiled.forms.values():
        for each in form.fields():
            if each.key in made and each.choices:
                made[each.key] = _chosen(each, made[each.key], language)
    return made


def _chosen(field: CompiledField, value: Any, language: str) -> Any:
    labels: dict[str, Text] = dict(field.choices)
    if isinstance(value, list):
        return [labels[each][language] if each in labels else each for each in value]
    return labels[value][language] if value in labels else value


def _clocks(case: CaseView, compiled: Compiled, language: str) -> dict[str, Any]:
    assert case.snapshot is not None
    made: dict[str, Any] = {}
    for key, declared in compiled.procedure.clocks.items():
        state = case.snapshot.clocks.get(key)
        made[key.replace("-", "_")] = {
            "label": declared.label.text(language),
            "allowance": Allowance.parse(state.allowance if state else declared.allowance).text(language),
            "started": from_us(state.started_us) if state else None,
            "due": from_us(state.due_us) if state and state.due_us is not None else None,
        }
    return made


def _missed(case: CaseView) -> Any:
    assert case.snapshot is not None
    missed = [each.missed_us for each in case.snapshot.clocks.values() if each.missed_us is not None]
    return from_us(min(missed)) if missed else None


def _fees(case: CaseView) -> dict[str, int]:
    assert case.snapshot is not None
    asked = [each for each in case.snapshot.payments.values() if each is not None]
    return {
        "total": sum(each.amount for each in asked if each.state != "cancelled"),
        "paid": sum(each.amount for each in asked if each.state in ("paid", "refunding", "refunded")),
    }


def _documents(case: CaseView, compiled: Compiled, language: str) -> dict[str, str]:
    assert case.snapshot is not None
    there = {key for key, rows in case.snapshot.documents.items() if rows}
    labels = {each.key: each.label.text(language) for each in compiled.procedure.documents}
    given = [label for key, label in labels.items() if key in there]
    lacking = [
        labels[each.key]
        for each in compiled.procedure.documents
        if each.required and not each.when and each.key not in there
    ]
    return {
        "list": "; ".join(given) or _NOTHING[language],
        "missing": "; ".join(lacking) or _NOTHING[language],
    }
