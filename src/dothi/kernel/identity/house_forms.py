"""How every form here is shown: label, hint, error tied to its field, one column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import get_language

from dothi.core.errors import BadInput, Conflict, DothiError, Forbidden, Gone

R = TypeVar("R")


class HouseForm(forms.Form):
    """A form rendered by ``identity/form.html``; Django ties hint and error by ``aria-describedby``."""

    template_name = "identity/form.html"
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)

    def attempt(self, act: Callable[[], R]) -> R | None:
        """What ``act`` gives; when it is refused, the reason stands at its field and None comes back."""
        try:
            return act()
        except (BadInput, Conflict, Forbidden, Gone) as error:
            self.add_error(error.where if error.where in self.fields else None, told(error))
            return None


def told(error: DothiError) -> str:
    """The reason in the language of the page."""
    return error.text("en" if (get_language() or "").startswith("en") else "vi")
