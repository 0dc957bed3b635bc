"""Accounts, the roles they hold, the tokens and links that stand for them, and the audit of what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import EmailValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from dothi.core.clock import now
from dothi.core.ids import uuid7
from dothi.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable


class AccountManager(BaseUserManager["Account"]):
    """Finds accounts by their address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email=(username or "").strip().lower())

    def normal_email(self, email: str) -> str:
        """The one way an address is kept: lower case, no space around it."""
        return email.strip().lower()


class Account(AbstractBaseUser):
    """Someone who signs in (a person), or a machine that only holds API tokens (a service)."""

    PERSON, SERVICE = "person", "service"
    KINDS: ClassVar = [(PERSON, _("person")), (SERVICE, _("service"))]
    LANGUAGES: ClassVar = [("vi", "Tiếng Việt"), ("en", "English")]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=KINDS, default=PERSON)
    email = models.CharField(_("e-mail"), max_length=254, unique=True, validators=[EmailValidator()])
    name = models.CharField(_("name"), max_length=120)
    folded = models.CharField(max_length=400, default="", editable=False)  # name and e-mail, for the search
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="vi")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    # No Django admin and no Django permissions here: roles decide. Libraries still ask.
    is_staff = False
    is_superuser = False

    objects = AccountManager()

    class Meta:
        ordering = ("name", "email")

    def __str__(self) -> str:
        return self.name or self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = type(self).objects.normal_email(self.email)
        self.folded = fold(f"{self.name} {self.email}")[:400]
        super().save(*args, **kwargs)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How events and audit name this account."""
        return f"account:{self.pk}"


class RoleAssignment(models.Model):
    """That an account holds a role, where, from when to when; kept after it ended."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="assignments")
    role = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, blank=True)
    organisation = models.CharField(max_length=60, blank=True)
    valid_from = models.DateTimeField(default=now)
    valid_to = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=300)
    granted_at = models.DateTimeField(default=now)
    granted_by = models.CharField(max_length=60)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True)
    revoke_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-granted_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(unit="") | models.Q(organisation=""), name="identity_assignment_one_scope"
            ),
        )


class ApiToken(models.Model):
    """A secret a program signs in with, kept only as its SHA-256; acts as its owner, within its scope."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    owner = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=16)  # the first characters, so that people can tell tokens apart
    secret_hash = models.CharField(max_length=64, unique=True)
    scope = models.TextField()  # permission patterns separated by spaces
    unit = models.CharField(max_length=20, blank=True)
    organisation = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("-created_at",)

    @property
    def reference(self) -> str:
        """How events and audit name this token."""
        return f"token:{self.pk}"


class OneTimeLink(models.Model):
    """A link that lets one person in once: the first administrator, an invitation, a new password."""

    ADMINISTRATOR, INVITATION, RESET = "administrator", "invitation", "reset"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    purpose = models.CharField(max_length=16)
    account = models.ForeignKey(
        Account, null=True, blank=True, on_delete=models.CASCADE, related_name="links"
    )
    secret_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=now)
    created_by = models.CharField(max_length=60)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)


class AppendOnlyError(Exception):
    """Someone tried to change or remove what may only be added to."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Entries can be read and added, never changed or removed."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("an audit entry cannot be changed")

    def bulk_update(
        self, objs: Iterable[AuditEntry], fields: Iterable[str], batch_size: int | None = None
    ) -> NoReturn:
        raise AppendOnlyError("an audit entry cannot be changed")

    def delete(self) -> NoReturn:
        raise AppendOnlyError("an audit entry cannot be removed")


class AuditEntry(models.Model):
    """One line of the audit: who did what to what, from where, and whether it was allowed."""

    DONE, REFUSED, FAILED, THROTTLED = "done", "refused", "failed", "throttled"

    at = models.DateTimeField(default=now, db_index=True)
    action = models.CharField(max_length=120, db_index=True)
    actor_kind = models.CharField(max_length=12)
    actor_id = models.CharField(max_length=60, blank=True, db_index=True)
    actor_label = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=200, blank=True, db_index=True)
    outcome = models.CharField(max_length=12, default=DONE)
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnlyError("an audit entry cannot be changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnlyError("an audit entry cannot be removed")
