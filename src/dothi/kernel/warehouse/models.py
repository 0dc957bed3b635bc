"""Datasets and their versions. The rows themselves are in the lake and in the serving copies."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7
from dothi.kernel.warehouse.references import Ref


class Dataset(models.Model):
    """A table of the warehouse as people find it: what it is, whose, under which licence, who may see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=100, unique=True)
    title_vi = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300)
    description_vi = models.TextField(blank=True, default="")
    description_en = models.TextField(blank=True, default="")
    keywords = models.JSONField(default=list)
    themes = models.JSONField(default=list)
    licence = models.CharField(max_length=40)
    publisher = models.CharField(max_length=200, blank=True, default="", db_index=True)
    publisher_label_vi = models.CharField(max_length=300, blank=True, default="")
    publisher_label_en = models.CharField(max_length=300, blank=True, default="")
    unit = models.CharField(max_length=20, blank=True, default="", db_index=True)
    contact_name = models.CharField(max_length=200, blank=True, default="")
    contact_email = models.CharField(max_length=254, blank=True, default="")
    frequency = models.CharField(max_length=20, default="UNKNOWN")
    spatial = models.JSONField(null=True)
    temporal_from = models.DateField(null=True)
    temporal_to = models.DateField(null=True)
    access = models.CharField(max_length=10, default="internal")
    provenance = models.CharField(max_length=10, default="real")
    source_vi = models.TextField(blank=True, default="")
    source_en = models.TextField(blank=True, default="")
    source_url = models.CharField(max_length=1000, blank=True, default="")
    columns = models.JSONField(default=list)
    key_columns = models.JSONField(default=list)
    checks = models.JSONField(default=list)
    row_policy = models.JSONField(default=dict)
    retention = models.JSONField(default=dict)
    table = models.CharField(max_length=140)
    folded = models.TextField(blank=True, default="")
    state = models.CharField(max_length=12, default="draft", db_index=True)
    created_at = models.DateTimeField(default=now)
    modified_at = models.DateTimeField(default=now, db_index=True)
    version_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"dataset:{self.key}"


class DatasetVersion(models.Model):
    """One snapshot of a dataset's rows, numbered from 1: a candidate, then published or failed, for good."""

    CANDIDATE, FAILED, PUBLISHED = "candidate", "failed", "published"
    SUPERSEDED, WITHDRAWN, EXPIRED = "superseded", "withdrawn", "expired"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    label = models.CharField(max_length=100, blank=True, default="")
    snapshot = models.BigIntegerField(null=True)
    rows = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    columns = models.JSONField(default=list)
    state = models.CharField(max_length=12, default=CANDIDATE)
    quality_score = models.FloatField(null=True)
    quality = models.JSONField(default=list)
    changes = models.JSONField(default=dict)
    input_hash = models.CharField(max_length=64, blank=True, default="")
    key = models.CharField(max_length=200, blank=True, default="")
    run = models.CharField(max_length=64, blank=True, default="")
    report = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=now)
    published_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("dataset", "-number")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset", "number"], name="warehouse_one_number_a_version"),
            models.UniqueConstraint(
                fields=["dataset"],
                condition=models.Q(state="published"),
                name="warehouse_one_published_version",
            ),
            models.UniqueConstraint(
                fields=["dataset", "key"],
                condition=~models.Q(key="") & ~models.Q(state="failed"),
                name="warehouse_one_version_a_load",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dataset.key} v{self.number}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"dataset:{self.dataset.key}/versions/{self.number}"

    @property
    def ref(self) -> Ref:
        """The version as ``serving`` takes it."""
        return Ref(
            dataset=str(self.dataset_id),
            key=self.dataset.key,
            number=self.number,
            version=str(self.pk),
            table=self.dataset.table,
            snapshot=self.snapshot or 0,
            rows=self.rows,
            columns=tuple(self.columns),
            key_columns=tuple(self.dataset.key_columns),
        )
