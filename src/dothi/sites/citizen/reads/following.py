"""What a case's page shows to its person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from dothi.centres.services import procedures
from dothi.core.clock import from_us, now_us
from dothi.kernel.cases import documents as files
from dothi.kernel.cases import queries
from dothi.kernel.cases.access import is_applicant
from dothi.kernel.cases.engine.compiled import Compiled
from dothi.kernel.cases.engine.types import DocumentMeta, Offer
from dothi.kernel.cases.timelines import Line
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import contacts, naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.messages.codes import Address
from dothi.kernel.messages.rules import EMAIL, SMS, masked
from dothi.kernel.packs.procedures import DocumentType
from dothi.sites.forms import showing


@dataclass(frozen=True, slots=True)
class Clock:
    """A period as its person sees it: when it ends, whether it stands still and why."""

    label: str
    due: datetime | None
    started: datetime
    stopped: datetime | None
    late: bool
    cause: str
    share: int  # per cent of the time that has passed
    pauses: tuple[tuple[str, datetime, datetime | None], ...] = ()  # why, from, to (None: still)


@dataclass(frozen=True, slots=True)
class Reached:
    """An address given with a case, as its person sees it."""

    address: Address
    masked: str
    confirmed: bool


def contact(case: CaseView, by: Actor) -> list[Reached]:
    """How its person is told; for nobody but themselves."""
    held = contacts.of(case.id) if is_applicant(by, case.applicant) else None
    given = [(SMS, held.phone), (EMAIL, held.email)] if held else []
    return [
        Reached(Address(way, value), masked(way, value), bool(held and way in held.confirmed))
        for way, value in given
        if value
    ]


def compiled_of(case: CaseView) -> Compiled:
    """The version of the procedure that a case follows."""
    return procedures.version(case.procedure, case.version)


def handler(case: CaseView, language: str) -> str:
    """Who handles it."""
    return naming.handler(case, language)


def clocks(case: CaseView, compiled: Compiled, language: str) -> list[Clock]:
    """The periods that its person may see, those that run first."""
    made = []
    assert case.snapshot is not None
    for key, state in case.snapshot.clocks.items():
        declared = compiled.procedure.clocks.get(key)
        if declared is None or not state.public:
            continue
        cause = state.pauses[-1].cause if state.paused else ""
        due = state.due_us
        whole = max(1, (due or state.started_us + 1) - state.started_us)
        made.append(
            Clock(
                label=declared.label.text(language), due=from_us(due) if due else None, started=from_us(state.started_us),
                stopped=from_us(state.stopped_us) if state.stopped_us else None,
                late=state.missed_us is not None or bool(due and state.stopped_us is None and due < now_us()),
                cause=naming.cause(cause, language),
                share=min(100, max(0, 100 * (now_us() - state.started_us) // whole)),
                pauses=tuple(
                    (naming.cause(each.cause, language), from_us(each.from_us), from_us(each.to_us) if each.to_us else None)
                    for each in state.pauses
                ),
            )
        )  # fmt: skip
    return sorted(made, key=lambda each: (each.stopped is not None, each.due or each.started))


def papers(case: CaseView, compiled: Compiled, language: str) -> list[tuple[str, DocumentMeta]]:
    """Its documents, each with what it is."""
    assert case.snapshot is not None
    labels = {each.key: each.label.text(language) for each in compiled.procedure.documents}
    own = {str(each.pk): each.label for each in files.of_case(case.num)}
    return [
        (labels.get(key) or own.get(each.id) or each.name, each)
        for key, rows in case.snapshot.documents.items()
        for each in rows or ()
        if each.state != "refused"
    ]


def answers(
    case: CaseView, compiled: Compiled, language: str, units: Mapping[str, str]
) -> list[showing.Section]:
    """What was declared."""
    key = compiled.procedure.start.form
    return showing.summary(compiled.forms[key], case.data, language, units=units) if key else []


def happened(case: CaseView, by: Actor, language: str) -> list[Line]:
    """Its public history. That an answer was published too says nothing new to who got it."""
    found = queries.timeline(case.id, by=by, public=True, language=language)
    return [each for each in found if not each.action.startswith("publish.")]


def said(case: CaseView, compiled: Compiled, language: str) -> list[showing.Section]:
    """What the office said to its person: the question that waits for them, and the answer, where a procedure has such forms."""
    made = []
    for key in ("question", "answer"):
        form = compiled.forms.get(key)
        if form is None or (key == "question" and case.phase != "waiting"):
            continue
        given = {each.key for each in form.fields() if each.key in case.data}
        if given:
            made += showing.summary(form, case.data, language, units={})
    return made


def asked(compiled: Compiled, offer: Offer) -> list[DocumentType]:
    """The documents an act may bring."""
    return [each for each in compiled.procedure.documents if offer.action in each.for_]
