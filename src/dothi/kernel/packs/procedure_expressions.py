"""The expressions and periods of procedures, read as the engine will read them: every name, member and type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dothi.core.calendar import Allowance, BadAllowance
from dothi.core.feel import BOOLEAN, STRING, FeelError, Type, compile
from dothi.kernel.packs import procedure_scope, procedure_texts
from dothi.kernel.packs.procedure_forms import FormField
from dothi.kernel.packs.procedures import Effect, Procedure, State, TaskItem
from dothi.kernel.packs.source import Source, Steps

Found = tuple[Steps, str | None, Type | None]
"""Where an expression stands, its text, and the type it must have."""
_TEXTS = ("organisation", "unit", "account")
_ANY = ("by", "valid_from")


def allowance(source: Source, text: str, steps: Steps) -> None:
    """A period that the calendar understands."""
    try:
        Allowance.parse(text)
    except BadAllowance as error:
        source.report(steps, "not-an-allowance", value=text, error=error)


def check(source: Source, declared: Procedure) -> None:
    """Every expression of a procedure."""
    scope = procedure_scope.scope(declared)
    for steps, text, wanted in _everywhere(declared):
        _one(source, steps, text, scope, wanted)
    answers = procedure_scope.answers(declared)
    for index, question in enumerate(declared.start.eligibility):
        _one(source, ("start", "eligibility", index, "when"), question.when, answers, BOOLEAN)
    for key, form in declared.forms.items():
        inside = procedure_scope.form_scope(form, scope)
        for number, page in enumerate(form.pages):
            steps = ("forms", key, "pages", number)
            _one(source, (*steps, "when"), page.when, inside, BOOLEAN)
            _fields(source, page.fields, inside, (*steps, "fields"))


def _one(
    source: Source, steps: Steps, text: str | None, scope: Mapping[str, Type], wanted: Type | None
) -> None:
    if text is None:
        return
    try:
        compile(text, scope, wanted=wanted)
    except FeelError as error:
        for each in (error, *error.others):
            source.report(steps, "not-an-expression", error=each, suggestion=each.suggestion)


def _fields(source: Source, fields: tuple[FormField, ...], scope: Mapping[str, Type], steps: Steps) -> None:
    for index, field in enumerate(fields):
        here = (*steps, index)
        required = field.required if isinstance(field.required, str) else None
        _one(source, (*here, "required"), required, scope, BOOLEAN)
        _one(source, (*here, "when"), field.when, scope, BOOLEAN)
        value = {**scope, "value": procedure_scope.field_type(field)}
        _one(source, (*here, "check"), field.check, value, BOOLEAN)
        inner = {**scope, **procedure_scope.fields(field.fields)}
        _fields(source, field.fields, inner, (*here, "fields"))


def _everywhere(declared: Procedure) -> Iterator[Found]:
    yield ("start", "guard"), declared.start.guard, BOOLEAN
    for index, document in enumerate(declared.documents):
        yield ("documents", index, "when"), document.when, BOOLEAN
        if document.once_only is not None:
            yield ("documents", index, "once_only", "of"), document.once_only.of, STRING
    for key, clock in declared.clocks.items():
        yield ("clocks", key, "varies"), clock.varies, STRING
    for key, state in declared.states.items():
        yield from _state(state, ("states", key))
    facts = procedure_scope.facts(declared)
    for steps, effect in procedure_texts.every_effect(declared):
        yield from _effect(effect, facts, steps)


def _state(state: State, steps: Steps) -> Iterator[Found]:
    for key, action in state.actions.items():
        here: Steps = (*steps, "actions", key)
        yield (*here, "guard"), action.guard, BOOLEAN
        for index, branch in enumerate(action.branches):
            yield (*here, "branches", index, "when"), branch.when, BOOLEAN
    for index, automatic in enumerate(state.automatic):
        yield (*steps, "automatic", index, "when"), automatic.when, BOOLEAN
    for index, timer in enumerate(state.timers):
        yield (*steps, "timers", index, "when"), timer.when, BOOLEAN
    for name, join in (("tasks", state.tasks), ("children", state.children)):
        if join is not None and join.join not in ("all", "any"):
            yield (*steps, name, "join"), join.join, BOOLEAN
    for index, task in enumerate(state.tasks.items if state.tasks else ()):
        yield from _task(task, (*steps, "tasks", "items", index))


def _task(task: TaskItem, steps: Steps) -> Iterator[Found]:
    yield (*steps, "when"), task.when, BOOLEAN
    yield (*steps, "organisation"), task.organisation, STRING


def _effect(effect: Effect, facts: Mapping[str, Type], steps: Steps) -> Iterator[Found]:
    yield (*steps, "when"), effect.when, BOOLEAN
    kind = effect.kind
    declared = getattr(effect, kind)
    if effect.task is not None:
        yield from _task(effect.task, (*steps, "task"))
        return
    here: Steps = (*steps, kind)
    if effect.set is not None:
        for name, text in effect.set.items():
            yield (*here, name), text, facts.get(name)
        return
    for part in ("values", "data"):
        for name, text in (getattr(declared, part, None) or {}).items():
            yield (*here, part, name), text, None
    for name in (*_TEXTS, *_ANY):
        found = getattr(declared, name, None)
        if isinstance(found, str):
            yield (*here, name), found, STRING if name in _TEXTS else None
