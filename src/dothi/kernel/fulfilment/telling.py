"""Messages that cases order: to the applicant, to followers, to the person or organisation that handles it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from dothi.core.clock import now
from dothi.kernel.cases.access import permission_of
from dothi.kernel.cases.effects import effect
from dothi.kernel.cases.engine.types import EffectOrder
from dothi.kernel.fulfilment import contacts, naming
from dothi.kernel.fulfilment.standing import Ordered, standing
from dothi.kernel.identity.access import pattern_covers
from dothi.kernel.identity.models import RoleAssignment
from dothi.kernel.identity.roles import roles
from dothi.kernel.letters.filling import fill
from dothi.kernel.messages import actions as messages
from dothi.kernel.messages.rules import Recipient

MOST = 50


@effect("message")
def message(order: EffectOrder) -> None:
    """Ask for the message, once for each who is to get it. Nobody to reach is no error: it stands in the timeline."""
    ordered = standing(order)
    text = ordered.compiled.procedure.messages[str(order.values["template"])]
    to_whom = str(order.values.get("to") or "applicant")
    link = naming.link(ordered.case)
    opens = contacts.secret(ordered.case.id) if to_whom == "applicant" else ""
    for number, to in enumerate(_recipients(ordered, to_whom)):
        said = naming.names(ordered.case, ordered.compiled, to.language, note=ordered.note)
        messages.send(
            to,
            subject=fill(text.subject.text(to.language), said, to.language),
            text=fill(text.text.text(to.language), said, to.language),
            key=f"{order.id}:{number}",
            purpose=f"{ordered.case.procedure}.{order.values['template']}",
            about=ordered.case.reference,
            link=link,
            sealed={link: f"{link}?k={opens}"} if opens else None,
        )
    if to_whom in ("applicant", "subscribers"):
        _tell_followers(ordered)


def _tell_followers(ordered: Ordered) -> None:
    """Followers hear that something happened and read what is public: texts to the applicant are the applicant's."""
    state = ordered.compiled.procedure.states[ordered.case.state]
    if state.phase == "waiting":  # for the applicant, whom nobody else can answer for
        return
    link = naming.public_link(ordered.case)
    for number, (to, leaving) in enumerate(contacts.followers(ordered.case.id)):
        if not to.reachable:
            continue
        english, code = to.language == "en", ordered.case.code
        label = (state.public_label or state.label).text(to.language)
        messages.send(
            to,
            subject=f"{code}: {label}",
            text=f"The report {code} that you follow: {label}. Read it, or stop following: {link}"
            if english
            else f"Phản ánh {code} bạn theo dõi: {label}. Xem hoặc thôi theo dõi: {link}",
            key=f"{ordered.order.id}:f{number}",
            purpose=f"{ordered.case.procedure}.followed",
            about=ordered.case.reference,
            link=link,
            sealed={link: f"{link}?f={leaving}"} if leaving else None,
        )


def _recipients(ordered: Ordered, to: str) -> Iterator[Recipient]:
    if to == "applicant":
        person = contacts.recipient(ordered.case.id)
        yield from [person] if person else []
    elif to == "subscribers":
        return
    elif to == "assignee":
        yield from _accounts([ordered.case.assignee.removeprefix("account:")])
    else:
        yield from _accounts(_holders(ordered, to))


def _accounts(keys: list[str]) -> Iterator[Recipient]:
    for each in map(contacts.account, keys[:MOST]):
        if each is not None and each.email:
            yield Recipient(name=each.name, language=each.language, email=each.email)


def _holders(ordered: Ordered, role: str) -> list[str]:
    """The accounts that are told for a role of the procedure: whoever has the case, else those who may play it there."""
    if ordered.case.assignee:
        return [ordered.case.assignee.removeprefix("account:")]
    case = ordered.case
    wanted = permission_of(role, ordered.compiled)
    able = [
        key
        for key, each in roles().items()
        if any(pattern_covers(pattern, wanted) for pattern in each.patterns)
    ]
    found = RoleAssignment.objects.filter(revoked_at__isnull=True, valid_from__lte=now(), role__in=able)
    found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now()))
    # A unit's own organisation that the directory does not have yet is known by its unit.
    by_unit = not case.organisation or case.organisation.endswith(f".{case.unit}")
    here = found.filter(unit=case.unit) if by_unit else found.filter(organisation=case.organisation)
    return [str(key) for key in here.values_list("account_id", flat=True).distinct()[:MOST]]
