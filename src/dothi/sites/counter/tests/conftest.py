"""A ward with a counter, who works there, and a dossier sent from a phone."""

from __future__ import annotations

import msgspec
import pytest
from django.test import Client

from dothi.centres.services import files, procedures
from dothi.centres.services.actions import drafting, sending
from dothi.kernel.cases import queries
from dothi.kernel.cases.effects import handlers
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.cases.models import Effect
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import ANONYMOUS, SYSTEM
from dothi.sites.casework.tests.test_desk import DATA
from dothi.sites.citizen.tests.conftest import WARD, pdf, ward

__all__ = ["WARD", "pdf", "ward"]
OTHER_WARD = "26743"


def signed_in(*roles, unit=WARD, email="clerk@example.org", name="Lê Thị Quầy"):
    account = identity.create_account(email, name=name, by=SYSTEM)
    for role in roles:
        identity.grant_role(account, role, by=SYSTEM, reason="thử", unit=unit)
    client = Client()
    client.force_login(account)
    client.account = account
    return client


def birth(copies="0"):
    """A birth registered online, not yet accepted."""
    draft, _ = drafting.begin("birth-registration", by=ANONYMOUS)
    drafting.save_eligibility(draft, {"born_here": "true"})
    drafting.save_who(draft, capacity="self", on_behalf={}, contact={"phone": "0903123456"}, language="vi")
    for page, answers in DATA.items():
        given = answers | ({"copies": copies} if page == "copies" else {})
        assert drafting.save_page(draft, page, given) == {}
    declared = procedures.of(draft).procedure.documents[0]
    drafting.attach(draft, "birth-proof", files.take(pdf().chunks(), "a.pdf", declared))
    return queries.get(sending.send(draft, by=ANONYMOUS).case, by=SYSTEM)


def carry_out():
    """What the steps ordered: fees, letters, messages."""
    for each in Effect.objects.exclude(state=Effect.DONE).order_by("entry", "n"):
        order = msgspec.json.decode(bytes(each.body), type=EffectOrder)
        handlers()[order.kind](order)
        Effect.objects.filter(entry=each.entry, n=each.n).update(state=Effect.DONE)


@pytest.fixture
def dossier(wired, ward):
    return birth()


@pytest.fixture
def clerk(wired, ward):
    return signed_in("one-stop-clerk")
