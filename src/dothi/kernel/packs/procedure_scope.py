"""The names and types that expressions of a procedure may use; the checks and the engine read the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dothi.core.feel import ANY, BOOLEAN, DATE, DATETIME, NUMBER, STRING, Type, context, list_of
from dothi.kernel.packs.procedure_forms import Form, FormField
from dothi.kernel.packs.procedures import Procedure

_PLACE: Final = context({"lon": NUMBER, "lat": NUMBER, "address": STRING, "unit": STRING})
_KINDS: Final[dict[str, Type]] = {
    "integer": NUMBER,
    "number": NUMBER,
    "money": NUMBER,
    "boolean": BOOLEAN,
    "date": DATE,
    "datetime": DATETIME,
    "choices": list_of(STRING),
    "place": _PLACE,
    "list": list_of(ANY),
    "object": ANY,
}
CASE: Final = context(
    {
        **dict.fromkeys(
            (
                "id", "code", "kind", "procedure", "state", "phase", "outcome", "channel", "unit", "organisation",
                "assignee", "applicant",
            ),
            STRING,
        ),
        "simulated": BOOLEAN,
        "opened": DATETIME,
        "entered": DATETIME,
        "once": list_of(STRING),
    }
)  # fmt: skip
ACTOR: Final = context(
    {
        "reference": STRING,
        "kind": STRING,
        "roles": list_of(STRING),
        "is_applicant": BOOLEAN,
        "unit": STRING,
        "organisation": STRING,
    }
)
PAYMENTS: Final = context({"asked": NUMBER, "paid": NUMBER, "due": NUMBER, "settled": BOOLEAN})
TASK: Final = context({"state": STRING, "outcome": STRING})
CHILD: Final = context({"procedure": STRING, "state": STRING, "outcome": STRING, "done": BOOLEAN})
CLOCK: Final = context(
    {**dict.fromkeys(("started", "running", "paused", "late", "extended"), BOOLEAN), "due": DATETIME}
)


def word(key: str) -> str:
    """A key as a name in expressions: ``land-title`` → ``land_title``."""
    return key.replace("-", "_")


def field_type(field: FormField) -> Type:
    """The type of the answers to a question."""
    one = context(fields(field.fields)) if field.type == "group" else _KINDS.get(field.type, STRING)
    return one if field.repeat is None else list_of(one)


def fields(given: Iterable[FormField]) -> dict[str, Type]:
    """The types of these questions by name."""
    return {each.key: field_type(each) for each in given}


def data(procedure: Procedure) -> dict[str, Type]:
    """The types of all answers that a case of the procedure can hold."""
    return fields(field for form in procedure.forms.values() for page in form.pages for field in page.fields)


def facts(procedure: Procedure) -> dict[str, Type]:
    """The types of a case's facts."""
    return {key: _KINDS.get(fact.type, STRING) for key, fact in procedure.facts.items()}


def scope(procedure: Procedure) -> dict[str, Type]:
    """Every name that guards, conditions and values of effects may use."""
    answers = context(data(procedure))
    tasks = [task.key for state in procedure.states.values() if state.tasks for task in state.tasks.items]
    tasks += _added(procedure)
    return {
        "data": answers,
        "facts": context(facts(procedure)),
        "case": CASE,
        "actor": ACTOR,
        "now": DATETIME,
        "today": DATE,
        "documents": context({word(each.key): NUMBER for each in procedure.documents}),
        "payments": PAYMENTS,
        "tasks": context({word(key): TASK for key in tasks}),
        "children": list_of(CHILD),
        "waiting": NUMBER,
        "clocks": context({word(key): CLOCK for key in procedure.clocks}),
        "input": answers,
        "note": STRING,
    }


def _added(procedure: Procedure) -> list[str]:
    """The tasks that effects add on the way."""
    found = [effect.task.key for effect in procedure.start.effects if effect.task]
    for state in procedure.states.values():
        effects = [*state.on_enter, *(each for timer in state.timers for each in timer.effects)]
        effects += [each for action in state.actions.values() for each in action.effects]
        found += [each.task.key for each in effects if each.task]
    return found


def form_scope(form: Form, whole: Mapping[str, Type]) -> dict[str, Type]:
    """Every name that conditions inside a form may use: its own questions, and what is known of the case."""
    kept = {name: whole[name] for name in ("data", "facts", "case", "actor", "now", "today") if name in whole}
    own = fields(field for page in form.pages for field in page.fields)
    return {**kept, **own}


def answers(procedure: Procedure) -> dict[str, Type]:
    """The names in the conditions of who may begin: the questions of eligibility."""
    return {each.key: ANY for each in procedure.start.eligibility}
