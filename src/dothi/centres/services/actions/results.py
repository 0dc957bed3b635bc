"""Results handed out: to the applicant, to somebody with their authority, or to the post; with a signed receipt."""

from __future__ import annotations

from typing import Final

from dothi.centres.services.access import HAND_OVER
from dothi.centres.services.models import HandedOut, IdentityCheck
from dothi.centres.services.results import DELIVERED, OUT, POST
from dothi.core.clock import HCMC, now
from dothi.core.config import current
from dothi.core.errors import BadInput, both
from dothi.kernel.cases import actions as cases
from dothi.kernel.cases import documents, queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.events.actions import record
from dothi.kernel.fulfilment import naming
from dothi.kernel.fulfilment.writing import SIMULATED, TEST
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.letters.composing import Letter
from dothi.kernel.letters.pdf import render
from dothi.kernel.letters.signing import keys, pades

TITLE: Final = "Phiếu trả kết quả"
_BODY: Final = """Mã hồ sơ: **{{ code }}**

Thủ tục: {{ procedure }}

{{ agency }} đã trả kết quả hồ sơ trên cho: **{{ taker }}** ({{ way }}{{ proof }}).

Thời điểm trả: {{ at | datetime }}. Người trả: {{ clerk }}.

Người nhận đã nhận đủ kết quả (ký, ghi rõ họ tên):
"""
_WAYS: Final = {
    HandedOut.APPLICANT: "người nộp hồ sơ",
    HandedOut.AUTHORISED: "người được uỷ quyền",
    HandedOut.POST: "gửi qua dịch vụ bưu chính công ích",
}


@action(permission=HAND_OVER, unit=lambda case, **_: case.unit, name="services.hand-out")
def hand_out(
    case: CaseView,
    *,
    way: str,
    taker: str,
    by: Actor,
    document: str = "",
    number: str = "",
    seen: bool = False,
    authority: str = "",
    post_number: str = "",
    key: str = "",
) -> HandedOut:
    """Give the result to who came for it, or to the post, and write the receipt they sign.

    Who comes shows a document (``document``, ``number``, ``seen``); who comes for another names the ``authority``
    (the paper that gives it). The post is for procedures that have it. Raises :class:`BadInput` by field.
    """
    _complete(way, taker, document, number, seen, authority, post_number)
    done = cases.act(case.id, POST if way == HandedOut.POST else OUT, by=by, key=key or None)
    made, _ = HandedOut.objects.update_or_create(
        case=case.id,
        defaults={
            "code": case.code, "unit": case.unit, "way": way, "taker": taker.strip()[:200],
            "document": document if way != HandedOut.POST else "", "number_tail": number.strip()[-4:],
            "authority": authority.strip()[:200], "post_number": post_number.strip()[:60], "delivered_at": None,
            "handed_by": by.reference, "handed_at": now(),
        },
    )  # fmt: skip
    documents.add_document(
        done.id, documents.OTHER, _receipt(done, made, by), name=f"{case.code}-tra-ket-qua-{made.handed_at:%Y%m%d%H%M%S}.pdf",
        by=SYSTEM, label=TITLE, public=True,
    )  # fmt: skip
    record(
        "vn.dothi.services.result-handed-out", subject=case.reference,
        data={"unit": case.unit, "way": way, "code": case.code}, actor=by.reference,
    )  # fmt: skip
    return made


def _complete(
    way: str, taker: str, document: str, number: str, seen: bool, authority: str, post_number: str
) -> None:
    wrong: tuple[str, dict[str, str]] | None = None
    if way not in HandedOut.WAYS:
        wrong = "way", both("Hãy chọn cách trả kết quả.", "Choose how it is handed out.")
    elif not taker.strip():
        wrong = "taker", both("Hãy ghi tên người nhận.", "Write who takes it.")
    elif way == HandedOut.POST:
        if not post_number.strip():
            wrong = "post_number", both("Hãy ghi số bưu gửi.", "Write the number of the mailing.")
    elif document not in IdentityCheck.DOCUMENTS or not number.strip():
        wrong = "number", both("Hãy ghi giấy tờ của người nhận.", "Write the document of who takes it.")
    elif not seen:
        wrong = "seen", both("Hãy xem giấy tờ của người nhận.", "Look at the document of who takes it.")
    elif way == HandedOut.AUTHORISED and not authority.strip():
        wrong = (
            "authority",
            both("Hãy ghi giấy uỷ quyền (số, ngày).", "Write the paper that gives the authority."),
        )
    if wrong is not None:
        raise BadInput(wrong[1], where=wrong[0])


def _receipt(case: CaseView, made: HandedOut, by: Actor) -> bytes:
    agency = naming.handler(case, "vi")
    signing = keys.signing_for(current().home, case.organisation or case.unit or "city", agency)
    proof = f", giấy tờ …{made.number_tail}" if made.number_tail else ""
    proof += f", {made.authority}" if made.authority else ""
    proof += f", số bưu gửi {made.post_number}" if made.post_number else ""
    notes = ([TEST["vi"]] if signing.test else []) + ([SIMULATED["vi"]] if case.simulated else [])
    facts = {
        "code": case.code, "procedure": queries.compiled(case).procedure.label.vi, "agency": agency, "taker": made.taker,
        "way": _WAYS[made.way], "proof": proof, "at": made.handed_at, "clerk": naming.person(by.reference),
    }  # fmt: skip
    letter = Letter(
        title=TITLE, body=_BODY, facts=facts, agency=agency, number=case.code, place=naming.place(case.unit, "vi"),
        at=made.handed_at.astimezone(HCMC), signer_title="Người trả kết quả", signer=naming.person(by.reference),
        code=case.code, link=f"{current().url}/c/verify/", notes=tuple(notes),
    )  # fmt: skip
    return pades.sign(render(letter), signing, reason=TITLE)


@action(permission=HAND_OVER, unit=lambda made, **_: made.unit, name="services.delivered")
def delivered(made: HandedOut, *, by: Actor) -> HandedOut:
    """The post has delivered it."""
    cases.act(made.case, DELIVERED, by=by, key=f"delivered:{made.pk}")
    made.delivered_at = now()
    made.save(update_fields=["delivered_at"])
    return made
