"""A case run by SpiffWorkflow on the procedure's exported BPMN."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.parser import BpmnParser  # type: ignore[import-untyped]
from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition  # type: ignore[import-untyped]
from SpiffWorkflow.util.task import TaskState  # type: ignore[import-untyped]

from dothi.kernel.cases.engine.bpmn import export_bpmn
from dothi.kernel.cases.engine.bpmn.graph import identifier
from dothi.kernel.packs.procedures import Procedure

_EQUALS: Final = re.compile(r"(?<![<>!=])=(?!=)")
_MEMBER: Final = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z_]\w*)")
_IF: Final = re.compile(r"\bif (.+?) then (.+?) else (.+)")
_WORDS: Final = {"true": "True", "false": "False", "null": "None"}


def python_of(feel: str) -> str:
    """An expression as SpiffWorkflow's Python: comparisons, and, or, numbers, texts, names; no more."""
    parts = re.split(r'("[^"]*")', feel)
    for index in range(0, len(parts), 2):
        text = _MEMBER.sub(r'\1["\2"]', _EQUALS.sub("==", parts[index]))
        parts[index] = re.sub(r"\b(true|false|null)\b", lambda found: _WORDS[found[0]], text)
    return _IF.sub(r"((\2) if (\1) else (\3))", "".join(parts))


class SpiffCase:
    """One case: what was asked of it, and the state it says it is in."""

    def __init__(self, procedure: Procedure, data: Mapping[str, Any]) -> None:
        self.procedure = procedure
        self.states = {identifier("state", key): key for key in procedure.states}
        parser = BpmnParser()
        parser.add_bpmn_str(export_bpmn(procedure, condition=python_of).encode())
        process = "process_" + procedure.key.replace("-", "_")
        self.workflow = BpmnWorkflow(parser.get_spec(process), parser.get_subprocess_specs(process))
        for task in self.workflow.get_tasks():
            task.data.update({"data": dict(data), "action": ""})
        self._on()

    def _on(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow.refresh_timers()
        self.workflow.do_engine_steps()

    def act(self, action: str, data: Mapping[str, Any]) -> None:
        """Do an action in the state the case is in."""
        state = self.state
        declared = self.procedure.states[state]
        if declared.tasks is not None:
            signal = SignalEventDefinition(identifier(state, action))
            self._give(data)
            self.workflow.catch(BpmnEvent(signal))
        else:
            (task,) = self._ready(identifier("state", state))
            task.data.update({"action": action, "data": {**task.data.get("data", {}), **data}})
            task.run()
        self._on()

    def finish(self, task_key: str) -> None:
        """End a piece of work beside others."""
        (task,) = self._ready(identifier("task", self.state, task_key))
        task.run()
        self._on()

    def _give(self, data: Mapping[str, Any]) -> None:
        for task in self.workflow.get_tasks(state=TaskState.READY | TaskState.WAITING | TaskState.STARTED):
            task.data.update({"data": {**task.data.get("data", {}), **data}})

    def _ready(self, name: str) -> list[Any]:
        return [
            each for each in self.workflow.get_tasks(state=TaskState.READY) if each.task_spec.name == name
        ]

    @property
    def state(self) -> str:
        """The state of the procedure that the workflow stands in, or in whose end it ended."""
        for task in self.workflow.get_tasks(state=TaskState.READY | TaskState.WAITING | TaskState.STARTED):
            found = self.states.get(task.task_spec.name)
            if found is not None:
                return found
        ended = [
            task
            for task in self.workflow.get_tasks(state=TaskState.COMPLETED)
            if task.task_spec.name in self.states
        ]
        last = max(ended, key=lambda task: task.last_state_change)
        return self.states[last.task_spec.name]
