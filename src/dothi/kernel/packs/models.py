"""The versions of packs. A published content never changes: work that began under it can always read it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class PackVersion(models.Model):
    """One version of one pack: ``draft`` (may change), ``published`` (in force) or ``superseded``."""

    DRAFT, PUBLISHED, SUPERSEDED = "draft", "published", "superseded"
    STATES: ClassVar = [(DRAFT, DRAFT), (PUBLISHED, PUBLISHED), (SUPERSEDED, SUPERSEDED)]

    key = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    state = models.CharField(max_length=12, choices=STATES, default=DRAFT)
    digest = models.CharField(max_length=64)
    content = models.TextField()
    drafted_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "version"], name="packs_one_of_each_version"),
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(state="published"), name="packs_one_published_version"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.version} ({self.state})"
