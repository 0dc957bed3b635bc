"""Who sees which part of the workshop behind the portal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dothi.centres.opendata import rules
from dothi.centres.opendata.harvest.rules import HARVEST
from dothi.core.errors import DothiError
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.web import actor_of
from dothi.kernel.pipelines.permissions import READ

PUBLISHING: Final = (rules.SUBMIT, rules.APPROVE, rules.PUBLISH, rules.WITHDRAW)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the workshop and the permissions any of which opens it, in whichever unit."""

    key: str
    label: str | Promise
    url: str
    permissions: tuple[str, ...]

    def open_to(self, actor: Actor) -> bool:
        """Whether this person may open it; what they see there is decided row by row."""
        return any(actor.may_somewhere(each) for each in self.permissions)


SECTIONS: Final = (
    Section("publications", _("Publication"), "data:publications", PUBLISHING),
    Section("flows", _("Sources and pipelines"), "data:flows", (READ,)),
    Section("gates", _("Quality gates"), "data:gates", (READ, *PUBLISHING)),
    Section("inbox", _("Requests and reports"), "data:inbox", (rules.ANSWER, rules.GALLERY)),
    Section("harvest", _("Harvest"), "data:harvest", (HARVEST,)),
)


def sections(actor: Actor) -> list[Section]:
    """The parts of the workshop this person may open."""
    return [section for section in SECTIONS if section.open_to(actor)]


def who(request: HttpRequest) -> Actor:
    """Who asks; a bad token is nobody, it does not break a page that is open to all."""
    try:
        return actor_of(request)
    except DothiError:
        return ANONYMOUS
