"""The tables of the base registers. Versions are only ever added: what was known once stays known."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models

from dothi.core.ids import uuid7

BEGINNING, FOREVER = date.min, date.max  # "longer than we know" and "until further notice" in a DateField

SLOTS = ("p1", "p2", "p3", "p4", "p5", "p6")  # the indexed properties of a type, in the order declared


class Record(models.Model):
    """One record: who it is, and how it is found today. What it says is in its versions.

    ``current`` is the version in force today (null: nothing is). ``label``, ``sort``, ``found_by``,
    ``p1``…``p6`` and the box follow it: see ``dothi.kernel.registers.current``.
    """

    ACTIVE, ENDED, MERGED, FUTURE, DISPOSED = "active", "ended", "merged", "future", "disposed"
    STATES: ClassVar = [(state, state) for state in (ACTIVE, ENDED, MERGED, FUTURE, DISPOSED)]

    num = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=uuid7, editable=False)
    type = models.CharField(max_length=60)
    unit = models.CharField(max_length=20, default="")  # code of the unit that keeps it; empty: the city
    state = models.CharField(max_length=8, choices=STATES, default=ACTIVE)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="merged", db_index=False)
    current = models.BigIntegerField(null=True)  # Version.seq; not a foreign key: both point at each other
    label = models.TextField(default="")
    sort = models.CharField(max_length=80, default="")
    words = models.TextField(default="")  # of open and internal properties, folded and as written
    personal_words = models.TextField(default="")
    p1 = models.CharField(max_length=100, null=True)
    p2 = models.CharField(max_length=100, null=True)
    p3 = models.CharField(max_length=100, null=True)
    p4 = models.CharField(max_length=100, null=True)
    p5 = models.CharField(max_length=100, null=True)
    p6 = models.CharField(max_length=100, null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)
    schema = models.IntegerField(default=1)
    simulated = models.BooleanField(default=False)
    changed_us = models.BigIntegerField()

    class Meta:
        indexes = (
            models.Index(fields=["type", "sort", "num"], name="registers_by_name"),
            models.Index(fields=["type", "unit", "sort", "num"], name="registers_by_unit"),
            models.Index(fields=["type", "num"], name="registers_by_age"),
            models.Index(
                fields=["merged_into"],
                name="registers_merged",
                condition=models.Q(merged_into__isnull=False),
            ),
            *(
                models.Index(
                    fields=["type", slot, "sort", "num"],
                    name=f"registers_by_{slot}",
                    condition=models.Q(**{f"{slot}__isnull": False}),
                )
                for slot in SLOTS
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events and audit name it; never by what it says."""
        return f"{self.type}:{self.id}"


class Version(models.Model):
    """What was recorded at one moment about a span of days. Append-only.

    ``valid_from`` is the first day it holds, ``valid_to`` the first it does not. Of two versions that speak of the
    same day the later recorded one (greater ``seq``) is what is known. ``data`` is null where nothing holds
    (the record ended, or was merged into another). ``seq`` grows with every commit: the feed of changes.
    """

    CREATE, REVISE, CORRECT, END = "create", "revise", "correct", "end"
    MERGE, UNMERGE, MIGRATE, DISPOSE = "merge", "unmerge", "migrate", "dispose"
    OPERATIONS: ClassVar = [
        (op, op) for op in (CREATE, REVISE, CORRECT, END, MERGE, UNMERGE, MIGRATE, DISPOSE)
    ]

    seq = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="versions", db_index=False)
    type = models.CharField(max_length=60)
    op = models.CharField(max_length=8, choices=OPERATIONS)
    valid_from = models.DateField(default=BEGINNING)
    valid_to = models.DateField(default=FOREVER)
    recorded_us = models.BigIntegerField()
    data = models.TextField(null=True)
    schema = models.IntegerField(default=1)
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=300, default="")
    source = models.CharField(max_length=300, default="")
    origins = models.TextField(default="")  # of a golden record: property → record it was taken from, JSON

    class Meta:
        indexes = (
            models.Index(fields=["record", "seq"], name="registers_history"),
            models.Index(fields=["type", "seq"], name="registers_changes"),
            models.Index(
                fields=["valid_from"],
                name="registers_begins",
                condition=models.Q(valid_from__gt=BEGINNING),
            ),
            models.Index(
                fields=["valid_to"], name="registers_ends", condition=models.Q(valid_to__lt=FOREVER)
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_id}@{self.seq} {self.op}"


class Identifier(models.Model):
    """A number or code that a record is known by, normalised; of any day that is known of now.

    ``record`` is found by it; ``origin`` is the record that carries it (another one after a merge).
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="identifiers")
    origin = models.ForeignKey(Record, models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=60)
    scheme = models.CharField(max_length=60)
    value = models.CharField(max_length=120)
    exclusive = models.BooleanField(default=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["type", "scheme", "value"],
                condition=models.Q(exclusive=True),
                name="registers_one_record_an_identifier",
            ),
        )
        indexes = (
            models.Index(
                fields=["type", "scheme", "value"],
                name="registers_shared_identifier",
                condition=models.Q(exclusive=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.type}.{self.scheme}"


class Link(models.Model):
    """That a record names another by its id (``scheme`` ``id``) or by one of its identifiers.

    Followed when asked for, through ``Identifier``: a link may come before what it names, and outlives a merge.
    """

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="links")
    property = models.CharField(max_length=60)
    kind = models.CharField(max_length=60, default="")
    target_type = models.CharField(max_length=60)
    scheme = models.CharField(max_length=60)
    value = models.CharField(max_length=120)

    class Meta:
        indexes = (models.Index(fields=["target_type", "scheme", "value"], name="registers_linked_from"),)

    def __str__(self) -> str:
        return f"{self.record_id}.{self.property} → {self.target_type}"


class Merge(models.Model):
    """That ``loser`` was found to be the same as ``winner``; kept after it was undone."""

    id = models.BigAutoField(primary_key=True)
    winner = models.ForeignKey(Record, models.PROTECT, related_name="+")
    loser = models.ForeignKey(Record, models.PROTECT, related_name="+")
    seq = models.BigIntegerField()  # the first version the merge recorded
    at_us = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    reason = models.CharField(max_length=300)
    undone_us = models.BigIntegerField(null=True)
    undone_by = models.CharField(max_length=80, default="")
    undone_reason = models.CharField(max_length=300, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["loser"], condition=models.Q(undone_us=None), name="registers_merged_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.loser_id} → {self.winner_id}"

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"merge:{self.pk}"


class UnitQuestion(models.Model):
    """In which of the units that an old one became a record lies: asked of a person, kept with its answer."""

    id = models.BigAutoField(primary_key=True)
    record = models.ForeignKey(Record, models.PROTECT, related_name="unit_questions", db_index=False)
    type = models.CharField(max_length=60)
    property = models.CharField(max_length=60)
    why = models.CharField(max_length=10)  # divided, unknown, unread
    old = models.CharField(max_length=20)  # the key of the old unit, or the code nobody knows
    candidates = models.JSONField(default=list)
    suggested = models.CharField(max_length=20, default="")
    answer = models.CharField(max_length=20, default="")
    answered_us = models.BigIntegerField(null=True)
    answered_by = models.CharField(max_length=80, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["record", "property"], name="registers_asked_once"),)
        indexes = (models.Index(fields=["type", "answer", "id"], name="registers_unit_questions"),)

    def __str__(self) -> str:
        return f"{self.record_id}.{self.property}: {self.old}"


class Reading(models.Model):
    """That someone saw personal data of a record in clear: who, when, for what purpose, which properties."""

    id = models.BigAutoField(primary_key=True)
    at_us = models.BigIntegerField()
    actor = models.CharField(max_length=80)
    type = models.CharField(max_length=60)
    record = models.ForeignKey(Record, models.PROTECT, related_name="readings", db_index=False)
    purpose = models.CharField(max_length=60)
    how = models.CharField(max_length=12)  # record, identifier, list, search, history, export, changes
    fields = models.TextField(default="")  # the properties shown in clear, separated by spaces
    case = models.CharField(max_length=120, default="")  # the reference of the case it was read for
    address = models.CharField(max_length=45, default="")

    class Meta:
        indexes = (
            models.Index(fields=["record", "id"], name="registers_readings_of"),
            models.Index(fields=["actor", "id"], name="registers_readings_by"),
        )

    def __str__(self) -> str:
        return f"{self.actor} read {self.record_id} for {self.purpose}"
