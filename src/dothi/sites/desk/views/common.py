"""What every page of the desk does alike."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _

from dothi.core.errors import BadInput, DothiError, Forbidden
from dothi.kernel.identity.access import Actor
from dothi.kernel.registers.types import Kind
from dothi.sites.ui.shell import language
from dothi.sites.ui.staff import P, View, staff_page


def page(request: HttpRequest, name: str, context: dict[str, Any], *, status: int = 200) -> HttpResponseBase:
    """The page ``desk/<name>.html``."""
    return render(request, f"desk/{name}.html", {"nav": "registers"} | context, status=status)


def desk(view: View[P]) -> View[P]:
    """A page of the desk: signed in, never kept by a cache, refusals said as pages."""
    return staff_page(view, may=lambda _by: True, advice=_advice)


def _advice(error: DothiError) -> str:
    if isinstance(error, BadInput):
        return _("Correct the address, or start again from the list.")
    if isinstance(error, Forbidden):
        return _("Ask your administrator for the role, or choose a purpose you hold.")
    return _("Go back to the list and search again.")


def purposes(kind: Kind, by: Actor) -> list[tuple[str, str]]:
    """The purposes this person may read personal data of a type for."""
    if not any(by.may_somewhere(f"registers.{level}.{kind.key}") for level in ("personal", "sensitive")):
        return []
    return [
        (each.key, each.label.text(language()))
        for each in kind.declared.access.purposes
        if each.permission is None or by.may_somewhere(each.permission)
    ]


def number(text: str) -> int:
    """A number of an address or a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
