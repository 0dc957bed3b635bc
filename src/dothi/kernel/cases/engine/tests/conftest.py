"""A small procedure with everything in it, and a case to act on."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import convert

from dothi.kernel.cases.engine import ActorFacts, Command, Recorder, compile_procedure, open_case, step
from dothi.kernel.cases.engine.types import DocumentMeta, PaymentState
from dothi.kernel.cases.engine.walking import Elapsed
from dothi.kernel.packs import form, source
from dothi.kernel.packs.procedures import Procedure

HERE = Path(__file__).parent / "procedures"
DAY = 86_400_000_000
START = 1_780_000_000_000_000


def procedure(name: str = "permit", **changes) -> Procedure:
    found = source.read(HERE / f"{name}.yaml")
    assert form.decode(found, Procedure) is not None, found.problems
    return convert({**found.data, **changes}, Procedure)


class Case:
    """One case and what has happened to it, day by day."""

    def __init__(self, compiled=None, **given) -> None:
        self.compiled = compiled or compile_procedure(procedure())
        self.calendar = Elapsed()
        self.at = START
        self.entries = []
        self.given = given
        self.last = None

    def actor(self, *roles, applicant=False, kind="account") -> ActorFacts:
        return ActorFacts(
            reference="-".join(roles) or "applicant",
            roles=frozenset(roles),
            is_applicant=applicant,
            kind=kind,
        )

    def keep(self, outcome):
        self.last = outcome
        self.entries += outcome.entries
        return outcome

    @property
    def now(self):
        return self.last.snapshot

    def open(self, data=None, **more):
        papers = {"id-card": (DocumentMeta(id="1"),), "plan": (DocumentMeta(id="2"),)}
        return self.keep(
            open_case(
                self.compiled,
                id="0190-case",
                code="C-1",
                at_us=self.at,
                actor=more.pop("actor", self.actor(applicant=True)),
                calendar=self.calendar,
                data={"full_name": "Lê Văn Tám"} if data is None else data,
                documents=more.pop("documents", papers),
                **more,
            )
        )

    def act(self, action, *roles, days=0, applicant=False, system=False, **more):
        self.at += int(days * DAY)
        kind = "system" if system else "account"
        actor = self.actor(*roles, applicant=applicant, kind=kind)
        command = Command(action=action, at_us=self.at, actor=actor, **more)
        return self.keep(step(self.compiled, self.now, command, self.calendar))

    @property
    def record(self) -> Recorder:
        return Recorder(self.compiled, self.now, self.calendar, self.at, self.actor("clerk"))

    def paid(self):
        self.keep(self.record.payment("fees", PaymentState(amount=75_000, state="paid")))

    def in_review(self, data=None):
        self.open(data)
        self.paid()
        self.act("accept", "clerk")
        return self

    def decided(self):
        self.in_review()
        self.act("task.read", "clerk", data={"outcome": "fits"})
        return self


@pytest.fixture
def case():
    return Case()


@pytest.fixture(scope="session")
def make_case():
    """The class of cases to act on."""
    return Case


@pytest.fixture(scope="session")
def declared():
    """Reads the example procedure, with changes."""
    return procedure
