"""The tables of duplicates: keys of records, pairs that wait for a person, what was learned."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dothi.kernel.registers.models import Merge, Record


class Key(models.Model):
    """That a record has a blocking key, so that a changed record finds its partners without reading all others."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.CASCADE, related_name="+")
    type = models.CharField(max_length=60)
    rule = models.SmallIntegerField()
    value = models.BigIntegerField()  # a hash; never the name or number itself

    class Meta:
        indexes = (models.Index(fields=["type", "rule", "value"], name="register_linkage_equal"),)

    def __str__(self) -> str:
        return f"{self.type}.{self.rule}"


class Candidate(models.Model):
    """Two records that may be one. What a person decided stays, also when the records change later.

    ``levels`` holds how alike each compared property is, in the order of the declaration, separated by commas.
    """

    OPEN, SAME, DIFFERENT, UNDECIDED = "open", "same", "different", "undecided"
    STATES: ClassVar = [(state, state) for state in (OPEN, SAME, DIFFERENT, UNDECIDED)]

    id = models.BigAutoField(primary_key=True)
    type = models.CharField(max_length=60)
    left = models.ForeignKey(Record, models.CASCADE, related_name="+")  # the older record
    right = models.ForeignKey(Record, models.CASCADE, related_name="+")
    probability = models.FloatField()
    weight = models.FloatField()
    levels = models.CharField(max_length=100)
    state = models.CharField(max_length=9, choices=STATES, default=OPEN)
    reason = models.CharField(max_length=300, default="")
    found_us = models.BigIntegerField()
    decided_us = models.BigIntegerField(null=True)
    decided_by = models.CharField(max_length=80, default="")
    merge = models.ForeignKey(Merge, models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["left", "right"], name="register_linkage_once"),)
        indexes = (
            models.Index(fields=["type", "state", "-probability", "id"], name="register_linkage_queue"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.left_id} ? {self.right_id} ({self.state})"

    @property
    def reference(self) -> str:
        """How events and audit name it; never by what the records say."""
        return f"duplicate:{self.pk}"

    @property
    def agreement(self) -> list[int]:
        """The level of each compared property; -1 where one of them is missing."""
        return [int(each) for each in self.levels.split(",")]


class Learned(models.Model):
    """What was learned of a type, and up to which change its records were looked at."""

    type = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(default=0)
    records = models.BigIntegerField(default=0)
    pairs = models.BigIntegerField(default=0)
    left_out = models.BigIntegerField(default=0)  # records in blocks too large to compare
    model = models.JSONField(default=dict)
    plan = models.CharField(max_length=64, default="")  # digest of the declaration it was learned for
    learned_us = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.type}@{self.seq}"
