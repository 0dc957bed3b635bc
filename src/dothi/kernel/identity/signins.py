"""The audit of signing in and out, and of second factors: hears what allauth announces."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, user_logged_in
from allauth.mfa import signals as factors
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest

from dothi.kernel.events.actions import record
from dothi.kernel.identity.access import ANONYMOUS, Actor
from dothi.kernel.identity.acting import audit, in_action
from dothi.kernel.identity.models import Account, AuditEntry

SIGN_IN, SIGN_OUT = "identity.sign_in", "identity.sign_out"


def _actor(account: Account) -> Actor:
    return Actor("account", str(account.pk), account.name, account=str(account.pk))


def _write(
    action: str, event: str, account: Account | None, by: Actor, outcome: str = AuditEntry.DONE, **detail: Any
) -> None:
    """One audit entry and, when the account is known, one event; both or neither."""
    with transaction.atomic():
        subject = account.reference if account else ""
        audit(action, by=by, subject=subject, outcome=outcome, detail=detail)
        if account is not None:
            record(f"vn.dothi.identity.{event}", subject=subject, data=detail, actor=by.reference)


def failed(account: Account | None, *, method: str) -> None:
    """Someone did not get in."""
    _write(SIGN_IN, "sign-in-failed", account, ANONYMOUS, AuditEntry.FAILED, method=method)


def throttled(account: Account | None) -> None:
    """Someone was not even heard, after too many failures."""
    _write(SIGN_IN, "sign-in-throttled", account, ANONYMOUS, AuditEntry.THROTTLED)


@receiver(user_logged_in)
def _signed_in(request: HttpRequest, user: Account, response: Any = None, **_: Any) -> None:
    records = request.session.get("account_authentication_methods", [])
    methods = [str(each.get("type") or each.get("method")) for each in records]
    _write(SIGN_IN, "signed-in", user, _actor(user), methods=methods)
    if response is not None:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax")


@receiver(user_logged_out)
def _signed_out(user: Account | None, **_: Any) -> None:
    if isinstance(user, Account):
        _write(SIGN_OUT, "signed-out", user, _actor(user))


@receiver(password_changed)
def _password_changed(user: Account, **_: Any) -> None:
    _write("identity.password_changed", "password-changed", user, _actor(user))


@receiver(factors.authentication_failed)
def _factor_failed(user: Account, authenticator: Authenticator, **_: Any) -> None:
    failed(user, method=str(authenticator.type))


@receiver(post_save, sender=Authenticator)
def _factor_added(instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        _factor_changed("added", instance)


@receiver(post_delete, sender=Authenticator)
def _factor_removed(instance: Authenticator, **_: Any) -> None:
    _factor_changed("removed", instance)


def _factor_changed(change: str, authenticator: Authenticator) -> None:
    """In the transaction of the change itself; allauth's own signals come after it, perhaps never."""
    if in_action():
        return  # an administrator's action, which writes its own entry
    detail = {"change": change, "factor": str(authenticator.type)}
    account = authenticator.user
    _write("identity.second_factor", "second-factor-changed", account, _actor(account), **detail)
