"""The audit can only be added to, whoever asks the database; and the table that rate limits count in."""

from typing import Any

from django.core.management import call_command
from django.db import migrations

from dothi.kernel.identity.seal import break_seal, put_seal


def cache_table(apps: Any, schema_editor: Any) -> None:
    call_command("createcachetable", "identity_cache", database=schema_editor.connection.alias, verbosity=0)


def drop_cache_table(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE IF EXISTS identity_cache")


def seal(apps: Any, schema_editor: Any) -> None:
    put_seal(schema_editor.connection)


def unseal(apps: Any, schema_editor: Any) -> None:
    break_seal(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]

    operations = [
        migrations.RunPython(seal, unseal),
        migrations.RunPython(cache_table, drop_cache_table),
    ]
