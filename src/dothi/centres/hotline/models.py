"""What the hotline keeps beside cases: how each report was routed, and what everybody may read of it."""

from __future__ import annotations

from django.db import models

from dothi.core.clock import now


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
