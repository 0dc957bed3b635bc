"""Who a person is: an account seen to belong to somebody of the register, at the counter, with the card in hand."""

from __future__ import annotations

from dothi.centres.services.access import VERIFY
from dothi.centres.services.models import KnownPerson
from dothi.core.clock import now
from dothi.core.errors import BadInput, Conflict, both
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action
from dothi.kernel.registers.normalise import digits


@action(permission=VERIFY, unit=lambda unit, **_: unit, subject=lambda account, **_: f"account:{account}")
def verify_person(account: str, personal_id: str, *, unit: str, by: Actor) -> KnownPerson:
    """Note that the owner of an account is the person with this number. Nobody verifies themselves."""
    number = digits(personal_id)
    if len(number) != 12:
        raise BadInput(
            both("Số định danh cá nhân gồm 12 chữ số.", "A personal identification number has 12 digits."),
            where="personal_id",
        )
    if by.account == account:
        raise Conflict(both("Không thể tự xác minh.", "Nobody can verify themselves."))
    made, _ = KnownPerson.objects.update_or_create(
        account=account,
        defaults={
            "personal_id": number, "method": KnownPerson.COUNTER, "verified_by": by.reference, "verified_at": now(),
            "unit": unit,
        },
    )  # fmt: skip
    record(
        "vn.dothi.services.person-verified",
        subject=f"account:{account}",
        data={"unit": unit},
        actor=by.reference,
    )
    return made
