"""How a dataset becomes public, what the public is told of it, and what readers ask and report."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7


class Publication(models.Model):
    """Where a dataset is on its way to the public: who took which step. One row a dataset."""

    dataset = models.CharField(max_length=100, primary_key=True)
    unit = models.CharField(max_length=20, blank=True, default="", db_index=True)
    organisation = models.CharField(max_length=200, blank=True, default="", db_index=True)
    state = models.CharField(max_length=12, default="draft", db_index=True)
    round = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    anonymity = models.JSONField(default=dict)
    accepted = models.JSONField(default=list)
    submitted_by = models.CharField(max_length=80, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")
    successor = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    updated_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("dataset",)

    def __str__(self) -> str:
        return f"{self.dataset}: {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"dataset:{self.dataset}"


class Step(models.Model):
    """One step of a publication, for good: from which state to which, by whom, and why."""

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="steps")
    before = models.CharField(max_length=12)
    after = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=0)
    by = models.CharField(max_length=80)
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.publication_id}: {self.before} → {self.after}"


class CatalogueState(models.Model):
    """One row that counts the changes of the catalogue: what is kept in memory is read again when it moved."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    changed_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return str(self.seq)


class CatalogueEntry(models.Model):
    """What the public is told of a dataset (a ``Listing`` as JSON), and at which change of the catalogue."""

    dataset = models.CharField(max_length=100, primary_key=True)
    seq = models.BigIntegerField(unique=True)
    shown = models.BooleanField(default=True)
    document = models.BinaryField()

    class Meta:
        ordering = ("seq",)

    def __str__(self) -> str:
        return self.dataset


class Change(models.Model):
    """What happened in the catalogue, newest first: for feeds and for those who follow a dataset."""

    PUBLISHED, UPDATED, DESCRIBED = "published", "updated", "described"
    SUPERSEDED, WITHDRAWN = "superseded", "withdrawn"

    id = models.BigIntegerField(primary_key=True)
    dataset = models.CharField(max_length=100, db_index=True)
    kind = models.CharField(max_length=12)
    version = models.PositiveIntegerField(default=0)
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    note = models.TextField(blank=True, default="")
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.dataset} {self.kind}"


class DataRequest(models.Model):
    """Somebody asks for data that is not published; everybody sees the question and the answer, not who asked."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField()
    purpose = models.TextField(blank=True, default="")
    account = models.CharField(max_length=80, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="")
    organisation = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=12, default="received", db_index=True)
    answer = models.TextField(blank=True, default="")
    dataset = models.CharField(max_length=100, blank=True, default="")
    supporters = models.PositiveIntegerField(default=0)
    case = models.CharField(max_length=80, blank=True, default="", db_index=True)
    answered_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"data-request:{self.pk}"


class Support(models.Model):
    """That an account wants what a request asks for as well; once each."""

    request = models.ForeignKey(DataRequest, models.CASCADE, related_name="supports")
    account = models.CharField(max_length=80)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "account"], name="opendata_one_support_each")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.account}"


class ErrorReport(models.Model):
    """Somebody found something wrong in a dataset: where, what, and what came of it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.CharField(max_length=100, db_index=True)
    version = models.PositiveIntegerField(default=0)
    column = models.CharField(max_length=63, blank=True, default="")
    row = models.CharField(max_length=300, blank=True, default="")
    text = models.TextField()
    account = models.CharField(max_length=80, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="")
    organisation = models.CharField(max_length=200, blank=True, default="")
    state = models.CharField(max_length=12, default="received", db_index=True)
    answer = models.TextField(blank=True, default="")
    mended_in = models.PositiveIntegerField(default=0)
    case = models.CharField(max_length=80, blank=True, default="", db_index=True)
    answered_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.dataset}: {self.text[:40]}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"error-report:{self.pk}"


class Reuse(models.Model):
    """What somebody made with the city's data, shown once it was looked at."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=200)
    text = models.TextField()
    url = models.CharField(max_length=1000)
    kind = models.CharField(max_length=16, default="application")
    author = models.CharField(max_length=120)
    email = models.CharField(max_length=254, blank=True, default="")
    account = models.CharField(max_length=80, blank=True, default="")
    datasets = models.JSONField(default=list)
    state = models.CharField(max_length=12, default="proposed", db_index=True)
    reason = models.TextField(blank=True, default="")
    judged_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"reuse:{self.pk}"


class Subscription(models.Model):
    """Somebody who is told of changes, by e-mail or webhook: of one dataset, or of all that fit a filter."""

    EMAIL, WEBHOOK = "email", "webhook"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=10)
    address = models.CharField(max_length=1000)
    secret = models.CharField(max_length=64, blank=True, default="")
    token = models.CharField(max_length=64, unique=True)
    dataset = models.CharField(max_length=100, blank=True, default="", db_index=True)
    theme = models.CharField(max_length=10, blank=True, default="")
    publisher = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, default="vi")
    account = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=12, default="unconfirmed", db_index=True)
    sent = models.PositiveIntegerField(default=0)
    last_sent_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["channel", "address", "dataset", "theme", "publisher"],
                condition=models.Q(ended_at__isnull=True),
                name="opendata_one_subscription_each",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}: {self.dataset or '*'}"

    @property
    def reference(self) -> str:
        """How events and audit name it: never by its address."""
        return f"subscription:{self.pk}"


class Delivery(models.Model):
    """That a notice reached its subscription: what was sent already is not sent again after a crash."""

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    notice = models.CharField(max_length=80)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subscription", "notice"], name="opendata_each_notice_once")
        ]

    def __str__(self) -> str:
        return f"{self.subscription_id}: {self.notice}"


class HarvestRun(models.Model):
    """One harvest of another catalogue: whose, how far it is, what came of it or why not."""

    QUEUED, RUNNING, WAITING = "queued", "running", "waiting"
    SUCCEEDED, FAILED = "succeeded", "failed"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10)
    url = models.CharField(max_length=1000)
    prefix = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    unit = models.CharField(max_length=20, blank=True, default="")
    asked_by = models.CharField(max_length=80)
    state = models.CharField(max_length=10, default=QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    seen = models.PositiveIntegerField(default=0)
    report = models.JSONField(default=dict)
    error_vi = models.TextField(blank=True, default="")
    error_en = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.prefix}: {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"harvest:{self.prefix}"

    @property
    def under_way(self) -> bool:
        """Whether something is still to come of it by itself."""
        return self.state in (self.QUEUED, self.RUNNING, self.WAITING)
