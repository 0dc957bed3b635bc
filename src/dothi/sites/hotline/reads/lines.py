"""A report as a line, and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from dothi.centres.hotline import supervising
from dothi.centres.hotline.taxonomy import catalogue
from dothi.core.clock import from_us, now_us
from dothi.core.errors import NotFound
from dothi.kernel.cases import queries
from dothi.kernel.cases.views import CaseView
from dothi.kernel.fulfilment import naming
from dothi.kernel.identity.access import Actor
from dothi.kernel.packs import queries as packs


@dataclass(frozen=True, slots=True)
class Line:
    """One report in a list."""

    code: str
    title: str
    state: str
    channel: str
    where: str
    agency: str
    opened: datetime
    due: datetime | None
    late: bool
    returned: bool
    simulated: bool


def channel(key: str) -> str:
    """How a report came, in words."""
    words = {
        "phone": _("telephone"), "web": _("web"), "app": _("app"), "e-mail": _("e-mail"), "zalo": "Zalo",
        "open311": "Open311", "counter": _("counter"),
    }  # fmt: skip
    return words.get(key, key)


def _titles(language: str) -> dict[str, str]:
    """What the categories are called here, by the Vietnamese name that a report is titled with."""
    return {each.label.vi: each.label.text(language) for each in catalogue.categories().values()}


def line(case: CaseView, language: str) -> Line:
    """A report as a line of a list."""
    declared = packs.procedures().get(case.procedure)
    state = declared.states.get(case.state) if declared else None
    due = (supervising.hand_on_by(case) or case.due_us) if case.open else None
    return Line(
        case.code, _titles(language).get(case.title, case.title) or case.code, state.label.text(language) if state else case.state, channel(case.channel),
        naming.place(case.unit, language), naming.agency(case.organisation, language), from_us(case.opened_us),
        from_us(due) if due else None, due is not None and due < now_us(), bool(case.facts.get("rerouted")), case.simulated,
    )  # fmt: skip


def code_of(case: str, by: Actor) -> str:
    """The code of a case, where it may be seen."""
    try:
        return queries.get(case, by=by).code if case else ""
    except NotFound:
        return ""


def spelled(code: str) -> str:
    """A code as it is read aloud: digit by digit, in its groups."""
    return " – ".join(" ".join(part) for part in code.split("-"))
