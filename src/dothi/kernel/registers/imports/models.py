"""The import of one file: what it is, how it is read, how far it is."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from django.db import models

from dothi.core.config import current
from dothi.core.ids import uuid7


class ImportJob(models.Model):
    """One file on its way into a register.

    ``checkpoint`` is the number of rows done with; it moves in the transaction that keeps their records. ``mapping`` is
    target → column (see ``mapping``), ``reading`` how the file is read, ``within`` the grants of the token that asked.
    """

    DRAFT, QUEUED, RUNNING, DONE, FAILED, CANCELLED = (
        "draft", "queued", "running", "done", "failed", "cancelled",
    )  # fmt: skip
    STATES: ClassVar = [(s, s) for s in (DRAFT, QUEUED, RUNNING, DONE, FAILED, CANCELLED)]
    OPEN = (QUEUED, RUNNING)
    CREATE, UPSERT = "create", "upsert"
    MODES: ClassVar = [(CREATE, CREATE), (UPSERT, UPSERT)]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    type = models.CharField(max_length=60)
    file = models.CharField(max_length=200)  # its name, as it was sent
    format = models.CharField(max_length=12)
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    reading = models.JSONField(default=dict)
    columns = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    mode = models.CharField(max_length=8, choices=MODES, default=CREATE)
    all_or_nothing = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    reason = models.CharField(max_length=300, default="")
    source = models.CharField(max_length=300, default="")
    simulated = models.BooleanField(default=False)
    fingerprint = models.CharField(max_length=64, default="")  # of file, type, mapping and mode
    state = models.CharField(max_length=10, choices=STATES, default=DRAFT)
    phase = models.CharField(max_length=10, default="")  # of an all-or-nothing run: checking, keeping
    total = models.BigIntegerField(default=0)  # rows the file seems to have; for progress only
    checkpoint = models.BigIntegerField(default=0)
    checked = models.BigIntegerField(default=0)
    created = models.BigIntegerField(default=0)
    revised = models.BigIntegerField(default=0)
    unchanged = models.BigIntegerField(default=0)
    failed = models.BigIntegerField(default=0)
    first_seq = models.BigIntegerField(default=0)
    last_seq = models.BigIntegerField(default=0)
    undone = models.BooleanField(default=False)
    error_vi = models.CharField(max_length=500, default="")
    error_en = models.CharField(max_length=500, default="")
    actor = models.CharField(max_length=80)
    account = models.CharField(max_length=40, default="")
    within = models.JSONField(null=True)
    cancel_asked = models.BooleanField(default=False)
    owner = models.CharField(max_length=120, default="")
    leased_until = models.DateTimeField(null=True)
    attempt = models.IntegerField(default=0)
    made_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["type", "-made_at"], name="register_imports_of"),
            models.Index(fields=["state", "made_at"], name="register_imports_waiting"),
            models.Index(fields=["fingerprint"], name="register_imports_same"),
        )

    def __str__(self) -> str:
        return f"{self.type} ← {self.file} ({self.state})"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"register-import:{self.pk}"

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return current().home / "uploads" / "registers" / str(self.pk)

    @property
    def path(self) -> Path:
        """The file itself."""
        return self.folder / f"input.{self.format}"

    @property
    def faults_path(self) -> Path:
        """The refused rows, to be mended; there once the run has ended with some."""
        return self.folder / "errors.csv"
