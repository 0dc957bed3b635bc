"""Who may see which part: a permission for each section, and who gets in at all."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dothi.core.errors import DothiError
from dothi.kernel.directory.actions import UNITS as UNITS_WRITE
from dothi.kernel.events.actions import DISCARD, RESEND
from dothi.kernel.feeds.actions import MANAGE as FEEDS
from dothi.kernel.identity.access import AUDIT, PEOPLE_READ, Actor, permission
from dothi.kernel.identity.web import actor_of
from dothi.kernel.packs.actions import PUBLISH

SYSTEM = permission("platform.read", "Xem tình trạng của nền tảng", "See how the platform is doing")
PACKS = permission("packs.read", "Xem các gói khai báo", "See the packs")
UNITS = permission("directory.read", "Tra cứu đơn vị hành chính", "Look up administrative units")
EVENTS = "events.read"
LETTERS = "events.dead-letters.read"

__all__ = [
    "AUDIT", "DISCARD", "EVENTS", "FEEDS", "LETTERS", "PACKS", "PEOPLE_READ", "PUBLISH", "RESEND", "SYSTEM", "UNITS",
    "UNITS_WRITE", "Section", "may_administer", "may_enter", "sections",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """One entry of the menu: its first page and the permission that opens it."""

    key: str
    label: str | Promise
    url: str
    permission: str
    somewhere: bool = False

    def open_to(self, actor: Actor) -> bool:
        """Whether this person may open it."""
        return actor.may_somewhere(self.permission) if self.somewhere else actor.may(self.permission)


SECTIONS = (
    Section("system", _("System"), "administration:system", SYSTEM),
    Section("feeds", _("Data feeds"), "administration:feeds", FEEDS),
    Section("events", _("Event log"), "administration:events", LETTERS),
    Section("packs", _("Packs"), "administration:packs", PACKS),
    Section("units", _("Units and boundaries"), "administration:units", UNITS),
    Section("people", _("People and roles"), "identity:people", PEOPLE_READ, somewhere=True),
    Section("audit", _("Audit log"), "identity:audit", AUDIT),
)
# Looking up units is for most of the staff, and is no administration by itself.
_OPENS = tuple(section for section in SECTIONS if section.key != "units")


def sections(actor: Actor) -> list[Section]:
    """The parts this person may open, in the order of the menu."""
    return [section for section in SECTIONS if section.open_to(actor)]


def may_administer(actor: Actor) -> bool:
    """Whether anything here is this person's work."""
    return any(section.open_to(actor) for section in _OPENS)


def may_enter(request: HttpRequest) -> bool:
    """Whether the bar shows the link; a bad token shows no link, it does not break the page."""
    try:
        return hasattr(request, "user") and may_administer(actor_of(request))
    except DothiError:
        return False
