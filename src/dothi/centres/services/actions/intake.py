"""A dossier filled in at the counter for somebody who stands there: who it is, seen by their document, and why that is noted."""

from __future__ import annotations

from typing import Final

from dothi.centres.services import procedures
from dothi.centres.services.access import INTAKE
from dothi.centres.services.actions import drafting
from dothi.centres.services.models import Draft, IdentityCheck
from dothi.core.errors import BadInput, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.registers.normalise import digits

_PERSONAL_ID: Final = 12


@action(permission=INTAKE, unit=lambda draft, **_: draft.unit, name="services.identify")
def identify(
    draft: Draft,
    *,
    name: str,
    number: str,
    document: str,
    seen: bool,
    by: Actor,
    phone: str = "",
    email: str = "",
    language: str = "vi",
) -> IdentityCheck:
    """Note who the applicant is and that their identity document was seen, for this dossier.

    A card or an electronic identity has a number of 12 digits; of a passport or certificate it is as printed.
    Only the last four signs of the number stay in the log. Raises :class:`BadInput` where something is missing.
    """
    plain = digits(number) if document in (IdentityCheck.CARD, IdentityCheck.ELECTRONIC) else number.strip()
    if document not in IdentityCheck.DOCUMENTS:
        raise BadInput(both("Hãy chọn giấy tờ đã xem.", "Choose the document you saw."), where="document")
    if document in (IdentityCheck.CARD, IdentityCheck.ELECTRONIC) and len(plain) != _PERSONAL_ID:
        raise BadInput(
            both("Số định danh cá nhân gồm 12 chữ số.", "A personal identification number has 12 digits."),
            where="number",
        )
    if not plain or not name.strip():
        raise BadInput(
            both("Hãy ghi họ tên và số giấy tờ.", "Write the name and the number of the document."),
            where="name" if plain else "number",
        )
    if not seen:
        raise BadInput(
            both(
                "Hãy xem giấy tờ và đối chiếu người nộp trước khi tiếp tục.",
                "Look at the document and compare the person before you go on.",
            ),
            where="seen",
        )
    drafting.save_who(
        draft, capacity=Draft.SELF, on_behalf={"name": name, "number": plain},
        contact={"name": name, "phone": phone, "email": email}, language=language,
    )  # fmt: skip
    purpose = procedures.of(draft).procedure.label.vi[:200]
    made = IdentityCheck.objects.create(
        draft=draft, document=document, number_tail=plain[-4:], purpose=purpose, unit=draft.unit, checked_by=by.reference
    )  # fmt: skip
    record(
        "vn.dothi.services.identity-checked", subject=draft.reference,
        data={"unit": draft.unit, "document": document, "procedure": draft.procedure}, actor=by.reference,
    )  # fmt: skip
    return made
