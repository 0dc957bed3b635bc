"""A running case goes on under a newer version only with a proof."""

from __future__ import annotations

import msgspec
import pytest

from dothi.kernel.cases.engine import Refused, compile_procedure, migrate, migrated, replay, verify
from dothi.kernel.cases.engine.types import SYSTEM
from dothi.kernel.packs.procedures import Procedure


@pytest.fixture(scope="module")
def new(declared):
    return compile_procedure(declared())


@pytest.fixture(scope="module")
def old(declared):
    """Version 1: the state was called checking, the name was asked as name."""
    body = msgspec.to_builtins(declared())
    text = msgspec.json.encode({**body, "version": 1, "migrate_from": {}}).decode()
    text = (
        text.replace('"review"', '"checking"')
        .replace('"full_name"', '"name"')
        .replace("data.full_name", "data.name")
    )
    return compile_procedure(msgspec.json.decode(text, type=Procedure))


@pytest.fixture
def case(old, make_case):
    case = make_case(old)
    case.open({"name": "Lê Văn Tám"})
    case.paid()
    case.act("accept", "clerk")
    return case


def test_the_proof_says_what_becomes_of_state_data_and_clocks(case, old, new) -> None:
    proof = migrate(old, new, case.now)
    assert proof.ok, proof.reasons
    assert (proof.from_state, proof.to_state) == ("checking", "review")
    assert proof.lost == ("name",)
    assert proof.new == {"full_name": "Lê Văn Tám"}
    assert proof.clocks == {"statutory": "kept", "accept": "kept"}


def test_a_migrated_case_keeps_its_clock_and_history_and_goes_on(case, old, new) -> None:
    before = case.now
    outcome = migrated(old, new, before, at_us=case.at + 5, actor=SYSTEM, calendar=case.calendar)
    case.keep(outcome)
    case.compiled = new
    assert (case.now.version, case.now.state, case.now.data) == (2, "review", {"full_name": "Lê Văn Tám"})
    assert case.now.clocks["statutory"].due_us == before.clocks["statutory"].due_us
    assert replay(case.entries) == case.now
    verify(case.entries)
    case.act("task.read", "clerk", data={"outcome": "fits"})
    assert case.now.state == "decision"


def test_without_a_rule_nothing_may_be_lost(case, old, declared) -> None:
    strict = compile_procedure(declared(migrate_from={"1": {"states": {"checking": "review"}}}))
    proof = migrate(old, strict, case.now)
    assert not proof.ok
    assert any("“name”" in reason["en"] for reason in proof.reasons)
    with pytest.raises(Refused):
        migrated(old, strict, case.now, at_us=case.at, actor=SYSTEM, calendar=case.calendar)


def test_a_state_that_is_gone_needs_a_rule(case, old, declared) -> None:
    strict = compile_procedure(declared(migrate_from={}))
    proof = migrate(old, strict, case.now)
    assert (proof.ok, proof.to_state) == (False, None)
