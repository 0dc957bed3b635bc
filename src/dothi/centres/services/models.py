"""What the service keeps beside cases: dossiers being filled in, consents, who a person is, identity checks, tickets, hand-over lists,
results handed out.
"""

from __future__ import annotations

from django.db import models

from dothi.centres.services.designing.models import Design as Design
from dothi.centres.services.designing.models import DesignRevision as DesignRevision
from dothi.core.clock import now
from dothi.core.ids import uuid7


class Draft(models.Model):
    """A dossier being filled in: saved page by page, found again by account or by link, gone when it is sent or old."""

    OPEN, SENT, LEFT = "open", "sent", "left"
    SELF, REPRESENTATIVE, BUSINESS = "self", "representative", "business"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    procedure = models.CharField(max_length=120)
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=6, default=OPEN)
    account = models.CharField(max_length=80, blank=True, default="", db_index=True)
    secret = models.CharField(max_length=64, blank=True, default="")
    language = models.CharField(max_length=2, default="vi")
    channel = models.CharField(max_length=12, default="web")
    capacity = models.CharField(max_length=16, default=SELF)
    on_behalf = models.JSONField(default=dict)
    answers = models.JSONField(default=dict)
    data = models.JSONField(default=dict)
    sources = models.JSONField(default=dict)
    documents = models.JSONField(default=dict)
    unit = models.CharField(max_length=20, blank=True, default="")
    contact = models.JSONField(default=dict)
    rev = models.PositiveIntegerField(default=1)
    case = models.CharField(max_length=40, blank=True, default="")
    code = models.CharField(max_length=60, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("-changed_at",)
        indexes = (models.Index(fields=["state", "expires_at"], name="services_draft_old"),)

    def __str__(self) -> str:
        return f"{self.procedure} {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"draft:{self.id}"


class Consent(models.Model):
    """Somebody let their own data be read from a register, for one dossier and one purpose."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="consents")
    person = models.CharField(max_length=80, db_index=True)
    register = models.CharField(max_length=100)
    purpose = models.CharField(max_length=100)
    given_at = models.DateTimeField(default=now)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-given_at",)
        constraints = (
            models.UniqueConstraint(fields=["draft", "register", "purpose"], name="services_one_consent"),
        )

    def __str__(self) -> str:
        return f"{self.register} for {self.purpose}"


class KnownPerson(models.Model):
    """An account whose owner was seen to be a person of the register: by a clerk at the counter, or by e-identity."""

    COUNTER, E_IDENTITY = "counter", "e-identity"

    account = models.CharField(max_length=80, primary_key=True)
    personal_id = models.CharField(max_length=12, db_index=True)
    method = models.CharField(max_length=12, default=COUNTER)
    verified_by = models.CharField(max_length=80)
    verified_at = models.DateTimeField(default=now)
    unit = models.CharField(max_length=20, blank=True, default="")

    def __str__(self) -> str:
        return self.account


class IdentityCheck(models.Model):
    """A clerk saw the identity document of somebody who stands at the counter, for one dossier and one purpose."""

    CARD, ELECTRONIC, PASSPORT, CERTIFICATE = "card", "electronic", "passport", "certificate"
    DOCUMENTS = (CARD, ELECTRONIC, PASSPORT, CERTIFICATE)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, related_name="identity_checks")
    document = models.CharField(max_length=12)
    number_tail = models.CharField(max_length=4)
    purpose = models.CharField(max_length=200)
    unit = models.CharField(max_length=20)
    checked_by = models.CharField(max_length=80)
    checked_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-checked_at",)

    def __str__(self) -> str:
        return f"{self.document} …{self.number_tail}"


class HandedOut(models.Model):
    """A result that left the house: who took it, by what they were known, or by which post."""

    APPLICANT, AUTHORISED, POST = "applicant", "authorised", "post"
    WAYS = (APPLICANT, AUTHORISED, POST)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.CharField(max_length=40, unique=True)
    code = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, db_index=True)
    way = models.CharField(max_length=10)
    taker = models.CharField(max_length=200)
    document = models.CharField(max_length=12, blank=True, default="")
    number_tail = models.CharField(max_length=4, blank=True, default="")
    authority = models.CharField(max_length=200, blank=True, default="")
    post_number = models.CharField(max_length=60, blank=True, default="")
    delivered_at = models.DateTimeField(null=True)
    handed_by = models.CharField(max_length=80)
    handed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-handed_at",)

    def __str__(self) -> str:
        return self.code

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"handed-out:{self.id}"


class Ticket(models.Model):
    """A number in the queue of a one-stop hall."""

    WAITING, CALLED, SERVED, MISSED = "waiting", "called", "served", "missed"

    unit = models.CharField(max_length=20)
    day = models.DateField()
    series = models.CharField(max_length=4, default="A")
    number = models.PositiveIntegerField()
    matter = models.CharField(max_length=120, blank=True, default="")
    priority = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, default=WAITING)
    counter = models.CharField(max_length=20, blank=True, default="")
    clerk = models.CharField(max_length=80, blank=True, default="")
    taken_at = models.DateTimeField(default=now)
    called_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    calls = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["unit", "day", "series", "number"], name="services_one_number"),
        )
        indexes = (models.Index(fields=["unit", "day", "state"], name="services_queue"),)

    def __str__(self) -> str:
        return f"{self.series}{self.number:03d}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"ticket:{self.pk}"


class HandOver(models.Model):
    """A list of dossiers handed from one house to another, and its acceptance: who has the paper now."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    year = models.PositiveSmallIntegerField()
    giver = models.CharField(max_length=200)
    taker = models.CharField(max_length=200)
    cases = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    note = models.TextField(blank=True, default="")
    made_by = models.CharField(max_length=80)
    made_at = models.DateTimeField(default=now)
    accepted_by = models.CharField(max_length=80, blank=True, default="")
    accepted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = (models.UniqueConstraint(fields=["unit", "year", "number"], name="services_one_list"),)

    def __str__(self) -> str:
        return f"{self.number}/{self.year}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"hand-over:{self.id}"
