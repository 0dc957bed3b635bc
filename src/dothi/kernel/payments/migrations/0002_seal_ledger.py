"""The database itself keeps the ledger balanced, in order, and only added to."""

from typing import Any

from django.db import migrations

from dothi.kernel.payments.ledger.seal import break_seal, put_seal


def seal(apps: Any, schema_editor: Any) -> None:
    put_seal(schema_editor.connection)


def unseal(apps: Any, schema_editor: Any) -> None:
    break_seal(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]

    operations = [migrations.RunPython(seal, unseal)]
