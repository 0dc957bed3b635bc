"""What follows from a dossier: the person is told, the fees are asked for, the payment is seen, records are made."""

import io

import msgspec
import pytest
from pypdf import PdfReader

from dothi.centres.services.actions import drafting, sending
from dothi.centres.services.tests.conftest import BINH, CLERK, MAI, PERMIT, WARD
from dothi.core.clock import now
from dothi.core.config import current
from dothi.core.errors import NotFound
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import documents, queries
from dothi.kernel.cases.effects import handlers
from dothi.kernel.cases.engine.types import EffectOrder, Refused
from dothi.kernel.cases.models import Effect
from dothi.kernel.events.log import Event
from dothi.kernel.fulfilment import paying, publishing, recording
from dothi.kernel.identity import actions as identity
from dothi.kernel.identity.access import SYSTEM
from dothi.kernel.letters.signing import keys, pades
from dothi.kernel.messages.models import Message
from dothi.kernel.payments.models import Order
from dothi.kernel.registers.models import Record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("wired")]


def carry_out(times=1):
    """Every order there is, ``times`` over: handlers must not mind."""
    for _ in range(times):
        for each in Effect.objects.order_by("entry", "n"):
            order = msgspec.json.decode(bytes(each.body), type=EffectOrder)
            handlers()[order.kind](order)


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


@pytest.fixture
def accepted(sent):
    """A dossier that was paid for and accepted; what follows is carried out twice."""
    carry_out()
    told("paid", Order.objects.get())
    cases.act(sent.case, "accept", by=CLERK)
    carry_out(times=2)
    return queries.get(sent.case, by=SYSTEM)


def test_the_receipt_is_written_once_signed_and_says_when(accepted):
    [letter] = [each for each in documents.of_case(accepted.num) if each.key == documents.OTHER]
    _, content = documents.open_document(letter.pk, by=MAI)
    pdf = content.read()
    [signature] = pades.check(pdf, roots=keys.roots(current().home))
    assert signature.intact
    assert signature.test
    said = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())
    for words in (accepted.code, "Trần Thị Mai", "GIẤY TIẾP NHẬN", "CHỮ KÝ THỬ NGHIỆM", "Bản vẽ"):
        assert words in said
    assert "{{" not in said


def test_a_letter_is_for_its_person_and_the_officers(accepted):
    [letter] = [each for each in documents.of_case(accepted.num) if each.key == documents.OTHER]
    with pytest.raises(NotFound):
        documents.open_document(letter.pk, by=BINH)


def test_what_is_published_is_noted_once(sent):
    order = EffectOrder(
        id=f"{sent.case}:1:8", kind="publish", case=sent.case, at_us=1, values={"kind": "answer", "values": {"text": "x"}}
    )  # fmt: skip
    publishing.publish(order)
    publishing.publish(order)
    noted = [each for each in queries.history(sent.case, by=SYSTEM) if each.action == "publish.answer"]
    assert [each.data.more["published"] for each in noted] == [{"text": "x"}]


def test_only_those_who_may_play_the_part_are_told(sent):
    for mail, role in (("clerk@example.org", "one-stop-clerk"), ("device@example.org", "device")):
        account = identity.create_account(mail, name=mail, by=SYSTEM)
        identity.grant_role(account, role, by=SYSTEM, reason="thử", unit=WARD)
    order = EffectOrder(
        id=f"{sent.case}:1:7", kind="message", case=sent.case, at_us=1, values={"template": "accept-late", "to": "clerk"}
    )  # fmt: skip
    handlers()["message"](order)
    assert [each.address for each in Message.objects.all()] == ["clerk@example.org"]
