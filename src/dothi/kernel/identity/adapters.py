"""How sign-in behaves here: closed to strangers, throttled with a clear message, audited, encrypted."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dothi.kernel.identity import signins, throttle
from dothi.kernel.identity.locked import lock, unlock
from dothi.kernel.identity.middleware import client_address
from dothi.kernel.identity.models import Account

TOO_MANY = "too_many_login_attempts"
FACTORS = "factors"  # the key that second factors are kept with


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by administrators; a failed sign-in is counted and written to the audit."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is switched off. Ask an administrator."),
        "email_password_mismatch": _("The e-mail address or the password is not right. Try again."),
        "enter_current_password": _("This is not your current password."),
        "incorrect_code": _("This code is not right. Try again."),
        "incorrect_password": _("This password is not right. Try again."),
        "rate_limited": _("Too many attempts. Wait a minute and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "unknown"

    def respond_user_inactive(self, request: HttpRequest, user: Account) -> HttpResponse:
        signins.failed(user, method="inactive")
        response: HttpResponse = super().respond_user_inactive(request, user)
        return response

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """By address alone: with the host name in it, each name of this server would give five more tries."""
        return f"sign-in:{Account.objects.normal_email(str(credentials.get('email', '')))}"

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        self._email = str(credentials.get("email", ""))
        self._key = self._get_login_attempts_cache_key(request, **credentials)
        super().pre_authenticate(request, **credentials)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        signins.failed(_account(str(credentials.get("email", ""))), method="password")

    def reauthenticate(self, user: Account, password: str) -> bool:
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        if code != TOO_MANY:
            error: ValidationError = super().validation_error(code, *args)
            return error
        account, key = self._throttled()
        signins.throttled(account)
        wait = throttle.wait_seconds(context.request, key)
        return ValidationError(throttle.message(wait), code=code, params={"wait": wait})

    def _throttled(self) -> tuple[Account | None, str]:
        """Whose attempts ran out: by password (counted for the address typed) or by code (the account)."""
        if hasattr(self, "_key"):
            return _account(self._email), self._key
        stage = getattr(context.request, "_login_stage", None)
        account = stage.login.user if stage else context.request.user
        return account, f"mfa-auth-user-{account.pk}"

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages here say by themselves what happened; only an error given as text is passed on."""
        if kwargs.get("message"):
            super().add_message(*args, **kwargs)


def _account(email: str) -> Account | None:
    return Account.objects.filter(email=Account.objects.normal_email(email)).first()


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are encrypted with a key outside the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code is not right. Try again."),
    }

    def encrypt(self, text: str) -> str:
        return lock(text, FACTORS)

    def decrypt(self, encrypted_text: str) -> str:
        return unlock(encrypted_text, FACTORS)

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return gettext("Passkey %(number)d") % {"number": count + 1}
