"""allauth's forms in the words of the house."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as codes
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as passkeys
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from dothi.kernel.identity import signins
from dothi.kernel.identity.house_forms import HouseForm


def _rules() -> str:
    return " ".join(password_validators_help_texts())


PASSWORD_RULES = format_lazy(
    "{} {}", _("A few words that do not belong together are easy to keep in mind."), lazy(_rules, str)()
)
CODE_HINT = _("6 digits from your authenticator app, or one of your recovery codes.")


class SignInForm(HouseForm, account.LoginForm):  # type: ignore[misc]
    """E-mail and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs.update(autocomplete="username", spellcheck="false", autofocus=True)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = _("Forgotten? Ask an administrator for a one-time link.")


class ConfirmPasswordForm(HouseForm, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more, before a change that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""


class ChangePasswordForm(HouseForm, account.ChangePasswordForm):  # type: ignore[misc]
    """The old password, and the new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]  # people see and paste what they type; typing twice helps nobody
        self.fields["oldpassword"].label = _("Current password")
        self.fields["oldpassword"].help_text = ""
        self.fields["password1"].label = _("New password")
        self.fields["password1"].help_text = PASSWORD_RULES


class _Code(HouseForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code")
        self.fields["code"].help_text = CODE_HINT
        self.fields["code"].widget.attrs.update(
            inputmode="text", autocomplete="one-time-code", autofocus=True
        )


class CodeForm(_Code, codes.AuthenticateForm):  # type: ignore[misc]
    """The second step of signing in."""


class ConfirmCodeForm(_Code, codes.ReauthenticateForm):  # type: ignore[misc]
    """A code once more, before a change that matters."""


class ActivateAppForm(HouseForm, totp.ActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new authenticator app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("Code from the app")
        self.fields["code"].help_text = _("The 6 digits that the app shows now.")
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddPasskeyForm(HouseForm, passkeys.AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey: its name, and whether it alone is enough to sign in."""

    passwordless = forms.BooleanField(
        required=False,
        initial=True,
        label=_("Sign in with this passkey alone"),
        help_text=_("The device then asks for your fingerprint, face or PIN, and you need no password."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")
        self.fields["name"].help_text = _("So that you can tell it apart: for example, work phone.")


class RenamePasskeyForm(HouseForm, passkeys.EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the passkey")


class PasskeySignInForm(passkeys.LoginWebAuthnForm):  # type: ignore[misc]
    """Signing in with a passkey alone; a failure is audited like any other."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            signins.failed(None, method="webauthn")
            raise


class PasskeyStepForm(passkeys.AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second step of signing in."""

    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError as error:
            if error.code != "too_many_login_attempts":
                signins.failed(self.user, method="webauthn")
            raise
