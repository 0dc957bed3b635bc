"""What follows from a dossier: the person is told, the fees are asked for, the payment is seen, records are made."""

import msgspec
import pytest

from dothi.centres.services.actions import drafting, sending
from dothi.centres.services.tests.conftest import CLERK, MAI, PERMIT, WARD
from dothi.core.clock import now
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import queries
from dothi.kernel.cases.engine.types import EffectOrder, Refused
from dothi.kernel.cases.models import Effect
from dothi.kernel.events.log import Event
from dothi.kernel.fulfilment import paying, recording, telling
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.messages.models import Message
from dothi.kernel.payments.models import Order
from dothi.kernel.registers.models import Record

pytestmark = pytest.mark.django_db
HANDLERS = {
    "message": telling.message, "request_payment": paying.request_payment, "refund": paying.refund,
    "register": recording.register,
}  # fmt: skip


def carry_out(times=1):
    """Every order there is, ``times`` over: handlers must not mind."""
    for _ in range(times):
        for each in Effect.objects.order_by("entry", "n"):
            order = msgspec.json.decode(bytes(each.body), type=EffectOrder)
            if order.kind in HANDLERS:
                HANDLERS[order.kind](order)


def told(kind, order):
    data = {"subject": order.subject, "amount": order.amount, "order": str(order.pk)}
    event = Event(
        id=f"e-{kind}",
        type=f"vn.dothi.payments.{kind}",
        source="x",
        subject="x",
        time=now(),
        data=data,
        position="1",
    )
    paying.paid(event)
    paying.paid(event)


@pytest.fixture
def sent(complete):
    draft, _ = drafting.begin(PERMIT, by=MAI)
    return sending.send(complete(draft), by=MAI)


def test_the_applicant_is_told_once(sent):
    carry_out(times=2)
    [message] = Message.objects.all()
    assert sent.code in message.text
    assert message.address == "+84903123456"
    assert message.about == f"case:{sent.case}"


def test_the_fees_are_asked_for_once_and_the_case_knows(sent):
    carry_out(times=2)
    order = Order.objects.get()
    assert (order.amount, order.subject) == (75_000, f"case:{sent.case}")
    seen = queries.get(sent.case, by=SYSTEM)
    assert [(each.amount, each.state) for each in seen.snapshot.payments.values()] == [(75_000, "asked")]


def test_a_dossier_is_accepted_when_it_is_paid(sent):
    carry_out()
    with pytest.raises(Refused) as refused:
        cases.act(sent.case, "accept", by=CLERK)
    assert refused.value.code == "not-paid"
    told("paid", Order.objects.get())
    seen = cases.act(sent.case, "accept", by=CLERK)
    assert seen.state == "in-review"
    assert seen.unit == WARD
    assert [each.state for each in seen.snapshot.payments.values()] == ["paid"]


def test_what_happens_elsewhere_is_no_business_of_cases(sent):
    carry_out()
    order = Order.objects.get()
    order.subject = "invoice:1"
    told("paid", order)
    assert queries.get(sent.case, by=SYSTEM).snapshot.payments[str(order.pk)].state == "asked"


def test_a_permit_becomes_a_record_once(sent):
    order = EffectOrder(
        id=f"{sent.case}:1:9", kind="register", case=sent.case, at_us=1_700_000_000_000_000,
        values={
            "type": "building", "operation": "create", "valid_from": "2026-11-30",
            "values": {"code": "B1", "title": "Nhà ở riêng lẻ", "use": "house", "storeys": 2, "unit": WARD},
        },
    )  # fmt: skip
    recording.register(order)
    recording.register(order)
    assert Record.objects.filter(type="building").count() == 1
