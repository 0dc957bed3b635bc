"""The messages that were asked for, and what became of each."""

from __future__ import annotations

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7


class Message(models.Model):
    """One message to one address. Texts are as they were sent but for what is sealed; addresses are personal data."""

    QUEUED, SENT, WRITTEN, DELIVERED, FAILED, CANCELLED = (
        "queued", "sent", "written", "delivered", "failed", "cancelled",
    )  # fmt: skip

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=12)
    address = models.CharField(max_length=254)
    name = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, default="vi")
    purpose = models.CharField(max_length=100)
    about = models.CharField(max_length=200, blank=True, default="")
    subject = models.CharField(max_length=300)
    text = models.TextField()
    link = models.CharField(max_length=500, blank=True, default="")
    sealed = models.TextField(blank=True, default="")  # encrypted, until it was sent (``sealed.py``)
    state = models.CharField(max_length=10, default=QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True, default="")
    provider_id = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(default=now)
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)
        indexes = (
            models.Index(fields=["about", "created_at"], name="messages_about"),
            models.Index(fields=["state", "created_at"], name="messages_state"),
            models.Index(
                fields=["channel", "provider_id"],
                name="messages_provider",
                condition=~models.Q(provider_id=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.purpose} {self.state}"

    @property
    def reference(self) -> str:
        """How events and audit name it: never by its address."""
        return f"message:{self.id}"


class OneTimeCode(models.Model):
    """A code sent to an address, to see that whoever gave the address reads it. Neither can be read back."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    way = models.CharField(max_length=12)
    address = models.CharField(max_length=64)  # keyed fingerprint
    code = models.CharField(max_length=64)  # keyed fingerprint of id and code
    attempts = models.PositiveIntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)

    class Meta:
        indexes = (
            models.Index(fields=["address", "created_at"], name="messages_code_address"),
            models.Index(fields=["created_at"], name="messages_code_age"),
        )

    def __str__(self) -> str:
        return f"{self.way} {self.id}"
