"""What the hotline keeps beside cases: routing, what everybody may read, calls, answers of the library, messages that came in."""

from __future__ import annotations

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7


class RoutingDecision(models.Model):
    """What was suggested for a report, what was chosen, and whether it was put right later."""

    case = models.CharField(max_length=40, primary_key=True)
    model = models.CharField(max_length=40, blank=True, default="")
    suggestion = models.JSONField(default=list)  # [{category, probability, words}]
    suggested = models.CharField(max_length=60, blank=True, default="")
    category = models.CharField(max_length=60)
    organisation = models.CharField(max_length=60, blank=True, default="")
    rule = models.CharField(max_length=60, blank=True, default="")
    priority = models.CharField(max_length=10, blank=True, default="")
    answer = models.CharField(max_length=40, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=now)
    responder = models.CharField(max_length=60, blank=True, default="")  # who got it in the end
    dispatched_at = models.DateTimeField(null=True)  # handed on for the first time
    dispatched_late = models.BooleanField(default=False)
    corrected = models.BooleanField(default=False)

    class Meta:
        ordering = ("-at",)
        indexes = (models.Index(fields=["corrected", "at"], name="hotline_corrected"),)

    def __str__(self) -> str:
        return f"{self.category} → {self.organisation}"


class PublicReport(models.Model):
    """A report as everybody may read it: without personal data. Made anew from its case whenever that changes."""

    OPEN, CLOSED = "open", "closed"

    case = models.CharField(max_length=40, primary_key=True)
    code = models.CharField(max_length=60, unique=True)
    category = models.CharField(max_length=60)
    text = models.TextField()
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    unit = models.CharField(max_length=20, blank=True, default="")
    organisation = models.CharField(max_length=60, blank=True, default="")
    state = models.CharField(max_length=60)
    label_vi = models.CharField(max_length=120)
    label_en = models.CharField(max_length=120)
    status = models.CharField(max_length=6, default=OPEN)
    answer = models.TextField(blank=True, default="")
    photo = models.CharField(max_length=64, blank=True, default="")  # the digest of what is public of it
    published = models.BooleanField(default=False)
    simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-opened_at",)
        indexes = (
            models.Index(fields=["published", "-opened_at"], name="hotline_public_new"),
            models.Index(fields=["category", "-opened_at"], name="hotline_public_category"),
        )

    def __str__(self) -> str:
        return self.code

    def label(self, language: str) -> str:
        """Its state in words."""
        return self.label_en if language.startswith("en") else self.label_vi


class Call(models.Model):
    """One conversation at the call centre, by telephone or about a message: who took it, from when to when, what came of it.

    ``draft`` is what the operator has written so far, so that closing the page loses nothing; it holds the caller's
    number and is emptied when the call ends. What stays of the number is a keyed hash.
    """

    FILED, FOLLOWED = "filed", "followed"
    OUTCOMES = (FILED, FOLLOWED, "information", "handed-over", "dropped", "nuisance")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    operator = models.CharField(max_length=80)
    channel = models.CharField(max_length=12, default="phone")
    caller = models.CharField(max_length=64, blank=True, default="", db_index=True)  # a keyed hash
    draft = models.JSONField(default=dict)
    started_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True, default="")
    case = models.CharField(max_length=40, blank=True, default="", db_index=True)
    note = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        ordering = ("-started_at",)
        indexes = (models.Index(fields=["operator", "-started_at"], name="hotline_call_operator"),)

    def __str__(self) -> str:
        return f"{self.operator} {self.started_at:%Y-%m-%d %H:%M} {self.outcome}"

    @property
    def reference(self) -> str:
        """How events and audit name it: never by its number."""
        return f"call:{self.pk}"


class Correction(models.Model):
    """That a person sent a report elsewhere than before, and why: what routing learns from."""

    case = models.CharField(max_length=40, db_index=True)
    category = models.CharField(max_length=60)
    before = models.CharField(max_length=60, blank=True, default="")
    after = models.CharField(max_length=60)
    reason = models.CharField(max_length=1000)
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-at",)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"


class Answer(models.Model):
    """An answer of the library: for a category and an agency (empty: for any), in its latest version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.CharField(max_length=60, blank=True, default="")
    organisation = models.CharField(max_length=60, blank=True, default="")
    title_vi = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    text_vi = models.TextField()
    text_en = models.TextField()
    version = models.PositiveIntegerField(default=1)
    retired = models.BooleanField(default=False)
    changed_at = models.DateTimeField(default=now)
    changed_by = models.CharField(max_length=80)

    class Meta:
        ordering = ("category", "organisation", "title_vi")
        indexes = (models.Index(fields=["category", "organisation"], name="hotline_answer_for"),)

    def __str__(self) -> str:
        return self.title_vi

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"hotline-answer:{self.pk}"


class AnswerVersion(models.Model):
    """What an answer said once; never changed."""

    answer = models.ForeignKey(Answer, models.CASCADE, related_name="versions")
    version = models.PositiveIntegerField()
    title_vi = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160)
    text_vi = models.TextField()
    text_en = models.TextField()
    at = models.DateTimeField(default=now)
    by = models.CharField(max_length=80)

    class Meta:
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=["answer", "version"], name="hotline_answer_version"),)

    def __str__(self) -> str:
        return f"{self.title_vi} {self.version}"


class Inbound(models.Model):
    """A message that came in by a channel, once by its own number, and what became of it.

    ``content`` is the digest of the message as it came, so that a person can have it read again.
    """

    WAITING, TAKEN, REFUSED, DEAD, DISCARDED = "waiting", "taken", "refused", "dead", "discarded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=12)
    number = models.CharField(max_length=128)  # a digest of the number the channel gave
    content = models.CharField(max_length=64)
    sender = models.CharField(max_length=64, blank=True, default="", db_index=True)  # a keyed hash
    call = models.UUIDField(null=True, db_index=True)  # the conversation in which it was taken up
    state = models.CharField(max_length=10)
    case = models.CharField(max_length=40, blank=True, default="")
    why = models.CharField(max_length=500, blank=True, default="")
    attempts = models.PositiveIntegerField(default=1)
    received_at = models.DateTimeField(default=now)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-received_at",)
        constraints = (models.UniqueConstraint(fields=["channel", "number"], name="hotline_inbound_once"),)
        indexes = (models.Index(fields=["state", "-received_at"], name="hotline_inbound_state"),)

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"inbound:{self.pk}"


class Subscription(models.Model):
    """Somebody follows an area: a unit or a circle, one kind of report or all. The address is personal data."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    way = models.CharField(max_length=12)
    address = models.CharField(max_length=254)
    language = models.CharField(max_length=2, default="vi")
    unit = models.CharField(max_length=20, blank=True, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    radius_m = models.PositiveIntegerField(default=0)
    category = models.CharField(max_length=60, blank=True, default="")
    secret = models.CharField(max_length=64, unique=True)
    leaving = models.TextField()  # encrypted: the same secret, for the links in messages
    created_at = models.DateTimeField(default=now)
    told_until = models.DateTimeField(default=now)

    class Meta:
        ordering = ("created_at",)
        indexes = (
            models.Index(fields=["way", "address"], name="hotline_follows"),
            models.Index(fields=["told_until"], name="hotline_told"),
        )

    def __str__(self) -> str:
        return str(self.id)


class WaitingPhoto(models.Model):
    """A photo without metadata, for a report that is not sent yet."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    report = models.CharField(max_length=40, db_index=True)  # the key the report will be sent with
    digest = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(default=now, db_index=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return str(self.id)


class ImportedReport(models.Model):
    """Which case a request of another system became; taken once, however often its file is read."""

    source = models.CharField(max_length=31)
    identifier = models.CharField(max_length=80)
    case = models.CharField(max_length=40, db_index=True)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "identifier"], name="hotline_imported_once"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.identifier}"
