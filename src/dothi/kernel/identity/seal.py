"""The database's own refusal to change or remove audit entries."""

from __future__ import annotations

from collections.abc import Callable

from django.db.backends.base.base import BaseDatabaseWrapper

Sealing = Callable[[BaseDatabaseWrapper], None]
_REFUSAL = "audit entries can only be added"
_SQLITE = tuple(
    f"CREATE TRIGGER IF NOT EXISTS identity_audit_no_{verb.lower()} BEFORE {verb} ON identity_auditentry"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
    for verb in ("UPDATE", "DELETE")
)
_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION identity_audit_refuse() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'restrict_violation'; END $$",
    "CREATE OR REPLACE TRIGGER identity_audit_sealed"
    " BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_auditentry"
    " FOR EACH STATEMENT EXECUTE FUNCTION identity_audit_refuse()",
)
_BREAK = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS identity_audit_no_update",
        "DROP TRIGGER IF EXISTS identity_audit_no_delete",
    ),
    "postgresql": ("DROP TRIGGER IF EXISTS identity_audit_sealed ON identity_auditentry",),
}


def put_seal(connection: BaseDatabaseWrapper) -> None:
    """From now on the database refuses to change or remove audit entries."""
    _run(connection, _SQLITE if connection.vendor == "sqlite" else _POSTGRESQL)


def break_seal(connection: BaseDatabaseWrapper) -> None:
    """Let the audit be emptied with the rest of the database."""
    _run(connection, _BREAK[connection.vendor])


_seals: list[tuple[Sealing, Sealing]] = [(put_seal, break_seal)]


def also(put: Sealing, take_off: Sealing) -> None:
    """Another module's seal, taken off too while a whole database is emptied (``flush``)."""
    if (put, take_off) not in _seals:
        _seals.append((put, take_off))


def seals() -> tuple[tuple[Sealing, Sealing], ...]:
    """Every seal: how it is put on, how it is taken off."""
    return tuple(_seals)


def _run(connection: BaseDatabaseWrapper, statements: tuple[str, ...]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
