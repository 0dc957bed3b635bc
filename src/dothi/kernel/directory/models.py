"""Units, what became of them, their boundaries; organisations and what became of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from dothi.core.clock import now
from dothi.core.ids import uuid7
from dothi.kernel.directory.names import LEVELS


class AdministrativeUnit(models.Model):
    """A province, a district (until 2025) or a commune-level unit, for as long as it was one.

    Codes are used again over time: the key is the era and the code (``vn34:26734``). A unit is valid on every
    day from ``valid_from`` (null: longer than we know) up to, not including, ``valid_to`` (null: still).
    """

    LEVELS: ClassVar = [(level, level) for level in LEVELS]

    key = models.CharField(primary_key=True, max_length=20)
    era = models.CharField(max_length=8)
    code = models.CharField(max_length=8, db_index=True)
    level = models.CharField(max_length=8, choices=LEVELS)
    kind = models.CharField(max_length=16)
    name_vi = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    full_name_vi = models.CharField(max_length=100)
    full_name_en = models.CharField(max_length=100)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    west = models.FloatField(null=True)
    south = models.FloatField(null=True)
    east = models.FloatField(null=True)
    north = models.FloatField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["code"],
                condition=models.Q(valid_to__isnull=True),
                name="directory_one_current_unit_a_code",
            )
        ]

    def __str__(self) -> str:
        return self.full_name_vi

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"unit:{self.key}"


class UnitSuccession(models.Model):
    """That ``old`` became ``new``, wholly or in part. The share of a part is kept where it is known."""

    WHOLE, PART = "whole", "part"
    KINDS: ClassVar = [(WHOLE, WHOLE), (PART, PART)]

    old = models.ForeignKey(AdministrativeUnit, models.CASCADE, related_name="successions")
    new = models.ForeignKey(AdministrativeUnit, models.CASCADE, related_name="precessions")
    kind = models.CharField(max_length=8, choices=KINDS)
    share = models.FloatField(null=True)
    main = models.BooleanField(default=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="directory_one_succession_a_pair")
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class UnitBoundary(models.Model):
    """The imported boundary of a unit (WKB): as given, and simplified with its neighbours for maps."""

    unit = models.OneToOneField(AdministrativeUnit, models.CASCADE, primary_key=True, related_name="boundary")
    full = models.BinaryField()
    simplified = models.BinaryField()
    area_km2 = models.FloatField()
    source = models.CharField(max_length=200)
    imported_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.unit_id


class Organisation(models.Model):
    """An agency, for as long as it was one: its codes in the old and the new order, where it belongs."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code_old = models.CharField(max_length=35, null=True)
    code_new = models.CharField(max_length=35, null=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200)
    kind = models.CharField(max_length=40)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    unit = models.ForeignKey(AdministrativeUnit, models.PROTECT, null=True, related_name="organisations")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[field],
                condition=models.Q(valid_to__isnull=True),
                name=f"directory_one_current_{field}",
            )
            for field in ("code_old", "code_new")
        ]

    def __str__(self) -> str:
        return self.name_vi

    @property
    def reference(self) -> str:
        """How events and audit name it."""
        return f"organisation:{self.pk}"


class OrganisationSuccession(models.Model):
    """That an organisation went on as another: renamed (``rename``) or joined with others (``merge``)."""

    RENAME, MERGE = "rename", "merge"
    KINDS: ClassVar = [(RENAME, RENAME), (MERGE, MERGE)]

    old = models.ForeignKey(Organisation, models.CASCADE, related_name="successions")
    new = models.ForeignKey(Organisation, models.CASCADE, related_name="precessions")
    kind = models.CharField(max_length=8, choices=KINDS)
    on = models.DateField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["old", "new"], name="directory_one_succession_an_organisation")
        ]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"


class Revision(models.Model):
    """One row that every write of units changes: what is kept in memory is read again when it differs."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    token = models.CharField(max_length=36, default="")
    source = models.CharField(max_length=64, default="")

    def __str__(self) -> str:
        return self.token
