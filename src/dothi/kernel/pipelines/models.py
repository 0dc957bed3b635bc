"""What is remembered of sources and pipelines: where they stand, their runs, what was checked, what came from what."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7

SOURCE, PIPELINE = "source", "pipeline"


class FlowState(models.Model):
    """Where one source or pipeline stands. ``position`` is committed only after the rows up to it are published.

    ``added``: columns that a changed source brought to the dataset, until a pack describes them.
    """

    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=100)
    enabled = models.BooleanField(default=True)
    position = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, default="")
    added = models.JSONField(default=list)
    last_run = models.UUIDField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "key"], name="pipelines_flow_once")]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"{self.kind}:{self.key}"


class Run(models.Model):
    """One run of a source or pipeline: asked for, worked off in steps that can each be repeated, ended."""

    QUEUED, RUNNING, WAITING = "queued", "running", "waiting"
    SUCCEEDED, UNCHANGED, FAILED, CANCELLED = "succeeded", "unchanged", "failed", "cancelled"
    OPEN = (QUEUED, RUNNING, WAITING)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=100)
    dataset = models.CharField(max_length=100)
    unit = models.CharField(max_length=20, blank=True, default="")
    trigger = models.CharField(max_length=10)
    by = models.CharField(max_length=80)
    full = models.BooleanField(default=False)
    downstream = models.BooleanField(default=False)
    state = models.CharField(max_length=10, default=QUEUED)
    attempt = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField(default=now)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    owner = models.CharField(max_length=200, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    cancel_asked = models.BooleanField(default=False)
    decision = models.CharField(max_length=10, blank=True, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    rows_read = models.BigIntegerField(default=0)
    rows_written = models.BigIntegerField(default=0)
    version = models.PositiveIntegerField(null=True)
    position = models.JSONField(default=dict)
    inputs = models.JSONField(default=list)
    input_hash = models.CharField(max_length=64, blank=True, default="")
    drift = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    error_code = models.CharField(max_length=30, blank=True, default="")
    error_vi = models.TextField(blank=True, default="")
    error_en = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=["kind", "key", "-id"], name="pipelines_run_of"),
            models.Index(fields=["state", "due_at"], name="pipelines_run_due"),
        )
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "key"],
                condition=models.Q(state__in=("queued", "running", "waiting")),
                name="pipelines_one_open_run",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key} {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"run:{self.id}"

    def error(self, language: str = "vi") -> str:
        """Why it failed, for a person."""
        return self.error_en if language == "en" else self.error_vi


class RunStep(models.Model):
    """One step of a run, in its last attempt."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="steps")
    name = models.CharField(max_length=20)
    state = models.CharField(max_length=10)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    rows = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("id",)
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "name"], name="pipelines_step_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.state}"


class RunLine(models.Model):
    """One line of a run's log, in both languages."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="lines")
    at = models.DateTimeField(default=now)
    level = models.CharField(max_length=7, default="info")
    vi = models.TextField()
    en = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.en


class QualityScore(models.Model):
    """How good one version of a dataset was found to be, 0 to 100, as a whole and by dimension."""

    dataset = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    run = models.CharField(max_length=36, blank=True, default="")
    passed = models.BooleanField()
    score = models.FloatField(null=True)
    rows = models.BigIntegerField(default=0)
    dimensions = models.JSONField(default=dict)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=["dataset", "-id"], name="pipelines_score_of"),)

    def __str__(self) -> str:
        return f"{self.dataset} v{self.version}: {self.score}"


class QualityResult(models.Model):
    """What one check found in one version."""

    score = models.ForeignKey(QualityScore, models.CASCADE, related_name="results")
    check_key = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    columns = models.JSONField(default=list)
    severity = models.CharField(max_length=5)
    passed = models.BooleanField()
    rows = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    label_vi = models.TextField()
    label_en = models.TextField()
    why_vi = models.TextField(blank=True, default="")
    why_en = models.TextField(blank=True, default="")
    samples = models.JSONField(default=list)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.check_key}: {'passed' if self.passed else f'{self.failed} failed'}"

    def text(self, field: str, language: str) -> str:
        """``label`` or ``why`` in ``language``."""
        found: Any = getattr(self, f"{field}_{'en' if language == 'en' else 'vi'}")
        return str(found)


class LineageEdge(models.Model):
    """A column of a dataset was made from a column of a dataset or source (empty column: from all of it)."""

    target = models.CharField(max_length=100)
    target_column = models.CharField(max_length=63, blank=True, default="")
    origin_kind = models.CharField(max_length=10)
    origin = models.CharField(max_length=100)
    origin_column = models.CharField(max_length=200, blank=True, default="")
    via = models.CharField(max_length=120)
    how = models.CharField(max_length=14)
    version = models.PositiveIntegerField(default=0)
    at = models.DateTimeField(default=now)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["target", "target_column", "origin_kind", "origin", "origin_column", "via", "how"],
                name="pipelines_edge_once",
            )
        ]
        indexes = (models.Index(fields=["origin_kind", "origin"], name="pipelines_edge_from"),)

    def __str__(self) -> str:
        return f"{self.origin}.{self.origin_column} → {self.target}.{self.target_column}"
