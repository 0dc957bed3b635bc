"""What waits for a reader's signature."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dothi.centres.services import signatures
from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.identity.access import Actor
from dothi.sites.casework.reads.listing import Row, row

LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A dossier to sign: its line, the action that signs it, whether it can be signed in the list, whether given back."""

    row: Row
    case: CaseView
    action: str
    label: Mapping[str, str]
    at_once: bool
    why_not: Mapping[str, str] | None
    back: bool


def waiting(by: Actor, language: str) -> list[Waiting]:
    """The dossiers that ``by`` can sign, the first due first."""
    asked, known = signatures.waiting()
    found = []
    for each in queries.inbox(asked, by=by, limit=LOOKED_AT).items:
        action = known.get(each.procedure, {}).get(each.state)
        offers = {offer.action: offer for offer in queries.available(each.id, by=by)} if action else {}
        offer = offers.get(action or "")
        if offer is not None:
            found.append(
                Waiting(
                    row(each, language), each, offer.action, offer.label, offer.enabled and not offer.form,
                    offer.why_not, signatures.RETURN in offers,
                )
            )  # fmt: skip
    return found
