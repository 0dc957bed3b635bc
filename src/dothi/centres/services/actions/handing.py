"""Hand-over lists: which papers go from the one-stop desk to a department and back, and who signed for them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Max

from dothi.centres.services.access import HAND_OVER
from dothi.centres.services.models import HandOver
from dothi.core.clock import HCMC, now
from dothi.core.errors import BadInput, Conflict, NotFound, both
from dothi.kernel.cases import queries as cases
from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import Actor
from dothi.kernel.identity.acting import action


@action(permission=HAND_OVER, unit=lambda unit, **_: unit, subject=lambda unit, **_: f"unit:{unit}")
def make(unit: str, *, giver: str, taker: str, codes: Sequence[str], by: Actor, note: str = "") -> HandOver:
    """A list of dossiers given to ``taker``. Each code must be a dossier the giver can see; none twice."""
    listed = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not listed or not giver.strip() or not taker.strip():
        raise BadInput(
            both("Cần bên giao, bên nhận và ít nhất một hồ sơ.", "Give both sides and at least one dossier."),
            where="codes",
        )
    unknown = [code for code in listed if not _there(code, by)]
    if unknown:
        raise BadInput(
            both(f"Không có hồ sơ: {', '.join(unknown)}.", f"There is no dossier: {', '.join(unknown)}."),
            where="codes",
        )
    year = now().astimezone(HCMC).year
    last = (
        HandOver.objects.select_for_update()
        .filter(unit=unit, year=year)
        .aggregate(last=Max("number"))["last"]
    )
    made = HandOver.objects.create(
        unit=unit, year=year, number=(last or 0) + 1, giver=giver.strip()[:200], taker=taker.strip()[:200],
        cases=listed, made_by=by.reference, note=note[:2000],
    )  # fmt: skip
    record(
        "vn.dothi.services.handed-over",
        subject=made.reference,
        data={"unit": unit, "cases": listed},
        actor=by.reference,
    )
    return made


def _there(code: str, by: Actor) -> bool:
    try:
        return bool(cases.get(code, by=by))
    except NotFound:
        return False


@action(permission=HAND_OVER, unit=lambda made, **_: made.unit)
def accept(made: HandOver, *, by: Actor, refused: Sequence[str] = ()) -> HandOver:
    """The other side signs for the list, but for the dossiers it refuses. The giver cannot sign for the taker."""
    held = HandOver.objects.select_for_update().get(pk=made.pk)
    if held.accepted_at is not None:
        raise Conflict(both("Phiếu này đã được ký nhận.", "This list was signed for."))
    if held.made_by == by.reference:
        raise Conflict(both("Bên giao không thể tự ký nhận.", "Who gives cannot sign for who takes."))
    held.refused = [code for code in refused if code in held.cases]
    held.accepted_by, held.accepted_at = by.reference, now()
    held.save(update_fields=["refused", "accepted_by", "accepted_at"])
    data = {"unit": held.unit, "cases": [code for code in held.cases if code not in held.refused]}
    record("vn.dothi.services.hand-over-accepted", subject=held.reference, data=data, actor=by.reference)
    return held
