"""The history is the case: replay gives it back, and a changed history is noticed."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from dothi.kernel.cases.engine import ActorFacts, Refused, available, compile_procedure, replay, verify
from dothi.kernel.cases.engine.history import Broken
from dothi.kernel.cases.engine.types import ChildState, Entry, Snapshot

COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "accept", "withdraw", "supplement", "reply", "ask", "extend", "approve", "refuse", "reopen",
                "task.read", "task.visit", "timer", "child", "comment", "assign", "paid", "hold", "resume", "replan",
            ]
        ),
        st.floats(0, 6, allow_nan=False),
        st.sampled_from(["fits", "fails", None]),
    ),
    max_size=25,
)  # fmt: skip
_decode = msgspec.json.Decoder(list[Entry]).decode


@pytest.fixture(scope="module")
def compiled(declared):
    return compile_procedure(declared())


def run(make_case, compiled, commands, business):
    data = {"full_name": "A", "business": business}
    if business:
        data |= {"tax_code": "0123456789", "area": 5, "members": [{"name": "B"}]}
    one = make_case(compiled)
    one.open(data)
    for name, days, outcome in commands:
        one.at += int(days * 86_400_000_000)
        try:
            do(one, name, outcome)
        except Refused:
            continue
    return one


def do(one, name, outcome):
    record = one.record
    if name == "timer":
        due = [key for key, at in one.now.timers.items() if at <= one.at]
        for key in due[:1]:
            one.act(f"timer.{key}", system=True)
    elif name == "child":
        for order, child in list(one.now.waiting_for.items())[:1]:
            one.keep(record.child(order, ChildState(procedure=child.procedure, case="x", state="done")))
    elif name == "comment":
        one.keep(record.comment("Ghi chú", public=outcome is None, id="c1"))
    elif name == "assign":
        one.keep(record.assign(assignee=outcome, organisation="H29.1"))
    elif name == "paid":
        one.paid()
    elif name in ("hold", "resume"):
        one.keep(getattr(record, name)("statutory", *(["opinion"] if name == "hold" else [])))
    elif name == "replan":
        one.keep(record.replan())
    else:
        data = {"approve": {"number": "1", "days": 5}, "extend": {"more_days": 3}}.get(name, {})
        data = {"outcome": outcome} if name.startswith("task.") else data
        one.act(name, "clerk", "leader", applicant=True, data=data, note="Lý do", system=False)


@settings(max_examples=60, deadline=None)
@given(commands=COMMANDS, business=st.booleans())
def test_any_sequence_of_commands_keeps_the_case_whole(compiled, make_case, commands, business) -> None:
    one = run(make_case, compiled, commands, business)
    now = one.now
    assert replay(one.entries) == now
    assert verify(one.entries) == len(one.entries) == now.seq == now.rev
    written = _decode(msgspec.json.encode(one.entries))
    assert written == one.entries
    assert replay(written) == now
    assert msgspec.json.decode(msgspec.json.encode(now), type=Snapshot) == now
    invariants(compiled, now)


def invariants(compiled, now) -> None:
    state = compiled.states[now.state]
    assert now.phase == state.declared.phase
    assert (now.closed_us is not None) == state.done == (now.outcome is not None)
    for clock in now.clocks.values():
        assert not (state.done and clock.stopped_us is None)
        assert (clock.due_us is not None) or not clock.running
        assert all(pause.to_us is None or pause.from_us <= pause.to_us for pause in clock.pauses)
        assert [pause.to_us for pause in clock.pauses[:-1]].count(None) == 0
    if state.done:
        assert all(task.state != "open" for task in now.tasks.values())
    for name in now.timers:
        if name.startswith("clock."):
            assert now.clocks[name.split(".")[1]].running
        elif not name.startswith("task."):
            assert name.startswith(f"{now.state}.")
    for offer in available(compiled, now, now_actor(), now.opened_us):
        assert offer.task or (now.state, offer.action) in compiled.table


def now_actor():
    return ActorFacts(reference="a", roles=frozenset({"clerk", "leader"}), is_applicant=True)


CHANGES = {
    "note": "khác",
    "at_us": 1,
    "actor": "ai đó",
    "action": "x",
    "to_state": "approved",
    "seq": 99,
    "public": True,
    "hash": "0" * 64,
    "prev_hash": "0" * 64,
    "key": "k",
    "cause": "c",
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("place", [0, 2, -1])
def test_the_chain_notices_any_change_of_any_entry(case, name, place) -> None:
    entries = list(case.decided().entries)
    entries[place] = structs.replace(entries[place], **{name: CHANGES[name]})
    if entries == case.entries:
        pytest.skip("the entry said so already")
    with pytest.raises(Broken):
        verify(entries)


def test_the_chain_notices_changed_data_and_entries_taken_out_or_swapped(case) -> None:
    entries = case.decided().entries
    patched = structs.replace(entries[0], data=structs.replace(entries[0].data, data={"full_name": "B"}))
    for wrong in (
        [patched, *entries[1:]],
        entries[1:],
        [entries[1], entries[0]],
        [*entries[:1], *entries[2:]],
    ):
        with pytest.raises(Broken):
            verify(wrong)


def test_the_same_command_on_the_same_case_gives_the_same_outcome(case) -> None:
    case.open()
    case.paid()
    before = case.now
    first = case.act("accept", "clerk")
    case.last = structs.replace(case.last, snapshot=before)
    assert case.act("accept", "clerk") == first
