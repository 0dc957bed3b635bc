"""Letters that cases order: written from the procedure's text, signed where it says so, kept among the case's documents."""

from __future__ import annotations

import msgspec

from dothi.core.clock import HCMC, from_us, now_us
from dothi.core.config import current
from dothi.kernel.cases import access, calendars, documents, queries
from dothi.kernel.cases.delegations import with_delegations
from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine import step
from dothi.kernel.cases.engine.types import Command, EffectOrder
from dothi.kernel.cases.models import Document
from dothi.kernel.cases.reading import reading
from dothi.kernel.fulfilment import contacts, naming
from dothi.kernel.fulfilment.standing import Ordered, standing
from dothi.kernel.identity.access import SYSTEM, Actor
from dothi.kernel.letters.composing import Letter
from dothi.kernel.letters.pdf import render
from dothi.kernel.letters.signing import keys, pades

TEST = {
    "vi": "CHỮ KÝ THỬ NGHIỆM, không có giá trị pháp lý.",
    "en": "TEST SIGNATURE, without legal effect.",
}
DRAFT = {"vi": "DỰ THẢO, chưa ký, chưa có hiệu lực.", "en": "DRAFT, not signed, without effect."}
SIMULATED = {"vi": "HỒ SƠ MÔ PHỎNG, không phải việc thật.", "en": "SIMULATED CASE, not a real one."}


@effect("letter")
def letter(order: EffectOrder) -> None:
    """Write the letter, once: its file is named after the order."""
    ordered = standing(order)
    template = str(order.values["template"])
    name = f"{ordered.case.code}-{template}-{order.id.split(':', 1)[1].replace(':', '.')}.pdf"
    if Document.objects.filter(num=ordered.case.num, versions__name=name).exists():
        return
    declared = ordered.compiled.procedure.letters[template]
    contact = contacts.of(ordered.case.id)
    language = contact.language if contact else "vi"
    documents.add_document(
        ordered.case.id, documents.OTHER, _written(ordered, template, language), name=name, by=SYSTEM,
        label=declared.label.text(language), public=True,
    )  # fmt: skip


def preview(case: str, action: str, *, by: Actor) -> bytes | None:
    """The signed letter that an action of a case would write, as a draft without a signature; None: it writes none.

    The action is tried, not done. Raises :class:`~dothi.kernel.cases.engine.types.Refused` when it cannot be done
    now or by ``by``, and for those who may not see the case's personal data.
    """
    view = queries.get(case, by=by)
    assert view.snapshot is not None
    by = with_delegations(by)
    by.require(access.PERSONAL, unit=view.unit or None, organisation=view.organisation or None)
    compiled = queries.compiled(view)
    row = compiled.table.get((view.state, action))
    form = compiled.forms[row.declared.form] if row and row.declared.form else None
    actor = access.facts(
        by, compiled, applicant=view.applicant, unit=view.unit, organisation=view.organisation
    )
    data = {key: view.data[key] for key in form.keys if key in view.data} if form else {}
    command = Command(action=action, at_us=now_us(), actor=actor, data=data)
    with reading() as (session, _):
        outcome = step(compiled, view.snapshot, command, calendars.current(session))
    for order in outcome.effects:
        template = str(order.values.get("template", ""))
        if order.kind == "letter" and compiled.procedure.letters[template].signed:
            after = msgspec.structs.replace(view, snapshot=outcome.snapshot, state=outcome.snapshot.state)
            contact = contacts.of(view.id)
            entry = outcome.entries[0] if outcome.entries else None
            language = contact.language if contact else "vi"
            return _written(Ordered(order, after, compiled, entry), template, language, draft=True)
    return None


def _written(ordered: Ordered, template: str, language: str, *, draft: bool = False) -> bytes:
    case, declared = ordered.case, ordered.compiled.procedure.letters[template]
    agency = naming.handler(case, language)
    signing = (
        keys.signing_for(current().home, case.organisation or case.unit or "city", agency)
        if declared.signed and not draft
        else None
    )
    role = ordered.compiled.procedure.roles.get(str(ordered.order.values.get("sign_role") or ""))
    signer = {"name": _actor(ordered), "title": role.label.text(language) if role else ""}
    notes = [TEST[language]] if signing and signing.test else []
    notes += [DRAFT[language]] if draft else []
    notes += [SIMULATED[language]] if case.simulated else []
    pdf = render(
        Letter(
            title=declared.label.text(language), body=declared.template.text(language),
            facts=naming.names(case, ordered.compiled, language, note=ordered.note, signer=signer), language=language,
            agency=agency, number=case.code, place=naming.place(case.unit, language), at=from_us(ordered.order.at_us).astimezone(HCMC),
            signer_title=signer["title"], signer=signer["name"], code=case.code, link=f"{current().url}/c/verify/",
            notes=tuple(notes),
        )
    )  # fmt: skip
    return pades.sign(pdf, signing, reason=declared.label.text(language)) if signing else pdf


def _actor(ordered: Ordered) -> str:
    """Who did what the letter tells of; nobody where the platform did it by itself."""
    return naming.person(ordered.entry.actor) if ordered.entry else ""
