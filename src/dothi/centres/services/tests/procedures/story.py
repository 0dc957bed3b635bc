"""A dossier lived through day by day: its procedure as the packs declare it, the real working calendar, the real fee table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, Literal

import msgspec
from jsonschema_rs import Draft202012Validator

from dothi.core.calendar import vietnam
from dothi.core.clock import HCMC, from_us, us
from dothi.kernel.cases.calendars import Planner
from dothi.kernel.cases.engine import Compiled, Recorder, compile_procedure, open_case, step
from dothi.kernel.cases.engine.types import (
    SYSTEM,
    ActorFacts,
    ChildState,
    Command,
    DocumentMeta,
    EffectOrder,
    Outcome,
    PaymentState,
)
from dothi.kernel.packs import queries
from dothi.kernel.payments.fees.rules import compute
from dothi.kernel.payments.fees.tables import Bill, FeeTable

WARD = "26740"
PLACE = {"lon": 106.7009, "lat": 10.7769, "address": "12 Lê Lợi", "unit": WARD}


@cache
def compiled(key: str) -> Compiled:
    codes = {each.key: each for pack in queries.packs().values() for each in pack.vocabularies}
    return compile_procedure(queries.procedures()[key], codes)


@cache
def planner() -> Planner:
    return Planner(vietnam())


def at(text: str) -> int:
    return us(datetime.fromisoformat(text).replace(tzinfo=HCMC))


def decided(
    key: str, table: str, data: Mapping[str, Any], facts: Mapping[str, Any] | None = None, **more: Any
) -> Any:
    """What a decision table of a procedure says."""
    return compiled(key).decisions[table].answer({"data": data, "facts": facts or {}, **more})


def rows(key: str, table: str) -> set[int]:
    """The rows of a decision table, from 0."""
    return set(range(len(compiled(key).procedure.decisions[table]["rules"])))


class Story:
    """One dossier. Every step is told with its time in the city; the fees are asked for and paid by the fee table."""

    def __init__(self, key: str, data: Mapping[str, Any], opened: str, *, channel: str = "web") -> None:
        self.compiled = compiled(key)
        self.channel = channel
        self.orders: list[EffectOrder] = []
        self.bills: list[Bill] = []
        papers = {
            each.declared.key: (DocumentMeta(id=each.declared.key),) for each in self.compiled.start_documents
        }
        outcome = open_case(
            self.compiled, id="case", code="HS-1", at_us=at(opened), actor=ActorFacts(reference="a", is_applicant=True),
            calendar=planner(), data=data, documents=papers, unit=WARD, channel=channel, applicant="a",
        )  # fmt: skip
        self._keep(outcome, at(opened))

    def _keep(self, outcome: Outcome, at_us: int) -> None:
        self.case = outcome.snapshot
        self.orders += outcome.effects
        for order in outcome.effects:
            if order.kind == "request_payment":
                self._ask(tuple(order.values.get("fees") or ()), at_us)

    def _ask(self, only: tuple[str, ...], at_us: int) -> None:
        table = msgspec.convert(self.compiled.procedure.fees, FeeTable)
        channel = "counter" if self.channel == "counter" else "online"
        bill = compute(table, {**self.case.data, **self.case.facts, "channel": channel}, only=only)
        self.bills.append(bill)
        state: Literal["paid", "asked"] = "paid" if bill.total == 0 else "asked"
        self._paid(str(len(self.bills)), PaymentState(amount=bill.total, state=state), at_us)

    def _paid(self, name: str, payment: PaymentState, at_us: int) -> None:
        self._keep(Recorder(self.compiled, self.case, planner(), at_us, SYSTEM).payment(name, payment), at_us)

    def pay(self, when: str) -> None:
        """Everything asked for is paid."""
        for name, payment in list(self.case.payments.items()):
            if payment.state == "asked":
                self._paid(name, PaymentState(amount=payment.amount, state="paid"), at(when))

    def act(self, action: str, when: str, role: str = "", note: str = "", **data: Any) -> Story:
        """One action by somebody of ``role``, or by the applicant."""
        roles = frozenset({role} if role else ())
        actor = ActorFacts(reference=role or "a", roles=roles, is_applicant=not role)
        command = Command(action=action, at_us=at(when), actor=actor, data=data, note=note)
        self._keep(step(self.compiled, self.case, command, planner()), at(when))
        return self

    def waits_until(self, when: str) -> Story:
        """Time goes by: what stands to happen by itself until then happens, each at its time."""
        while True:
            standing = [(due, name) for name, due in self.case.timers.items() if due <= at(when)]
            if not standing:
                return self
            due, name = min(standing)
            command = Command(action=f"timer.{name}", at_us=due, actor=SYSTEM)
            self._keep(step(self.compiled, self.case, command, planner()), due)

    def answered(self, when: str, outcome: str = "answered") -> Story:
        """Every case that this one waits for is answered, with this outcome."""
        for order, child in list(self.case.waiting_for.items()):
            if child.state != "done":
                done = ChildState(procedure=child.procedure, case="child", state="done", outcome=outcome)
                recorder = Recorder(self.compiled, self.case, planner(), at(when), SYSTEM)
                self._keep(recorder.child(order, done), at(when))
        return self

    @property
    def state(self) -> str:
        return self.case.state

    @property
    def fees(self) -> list[tuple[str, int]]:
        """The lines of the last bill: (item, amount)."""
        return [(line.item, line.amount) for line in self.bills[-1].lines]

    def due(self, clock: str = "statutory") -> str:
        """When a clock runs out, in the city's time; nothing while it stands still."""
        found = self.case.clocks[clock].due_us
        if found is None:
            return ""
        return from_us(found).astimezone(HCMC).strftime("%Y-%m-%d %H:%M")

    def due_is_unknown(self, clock: str = "statutory") -> bool:
        """Whether a clock stands still."""
        return self.case.clocks[clock].due_us is None

    def hands_in(self, document: str, when: str) -> Story:
        """A document is added."""
        recorder = Recorder(
            self.compiled, self.case, planner(), at(when), ActorFacts(reference="a", is_applicant=True)
        )
        self._keep(recorder.document(document, (DocumentMeta(id=document),)), at(when))
        return self

    def letters(self) -> list[str]:
        return [each.values["template"] for each in self.orders if each.kind == "letter"]

    def messages(self) -> list[str]:
        return [each.values["template"] for each in self.orders if each.kind == "message"]

    def records(self) -> list[EffectOrder]:
        """The records that were ordered of registers."""
        return [each for each in self.orders if each.kind == "register"]

    def record(self) -> EffectOrder:
        """The only record that was ordered of a register."""
        [found] = self.records()
        return found

    def ordered(self, kind: str) -> int:
        """How many orders of this kind were given."""
        return sum(each.kind == kind for each in self.orders)


def faults(order: EffectOrder, *, before: Mapping[str, Any] | None = None) -> list[str]:
    """What the register would say against an ordered record (``before``: what a revised one held)."""
    schema = dict(queries.record_types()[order.values["type"]].schema)
    given = {key: value for key, value in order.values["values"].items() if value is not None}
    return [each.message for each in Draft202012Validator(schema).iter_errors({**(before or {}), **given})]
