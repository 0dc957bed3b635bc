"""The same path through the same procedure, by our engine and by SpiffWorkflow: the same state after each step."""

from __future__ import annotations

import random

import pytest
from msgspec import convert

from dothi.kernel.cases.engine import ActorFacts, Command, Refused, compile_procedure, open_case, step
from dothi.kernel.cases.engine.walking import Elapsed
from dothi.kernel.packs.procedures import Procedure

spiff = pytest.importorskip("dothi.kernel.cases.engine.spiff.running", exc_type=ImportError)
L = {"vi": "x", "en": "x"}
ACTOR = ActorFacts(reference="a", roles=frozenset({"clerk"}))
SYSTEM = ActorFacts(reference="system", kind="system")


def generated(seed: int) -> Procedure:
    """A procedure with branches, guards, parallel work, automatic steps and ways back."""
    rng = random.Random(seed)
    inner = [f"s{index}" for index in range(rng.randint(2, 6))]
    ends = ["done", "refused"]
    states = {key: state(rng, key, inner, ends) for key in inner}
    states |= {key: {"label": L, "phase": "done", "outcome": key} for key in ends}
    amount = {"key": "amount", "type": "integer", "required": True, "label": L}
    form = {"label": L, "pages": [{"key": "p", "label": L, "fields": [amount]}]}
    body = {
        "key": f"generated-{seed}", "kind": "task", "label": L, "version": 1, "sector": "x",
        "roles": {"clerk": {"label": L}}, "forms": {"ask": form},
        "start": {"state": "s0", "role": "clerk", "form": "ask"}, "states": states,
    }  # fmt: skip
    return convert(body, Procedure)


def state(rng, key, inner, ends):
    """One state. SpiffWorkflow keeps one of two arrows from a gateway to the same shape, and cannot go from one
    sub-process straight back into it: neither is generated.
    """
    beside = rng.random() < 0.35
    targets = [each for each in (*inner, *inner, *ends) if not (beside and each == key)]
    actions = {"finish": {"label": L, "role": "clerk", "to": "done"}}
    for name in ("go", "back", "stay")[: rng.randint(1, 3)]:
        action = {"label": L, "role": "clerk"} | ({} if beside else {"form": "ask"})
        ways = rng.sample(sorted(set(targets)), min(3, len(set(targets))))
        if name != "stay":
            action["to"] = ways[0]
        if name == "go" and rng.random() < 0.7:
            action["branches"] = [{"when": condition(rng), "to": to} for to in ways[1:]]
        if rng.random() < 0.3:
            action["guard"] = condition(rng)
        actions[name] = action
    made = {"label": L, "actions": actions}
    if beside:
        items = [{"key": f"t{index}", "label": L, "role": "clerk"} for index in range(rng.randint(2, 4))]
        made["tasks"] = {"items": items, "then": "finish"}
        actions["finish"]["to"] = rng.choice([*inner[inner.index(key) + 1 :], *ends])
    elif rng.random() < 0.3:
        actions["jump"] = {"label": L, "role": "system", "to": rng.choice(ends)}
        made["automatic"] = [{"when": f"data.amount > {rng.randint(6, 9)}", "do": "jump"}]
    return made


def condition(rng) -> str:
    one = f"data.amount {rng.choice(['<', '<=', '>', '>=', '=', '!='])} {rng.randint(0, 9)}"
    if rng.random() < 0.4:
        return f"{one} {rng.choice(['and', 'or'])} data.amount {rng.choice(['<', '>'])} {rng.randint(0, 9)}"
    return one


def compared(seed: int) -> int:
    """Walk one procedure at random on both; how many steps were the same."""
    procedure = generated(seed)
    compiled, calendar = compile_procedure(procedure), Elapsed()
    rng = random.Random(-seed)
    amount = rng.randint(0, 9)
    ours = open_case(
        compiled, id="c", at_us=1, actor=ACTOR, calendar=calendar, data={"amount": amount}
    ).snapshot
    theirs = spiff.SpiffCase(procedure, {"amount": amount})
    assert theirs.state == ours.state, (seed, "open")
    steps = 0
    for at in range(2, 20):
        names = [key for state, key in compiled.table if state == ours.state]
        names += [f"task.{key}" for key, task in ours.tasks.items() if task.state == "open"]
        names += [name for name in names if name != "finish"] * 3
        if not names:
            break
        name = rng.choice(names)
        data = {"amount": rng.randint(0, 9)}
        row = compiled.table.get((ours.state, name))
        asks = row is not None and row.form is not None
        try:
            command = Command(action=name, at_us=at, actor=ACTOR, data=data if asks else {})
            ours = step(compiled, ours, command, calendar).snapshot
        except Refused:
            continue
        if name.startswith("task."):
            theirs.finish(name[5:])
        elif (
            compiled.states[theirs.state].declared.tasks
            and name == compiled.states[theirs.state].declared.tasks.then
        ):
            break  # by hand before the work is done: no arrow of the drawing says so
        else:
            theirs.act(name, data if asks else {})
        steps += 1
        assert theirs.state == ours.state, (seed, at, name)
    return steps


@pytest.mark.parametrize("block", range(4))
def test_both_come_to_the_same_state_by_the_same_path(block) -> None:
    assert sum(compared(seed) for seed in range(block * 10, block * 10 + 10)) >= 20


@pytest.mark.slow
def test_both_come_to_the_same_state_on_300_generated_procedures() -> None:
    assert sum(compared(seed) for seed in range(300)) > 800
