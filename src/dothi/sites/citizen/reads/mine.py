"""One's own things: dossiers and reports, by account or by the secrets this browser holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dothi.centres.services import catalogue, prefill, procedures, rules
from dothi.centres.services.models import Draft
from dothi.core.clock import from_us, now_us
from dothi.core.errors import DothiError, NotFound
from dothi.kernel.cases import procedures as known
from dothi.kernel.cases import queries
from dothi.kernel.cases.filters import Filter
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.kernel.packs import queries as packs
from dothi.kernel.registers.models import Identifier, Reading


@dataclass(frozen=True, slots=True)
class Thing:
    """A case as its person sees it in a list."""

    code: str
    title: str
    state: str
    open: bool
    waiting: bool
    late: bool
    due: Any
    changed: Any
    simulated: bool


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft in a list."""

    id: Any
    title: str
    changed: Any
    expires: Any


def cases(by: Actor, secrets: Mapping[str, str], language: str, limit: int = 50) -> list[Thing]:
    """The cases somebody may follow, the latest first."""
    found: dict[str, CaseView] = {}
    if by.account:
        for each in queries.inbox(
            Filter(applicant=f"account:{by.account}", phases=()), by=by, limit=limit
        ).items:
            found[each.code] = each
    for code, secret in secrets.items():
        try:
            view, _ = queries.by_link(code, secret)
        except DothiError:
            continue
        found[view.code] = view
    ordered = sorted(found.values(), key=lambda each: each.changed_us, reverse=True)
    return [thing(each, language) for each in ordered[:limit]]


def thing(case: CaseView, language: str) -> Thing:
    """One case for a list."""
    declared = known.of_case(case.procedure, case.version)
    state = declared.states.get(case.state) if declared else None
    label = (state.public_label or state.label).text(language) if state else case.state
    title = declared.label.text(language) if declared and case.kind == "dossier" else case.title
    return Thing(
        code=case.code, title=title or case.code, state=label, open=case.open, waiting=case.phase == "waiting",
        late=case.open and case.due_us is not None and case.due_us < now_us(),
        due=from_us(case.due_us) if case.due_us is not None and case.open else None, changed=from_us(case.changed_us),
        simulated=case.simulated,
    )  # fmt: skip


def drafts(found: Iterable[Draft], language: str) -> list[Unfinished]:
    """Drafts for a list; those of procedures that are no longer there are left out."""
    made = []
    for each in found:
        try:
            title = catalogue.entry(each.procedure).procedure.label.text(language)
        except NotFound:
            continue
        made.append(Unfinished(each.pk, title, each.changed_at, each.expires_at))
    return made


def first_step(draft: Draft) -> str:
    """Where somebody who comes back goes on: the first page with something missing."""
    compiled = procedures.of(draft)
    way = rules.steps(compiled, draft.data)
    if "eligibility" in way and not draft.answers:
        return "eligibility"
    if not draft.contact and "who" in way:
        return "who"
    for page, asked in rules.pages(compiled, draft.data):
        if not any(each.key in draft.data for each in asked):
            return page.declared.key
    return way[-1]


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody looked at one's data in a register."""

    at: Any
    register: Any
    purpose: str
    who: str


def readings(by: Actor, limit: int = 50) -> list[Look]:
    """Who read the records of the person behind an account, the latest first."""
    person = prefill.known(by)
    if person is None:
        return []
    own = Identifier.objects.filter(type=prefill.PERSON, scheme=prefill.PERSONAL_ID, value=person.personal_id)
    found = Reading.objects.filter(record__in=own.values("record")).order_by("-id")[:limit]
    types = packs.record_types()
    return [
        Look(
            from_us(each.at_us),
            types[each.type].label if each.type in types else each.type,
            each.purpose,
            each.actor,
        )
        for each in found
    ]
