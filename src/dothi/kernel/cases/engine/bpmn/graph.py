"""A procedure as a graph of BPMN nodes and flows, before any XML."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import msgspec

from dothi.core.calendar import Allowance, Unit
from dothi.kernel.packs.procedures import Action, Procedure, State, Timer

Kind = Literal["start", "end", "user", "exclusive", "parallel", "sub", "boundary"]
SIZES: Final[dict[str, tuple[int, int]]] = {
    "start": (36, 36),
    "end": (36, 36),
    "user": (140, 80),
    "exclusive": (50, 50),
    "parallel": (50, 50),
    "sub": (420, 240),
    "boundary": (36, 36),
}


@dataclass(slots=True)
class Node:
    """One shape: what it is, what it is called, what of the declaration it carries."""

    id: str
    kind: Kind
    name: str = ""
    parent: str | None = None  # the sub-process it lies in
    attached: str | None = None  # of boundary events: the activity
    interrupting: bool = True
    timer: str | None = None  # ISO 8601
    signal: str | None = None
    carries: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Flow:
    """One arrow."""

    id: str
    source: str
    target: str
    name: str = ""
    condition: str | None = None
    default: bool = False
    parent: str | None = None
    carries: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Graph:
    """All shapes and arrows of a procedure."""

    key: str
    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    carries: dict[str, Any] = field(default_factory=dict)

    def node(self, node: Node) -> str:
        """Add a shape; its id."""
        self.nodes[node.id] = node
        return node.id

    def flow(self, source: str, target: str, **more: Any) -> Flow:
        """Add an arrow."""
        made = Flow(f"flow_{len(self.flows) + 1}", source, target, **more)
        self.flows.append(made)
        return made


def identifier(*parts: str) -> str:
    """An XML id of these keys."""
    return "_".join(part.replace("-", "_").replace(".", "_") for part in parts)


def duration(allowance: str) -> str:
    """An allowance as an ISO 8601 period; working days are written as days (what is exact is carried along)."""
    parsed = Allowance.parse(allowance)
    count = f"{parsed.amount:f}"
    if parsed.unit in (Unit.WORKING_DAYS, Unit.DAYS):
        return f"P{count}D" if parsed.amount == int(parsed.amount) else f"PT{parsed.milli * 24 // 1000}H"
    letter = "H" if parsed.unit in (Unit.WORKING_HOURS, Unit.HOURS) else "M"
    return f"PT{count}{letter}"


def plain(declared: Any, *leave_out: str) -> dict[str, Any]:
    """A declaration as JSON data without its defaults."""
    given = msgspec.to_builtins(declared)
    kind = type(declared)
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    kept = {}
    for name, value in given.items():
        standard = fields[name].default
        if standard is msgspec.NODEFAULT and fields[name].default_factory is not msgspec.NODEFAULT:
            standard = fields[name].default_factory()
        if name not in leave_out and (
            standard is msgspec.NODEFAULT or value != msgspec.to_builtins(standard)
        ):
            kept[name] = value
    return kept


def graph_of(procedure: Procedure, language: str = "vi") -> Graph:
    """The graph of ``procedure``, named in ``language``."""
    return _Builder(procedure, language).build()


class _Builder:
    def __init__(self, procedure: Procedure, language: str) -> None:
        self.procedure = procedure
        self.language = language
        self.graph = Graph(procedure.key, procedure.label.text(language), carries=plain(procedure, "states"))

    def build(self) -> Graph:
        graph = self.graph
        start = graph.node(Node("start", "start", self.procedure.label.text(self.language)))
        for key, state in self.procedure.states.items():
            self.state(key, state)
        graph.flow(start, self.entry(self.procedure.start.state))
        for key, state in self.procedure.states.items():
            self.ways(key, state)
        return graph

    def state(self, key: str, state: State) -> None:
        name = state.label.text(self.language)
        carries = {"state": key, "declared": plain(state, "actions")}
        kind: Kind = "user"
        if state.tasks is not None:
            kind = "sub"
        elif not state.actions:
            kind = "end"
        node = Node(identifier("state", key), kind, name, carries=carries)
        self.graph.node(node)
        if state.automatic:
            self.graph.node(Node(identifier("auto", key), "exclusive"))
        if state.tasks is not None:
            self.inside(node.id, key, state)
        elif len(state.actions) > 1 or (state.actions and state.phase == "done"):
            self.graph.node(Node(identifier("choose", key), "exclusive"))

    def inside(self, sub: str, key: str, state: State) -> None:
        """The work beside each other of a state: a sub-process with a fork and a join."""
        assert state.tasks is not None
        graph = self.graph
        begin = graph.node(Node(identifier("begin", key), "start", parent=sub))
        fork = graph.node(Node(identifier("fork", key), "parallel", parent=sub))
        join = graph.node(Node(identifier("join", key), "parallel", parent=sub))
        finish = graph.node(Node(identifier("finish", key), "end", parent=sub))
        graph.flow(begin, fork, parent=sub)
        for task in state.tasks.items:
            node = Node(identifier("task", key, task.key), "user", task.label.text(self.language), parent=sub)
            node.carries = {"task": task.key}
            graph.flow(fork, graph.node(node), parent=sub)
            graph.flow(node.id, join, parent=sub)
        graph.flow(join, finish, parent=sub)

    def entry(self, key: str) -> str:
        """The node by which a state is entered."""
        auto = identifier("auto", key)
        return auto if auto in self.graph.nodes else identifier("state", key)

    def ways(self, key: str, state: State) -> None:
        here = identifier("state", key)
        auto = identifier("auto", key)
        first = first_of([each.when or "true" for each in state.automatic])
        for each, when in zip(state.automatic, first, strict=True):
            action = state.actions[each.do]
            self.leads(auto, key, each.do, action, condition=when, name=action.label.text(self.language))
        if state.automatic:
            self.graph.flow(auto, here, default=True)
        for index, timer in enumerate(state.timers):
            self.timer(here, key, state, index, timer)
        if state.tasks is not None:
            self.beside(here, key, state)
        elif state.actions:
            self.chosen(here, key, state)

    def chosen(self, here: str, key: str, state: State) -> None:
        choose = identifier("choose", key)
        if choose not in self.graph.nodes:
            ((name, action),) = state.actions.items()
            self.leads(here, key, name, action, name=action.label.text(self.language))
            return
        self.graph.flow(here, choose)
        for name, action in state.actions.items():
            condition = f'action = "{name}"'
            self.leads(choose, key, name, action, condition=condition, name=action.label.text(self.language))
        if state.phase == "done":
            end = self.graph.node(Node(identifier("end", key), "end", state.label.text(self.language)))
            self.graph.flow(choose, end, default=True)

    def beside(self, here: str, key: str, state: State) -> None:
        """What can be done while work goes on: signals at the border; the join leads on."""
        assert state.tasks is not None
        for name, action in state.actions.items():
            label = action.label.text(self.language)
            if name == state.tasks.then:
                self.leads(here, key, name, action, name=label)
                continue
            event = Node(
                identifier("on", key, name),
                "boundary",
                label,
                attached=here,
                interrupting=action.to is not None or bool(action.branches),
                signal=identifier(key, name),
            )
            self.leads(self.graph.node(event), key, name, action, name=label)

    def timer(self, here: str, key: str, state: State, index: int, timer: Timer) -> None:
        if timer.do is None:
            return
        allowance = timer.after or self.procedure.clocks[timer.clock or ""].allowance
        action = state.actions[timer.do]
        node = Node(
            identifier("timer", key, str(index)),
            "boundary",
            allowance,
            attached=here,
            timer=duration(allowance),
            interrupting=action.to is not None or bool(action.branches),
        )
        self.leads(self.graph.node(node), key, timer.do, action, again=True)

    def leads(
        self, source: str, key: str, does: str, action: Action, *, again: bool = False, **more: Any
    ) -> None:
        """An arrow for an action, through a gateway where it branches."""
        carries = {} if again else {"action": does, "declared": plain(action)}
        target = self.entry(action.to) if action.to is not None else self.stay(source, key)
        if not action.branches:
            self.graph.flow(source, target, carries=carries, **more)
            return
        gateway = identifier("branch", key, does)
        if gateway not in self.graph.nodes:
            self.graph.node(Node(gateway, "exclusive"))
            first = first_of([branch.when for branch in action.branches])
            for branch, when in zip(action.branches, first, strict=True):
                label = branch.label.text(self.language) if branch.label else ""
                self.graph.flow(gateway, self.entry(branch.to), name=label, condition=when)
            self.graph.flow(gateway, target, default=True)
        self.graph.flow(source, gateway, carries=carries, **more)

    def stay(self, source: str, key: str) -> str:
        """Where an action leads that does not move the case: back, or nowhere from the border of a state."""
        if self.graph.nodes[source].kind == "boundary" and not self.graph.nodes[source].interrupting:
            end = identifier("stays", source)
            return self.graph.node(Node(end, "end"))
        return identifier("state", key)


def first_of(conditions: list[str]) -> list[str]:
    """Each condition with those before it not holding: BPMN knows no order of the arrows from a gateway."""
    found = []
    for index, each in enumerate(conditions):
        before = [f"({other}) != true" for other in conditions[:index]]
        found.append(" and ".join([f"({each})", *before]) if before else each)
    return found


def outgoing(graph: Graph, node: str) -> Iterable[Flow]:
    """The arrows that leave a shape."""
    return (flow for flow in graph.flows if flow.source == node)
