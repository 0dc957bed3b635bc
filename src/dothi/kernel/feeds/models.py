"""What is remembered of feeds and replays: state, last runs, who runs them, how far a replay got."""

from __future__ import annotations

from django.db import models


class FeedState(models.Model):
    """One feed as the page and ``dothi status`` show it."""

    key = models.CharField(max_length=80, primary_key=True)
    enabled = models.BooleanField(default=True)
    started_at = models.DateTimeField(null=True)
    succeeded_at = models.DateTimeField(null=True)
    next_run_at = models.DateTimeField(null=True)
    written = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("key",)

    def __str__(self) -> str:
        return self.key


class FeedRun(models.Model):
    """One run of a feed; only the newest are kept."""

    feed = models.ForeignKey(FeedState, on_delete=models.CASCADE, related_name="runs")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    read = models.PositiveIntegerField(default=0)
    written = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.feed_id} {self.started_at:%Y-%m-%d %H:%M:%S}"


class Lease(models.Model):
    """Who may act: one holder at a time, until ``expires_at``."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}: {self.holder}"


class Replay(models.Model):
    """How far the replay of one file has got, by the file's content and the mapping used."""

    digest = models.CharField(max_length=64)
    mapping = models.CharField(max_length=80, blank=True, default="")
    name = models.CharField(max_length=255)
    position = models.BigIntegerField(default=0)
    accepted = models.BigIntegerField(default=0)
    rejected = models.BigIntegerField(default=0)
    flagged = models.BigIntegerField(default=0)
    readings = models.BigIntegerField(default=0)
    missing = models.BigIntegerField(default=0)
    refused_readings = models.BigIntegerField(default=0)
    reasons = models.JSONField(default=dict)
    rejects_size = models.BigIntegerField(default=0)
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        constraints = (models.UniqueConstraint(fields=("digest", "mapping"), name="feeds_replay_once"),)

    def __str__(self) -> str:
        return f"{self.name} at {self.position}"


class DeadLetter(models.Model):
    """A message from outside that could not be taken, kept for a person to look at; the oldest are let go."""

    feed = models.CharField(max_length=80, db_index=True)
    received_at = models.DateTimeField()
    topic = models.CharField(max_length=255, blank=True, default="")
    payload = models.BinaryField()
    reason = models.TextField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.feed} {self.topic}: {self.reason}"
