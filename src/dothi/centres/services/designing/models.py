"""What the designer keeps: a draft on its way to a published version, and every revision of it."""

from __future__ import annotations

import json
from typing import Any

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7


class Design(models.Model):
    """One version of a procedure in the making. The body is the declaration as plain data; it need not be right yet."""

    DRAFT, PROPOSED, PUBLISHED, DISCARDED = "draft", "proposed", "published", "discarded"
    OPEN = (DRAFT, PROPOSED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=100)
    state = models.CharField(max_length=9, default=DRAFT)
    name = models.CharField(max_length=500)  # in Vietnamese, for lists
    words = models.TextField(blank=True, default="")  # folded: name in both languages, code, key, agency
    agency = models.CharField(max_length=120, blank=True, default="")  # an organisation's key, else the level
    unit = models.CharField(max_length=20, blank=True, default="")  # where its permissions are asked
    organisation = models.CharField(max_length=120, blank=True, default="")
    origin = models.CharField(max_length=12, default="blank")  # official, procedure, bpmn, blank
    base = models.PositiveIntegerField(null=True)  # the published version it began from
    content = models.TextField(default="{}")  # JSON as text: the order of states and forms is kept
    sources = models.JSONField(default=dict)  # path → the sentence it was read from
    doubts = models.JSONField(default=list)  # what an officer is to finish: where, said, ask, settled
    problems = models.PositiveIntegerField(default=0)  # of the checks, at the last revision
    rev = models.PositiveIntegerField(default=1)
    version = models.PositiveIntegerField(null=True)  # as which it was published
    proposed_by = models.CharField(max_length=80, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True, default="")  # why it was sent back
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField(default=now)
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-changed_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["key"],
                condition=models.Q(state__in=("draft", "proposed")),
                name="services_one_design",
            ),
        )
        indexes = (models.Index(fields=["state", "-changed_at"], name="services_designs"),)

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"design:{self.id}"

    @property
    def body(self) -> dict[str, Any]:
        """The declaration as data."""
        made = json.loads(self.content)
        assert isinstance(made, dict)
        return made

    @property
    def open(self) -> bool:
        """Whether it is still on its way."""
        return self.state in self.OPEN

    @property
    def unsettled(self) -> int:
        """How many points an officer has still to look at."""
        return sum(not each.get("settled") for each in self.doubts)


class DesignRevision(models.Model):
    """A draft as somebody left it. Never changed."""

    design = models.ForeignKey(Design, models.CASCADE, related_name="revisions")
    rev = models.PositiveIntegerField()
    content = models.TextField()
    what = models.CharField(max_length=300, blank=True, default="")
    by = models.CharField(max_length=80)
    at = models.DateTimeField(default=now)

    class Meta:
        ordering = ("-rev",)
        constraints = (models.UniqueConstraint(fields=["design", "rev"], name="services_design_revision"),)

    def __str__(self) -> str:
        return f"{self.design_id} {self.rev}"
