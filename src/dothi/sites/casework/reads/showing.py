"""A case as an officer sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from dothi.core.clock import from_us, now_us
from dothi.core.config import current
from dothi.core.text import collation_key
from dothi.kernel.cases import documents as files
from dothi.kernel.cases import queries
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.types import DocumentMeta
from dothi.kernel.cases.timelines import Line
from dothi.kernel.cases.views import CaseView
from dothi.kernel.directory import queries as directory
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.packs import queries as packs
from dothi.sites.casework.reads.listing import row as row
from dothi.sites.casework.reads.listing import span
from dothi.sites.forms import showing

AGENCY_FIELDS: Final = frozenset({"responder", "opinion_of"})


@dataclass(frozen=True, slots=True)
class Clock:
    """A period of the case: when it ends, how much is left, why it stands still."""

    key: str
    label: str
    due: datetime | None
    left: str
    level: str
    paused: str
    stopped: datetime | None


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the history with who did it."""

    line: Line
    who: str


def units(language: str) -> list[tuple[str, str]]:
    """The city's wards for a choice."""
    found = [(each.code, each.full_name[language]) for each in directory.children(current().city)]
    return sorted(found, key=lambda pair: collation_key(pair[1]))


def organisations(language: str) -> list[tuple[str, str]]:
    """The agencies a case may be handed to."""
    listed = packs.vocabulary(naming.AGENCIES)
    return [(each.value, each.label.text(language)) for each in listed.codes] if listed else []


def answers(case: CaseView, compiled: Compiled, language: str) -> list[showing.Section]:
    """What was declared, form by form, as far as it was answered."""
    names = dict(units(language))
    made = []
    for form in compiled.forms.values():
        if any(key in case.data for key in form.keys):
            made += showing.summary(form, case.data, language, units=names)
    return [each for each in made if any(answer.value != "–" for answer in each.answers)]


def facts(case: CaseView, compiled: Compiled, language: str) -> list[tuple[str, Any]]:
    """What was found and decided about it."""
    declared = compiled.procedure.facts
    return [
        (declared[key].label.text(language), value)
        for key, value in case.facts.items()
        if key in declared and value is not None
    ]


def clocks(case: CaseView, compiled: Compiled, language: str) -> list[Clock]:
    """Every period, those that run first."""
    assert case.snapshot is not None
    made, now = [], now_us()
    for key, state in case.snapshot.clocks.items():
        declared = compiled.procedure.clocks.get(key)
        if declared is None:
            continue
        due, running = state.due_us, state.stopped_us is None and not state.paused
        late = state.missed_us is not None or (running and due is not None and due < now)
        soon = running and state.warn_us is not None and state.warn_us < now
        made.append(
            Clock(
                key, declared.label.text(language), from_us(due) if due else None,
                span(due - now, language) if running and due is not None else "",
                "alert" if late else "warn" if soon else "normal", naming.cause(state.pauses[-1].cause, language) if state.paused else "",
                from_us(state.stopped_us) if state.stopped_us else None,
            )
        )  # fmt: skip
    return sorted(made, key=lambda each: (each.stopped is not None, each.key))


def papers(case: CaseView, compiled: Compiled, language: str) -> list[tuple[str, list[DocumentMeta], bool]]:
    """The documents there are and those that are missing: (what, files, needed)."""
    assert case.snapshot is not None
    made = []
    known = set()
    for each in compiled.procedure.documents:
        rows = list(case.snapshot.documents.get(each.key) or ())
        known.add(each.key)
        if rows or "open" in each.for_:
            made.append((each.label.text(language), rows, each.required and not each.when))
    own = {str(each.pk): each.label for each in files.of_case(case.num)}
    for key, found in case.snapshot.documents.items():
        if key not in known:
            made += [(own.get(each.id) or each.name, [each], False) for each in found or ()]
    return made


@dataclass(frozen=True, slots=True)
class Opinion:
    """Another house's answer that the case waits for, or has."""

    case: str
    label: str
    code: str
    where: str
    done: bool
    due: datetime | None
    late: bool
    answer: str


def opinions(case: CaseView, language: str) -> list[Opinion]:
    """What was asked of other houses. Where it is and its answer stand in the asking case: no right to theirs is needed."""
    assert case.snapshot is not None
    found = []
    for each in case.snapshot.waiting_for.values():
        declared = packs.procedures().get(each.procedure)
        label = declared.label.text(language) if declared else each.procedure
        other = queries.get(each.case, by=SYSTEM) if each.case else None
        if other is None:
            found.append(Opinion("", label, "", "", each.state == "done", None, False, ""))
            continue
        due = other.due_us if other.open else None
        found.append(
            Opinion(
                other.id, label, other.code, naming.agency(other.organisation, language), each.state == "done",
                from_us(due) if due else None, due is not None and due < now_us(), _answer(other, language),
            )
        )  # fmt: skip
    return found


def _answer(other: CaseView, language: str) -> str:
    """What the other house answered, in words: every answer but what was asked of it."""
    compiled = queries.compiled(other)
    start = compiled.procedure.start.form
    forms = [
        form
        for key, form in compiled.forms.items()
        if key != start and any(key in other.data for key in form.keys)
    ]
    said = [
        one.value
        for form in forms
        for section in showing.summary(form, other.data, language, units={})
        for one in section.answers
    ]
    return " · ".join(value for value in said if value != "–") if not other.open else ""


def lines(found: list[Line]) -> list[Event]:
    """The history, the latest first."""
    return [
        Event(each, naming.person(each.actor) or each.actor.partition(":")[0]) for each in reversed(found)
    ]
