"""Let no entry be changed; find cases by their words and their place."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from dothi.kernel.cases.seal import install


def make(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Triggers, tables and indexes of this database."""
    install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = (("cases", "0001_initial"),)
    operations = (migrations.RunPython(make, migrations.RunPython.noop),)
