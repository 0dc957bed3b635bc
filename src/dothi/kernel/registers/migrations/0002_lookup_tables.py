"""Find records by their words and by their place; let no version be changed."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dothi.kernel.registers.lookup_tables import install


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Tables, triggers and indexes of this database."""
    install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = (("registers", "0001_initial"),)
    operations = (migrations.RunPython(make, migrations.RunPython.noop),)
