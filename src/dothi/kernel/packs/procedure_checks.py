"""The rules of a procedure's content: names that exist, ways that lead to the end, clocks that start and go on."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from dothi.core.calendar import shipped_causes
from dothi.kernel.packs import (
    checks,
    procedure_decisions,
    procedure_expressions,
    procedure_form_checks,
    procedure_texts,
)
from dothi.kernel.packs.declarations import CodeList
from dothi.kernel.packs.problems import Problem, nearest
from dothi.kernel.packs.procedure_flow import backwards, reached, targets
from dothi.kernel.packs.procedure_forms import FormField
from dothi.kernel.packs.procedures import (
    BUILT_IN_ROLES,
    EFFECTS,
    OPENING,
    Action,
    Effect,
    Procedure,
    State,
    Timer,
    names,
)
from dothi.kernel.packs.record_types import RecordType
from dothi.kernel.packs.source import Source, Steps


def procedure(source: Source, declared: Procedure) -> None:
    """One procedure by itself."""
    checks.labels(source, declared)
    checks.named(source, declared.key, "key")
    before = len(source.problems)
    _start(source, declared)
    _documents(source, declared)
    _clocks(source, declared)
    for key, state in declared.states.items():
        _state(source, declared, key, state, ("states", key))
    _results(source, declared)
    _migrations(source, declared)
    procedure_form_checks.forms(source, declared)
    if len(source.problems) == before:
        _ways(source, declared)
        procedure_expressions.check(source, declared)
        procedure_decisions.check(source, declared)
        procedure_texts.check(source, declared)


def known(source: Source, name: str, there: Collection[str], kind: str, steps: Steps) -> bool:
    """Report a name that is not there."""
    if name in there:
        return True
    source.report(steps, "no-such-name", kind=kind, name=name, suggestion=nearest(name, there))
    return False


def _roles(source: Source, declared: Procedure, given: str | tuple[str, ...], steps: Steps) -> None:
    there = {*declared.roles, *BUILT_IN_ROLES}
    for index, name in enumerate(names(given)):
        known(source, name, there, "role of that name", steps if isinstance(given, str) else (*steps, index))


def _start(source: Source, declared: Procedure) -> None:
    start = declared.start
    known(source, start.state, declared.states, "state of that name", ("start", "state"))
    if start.form is not None:
        known(source, start.form, declared.forms, "form of that name", ("start", "form"))
    _roles(source, declared, start.role, ("start", "role"))
    _effects(source, declared, start.effects, ("start", "effects"))


def actions(declared: Procedure) -> set[str]:
    """Every action of the procedure, and the opening."""
    return {OPENING, *(key for state in declared.states.values() for key in state.actions)}


def _documents(source: Source, declared: Procedure) -> None:
    there = actions(declared)
    keys = [each.key for each in declared.documents]
    for index, each in enumerate(declared.documents):
        if each.key in keys[:index]:
            source.report(
                ("documents", index, "key"), "named-twice", kind="document of that name", name=each.key
            )
        for place, name in enumerate(each.for_):
            known(source, name, there, "action of that name", ("documents", index, "for", place))


def _clocks(source: Source, declared: Procedure) -> None:
    there = {*declared.states, *actions(declared)}
    every = [action for state in declared.states.values() for action in state.actions.values()]
    resumed = {name for action in every for name in action.resumes}
    paused = {name for action in every for name in action.pauses}
    for key, clock in declared.clocks.items():
        procedure_expressions.allowance(source, clock.allowance, ("clocks", key, "allowance"))
        for part in ("starts_on", "stops_on"):
            for index, name in enumerate(getattr(clock, part)):
                known(source, name, there, "state or action", ("clocks", key, part, index))
        if key in paused and key not in resumed:
            source.report(("clocks", key), "clock-never-resumes", clock=key)


def _state(source: Source, declared: Procedure, key: str, state: State, steps: Steps) -> None:
    for name, action in state.actions.items():
        _action(source, declared, action, (*steps, "actions", name))
    _effects(source, declared, state.on_enter, (*steps, "on_enter"))
    for index, each in enumerate(state.automatic):
        place: Steps = (*steps, "automatic", index, "do")
        known(source, each.do, state.actions, "action in this state", place)
    for index, timer in enumerate(state.timers):
        _timer(source, declared, state, timer, (*steps, "timers", index))
    if state.tasks is not None:
        _tasks(source, declared, state, (*steps, "tasks"))
    if state.children is not None:
        place = (*steps, "children", "then")
        known(source, state.children.then, state.actions, "action in this state", place)
    if state.phase == "done" and state.outcome is None and not _outcomes_given(declared, key):
        source.report(steps, "action-goes-nowhere", state=key)


def _outcomes_given(declared: Procedure, key: str) -> bool:
    """Whether every action that leads to ``key`` says how the case ended."""
    leading = [
        action
        for state in declared.states.values()
        for action in state.actions.values()
        if key in (action.to, *(branch.to for branch in action.branches))
    ]
    return bool(leading) and all(action.outcome for action in leading)


def _action(source: Source, declared: Procedure, action: Action, steps: Steps) -> None:
    _roles(source, declared, action.role, (*steps, "role"))
    if action.to is not None:
        known(source, action.to, declared.states, "state of that name", (*steps, "to"))
    for index, branch in enumerate(action.branches):
        known(source, branch.to, declared.states, "state of that name", (*steps, "branches", index, "to"))
    if action.form is not None:
        known(source, action.form, declared.forms, "form of that name", (*steps, "form"))
    for part in ("pauses", "resumes"):
        for index, name in enumerate(getattr(action, part)):
            known(source, name, declared.clocks, "clock of that name", (*steps, part, index))
    causes = shipped_causes()
    known(source, action.pause_cause, causes, "cause of a pause", (*steps, "pause_cause"))
    if action.extends is not None:
        _extends(source, declared, action, (*steps, "extends"))
    _effects(source, declared, action.effects, (*steps, "effects"))


def _extends(source: Source, declared: Procedure, action: Action, steps: Steps) -> None:
    more = action.extends
    assert more is not None
    known(source, more.clock, declared.clocks, "clock of that name", (*steps, "clock"))
    if (more.by is None) == (more.field is None):
        source.report(steps, "extends-kinds")
    if more.by is not None:
        procedure_expressions.allowance(source, more.by, (*steps, "by"))
    if more.field is not None:
        form = declared.forms.get(action.form or "")
        there = [field.key for page in form.pages for field in page.fields] if form else []
        known(source, more.field, there, "field of that name", (*steps, "field"))
    if action.note != "required":
        source.report(steps, "extends-without-reason")


def _timer(source: Source, declared: Procedure, state: State, timer: Timer, steps: Steps) -> None:
    if (timer.after is None) == (timer.clock is None) or (timer.do is None and not timer.effects):
        source.report(steps, "timer-kinds")
    if timer.after is not None:
        procedure_expressions.allowance(source, timer.after, (*steps, "after"))
    if timer.clock is not None:
        known(source, timer.clock, declared.clocks, "clock of that name", (*steps, "clock"))
    if timer.do is not None:
        known(source, timer.do, state.actions, "action in this state", (*steps, "do"))
    _effects(source, declared, timer.effects, (*steps, "effects"))


def _tasks(source: Source, declared: Procedure, state: State, steps: Steps) -> None:
    tasks = state.tasks
    assert tasks is not None
    known(source, tasks.then, state.actions, "action in this state", (*steps, "then"))
    keys = [each.key for each in tasks.items]
    for index, each in enumerate(tasks.items):
        place: Steps = (*steps, "items", index)
        if each.key in keys[:index]:
            source.report((*place, "key"), "named-twice", kind="task of that name", name=each.key)
        _task(source, declared, each, place)


def _task(source: Source, declared: Procedure, task: Any, steps: Steps) -> None:
    _roles(source, declared, task.role, (*steps, "role"))
    if task.form is not None:
        known(source, task.form, declared.forms, "form of that name", (*steps, "form"))
    if task.within is not None:
        procedure_expressions.allowance(source, task.within, (*steps, "within"))


def _effects(source: Source, declared: Procedure, effects: Iterable[Effect], steps: Steps) -> None:
    for index, effect in enumerate(effects):
        _effect(source, declared, effect, (*steps, index))


def _effect(source: Source, declared: Procedure, effect: Effect, steps: Steps) -> None:
    given = [kind for kind in EFFECTS if getattr(effect, kind) is not None]
    if len(given) != 1:
        source.report(steps, "effect-kinds", known=", ".join(EFFECTS), given=", ".join(given) or "-")
        return
    if effect.set is not None:
        for name in effect.set:
            known(source, name, declared.facts, "fact of that name", (*steps, "set", name))
    elif effect.decide is not None:
        known(source, effect.decide.table, declared.decisions, "decision table", (*steps, "decide", "table"))
        known(source, effect.decide.into, declared.facts, "fact of that name", (*steps, "decide", "into"))
    elif effect.message is not None:
        place: Steps = (*steps, "message", "template")
        known(source, effect.message.template, declared.messages, "message of that name", place)
        to = {*declared.roles, "applicant", "assignee", "organisation", "subscribers"}
        known(source, effect.message.to, to, "role of that name", (*steps, "message", "to"))
    elif effect.letter is not None:
        place = (*steps, "letter", "template")
        known(source, effect.letter.template, declared.letters, "letter of that name", place)
        if effect.letter.sign_role is not None:
            _roles(source, declared, effect.letter.sign_role, (*steps, "letter", "sign_role"))
    elif effect.assign is not None and effect.assign.role is not None:
        _roles(source, declared, effect.assign.role, (*steps, "assign", "role"))
    elif effect.task is not None:
        _task(source, declared, effect.task, (*steps, "task"))


def _results(source: Source, declared: Procedure) -> None:
    for index, each in enumerate(declared.results):
        if each.letter is not None:
            known(source, each.letter, declared.letters, "letter of that name", ("results", index, "letter"))


def _migrations(source: Source, declared: Procedure) -> None:
    fields = {field.key for form in declared.forms.values() for page in form.pages for field in page.fields}
    for version, each in declared.migrate_from.items():
        steps: Steps = ("migrate_from", version)
        if not version.isdecimal() or int(version) >= declared.version:
            source.report(steps, "migration-version", version=declared.version)
        for old, new in each.states.items():
            known(source, new, declared.states, "state of that name", (*steps, "states", old))
        for name in each.data:
            known(source, name, {*fields, *declared.facts}, "field of that name", (*steps, "data", name))


def _ways(source: Source, declared: Procedure) -> None:
    """Every state can be reached, and from every state the end can."""
    ways = targets(declared)
    there = reached([declared.start.state], ways)
    done = [key for key, state in declared.states.items() if state.phase == "done"]
    ending = reached(done, backwards(ways))
    for key in declared.states:
        if key not in there:
            source.report(("states", key), "state-unreachable", state=key)
        elif key not in ending:
            source.report(("states", key), "state-dead-end", state=key)


def between(
    procedures: Sequence[tuple[Source, Procedure]],
    code_lists: Iterable[CodeList],
    record_types: Iterable[RecordType],
    others: Iterable[Procedure] = (),
) -> Iterator[Problem]:
    """The rules between files and packs: procedures named once; registers, code lists and procedures that exist."""
    codes = {each.key for each in code_lists}
    registers = {each.key: each for each in record_types}
    first: dict[str, str] = {}
    keys = {each.key for each in others} | {each.key for _, each in procedures}
    for source, declared in procedures:
        if declared.key in first:
            yield source.problem(("key",), "duplicate-procedure", key=declared.key, other=first[declared.key])
        first.setdefault(declared.key, source.file)
        for steps, name in procedure_texts.opened(declared):
            if name not in keys:
                yield source.problem(steps, "no-such-procedure", name=name, suggestion=nearest(name, keys))
        for steps, field in procedure_form_checks.every_field(declared):
            yield from _field(source, field, steps, codes, registers)
        for steps, register, by, purpose in procedure_texts.looked_up(declared):
            yield from _register(source, register, registers, steps, by=by, purpose=purpose)


def _field(
    source: Source,
    field: FormField,
    steps: Steps,
    codes: Collection[str],
    registers: Mapping[str, RecordType],
) -> Iterator[Problem]:
    if field.codes is not None and field.codes not in codes:
        near = nearest(field.codes, codes)
        yield source.problem((*steps, "codes"), "unknown-code-list", key=field.codes, suggestion=near)
    if field.register is not None:
        yield from _register(source, field.register, registers, (*steps, "register"), by=field.by)
    if field.prefill is not None:
        fill = field.prefill
        place: Steps = (*steps, "prefill")
        yield from _register(source, fill.register, registers, place, by=fill.by, purpose=fill.purpose)
        kind = registers.get(fill.register)
        if kind is not None and fill.property not in kind.schema.get("properties", {}):
            near = nearest(fill.property, kind.schema.get("properties", {}))
            words = {"register": kind.key, "kind": "property of that name", "name": fill.property}
            yield source.problem((*place, "property"), "no-such-property", suggestion=near, **words)


def _register(
    source: Source,
    register: str,
    registers: Mapping[str, RecordType],
    steps: Steps,
    *,
    by: str | None = None,
    purpose: str | None = None,
) -> Iterator[Problem]:
    kind = registers.get(register)
    if kind is None:
        yield source.problem(
            steps, "no-such-register", name=register, suggestion=nearest(register, registers)
        )
        return
    identifiers = [each.key for each in kind.identifiers]
    purposes = [each.key for each in kind.access.purposes]
    wanted = (("identifier of that name", by, identifiers), ("purpose of that name", purpose, purposes))
    for what, name, there in wanted:
        if name is not None and name not in there:
            words = {"register": register, "kind": what, "name": name}
            yield source.problem(steps, "no-such-property", suggestion=nearest(name, there), **words)
