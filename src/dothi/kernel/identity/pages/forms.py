"""The forms of the pages of identity."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from dothi.core.clock import HCMC
from dothi.kernel.identity.access import Actor, permissions
from dothi.kernel.identity.entrance.forms import PASSWORD_RULES
from dothi.kernel.identity.house_forms import HouseForm
from dothi.kernel.identity.models import Account, AuditEntry
from dothi.kernel.identity.roles import roles

LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "vi"


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _password() -> forms.CharField:
    return forms.CharField(
        label=_("Password"),
        help_text=PASSWORD_RULES,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ProfileForm(HouseForm):
    """One's own name and language."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, help_text=_("The language of the pages after you sign in.")
    )


class ResetForm(HouseForm):
    """A new password, by a one-time link."""

    password = _password()


class SetupForm(HouseForm):
    """What an invited person adds to the account made for them."""

    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    password = _password()


class FirstAdministratorForm(HouseForm):
    """The first account of an installation."""

    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("You sign in with it. Nothing is sent to it."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    password = _password()


class _ScopeForm(HouseForm):
    """Where something holds: a unit, an organisation or everywhere."""

    unit = forms.CharField(
        label=_("Unit code"),
        required=False,
        max_length=20,
        help_text=_("For example 26734 for a ward. Leave unit and organisation empty for the whole city."),
    )
    organisation = forms.CharField(label=_("Organisation code"), required=False, max_length=60)


class InviteForm(_ScopeForm):
    """A new person; with a role, it is granted at once."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(
        label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    role = forms.ChoiceField(label=_("Role"), required=False)
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=300, help_text=_("Kept with the role, for the audit.")
    )
    field_order = ("email", "name", "role", "unit", "organisation", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "–"), *role_choices()]  # type: ignore[attr-defined]


class GrantForm(_ScopeForm):
    """A role for someone: where, from when to when, and why."""

    role = forms.ChoiceField(label=_("Role"))
    valid_from = forms.DateField(
        label=_("From"), required=False, widget=_day(), help_text=_("Empty: from now on.")
    )
    valid_to = forms.DateField(
        label=_("Up to and including"),
        required=False,
        widget=_day(),
        help_text=_("Empty: until it is revoked."),
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("Kept with the role, for the audit.")
    )
    field_order = ("role", "unit", "organisation", "valid_from", "valid_to", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = role_choices()  # type: ignore[attr-defined]

    def period(self) -> dict[str, datetime | None]:
        """The moments at which it begins and ends; days are the city's days."""
        begin, end = self.cleaned_data["valid_from"], self.cleaned_data["valid_to"]
        return {
            "valid_from": datetime.combine(begin, time(), HCMC) if begin else None,
            "valid_to": datetime.combine(end + timedelta(days=1), time(), HCMC) if end else None,
        }


class ReasonForm(HouseForm):
    """Why something is taken away."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class TokenForm(HouseForm):
    """A new API token."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What uses it: for example, air stations of the centre.")
    )
    permissions = forms.MultipleChoiceField(
        label=_("It may"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Never more than your own roles allow at the time it is used."),
    )
    days = forms.IntegerField(
        label=_("Days until it expires"),
        min_value=1,
        max_value=366,
        initial=90,
        help_text=_("From 1 to 366."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["permissions"].choices = [  # type: ignore[attr-defined]
            (each.key, f"{each.label(_language())} ({each.key})")
            for each in permissions().values()
            if actor.may_somewhere(each.key)
        ]


class AuditForm(forms.Form):
    """What to look for in the audit."""

    action = forms.CharField(label=_("Action begins with"), required=False, max_length=120)
    actor = forms.CharField(label=_("Who (name or id)"), required=False, max_length=120)
    subject = forms.CharField(label=_("On what (begins with)"), required=False, max_length=200)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        required=False,
        choices=[
            ("", "–"),
            (AuditEntry.DONE, _("done")),
            (AuditEntry.REFUSED, _("refused")),
            (AuditEntry.FAILED, _("failed")),
            (AuditEntry.THROTTLED, _("throttled")),
        ],
    )
    since = forms.DateField(label=_("From day"), required=False, widget=_day())
    until = forms.DateField(label=_("To day"), required=False, widget=_day())


def role_choices() -> Iterable[tuple[str, str]]:
    """Roles as people call them."""
    return [(key, role.label(_language())) for key, role in roles().items()]


def profile_of(account: Account) -> dict[str, str]:
    """What the profile form begins with."""
    return {"name": account.name, "language": account.language}
