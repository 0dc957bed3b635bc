"""A declared procedure as a transition table: (state, action) → what happens, with every expression compiled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from dothi.core.feel import Type
from dothi.kernel.cases.engine import decisions
from dothi.kernel.cases.engine.expressions import STRING, Expression, compile_expression, condition
from dothi.kernel.cases.engine.forms import CompiledForm, compile_form
from dothi.kernel.packs import procedure_scope
from dothi.kernel.packs.declarations import CodeList, Label
from dothi.kernel.packs.procedure_scope import word as word
from dothi.kernel.packs.procedures import (
    OPENING,
    Action,
    DocumentType,
    Effect,
    Join,
    Procedure,
    State,
    TaskItem,
    Timer,
    names,
)


@dataclass(frozen=True, slots=True)
class CompiledEffect:
    """An effect, its condition, and its expressions by name."""

    kind: str
    declared: Any
    when: Expression | None
    values: dict[str, Expression]
    more: dict[str, Expression]
    task: CompiledTask | None = None


@dataclass(frozen=True, slots=True)
class CompiledTask:
    """A piece of work beside others."""

    declared: TaskItem
    roles: frozenset[str]
    when: Expression | None
    organisation: Expression | None
    form: CompiledForm | None
    outcomes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledJoin:
    """When parallel work is finished enough, and what is done then."""

    rule: str  # all, any or expression
    when: Expression | None
    then: str


@dataclass(frozen=True, slots=True)
class NeededDocument:
    """A document that an act needs."""

    declared: DocumentType
    when: Expression | None


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: an action in a state."""

    key: str
    state: str
    label: dict[str, str]
    declared: Action
    to: str | None
    roles: frozenset[str]
    guard: Expression | None
    form: CompiledForm | None
    branches: tuple[tuple[Expression, str], ...]
    effects: tuple[CompiledEffect, ...]
    documents: tuple[NeededDocument, ...]
    starts: tuple[str, ...]  # clocks
    stops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompiledTimer:
    """What happens by itself in a state."""

    name: str
    declared: Timer
    when: Expression | None
    effects: tuple[CompiledEffect, ...]


@dataclass(frozen=True, slots=True)
class CompiledState:
    """A state with all that happens on entering it and while a case stays."""

    key: str
    declared: State
    on_enter: tuple[CompiledEffect, ...]
    automatic: tuple[tuple[Expression | None, str], ...]
    timers: tuple[CompiledTimer, ...]
    tasks: dict[str, CompiledTask]
    join: CompiledJoin | None
    children: CompiledJoin | None
    starts: tuple[str, ...]
    stops: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Whether a case ends here."""
        return self.declared.phase == "done"


@dataclass(frozen=True, slots=True)
class Compiled:
    """A procedure ready to run; shared by all its cases and never changed."""

    procedure: Procedure
    table: dict[tuple[str, str], Transition]
    states: dict[str, CompiledState]
    forms: dict[str, CompiledForm]
    decisions: dict[str, decisions.Table]
    start_guard: Expression | None
    start_effects: tuple[CompiledEffect, ...]
    start_documents: tuple[NeededDocument, ...]
    eligibility: tuple[Expression, ...]
    varies: dict[str, Expression]  # clock → what its allowance is in a case
    by_state: dict[str, tuple[Transition, ...]]
    times: dict[str, Type]  # data and facts that expressions see in another form than JSON has
    no_tasks: dict[str, Any]  # what expressions see of work not begun
    no_clocks: dict[str, Any]  # and of clocks not started

    @property
    def key(self) -> str:
        """The procedure's key."""
        return self.procedure.key

    @property
    def version(self) -> int:
        """The procedure's version."""
        return self.procedure.version


NO_CLOCK = {
    "started": False,
    "running": False,
    "paused": False,
    "late": False,
    "extended": False,
    "due": None,
}


def text(label: Label) -> dict[str, str]:
    """A label as a text in both languages."""
    return {"vi": label.vi, "en": label.en}


@dataclass(frozen=True, slots=True)
class _Maker:
    """What is needed to compile a part of a procedure: its forms and the names its expressions may use."""

    procedure: Procedure
    forms: Mapping[str, CompiledForm]
    scope: Mapping[str, Type]

    def condition(self, given: str | None) -> Expression | None:
        """A condition, where there is one."""
        return None if given is None else condition(given, self.scope)

    def value(self, given: str, wanted: Type | None = None) -> Expression:
        """An expression of any type, or the one wanted."""
        return compile_expression(given, self.scope, wanted)


def compile_procedure(procedure: Procedure, codes: Mapping[str, CodeList] | None = None) -> Compiled:
    """``procedure`` ready to run; ``codes`` are the code lists that its forms name.

    Raises :class:`ValueError` where an expression or table cannot be compiled; ``dothi check`` says where.
    """
    scope = procedure_scope.scope(procedure)
    forms = {key: compile_form(form, codes or {}, scope) for key, form in procedure.forms.items()}
    make = _Maker(procedure, forms, scope)
    answers = procedure_scope.answers(procedure)
    states = {key: _state(make, key, state) for key, state in procedure.states.items()}
    table = {
        (state, key): _transition(make, state, key, action)
        for state, declared in procedure.states.items()
        for key, action in declared.actions.items()
    }
    return Compiled(
        procedure=procedure,
        table=table,
        states=states,
        forms=forms,
        decisions={
            key: decisions.compile_table(key, each, scope) for key, each in procedure.decisions.items()
        },
        start_guard=make.condition(procedure.start.guard),
        start_effects=_effects(make, procedure.start.effects),
        start_documents=_documents(make, OPENING),
        eligibility=tuple(condition(each.when, answers) for each in procedure.start.eligibility),
        varies={
            key: make.value(each.varies, STRING) for key, each in procedure.clocks.items() if each.varies
        },
        by_state={
            key: tuple(each for (state, _), each in table.items() if state == key) for key in procedure.states
        },
        times=_times(procedure, scope),
        no_tasks={
            word(key): {"state": None, "outcome": None} for state in states.values() for key in state.tasks
        },
        no_clocks={word(key): dict(NO_CLOCK) for key in procedure.clocks},
    )


def _times(procedure: Procedure, scope: Mapping[str, Type]) -> dict[str, Type]:
    """The names of data and facts that expressions look at and see in another form than JSON has."""
    kinds = {**scope["data"].fields, **scope["facts"].fields}
    written = msgspec.json.encode(procedure).decode()
    return {
        key: of
        for key, of in kinds.items()
        if of.kind not in ("string", "boolean", "any") and f".{key}" in written
    }


def _documents(make: _Maker, action: str) -> tuple[NeededDocument, ...]:
    return tuple(
        NeededDocument(each, make.condition(each.when))
        for each in make.procedure.documents
        if each.required and action in each.for_
    )


def _clocks(procedure: Procedure, name: str, field: str) -> tuple[str, ...]:
    return tuple(key for key, clock in procedure.clocks.items() if name in getattr(clock, field))


def _transition(make: _Maker, state: str, key: str, action: Action) -> Transition:
    return Transition(
        key=key,
        state=state,
        label=text(action.label),
        declared=action,
        to=action.to,
        roles=frozenset(names(action.role)),
        guard=make.condition(action.guard),
        form=make.forms[action.form] if action.form else None,
        branches=tuple((condition(each.when, make.scope), each.to) for each in action.branches),
        effects=_effects(make, action.effects),
        documents=_documents(make, key),
        starts=_clocks(make.procedure, key, "starts_on"),
        stops=_clocks(make.procedure, key, "stops_on"),
    )


def _state(make: _Maker, key: str, state: State) -> CompiledState:
    tasks = state.tasks
    return CompiledState(
        key=key,
        declared=state,
        on_enter=_effects(make, state.on_enter),
        automatic=tuple((make.condition(each.when), each.do) for each in state.automatic),
        timers=tuple(
            CompiledTimer(f"{key}.{index}", each, make.condition(each.when), _effects(make, each.effects))
            for index, each in enumerate(state.timers)
        ),
        tasks={each.key: _task(make, each) for each in tasks.items} if tasks else {},
        join=_join(make, Join(join=tasks.join, then=tasks.then)) if tasks else None,
        children=_join(make, state.children) if state.children else None,
        starts=_clocks(make.procedure, key, "starts_on"),
        stops=_clocks(make.procedure, key, "stops_on"),
    )


def _join(make: _Maker, declared: Join) -> CompiledJoin:
    simple = declared.join in ("all", "any")
    when = None if simple else condition(declared.join, make.scope)
    return CompiledJoin(declared.join if simple else "expression", when, declared.then)


def _task(make: _Maker, declared: TaskItem) -> CompiledTask:
    """A task ready to be opened."""
    return CompiledTask(
        declared=declared,
        roles=frozenset(names(declared.role)),
        when=make.condition(declared.when),
        organisation=make.value(declared.organisation, STRING) if declared.organisation else None,
        form=make.forms[declared.form] if declared.form else None,
        outcomes=tuple(each.key for each in declared.outcomes),
    )


def _effects(make: _Maker, declared: tuple[Effect, ...]) -> tuple[CompiledEffect, ...]:
    """Effects with their expressions compiled."""
    return tuple(_effect(make, each) for each in declared)


def _effect(make: _Maker, effect: Effect) -> CompiledEffect:
    kind = effect.kind
    declared = getattr(effect, kind)
    given: Mapping[str, str] = declared if kind == "set" else _given(declared)
    more = {
        name: make.value(getattr(declared, name))
        for name in ("organisation", "unit", "account", "by", "valid_from")
        if kind != "task" and isinstance(getattr(declared, name, None), str)
    }
    return CompiledEffect(
        kind=kind,
        declared=declared,
        when=make.condition(effect.when),
        values={key: make.value(each) for key, each in given.items()},
        more=more,
        task=_task(make, effect.task) if effect.task else None,
    )


def _given(declared: Any) -> Mapping[str, str]:
    """The expressions an effect carries by name."""
    for name in ("values", "data"):
        found = getattr(declared, name, None)
        if isinstance(found, dict):
            return found
    return {}
