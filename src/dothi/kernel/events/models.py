"""The tables of the event log and of those who read it. Written by ``actions`` and ``consumers`` only."""

from __future__ import annotations

from typing import Any

from django.db import models


class OutboxEvent(models.Model):
    """An event, in the transaction of the change it tells of. Append-only; read through ``log.CityLog``."""

    seq = models.BigAutoField(primary_key=True)
    era = models.SmallIntegerField(default=1)
    txid = models.BigIntegerField(default=0)
    event_id = models.CharField(max_length=36)
    type = models.CharField(max_length=200)
    source = models.CharField(max_length=200)
    subject = models.TextField()
    time_us = models.BigIntegerField()
    data = models.TextField()
    actor = models.TextField(default="")

    class Meta:
        db_table = "events_outbox"
        indexes = (models.Index(fields=["era", "txid", "seq"], name="events_outbox_order"),)

    def __str__(self) -> str:
        return f"{self.type} {self.subject}"


class LogState(models.Model):
    """The one row about the log itself, made when needed: its era (see ``log``), where it was trimmed."""

    id = models.SmallIntegerField(primary_key=True)
    era = models.SmallIntegerField(default=1)
    floor = models.CharField(max_length=60, default="")

    class Meta:
        db_table = "events_logstate"

    def __str__(self) -> str:
        return f"era {self.era}, from {self.floor or 'the beginning'}"


class ConsumerOffset(models.Model):
    """Where a consumer stands in its log, and which process works for it at the moment."""

    name = models.CharField(max_length=100, primary_key=True)
    log = models.CharField(max_length=50)
    position = models.CharField(max_length=200, default="")
    owner = models.CharField(max_length=200, default="")
    leased_until_us = models.BigIntegerField(default=0)
    moved_at_us = models.BigIntegerField(default=0)
    waiting_for = models.CharField(max_length=300, default="")

    class Meta:
        db_table = "events_consumer"

    def __str__(self) -> str:
        return f"{self.name} at {self.position or 'the beginning'}"


class HandledEvent(models.Model):
    """An event a consumer has handled, kept for a while so that it is not handled twice."""

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=100)
    event_id = models.CharField(max_length=200)
    at_us = models.BigIntegerField()

    class Meta:
        db_table = "events_handled"
        constraints = (models.UniqueConstraint(fields=["consumer", "event_id"], name="events_handled_once"),)
        indexes = (models.Index(fields=["at_us"], name="events_handled_age"),)

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id}"


class DeadLetter(models.Model):
    """An event whose handling failed: tried again for a while, then left for a person to decide."""

    RETRYING, DEAD = "retrying", "dead"
    STATES = ((RETRYING, "retrying"), (DEAD, "dead"))

    id = models.BigAutoField(primary_key=True)
    consumer = models.CharField(max_length=100)
    event_id = models.CharField(max_length=200)
    position = models.CharField(max_length=200)
    event = models.TextField()
    state = models.CharField(max_length=10, choices=STATES, default=RETRYING)
    attempts = models.IntegerField(default=1)
    due_us = models.BigIntegerField(default=0)
    error = models.TextField(default="")
    first_failed_us = models.BigIntegerField(default=0)
    last_failed_us = models.BigIntegerField(default=0)

    class Meta:
        db_table = "events_deadletter"
        constraints = (
            models.UniqueConstraint(fields=["consumer", "event_id"], name="events_deadletter_once"),
        )
        indexes = (models.Index(fields=["consumer", "state", "due_us"], name="events_deadletter_due"),)

    def __str__(self) -> str:
        return f"{self.consumer}: {self.event_id} ({self.state})"

    @property
    def reference(self) -> str:
        """How logs and audits name it."""
        return f"dead-letter:{self.pk}"

    def facts(self) -> dict[str, Any]:
        """What an event about it carries."""
        return {"consumer": self.consumer, "event": self.event_id, "attempts": self.attempts}
