"""Questions after a reform of units; records disposed of after their time.

The new choices are of the state only: a change in the database would make ``registers_record`` anew on SQLite.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

STATES = ("active", "ended", "merged", "future", "disposed")
OPERATIONS = ("create", "revise", "correct", "end", "merge", "unmerge", "migrate", "dispose")


class Migration(migrations.Migration):
    dependencies = (("registers", "0002_lookup_tables"),)
    operations = (
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    "record",
                    "state",
                    models.CharField(choices=[(s, s) for s in STATES], default="active", max_length=8),
                ),
                migrations.AlterField(
                    "version", "op", models.CharField(choices=[(o, o) for o in OPERATIONS], max_length=8)
                ),
            ]
        ),
        migrations.CreateModel(
            name="UnitQuestion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=60)),
                ("property", models.CharField(max_length=60)),
                ("why", models.CharField(max_length=10)),
                ("old", models.CharField(max_length=20)),
                ("candidates", models.JSONField(default=list)),
                ("suggested", models.CharField(default="", max_length=20)),
                ("answer", models.CharField(default="", max_length=20)),
                ("answered_us", models.BigIntegerField(null=True)),
                ("answered_by", models.CharField(default="", max_length=80)),
                (
                    "record",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="unit_questions",
                        to="registers.record",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["type", "answer", "id"], name="registers_unit_questions")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("record", "property"), name="registers_asked_once")
                ],
            },
        ),
    )
